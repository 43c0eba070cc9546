"""``gitlab``: a Code Quality report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from optport.formats.fingerprints import Fingerprints
from optport.formats.result import Diagnostic, FileResult, Totals
from optport.formats.style import Style
from optport.levels import Level, level
from optport.printable import printable

_SEVERITIES = {Level.RAISES: "major", Level.DIFFERS: "minor"}


class Gitlab:
    """Collects everything, and prints one list at the end."""

    def __init__(self, style: Style) -> None:
        """Take a style, which plays no part."""
        self._issues: list[dict[str, Any]] = []
        self._fingerprints = Fingerprints()

    def file(self, result: FileResult) -> Iterator[str]:
        """Keep what a file holds; yields nothing."""
        self._issues += map(self._issue, result.diagnostics)
        yield from ()

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield the whole report."""
        yield json.dumps(self._issues, indent=1) + "\n"

    def _issue(self, one: Diagnostic) -> dict[str, Any]:
        finding = one.finding
        return {
            "description": f"{finding.code}: {finding.message}",
            "check_name": finding.code,
            "fingerprint": self._fingerprints.of(one),
            "severity": _SEVERITIES.get(level(finding.kind), "info"),
            "location": {
                "path": printable(one.path),
                "positions": {
                    "begin": {"line": one.line, "column": one.column},
                    "end": {"line": one.end_line, "column": one.end_column},
                },
            },
        }
