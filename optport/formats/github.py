"""``github``: workflow commands that GitHub shows beside the code."""

from __future__ import annotations

from collections.abc import Iterator

from optport.formats.result import FileResult, Totals
from optport.formats.style import Style
from optport.levels import Level, level
from optport.printable import printable

_COMMANDS = {Level.RAISES: "error", Level.DIFFERS: "warning"}


class Github:
    """Prints one ``::error``, ``::warning`` or ``::notice`` a finding."""

    def __init__(self, style: Style) -> None:
        """Take a style, which plays no part."""

    def file(self, result: FileResult) -> Iterator[str]:
        """Yield a command for each finding."""
        for one in result.diagnostics:
            kind = one.finding.kind
            properties = {
                "title": f"optport ({kind.code} {kind.name})",
                "file": printable(one.path),
                "line": one.line,
                "col": one.column,
                "endLine": one.end_line,
                "endColumn": one.end_column,
            }
            listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
            command = _COMMANDS.get(level(kind), "notice")
            said = f"{one.where}: {kind.code} {one.finding.message}"
            yield f"::{command} {listed}::{_escaped(said)}\n"

    def end(self, totals: Totals) -> Iterator[str]:
        """Yield nothing: the commands are all."""
        yield from ()


def _escaped(text: object) -> str:
    return str(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _escaped(value).replace(":", "%3A").replace(",", "%2C")
