"""``full``: each finding with the line of source that it stands on, for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from optport.edits import Applicability
from optport.formats.concise import summary
from optport.formats.result import Diagnostic, FileResult, Totals
from optport.formats.style import Style
from optport.help_pages import address
from optport.printable import printable

WIDEST = 160
"""How much of a long line is shown."""
BEFORE = 40
"""How much of it stands before what is pointed to."""
TAB = "    "


class Full:
    """Prints a finding, where it is, its line with a marker, and the advice."""

    def __init__(self, style: Style) -> None:
        """Take how to set text off."""
        self._style = style

    def file(self, result: FileResult) -> Iterator[str]:
        """Yield a paragraph for each finding."""
        for one in result.diagnostics:
            yield self._paragraph(one)

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield the counts."""
        yield from summary(totals)

    def _paragraph(self, one: Diagnostic) -> str:
        style, finding = self._style, one.finding
        line, pad, marker = excerpt(one)
        number = str(one.line)
        gutter = " " * len(number)
        bar = style.frame("|")
        code = style.code(finding.code, address(finding.kind))
        said = style.strong(finding.message.removesuffix(f"; {finding.hint}"))
        rows = [
            f"{code} {self._fixable(one)}{said}",
            f"{gutter}{style.frame('-->')} {one.where}",
            f"{gutter} {bar}",
            f"{style.frame(number)} {bar} {line}",
            f"{gutter} {bar} {pad}{style.marker(marker)}",
            f"{gutter} {bar}",
            f"{style.advice('help:')} {finding.hint}",
        ]
        return "\n".join(row.rstrip() for row in rows) + "\n\n"

    def _fixable(self, one: Diagnostic) -> str:
        fix = one.finding.fix
        safe = fix is not None and fix.applicability is Applicability.SAFE
        return f"[{self._style.advice('*')}] " if safe else ""


def excerpt(one: Diagnostic) -> tuple[str, str, str]:
    """Return the line as shown, the blanks before the marker, and the marker.

    Of a long line the part around the place is shown. What is not printable is shown escaped.
    """
    begin = one.column - 1
    end = one.end_column - 1 if one.end_line == one.line else len(one.source)
    first = 0 if len(one.source) <= WIDEST else max(begin - BEFORE, 0)
    last = min(len(one.source), first + WIDEST)
    before, inside, behind = (
        _shown(one.source[max(a, first) : max(min(b, last), first)])
        for a, b in ((0, begin), (begin, end), (end, len(one.source)))
    )
    left, right = "…" * (first > 0), "…" * (last < len(one.source))
    line = f"{left}{before}{inside}{behind}{right}"
    return line, " " * _width(left + before), "^" * max(_width(inside), 1)


def _shown(text: str) -> str:
    return printable(text.replace("\t", TAB))


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
