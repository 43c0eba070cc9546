"""Jupyter notebooks: their code cells as one source, and edits written back into the JSON.

Lines that are not Python but IPython's (``%magic``, ``!command``, ``help?``) are blanked for the
check, in place: lines and columns stay. Cells of another language (``%%bash``) are blanked whole.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from optport.edits import Edit, Fix, apply_edits
from optport.files import UnreadableFile
from optport.json_places import SourceSpans, source_spans
from optport.lean import dataclass
from optport.parsing import parse_source
from optport.places import Place

_NAMED_LINE = re.compile(r"\bon line ([1-9]\d{0,8})\b")
_LINE_END = re.compile(r"\r\n|\r|\n")
_PYTHON_CELL = re.compile(
    r"\s*%%(?:capture|prun|pypy|python|python3|time|timeit)(?:[ \t].*)?(?:\r\n|\r|\n|\Z)"
)
_MAGIC = re.compile(r"[ \t]*(?:[%!?]|.*\?[ \t]*\Z)")
_ASSIGNED_MAGIC = re.compile(r"([\w., \t]++=[ \t]*+)[%!].*")


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that can't be parsed: its index, the line in it, and what is wrong."""

    cell: int
    line: int
    reason: str


class Joined:
    """The code cells of a notebook as one source."""

    def __init__(self, cells: Sequence[str]) -> None:
        """Take the sources of the cells, in order, empty ones for cells that hold no code."""
        self.cells = tuple(cells)
        self.errors: list[CellError] = []
        """Cells that can't be parsed; they are blanked, and the others are checked."""
        self._starts: list[int] = []
        lines: list[str] = []
        for index, cell in enumerate(cells):
            self._starts.append(len(lines) + 1)
            lines += _LINE_END.split(self._blanked(index, cell))
        self.text = "\n".join(lines) + "\n"

    def _blanked(self, index: int, cell: str) -> str:
        """The cell as Python that has the same lines and columns."""
        python = _python_of(cell)
        try:
            parse_source(python)
        except SyntaxError as error:
            self.errors.append(CellError(index, error.lineno or 1, error.msg))
        except (ValueError, RecursionError, MemoryError) as error:
            self.errors.append(CellError(index, 1, str(error) or "nested too deep"))
        else:
            return python
        return _empty(cell)

    def cell(self, line: int) -> tuple[int, int]:
        """Return the index of the cell that a line of `text` is in, and the line within it."""
        index = bisect_right(self._starts, line) - 1
        return index, line - self._starts[index] + 1

    def within(self, place: Place) -> tuple[int, Place]:
        """Return the cell that a place of `text` is in, and the place within it."""
        index, line = self.cell(place.line)
        shift = place.line - line
        return index, replace(place, line=line, end_line=place.end_line - shift)

    def told_within(self, message: str, cell: int) -> str:
        """Return a message that names lines of `text` as one that names lines of cells."""

        def named(match: re.Match[str]) -> str:
            line = int(match[1])
            if not 0 < line <= self.text.count("\n"):
                return match[0]
            index, within = self.cell(line)
            return f"on line {within}" if index == cell else f"on line {within} of cell {index + 1}"

        return _NAMED_LINE.sub(named, message)

    def fix_within(self, fix: Fix | None, cell: int) -> Fix | None:
        """Return a fix with places within its cell; None where it spans several cells."""
        if fix is None:
            return None
        edits = []
        for edit in fix.edits:
            index, place = self.within(edit.place)
            if index != cell:
                return None
            edits.append(Edit(place, edit.content))
        return Fix(fix.applicability, tuple(edits))

    def edited(self, edits: Iterable[Edit]) -> Joined:
        """Return the notebook's cells with edits made; places are those of `text`."""
        by_cell: dict[int, list[Edit]] = {}
        for edit in edits:
            index, place = self.within(edit.place)
            by_cell.setdefault(index, []).append(Edit(place, edit.content))
        return Joined(
            [apply_edits(cell, by_cell.get(index, ())) for index, cell in enumerate(self.cells)]
        )


def join_cells(cells: Sequence[str]) -> Joined:
    """Join the sources of a notebook's cells; those that hold no code are to be empty."""
    return Joined(cells)


def _empty(cell: str) -> str:
    return "\n" * len(_LINE_END.findall(cell))


def _python_of(cell: str) -> str:
    """Return a cell with what is not Python blanked."""
    if cell.lstrip().startswith("%%"):
        heading = _PYTHON_CELL.match(cell)
        if heading is None:
            return _empty(cell)
        cell = _empty(heading[0]) + cell[heading.end() :]
    if not re.search(r"[%!?]", cell) or _is_python(cell):
        return cell
    lines = _LINE_END.split(cell)
    continued = False
    for at, line in enumerate(lines):
        if continued:
            lines[at] = ""
        elif _MAGIC.match(line):
            lines[at] = f"{line[: len(line) - len(line.lstrip())]}pass"
        elif assigned := _ASSIGNED_MAGIC.fullmatch(line):
            lines[at] = f"{assigned[1]}None"
        else:
            continue
        continued = line.rstrip().endswith("\\")
    return "\n".join(lines)


def _is_python(cell: str) -> bool:
    try:
        parse_source(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class Notebook:
    """A notebook file: its cells, and the text that they stand in."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes of the file; raises `UnreadableFile` that says why it is none."""
        self._mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        try:
            self._text = data.removeprefix(self._mark).decode("utf-8")
            self._content: Any = json.loads(self._text)
        except (ValueError, RecursionError) as error:
            raise UnreadableFile(f"not a notebook: {error}") from None
        content = self._content
        if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
            old = isinstance(content, dict) and "worksheets" in content
            why = "its format is older than 4; nbconvert makes a new one" if old else "no cells"
            raise UnreadableFile(f"not a notebook that can be read: {why}")
        self.cells = tuple(map(_code, content["cells"], count(1)))
        """The sources of the cells; empty for those that hold no code."""

    @property
    def language(self) -> str:
        """The language of its code, in small letters; empty where it says none."""
        metadata = self._content.get("metadata")
        for key, inner in (("language_info", "name"), ("kernelspec", "language")):
            part = metadata.get(key) if isinstance(metadata, dict) else None
            name = part.get(inner) if isinstance(part, dict) else None
            if isinstance(name, str):
                return name.lower()
        return ""

    @property
    def is_python(self) -> bool:
        """Whether its code is Python as far as it says."""
        return not self.language or self.language.startswith(("python", "ipython"))

    def written(self, cells: Sequence[str]) -> bytes:
        """Return the file with other sources in its cells; all else stays byte for byte."""
        spans = source_spans(self._text)
        made = []
        done = 0
        for index, (old, new) in enumerate(zip(self.cells, cells, strict=True)):
            if old != new:
                start, end, text = self._rewritten(spans[index], new)
                made += [self._text[done:start], text]
                done = end
        return self._mark + "".join([*made, self._text[done:]]).encode("utf-8")

    def _rewritten(self, spans: SourceSpans, source: str) -> tuple[int, int, str]:
        """Return which part of the text to replace, and by what."""
        if not spans.listed:
            [(start, end)] = spans.strings
            return start, end, self._literal(source)
        old = [json.loads(self._text[start:end]) for start, end in spans.strings]
        first, last, lines = _changed(old, source)
        start, end = spans.strings[first][0], spans.strings[last - 1][1]
        return start, end, self._separator(spans).join(map(self._literal, lines))

    def _separator(self, spans: SourceSpans) -> str:
        """What stands between two lines of a source."""
        if len(spans.strings) > 1:
            return self._text[spans.strings[0][1] : spans.strings[1][0]]
        start = spans.strings[0][0]
        return "," + self._text[self._text.rindex("[", 0, start) + 1 : start]

    def _literal(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self._escapes)

    @cached_property
    def _escapes(self) -> bool:
        """Whether characters beyond ASCII are written as escapes."""
        return self._text.isascii() and bool(re.search(r"\\u(?!00[01])[0-9a-fA-F]{4}", self._text))


def read_notebook(data: bytes) -> Notebook:
    """Read a notebook file; raises `UnreadableFile` that says why it can't be."""
    return Notebook(data)


def _code(cell: Any, number: int) -> str:
    """Return a cell's code, empty for one of text; raises `UnreadableFile` for one that is neither.

    A cell that is passed over would be one that is never checked.
    """
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    if not isinstance(kind, str):
        raise UnreadableFile(f"not a notebook that can be read: cell {number} has no type")
    if kind != "code":
        return ""
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise UnreadableFile(f"not a notebook that can be read: cell {number} has no source")


def _changed(old: list[str], source: str) -> tuple[int, int, list[str]]:
    """Return which of the old lines to replace (from, to), and the new ones: at least one of each.

    Lines before and behind that stay are left as they are.
    """
    first, start = 0, 0
    while (
        first < len(old) - 1 and old[first].endswith("\n") and source.startswith(old[first], start)
    ):
        start += len(old[first])
        first += 1
    last, end = len(old), len(source)
    while last > first + 1:
        line = old[last - 1]
        begin = end - len(line)
        if begin <= start or not source.endswith(line, start, end) or source[begin - 1] != "\n":
            break
        last -= 1
        end = begin
    lines = re.findall(r"[^\n]*\n|[^\n]+", source[start:end])
    if not lines and first:  # all of them went: the line before stays, written once more
        first -= 1
        lines = [old[first]]
    return first, last, lines or [""]
