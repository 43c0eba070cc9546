"""Checking one source as a user has it configured: what is selected and not suppressed."""

from __future__ import annotations

from optport.check import Report
from optport.gate import concerns_us
from optport.parsing import parse_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from optport.settings import Settings


def lint_text(text: str, settings: Settings, path: str | Path, ports: bool = False) -> Report:
    """Check a source text under settings; `path` is for ``per-file-ignores``.

    Writes the ports, too, if asked. Raises what `ast.parse` raises: `SyntaxError`, `ValueError`,
    `RecursionError`, `MemoryError`. What fails in optport itself is the report's `defect`.
    """
    if not concerns_us(text, settings.notes):
        return Report()
    from optport.guard import check_guarded

    report = check_guarded(parse_source(text), text, settings.asked, ports=ports)
    report.findings = [one for one in report.findings if settings.reports(path, one.code)]
    if report.findings:
        from optport.noqa import unsuppressed

        report.findings = unsuppressed(text, report.findings)
    return report
