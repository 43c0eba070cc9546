"""Reading what becomes of the uses of a method or an attribute."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from optport.signatures import ApiKind
from optport.table.model import Access, Use, Verdict
from optport.table.toml import Row


def read_use(data: Any, where: str, targets: Collection[str]) -> Use:
    """Read one table of `[[uses]]`; raises `TableError` that names file and use."""
    row = Row(data, where)
    named = row.need("targets", list)
    for name in named:
        if name not in targets:
            raise row.fail(f"unknown target {name!r}; known: {', '.join(targets)}")
    verdict = row.word("verdict", Verdict)
    if verdict is None:
        raise row.fail("verdict is missing")
    use = Use(
        targets=tuple(named),
        verdict=verdict,
        advice=row.need("advice", str),
        text=row.take("text", str),
        access=row.words("access", Access),
        receiver=row.word("receiver", ApiKind),
        key=row.take("key", str),
        given=row.take("given", str),
        left_out=row.take("left_out", str),
        when=row.condition("when"),
        unless=row.condition("unless"),
        scheduled=row.take("scheduled", bool, False),
        schedulers=row.strings("schedulers"),
        formatted=row.take("formatted", bool, False),
        opened=row.take("opened", bool, False),
        whole=row.take("whole", bool, False),
        itself=row.take("itself", bool, False),
        before=row.take("before", str),
        torch_since=row.take("torch_since", str),
        torch_before=row.take("torch_before", str),
        becomes=row.template("becomes"),
        write=row.take("write", dict, {}),
        moot_with=row.strings("moot_with"),
        evidence=row.strings("evidence"),
    )
    if (verdict is Verdict.MISSING) != (use.text is None):
        raise row.fail("text says what a member does that there is, and a missing one has none")
    row.finish()
    return use
