"""Checking what is open: one source made of the texts, and places in each text's own units."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lsprotocol import types

from optport.check import Checked, Report
from optport.finding import Finding
from optport.lean import dataclass
from optport.linting import lint_text
from optport.notebooks import join_cells
from optport.places import Place
from optport.server.opened import Opened, Text
from optport.server.positions import Lines, Units
from optport.settings import Settings

_MARK = "\ufeff"
_AS_LONG = "\f\f\f"
"""What Python passes over at the beginning of a line: as many bytes as a byte order mark."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the texts that a source is made of."""

    text: Text
    lines: Lines
    first: int
    """How many lines of the source come before it."""

    def range(self, place: Place) -> types.Range:
        """Return a place of the source as the client sees it."""
        return types.Range(
            self._position(place.line, place.col), self._position(place.end_line, place.end_col)
        )

    def place(self, of: types.Range) -> Place:
        """Return the client's range as a place of the source."""
        return Place(*self._pair(of.start), *self._pair(of.end))

    def _position(self, line: int, byte: int) -> types.Position:
        own = line - 1 - self.first
        return types.Position(own, self.lines.column(own, byte))

    def _pair(self, position: types.Position) -> tuple[int, int]:
        byte = self.lines.byte(position.line, position.character)
        return self.first + position.line + 1, byte


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a check of one revision found, and the settings it was checked by."""

    opened: Opened
    settings: Settings
    source: str
    parts: tuple[Part, ...]
    report: Report

    def part_of(self, place: Place) -> Part:
        """Return the text that a place of the source stands in."""
        return next(part for part in reversed(self.parts) if part.first < place.line)

    def part_for(self, uri: str) -> Part | None:
        """Return the text with that address."""
        return next((part for part in self.parts if part.text.uri == uri), None)

    def findings_in(self, part: Part) -> list[Finding]:
        """Return the findings of one text."""
        return [one for one in self.report.findings if self.part_of(one.place) is part]

    def constructions_at(self, place: Place) -> list[Checked]:
        """Return the innermost constructions around a place: one for each class it may be."""
        calls = (one.construction.place for one in self.report.constructions)
        around = [call for call in calls if _begin(call) <= _begin(place) <= _end(call)]
        innermost = max(around, key=_begin, default=None)
        return [one for one in self.report.constructions if one.construction.place == innermost]


def overlap(one: Place, other: Place) -> bool:
    """Whether two places have something in common, or touch."""
    return _begin(one) <= _end(other) and _begin(other) <= _end(one)


def analyse(opened: Opened, path: Path, settings: Settings, units: Units) -> Analysis:
    """Check what is open; never raises. A source that can't be parsed has no findings."""
    parts: list[Part] = []
    first = 0
    for text in opened.texts:
        lines = Lines(text.text, units)
        parts.append(Part(text, lines, first))
        first += len(lines.lines)
    source = _source(opened)
    report = Report() if settings.excludes_within(path) else _checked(source, settings, path)
    if opened.notebook:
        _tell_within_cells(report, opened)
    return Analysis(opened, settings, source, tuple(parts), report)


def _tell_within_cells(report: Report, opened: Opened) -> None:
    """Let messages name lines of cells, not of the whole notebook."""
    joined = join_cells([text.text for text in opened.texts])
    for at, finding in enumerate(report.findings):
        cell, _ = joined.cell(finding.place.line)
        said = joined.told_within(finding.message, cell)
        report.findings[at] = replace(finding, message=said)


def _source(opened: Opened) -> str:
    texts = [text.text for text in opened.texts]
    if opened.notebook:
        return join_cells(texts).text
    text = "".join(texts)
    return _AS_LONG + text.removeprefix(_MARK) if text.startswith(_MARK) else text


def _checked(source: str, settings: Settings, path: Path) -> Report:
    try:
        return lint_text(source, settings, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Report()  # being typed, or another tool's to report


def _begin(place: Place) -> tuple[int, int]:
    return place.line, place.col


def _end(place: Place) -> tuple[int, int]:
    return place.end_line, place.end_col
