"""Records of the evidence as they would be if runs had come out differently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.cases import Result
from conformance.records import Part, Record, Run

SAME: dict[str, Any] = {"off": {"1": 1e-7, "1e-4": 1e-7}, "error": None}
PARTS: dict[str, Any] = {"off": {"1": 0.5, "1e-4": 0.5}, "error": None}
RAISES: dict[str, Any] = {"off": {}, "error": "TypeError: no"}


def changed(
    record: Record, *parts: Part, run: dict[str, Any] | None = None, **result: Any
) -> Record:
    """The record with other results of some parts, or with other runs."""
    runs = dict(record.runs)
    for part in parts:
        old = runs[part]
        assert old.result is not None
        runs[part] = replace(old, result=replace(old.result, **result), **(run or {}))
    return replace(record, runs=runs)


def made(found: str = "", noise: Any = None, **parts: Any) -> Record:
    """A record that trains the same, with what is found, and with other parts.

    A part is a result, or None for no such part, or what is lost with a result.
    """
    runs = {}
    for part in Part:
        asked = parts.get(part.replace("-", "_"), SAME if part in ("literal", "port") else None)
        if asked is not None:
            fidelity = "exact" if part == "port" else None
            lost, result = asked.get("lost", ()), {k: v for k, v in asked.items() if k != "lost"}
            runs[part] = Run("x", lost=lost, fidelity=fidelity, result=Result(**result))
    causes = tuple(one for one in found.split(", ") if one)
    return Record("Adam(lr=0.1)", causes, runs, noise or {})
