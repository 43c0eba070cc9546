"""``concise``: one line a finding."""

from __future__ import annotations

from collections.abc import Iterator

from optport.formats.result import FileResult, Totals
from optport.formats.style import Style
from optport.help_pages import address


class Concise:
    """Prints ``path:line:column: code message``."""

    def __init__(self, style: Style) -> None:
        """Take how to set text off."""
        self._style = style

    def file(self, result: FileResult) -> Iterator[str]:
        """Yield a line for each finding."""
        for one in result.diagnostics:
            kind = one.finding.kind
            code = self._style.code(kind.code, address(kind))
            yield f"{self._style.strong(one.where)}: {code} {one.finding.message}\n"

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield how much was mended, if anything was."""
        if totals.fixed:
            yield from summary(totals)


def summary(totals: Totals) -> Iterator[str]:
    """Yield how many findings there are, were mended, and could be."""
    everything = totals.found + totals.fixed
    if not everything:
        yield "Nothing found.\n"
        return
    counted = f"Found {everything} problem{'s' * (everything != 1)}"
    if totals.fixed:
        counted += f" ({totals.fixed} fixed, {totals.found} left)"
    yield f"{counted}.\n"
    if totals.fixable or totals.unsafe:
        more = f"{totals.unsafe} more with `--unsafe-fixes`" if totals.unsafe else ""
        safe = f"{totals.fixable} can be fixed with `--fix`" if totals.fixable else ""
        if not safe:
            more = f"{totals.unsafe} can be fixed with `--fix --unsafe-fixes`"
        yield f"[*] {', '.join(filter(None, (safe, more)))}.\n"
