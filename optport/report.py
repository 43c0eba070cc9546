"""What `python -m optport check` prints: text for people, JSON for scripts."""

from __future__ import annotations

import json
from typing import Any

from optport.check import Checked
from optport.edits import Fix
from optport.findings import Finding
from optport.places import Place


def text_line(path: str, finding: Finding) -> str:
    """One finding on one line, columns counted from 1 as editors do."""
    place = finding.place
    return f"{path}:{place.line}:{place.col + 1}: {finding.code} {finding.message}"


def _place(place: Place) -> dict[str, int]:
    return {"line": place.line, "col": place.col}


def finding_json(path: str, finding: Finding) -> dict[str, Any]:
    """One finding as the JSON report has it."""
    return {
        "path": path,
        **_place(finding.place),
        "end_line": finding.place.end_line,
        "end_col": finding.place.end_col,
        "code": finding.code,
        "name": finding.kind.name,
        "message": finding.message,
        "hint": finding.hint,
        "help": finding.kind.help,
        "targets": list(finding.targets),
        "optimizer": finding.optimizer,
        "argument": finding.argument,
        "certainty": finding.certainty.word,
        "fix": None if finding.fix is None else _fix_json(finding.fix),
    }


def _fix_json(fix: Fix) -> dict[str, Any]:
    edits = [
        {
            **_place(edit.place),
            "end_line": edit.place.end_line,
            "end_col": edit.place.end_col,
            "content": edit.content,
        }
        for edit in fix.edits
    ]
    return {"applicability": fix.applicability.value, "edits": edits}


def construction_json(path: str, checked: Checked) -> dict[str, Any]:
    """One construction with its ports as the JSON report has it."""
    construction = checked.construction
    return {
        "path": path,
        **_place(construction.place),
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


def dump(findings: list[dict[str, Any]], constructions: list[dict[str, Any]]) -> str:
    """The whole JSON report."""
    return json.dumps(
        {"findings": findings, "constructions": constructions}, indent=1, ensure_ascii=False
    )
