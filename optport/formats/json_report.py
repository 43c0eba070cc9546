"""``json``: the findings and all constructions with their ports, for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from optport.edits import Fix
from optport.formats.result import Diagnostic, FileResult, Totals
from optport.formats.style import Style
from optport.help_pages import page
from optport.places import Place

if TYPE_CHECKING:
    from optport.check import Checked


class Json:
    """Collects everything, and prints one object at the end."""

    def __init__(self, style: Style) -> None:
        """Take a style, which plays no part."""
        self._findings: list[dict[str, Any]] = []
        self._constructions: list[dict[str, Any]] = []

    def file(self, result: FileResult) -> Iterator[str]:
        """Keep what a file holds; yields nothing."""
        self._findings += map(finding_json, result.diagnostics)
        self._constructions += result.constructions
        yield from ()

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield the whole report, in ASCII."""
        report = {"findings": self._findings, "constructions": self._constructions}
        yield json.dumps(report, indent=1) + "\n"


def finding_json(one: Diagnostic) -> dict[str, Any]:
    """One finding as the JSON report has it: columns from 0, in bytes of UTF-8."""
    finding = one.finding
    return {
        **_where(one.path, one.cell),
        **_span(finding.place),
        "code": finding.code,
        "name": finding.kind.name,
        "message": finding.message,
        "hint": finding.hint,
        "help": page(finding.kind),
        "targets": list(finding.targets),
        "optimizer": finding.optimizer,
        "argument": finding.argument,
        "certainty": finding.certainty.word,
        "fix": None if finding.fix is None else fix_json(finding.fix),
    }


def fix_json(fix: Fix) -> dict[str, Any]:
    """A fix as the JSON report has it."""
    edits = [{**_span(edit.place), "content": edit.content} for edit in fix.edits]
    return {"applicability": fix.applicability.value, "edits": edits}


def construction_json(
    path: str, checked: Checked, place: Place, cell: int | None = None
) -> dict[str, Any]:
    """One construction with its ports as the JSON report has it."""
    construction = checked.construction
    return {
        **_where(path, cell),
        "line": place.line,
        "col": place.col,
        "optimizer": construction.qualified,
        "certainty": construction.certainty.word,
        "ports": {
            target: {
                "call": port.call,
                "setup": list(port.setup),
                "also": list(port.also),
                "fidelity": port.fidelity,
            }
            for target, port in checked.ports.items()
        },
    }


def _where(path: str, cell: int | None) -> dict[str, Any]:
    return {"path": path} if cell is None else {"path": path, "cell": cell}


def _span(place: Place) -> dict[str, int]:
    return {
        "line": place.line,
        "col": place.col,
        "end_line": place.end_line,
        "end_col": place.end_col,
    }
