"""The recorded evidence, as the pages show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from conformance.consistency import furthest
from conformance.records import Record, evidence_path, read_evidence
from optport.table import targets
from optport.targets import Target, parse_target


def newest_targets() -> list[Target]:
    """Every target at its newest known version."""
    return [parse_target(info.short) for info in targets().values()]


@cache
def records(target: Target) -> Mapping[str, Record]:
    """The executed calls of a target by the torch call; empty for a target that was not run."""
    return read_evidence(evidence_path(target))


def deviation(figures: Record | None) -> str:
    """Show what became of a port: a deviation, an error, or why there was nothing to run.

    Of parameter groups the one that deviates further counts.
    """
    if figures is None:
        return "–"
    verdict = figures.get("verdict", "")
    if verdict == "impossible":
        return f"no {figures['lost']}"
    if verdict == "no counterpart":
        return "no counterpart"
    if verdict == "error":
        return "raises"
    if verdict == "torch-error":
        return "torch raises"
    base = furthest(figures)
    if base is None:
        return verdict or "–"
    shown = f"{base:.0e}" if base else "0"
    if verdict == "diverges":
        return f"**{shown}**"
    small = figures.get("small")
    return f"{shown} (tiny gradients: {small:.0e})" if small and small >= 1e-3 else shown


def literal(record: Record | None) -> str:
    """Show what became of the literal port; where an argument is lost, of what is left of it."""
    if record is None:
        return "–"
    shown = [deviation(record["literal"])]
    if "dropped" in record:
        shown.append(f"dropped: {deviation(record['dropped'])}")
    if "kept" in record:
        shown.append(f"groups as they are: {deviation(record['kept'])}")
    return "; ".join(shown)


def anchor(call: str) -> str:
    """The name of a call's row among the evidence of a mapping page."""
    return re.sub(r"[^a-z0-9]+", "-", call.lower()).strip("-")


def code(text: str) -> str:
    """Mark code up, in a table too."""
    return "`" + text.replace("|", "\\|") + "`"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
