"""Applying the fixes of findings to a source, round after round, until none is left."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import field
from pathlib import Path
from typing import Protocol

from optport.check import Report
from optport.edits import Edit, Fix, apply_edits
from optport.finding import Finding, can_fix
from optport.lean import dataclass
from optport.linting import lint_text
from optport.parsing import parse_source
from optport.places import Place
from optport.settings import Settings

MAX_ROUNDS = 64
"""How often a source is fixed and checked again; a set of fixes needs one or two."""


class Document(Protocol):
    """A source that edits can be made in."""

    @property
    def text(self) -> str:
        """The source as it is checked; places are in it."""
        ...

    def edited(self, edits: Iterable[Edit]) -> Document:
        """Return the source with edits made that do not overlap."""
        ...


@dataclass(frozen=True, slots=True)
class TextDocument:
    """The text of a Python file."""

    text: str

    def edited(self, edits: Iterable[Edit]) -> TextDocument:
        """Return the text with edits made that do not overlap."""
        return TextDocument(apply_edits(self.text, edits))


@dataclass(slots=True)
class Fixed:
    """What came of fixing a source."""

    document: Document
    report: Report
    """What is found in the fixed source."""
    fixed: list[Finding] = field(default_factory=list)
    """What was mended; places are those at the time."""
    refused: list[Finding] = field(default_factory=list)
    """What has a fix that would have broken the source: a defect of ours."""
    endless: bool = False
    """Whether fixes led to ever more of them. Then nothing is fixed."""

    @property
    def text(self) -> str:
        """The fixed source."""
        return self.document.text


def fix_text(text: str, settings: Settings, path: str | Path, unsafe: bool = False) -> Fixed:
    """Fix a source text as `fix_document` does."""
    return fix_document(TextDocument(text), settings, path, unsafe)


def fix_document(
    document: Document,
    settings: Settings,
    path: str | Path,
    unsafe: bool = False,
    writable: Callable[[str], bool] = lambda content: True,
    ports: bool = False,
) -> Fixed:
    """Fix what settings select and comments don't suppress, and check what comes of it.

    Each fix is made whole or not at all; of two that touch, the second is made in the next round,
    if it is still called for. `writable` says whether a text can be written in the source's
    encoding; `ports` asks for the ports of what remains. Raises what `ast.parse` raises on the
    source.
    """
    done = Fixed(document, lint_text(document.text, settings, path, ports))
    for _ in range(MAX_ROUNDS):
        chosen = _compatible(
            finding
            for finding in done.report.findings
            if can_fix(finding, unsafe)
            and _key(finding) not in map(_key, done.refused)
            and all(writable(edit.content) for edit in _edits(finding))
        )
        if not chosen:
            return done
        made = _apply(done.document, chosen)
        done.refused += [one for one in chosen if one not in made[1]]
        done.document = made[0]
        done.fixed += made[1]
        if made[1]:
            done.report = lint_text(done.document.text, settings, path, ports)
    return Fixed(document, lint_text(document.text, settings, path, ports), endless=True)


def _edits(finding: Finding) -> tuple[Edit, ...]:
    return () if finding.fix is None else finding.fix.edits


def _key(finding: Finding) -> tuple[str, str, Fix | None]:
    return finding.code, finding.message, finding.fix


def _compatible(findings: Iterable[Finding]) -> list[Finding]:
    """Choose fixes none of which touches another: the first of those that do, in order of place."""
    taken: list[tuple[tuple[int, int], tuple[int, int]]] = []
    chosen = []
    for finding in findings:
        spans = [_span(edit.place) for edit in _edits(finding)]
        if not any(_touches(taken, span) for span in spans):
            chosen.append(finding)
            for span in spans:
                insort(taken, span)
    return chosen


def _span(place: Place) -> tuple[tuple[int, int], tuple[int, int]]:
    return (place.line, place.col), (place.end_line, place.end_col)


def _touches(
    taken: list[tuple[tuple[int, int], tuple[int, int]]],
    span: tuple[tuple[int, int], tuple[int, int]],
) -> bool:
    """Whether a span overlaps or adjoins one of those that are taken, which don't overlap."""
    at = bisect_left(taken, span)
    before = at > 0 and taken[at - 1][1] >= span[0]
    after = at < len(taken) and taken[at][0] <= span[1]
    return before or after


def _apply(document: Document, findings: list[Finding]) -> tuple[Document, list[Finding]]:
    """Apply fixes together or, should the source then not parse, those that leave it parsing."""
    together = _with(document, findings)
    if _parses(together):
        return together, findings
    kept: list[Finding] = []
    pending = [findings]
    while pending:
        group = pending.pop()
        if _parses(_with(document, [*kept, *group])):
            kept += group
        elif len(group) > 1:
            half = len(group) // 2
            pending += [group[half:], group[:half]]
    return _with(document, kept), kept


def _with(document: Document, findings: list[Finding]) -> Document:
    return document.edited(edit for one in findings for edit in _edits(one))


def _parses(document: Document) -> bool:
    try:
        parse_source(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
