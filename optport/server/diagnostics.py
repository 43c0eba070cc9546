"""Findings as diagnostics."""

from __future__ import annotations

from lsprotocol import types

from optport.finding import Finding
from optport.help_pages import address
from optport.levels import Level, level
from optport.server.analysis import Analysis, Part

SOURCE = "optport"

_SEVERITIES = {
    Level.RAISES: types.DiagnosticSeverity.Error,
    Level.DIFFERS: types.DiagnosticSeverity.Warning,
    Level.INERT: types.DiagnosticSeverity.Hint,
    Level.NOTE: types.DiagnosticSeverity.Information,
}


def diagnostic(finding: Finding, part: Part) -> types.Diagnostic:
    """Return a finding as a client shows it; what may go is shown faded."""
    how_bad = level(finding.kind)
    page = address(finding.kind)
    return types.Diagnostic(
        range=part.range(finding.place),
        message=finding.message,
        severity=_SEVERITIES[how_bad],
        code=finding.code,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if how_bad is Level.INERT else None,
    )


def diagnostics(analysis: Analysis, part: Part) -> list[types.Diagnostic]:
    """Return the diagnostics of one text; a defect of optport's own stands at its beginning."""
    found = [diagnostic(finding, part) for finding in analysis.findings_in(part)]
    if analysis.report.defect is not None and part.first == 0:
        found.insert(0, _defect(analysis.report.defect))
    return found


def _defect(message: str) -> types.Diagnostic:
    code, _, said = message.partition(" ")
    nowhere = types.Position(0, 0)
    return types.Diagnostic(
        range=types.Range(nowhere, nowhere),
        message=said,
        severity=types.DiagnosticSeverity.Information,
        code=code,
        source=SOURCE,
    )
