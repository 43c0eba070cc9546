"""Until the command line's own parts are there: the same interfaces, in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optport.check import Report
from optport.edits import apply_edits
from optport.findings import Finding
from optport.linting import lint_text
from optport.settings import Settings


@dataclass
class Joined:
    """Joined."""

    text: str


def join_cells(cells: Sequence[str]) -> Joined:
    """Join."""
    return Joined("\n".join(cells).replace("%matplotlib inline", "pass"))


@dataclass
class Fixed:
    """Fixed."""

    text: str
    fixed: list[Finding]
    report: Report


def fix_text(text: str, settings: Settings, path: Path, unsafe: bool = False) -> Fixed:
    """Fix."""
    done: list[Finding] = []
    while True:
        report = lint_text(text, settings, path)
        todo = [one for one in report.findings if one.fix is not None]
        if not todo:
            return Fixed(text, done, report)
        assert todo[0].fix is not None
        text = apply_edits(text, todo[0].fix.edits)
        done.append(todo[0])
