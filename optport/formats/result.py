"""What formats are made from: the findings of one file, placed as people count."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from optport.edits import line_starts
from optport.finding import Finding
from optport.lean import dataclass
from optport.places import Place
from optport.printable import printable


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding in a file, with its place in characters and the line that it stands on.

    Lines and columns count from 1, the end column is behind the last character. In a notebook
    they count within the cell, as does the place of the finding.
    """

    path: str
    finding: Finding
    column: int
    end_column: int
    source: str
    """The whole line that it begins on, without its end."""
    cell: int | None = None
    """The number of the notebook's cell, from 1, among cells of all kinds."""
    edit_columns: tuple[tuple[int, int], ...] = ()
    """The columns where each edit of the finding's fix begins and ends."""

    @property
    def line(self) -> int:
        """The line that it begins on."""
        return self.finding.place.line

    @property
    def end_line(self) -> int:
        """The line that it ends on."""
        return self.finding.place.end_line

    @property
    def where(self) -> str:
        """File, cell, line and column, as editors read them."""
        cell = "" if self.cell is None else f":cell {self.cell}"
        return f"{shown_path(self.path)}{cell}:{self.line}:{self.column}"


@dataclass(slots=True)
class FileResult:
    """What came of one file."""

    path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    constructions: list[dict[str, Any]] = field(default_factory=list)
    """The constructions with their ports as the JSON report has them, where that is asked for."""
    troubles: list[str] = field(default_factory=list)
    """What could not be done, in one line each; the file's name is part of it."""
    warnings: list[str] = field(default_factory=list)
    """What was passed over, in one line each."""
    fixed: list[str] = field(default_factory=list)
    """The codes of the findings that were mended, one each."""
    added: int = 0
    """How many comments were written that suppress something."""
    output: bytes = b""
    """What to print instead of findings: a difference, or the fixed source."""
    defective: bool = False
    """Whether something failed in optport itself."""


@dataclass(slots=True)
class Totals:
    """What came of all files."""

    found: int = 0
    fixed: int = 0
    fixable: int = 0
    """How many of the findings left `--fix` would mend."""
    unsafe: int = 0
    """How many more `--unsafe-fixes` would."""
    troubles: list[str] = field(default_factory=list)


def diagnose(
    path: str, findings: list[Finding], text: str, cell: int | None = None
) -> list[Diagnostic]:
    """Place findings of a text (of one cell, in a notebook) in characters."""
    lines = _Lines(text)
    found = []
    for finding in findings:
        column, end_column = lines.columns(finding.place)
        edits = () if finding.fix is None else finding.fix.edits
        found.append(
            Diagnostic(
                path,
                finding,
                column,
                end_column,
                lines[finding.place.line].decode("utf-8", "surrogatepass"),
                cell,
                tuple(lines.columns(edit.place) for edit in edits),
            )
        )
    return found


class _Lines:
    """The lines of a text in UTF-8, without their ends."""

    def __init__(self, text: str) -> None:
        self._data = text.encode("utf-8", "surrogatepass")
        self._starts = [*line_starts(self._data), len(self._data)]

    def __getitem__(self, number: int) -> bytes:
        return self._data[self._starts[number - 1] : self._starts[number]].rstrip(b"\r\n")

    def columns(self, place: Place) -> tuple[int, int]:
        """Return the columns, from 1 in characters, where a place begins and ends."""
        begin = self[place.line][: place.col].decode("utf-8", "replace")
        end = self[place.end_line][: place.end_col].decode("utf-8", "replace")
        return len(begin) + 1, len(end) + 1


def shown_path(path: str) -> str:
    """A file's name for a line of text: printable, and no command to what reads build logs."""
    shown = printable(path)
    return f"./{shown}" if shown.startswith("::") else shown
