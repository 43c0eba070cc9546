"""The recorded evidence, as the pages show it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from conformance.cases import EXACT_BELOW, LIMITS, Result
from conformance.records import Part, Record, evidence_path, read_evidence
from optport.table import targets
from optport.targets import Target, parse_target

AT = {
    "1": "at gradients of 1",
    "zero": "where gradients are 0",
    "1e-2": "at 1e-2",
    "1e-4": "at 1e-4",
    "replay": "on a network's gradients",
    "rates": "with a schedule",
}
"""How the pages name the reference runs that decide."""


def newest_targets() -> list[Target]:
    """Every target at its newest known version."""
    return [parse_target(info.short) for info in targets().values()]


@cache
def records(target: Target) -> Mapping[str, Record]:
    """The executed calls of a target by the torch call; empty for a target that was not run."""
    return read_evidence(evidence_path(target))


def result_of(record: Record | None, part: Part) -> Result | None:
    """What came of a part of a record, None where it was not run."""
    run = None if record is None else record.runs.get(part)
    return None if run is None else run.result


def figure(value: float | None, bold: bool = False) -> str:
    """Show a deviation, None: it is not finite."""
    shown = "not finite" if value is None else f"{value:.0e}" if value else "0"
    return f"**{shown}**" if bold else shown


def deviation(record: Record | None, part: Part = Part.PORT) -> str:
    """Show what became of a port: its largest deviation and where, or that something raises.

    Where the port leaves torch, the deviation is bold. Gradients of 1e-6 are left out: they decide
    nothing.
    """
    if record is not None and record.torch_error is not None:
        return "torch raises"
    result = result_of(record, part)
    if record is None or result is None:
        return "–"
    if result.error is not None:
        return "raises"
    off = {name: result.off[name] for name in LIMITS if name in result.off}
    name, value = max(off.items(), key=lambda one: math.inf if one[1] is None else one[1])
    shown = figure(value, bool(record.parting(part)))
    return f"{shown} {AT[name]}" if value is None or value >= EXACT_BELOW else shown


def literal(record: Record | None) -> str:
    """Show what became of the literal port; where an argument is lost, of what is left of it."""
    if record is None:
        return "–"
    run = record.runs.get(Part.LITERAL)
    if run is None:
        return "no counterpart"
    shown = [deviation(record, Part.LITERAL)]
    if run.lost:
        shown = [f"no {', '.join(run.lost)}", f"dropped: {shown[0]}"]
    if Part.KEPT in record.runs:
        shown.append(f"groups as they are: {deviation(record, Part.KEPT)}")
    return "; ".join(shown)


def code(text: str) -> str:
    """Mark code up, in a table too."""
    return "`" + text.replace("|", "\\|") + "`"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
