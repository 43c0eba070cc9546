"""``junit``: a test report that CI systems read."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from optport.formats.result import Diagnostic, FileResult, Totals
from optport.formats.style import Style
from optport.printable import printable


class Junit:
    """Collects everything, and prints one suite a file at the end."""

    def __init__(self, style: Style) -> None:
        """Take a style, which plays no part."""
        self._suites: list[str] = []
        self._failures = 0

    def file(self, result: FileResult) -> Iterator[str]:
        """Keep what a file holds; yields nothing."""
        if result.diagnostics:
            self._failures += len(result.diagnostics)
            self._suites.append(_suite(result.path, result.diagnostics))
        yield from ()

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield the whole report; one test that passes where nothing was found."""
        suites = list(self._suites)
        for trouble in totals.troubles:
            said = quoteattr(printable(trouble))
            suites.append(
                '  <testsuite name="trouble" tests="1" failures="0" errors="1" skipped="0">\n'
                '    <testcase name="trouble" classname="optport">\n'
                f'      <error message={said} type="trouble"/>\n'
                "    </testcase>\n  </testsuite>\n"
            )
        if not suites:
            suites.append(
                '  <testsuite name="optport" tests="1" failures="0" errors="0" skipped="0">\n'
                '    <testcase name="nothing found" classname="optport"/>\n  </testsuite>\n'
            )
        tests = max(self._failures + len(totals.troubles), 1)
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield (
            f'<testsuites name="optport" tests="{tests}" failures="{self._failures}" '
            f'errors="{len(totals.troubles)}">\n'
        )
        yield from suites
        yield "</testsuites>\n"


def _suite(path: str, diagnostics: list[Diagnostic]) -> str:
    count = len(diagnostics)
    name = quoteattr(printable(path))
    cases = "".join(_case(one) for one in diagnostics)
    return (
        f'  <testsuite name={name} tests="{count}" failures="{count}" errors="0" skipped="0">\n'
        f"{cases}  </testsuite>\n"
    )


def _case(one: Diagnostic) -> str:
    finding = one.finding
    shown = printable(one.path)
    attributes = {
        "name": f"{finding.code} {finding.kind.name}",
        "classname": shown.removesuffix(".py").replace("/", "."),
        "file": shown,
        "line": str(one.line),
        "column": str(one.column),
    }
    listed = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    said = escape(f"{one.where}: {finding.code} {finding.message}")
    return (
        f"    <testcase {listed}>\n"
        f"      <failure message={quoteattr(finding.message)} type={quoteattr(finding.code)}>"
        f"{said}</failure>\n"
        "    </testcase>\n"
    )
