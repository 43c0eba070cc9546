"""Which torch calls are executed: generated ones, those that rows name, those found otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from conformance.generate import generated_calls
from conformance.records import EVIDENCE
from optport.signatures import ApiKind
from optport.table import api_names, api_table, targets

EXTRA_CALLS = EVIDENCE / "calls.txt"


@cache
def all_calls() -> tuple[str, ...]:
    """Every call to execute, each once, by optimizer."""
    calls: dict[str, None] = {}
    extra = extra_calls()
    for name in api_names(ApiKind.OPTIMIZER):
        mine = [*generated_calls(name), *named_calls(name)]
        mine += [call for call in extra if call.partition("(")[0] == name]
        calls.update(dict.fromkeys(mine))
    return tuple(calls)


def extra_calls() -> list[str]:
    """The calls of ``evidence/calls.txt``; lines that begin with ``#`` are comments."""
    lines = EXTRA_CALLS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def named_calls(optimizer: str) -> list[str]:
    """The calls of one optimizer that its rows, or the rules of a target, name as evidence."""
    table = api_table(optimizer)
    named = dict.fromkeys(evidence_of([table, *targets().values()]))
    return [text for text in named if is_call(text) and text.partition("(")[0] == optimizer]


def is_call(evidence: str) -> bool:
    """Whether an evidence text is a call to execute, not a source."""
    return evidence.endswith(")") and ": " not in evidence.partition("(")[0]


def evidence_of(node: Any) -> Iterator[str]:
    """All evidence texts anywhere in a table's dataclasses, or in a list of some."""
    pending = list(node) if isinstance(node, list) else [node]
    while pending:
        item = pending.pop()
        for name in getattr(item, "__dataclass_fields__", {}):
            value = getattr(item, name)
            if name == "evidence":
                yield from value
            elif isinstance(value, (tuple, list)):
                pending.extend(value)
            elif hasattr(value, "values"):
                pending.extend(value.values())
            else:
                pending.append(value)
