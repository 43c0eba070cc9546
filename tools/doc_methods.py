"""The mapping page of methods and attributes."""

from __future__ import annotations

from collections.abc import Iterator

from doc_evidence import code, table

from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.table.model import ApiTable, Use, Verdict

_VERDICTS = {
    Verdict.MISSING: "is missing",
    Verdict.DIFFERS: "{text}",
    Verdict.CLOSURE: "{text}",
}


def methods_page() -> str:
    """Return the text of the page."""
    parts = [
        "# What methods and attributes become\n",
        "The first line that fits a use holds; where none does, or a member is not listed, the "
        "target does as torch. `value` is what is assigned.\n",
    ]
    for name in api_names(ApiKind.METHOD):
        one = api_table(name)
        if one is not None and one.uses:
            parts.append(f"## {name}\n\n" + _uses(one))
    return "\n".join(parts)


def _uses(one: ApiTable) -> str:
    rows = [
        [", ".join(use.targets), "; ".join(_limits(use)), _said(use), use.advice]
        for use in one.uses
    ]
    return table(["target", "use", "there", "when porting"], rows)


def _said(use: Use) -> str:
    return _VERDICTS[use.verdict].format(text=use.text)


def _limits(use: Use) -> Iterator[str]:
    if use.access:
        yield " or ".join(use.access)
    if use.key is not None:
        yield f"key {code(use.key)}"
    if use.given is not None:
        yield f"with {code(use.given)}"
    if use.left_out is not None:
        yield f"without {code(use.left_out)}"
    if use.when is not None:
        yield f"when {code(use.when.text)}"
    if use.unless is not None:
        yield f"unless {code(use.unless.text)}"
    yield from (text for holds, text in _marks(use) if holds)


def _marks(use: Use) -> Iterator[tuple[object, str]]:
    yield use.scheduled, "a scheduler sets the rate"
    yield use.formatted, "formatted"
    yield use.whole, "all keys of a group"
    yield use.itself, "itself"
    yield use.opened, "something looks into what it gives"
    yield use.before, f"before {use.before}"
    yield use.torch_since, f"since torch {use.torch_since}"
    yield use.torch_before, f"before torch {use.torch_before}"
    moot = " or ".join(f"{one}()" for one in use.moot_with)
    yield use.moot_with, f"not said where {moot} is found"
