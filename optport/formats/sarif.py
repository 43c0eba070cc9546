"""``sarif``: SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from optport import __version__
from optport.catalogue import CATALOGUE, Kind
from optport.edits import Edit
from optport.formats.fingerprints import Fingerprints
from optport.formats.result import Diagnostic, FileResult, Totals
from optport.formats.style import Style
from optport.help_pages import address, base_address
from optport.levels import Level, level
from optport.printable import printable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.RAISES: "error", Level.DIFFERS: "warning"}
FINGERPRINT = "optport/v1"


class Sarif:
    """Collects everything, and prints one log at the end."""

    def __init__(self, style: Style) -> None:
        """Take a style, which plays no part."""
        self._results: list[dict[str, Any]] = []
        self._fingerprints = Fingerprints()
        self._indexes = {code: index for index, code in enumerate(CATALOGUE)}

    def file(self, result: FileResult) -> Iterator[str]:
        """Keep what a file holds; yields nothing."""
        self._results += map(self._result, result.diagnostics)
        yield from ()

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield the whole log."""
        driver: dict[str, Any] = {
            "name": "optport",
            "semanticVersion": __version__,
            "rules": [rule(kind) for kind in CATALOGUE.values()],
        }
        if base := base_address():
            driver["informationUri"] = base
        notices = [
            {"level": "error", "message": {"text": printable(trouble)}}
            for trouble in totals.troubles
        ]
        run = {
            "tool": {"driver": driver},
            "invocations": [
                {
                    "executionSuccessful": not notices,
                    "toolExecutionNotifications": notices,
                }
            ],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"%SRCROOT%": {"uri": f"{_uri(os.getcwd())}/"}},
            "results": self._results,
        }
        yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"

    def _result(self, one: Diagnostic) -> dict[str, Any]:
        finding = one.finding
        location: dict[str, Any] = {
            "physicalLocation": {
                "artifactLocation": _artifact(one.path),
                "region": {
                    "startLine": one.line,
                    "startColumn": one.column,
                    "endLine": one.end_line,
                    "endColumn": one.end_column,
                },
            }
        }
        if one.cell is not None:
            location["logicalLocations"] = [{"name": f"cell {one.cell}", "kind": "module"}]
        found: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": self._indexes[finding.code],
            "level": _LEVELS.get(level(finding.kind), "note"),
            "message": {"text": finding.message},
            "locations": [location],
            "partialFingerprints": {FINGERPRINT: self._fingerprints.of(one)},
        }
        if finding.fix is not None:
            replacements = [
                _replacement(edit, *columns)
                for edit, columns in zip(finding.fix.edits, one.edit_columns, strict=True)
            ]
            change = {"artifactLocation": _artifact(one.path), "replacements": replacements}
            found["fixes"] = [{"description": {"text": finding.hint}, "artifactChanges": [change]}]
        return found


def rule(kind: Kind) -> dict[str, Any]:
    """A code as SARIF describes it."""
    text = f"{kind.summary}\n\n{kind.why}"
    shown = f"{kind.summary}\n\n{kind.why}\n\n```python\n{kind.bad}\n```\n"
    if kind.good:
        text += f"\n\nInstead of:\n    {kind.bad}\nwrite:\n    {kind.good}"
        shown += f"\nInstead:\n\n```python\n{kind.good}\n```\n"
    found: dict[str, Any] = {
        "id": kind.code,
        "name": "".join(part.capitalize() for part in kind.name.split("-")),
        "shortDescription": {"text": kind.summary},
        "fullDescription": {"text": kind.why},
        "help": {"text": text, "markdown": shown},
        "defaultConfiguration": {"level": _LEVELS.get(level(kind), "note")},
        "properties": {"tags": ["torch", "porting"]},
    }
    if link := address(kind):
        found["helpUri"] = link
    return found


def _artifact(path: str) -> dict[str, str]:
    if os.path.isabs(path):
        return {"uri": _uri(path)}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": "%SRCROOT%"}


def _uri(path: str) -> str:
    return "file://" + quote(os.fsencode(path))


def _replacement(edit: Edit, column: int, end_column: int) -> dict[str, Any]:
    return {
        "deletedRegion": {
            "startLine": edit.place.line,
            "startColumn": column,
            "endLine": edit.place.end_line,
            "endColumn": end_column,
        },
        "insertedContent": {"text": edit.content},
    }
