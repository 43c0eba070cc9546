"""The lines of a source text by the words on them: which lines are worth reading at all."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from itertools import accumulate, count
from operator import add

from optport.gate import begins_word, folded
from optport.line_sets import LineSet

MAX_SEARCHES = 96
"""Words that are searched for one by one; for more, all words of the text are noted down."""

_KEPT = 16
"""Words whose lines are kept: functions of one file share names, and are asked for in turn."""
_GAP = 40
"""Blanks between a dot and an attribute; where there are more, they may follow a dot."""
_WORD = re.compile(r"\w+")
_ASSIGNED = re.compile(r"\.\s*(\w+)\s*(?::|=(?!=))")
_UNPACKED = re.compile(r"^[ \t]*[\w.]+[ \t]*(?:,[ \t]*[\w.]+[ \t]*)+=(?!=)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"\.(\w+)")
_CALL = re.compile(r"\s*[(#\\]")
_DEFINING = ("def ", "class ")


class LineIndex:
    """The lines of a text by the words on them; a word is looked up when it is asked for."""

    def __init__(self, text: str) -> None:
        text = folded(text)
        if "\r" in text:  # Python ends a line at CR, too
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._text = text
        ends = map(add, accumulate(map(len, text.split("\n"))), count(1))
        self._starts = [0, *ends]
        self._looked_up = 0
        self._counts: dict[str, int] = {}
        self._latest: dict[str, LineSet] = {}

    def none(self) -> LineSet:
        """Return the set of no lines."""
        return LineSet(len(self._starts) + 1)

    def all(self) -> LineSet:
        """Return the set of all lines."""
        return LineSet(b"\1") * (len(self._starts) + 1)

    def count(self, word: str) -> int:
        """Return how often a word stands in the text; a word that may be spelled otherwise: 0."""
        if word not in self._counts:
            self._counts[word] = len(self._lines(word)) if word.isascii() else 0
        return self._counts[word]

    def with_words(self, words: Iterable[str], lines: LineSet | None = None) -> LineSet:
        """Return the lines that hold one of `words`, added to `lines` if those are given."""
        lines = self.none() if lines is None else lines
        for word in words:
            if not word.isascii():  # may be spelled otherwise: Python normalizes names
                return self.all()
            for line in self._lines(word):
                lines[line] = 1
        return lines

    def holding(self, word: str) -> LineSet:
        """Return the lines that hold `word`; the set is shared and must not be changed."""
        found = self._latest.get(word)
        if found is None:
            if len(self._latest) >= _KEPT:
                del self._latest[next(iter(self._latest))]
            found = self._latest[word] = self.with_words([word])
        return found

    def with_ends(self, pattern: re.Pattern[str]) -> LineSet:
        """Return the lines with a word of a pattern made by `word_ends`."""
        lines = self.none()
        for match in pattern.finditer(self._text):
            if begins_word(self._text, match.start()):
                lines[self._line(match.start())] = 1
        return lines

    def with_members(self, members: Iterable[str], functions: Container[str]) -> LineSet:
        """Return the lines with one of `members` as an attribute, or one of `functions`."""
        lines, text = self.none(), self._text
        for member in members:
            for at in self._places(member):
                dotted = text[at - 1 : at] == "." or _is_dotted(text[max(at - _GAP, 0) : at])
                if dotted or member in functions:
                    lines[self._line(at)] = 1
        return lines

    def add_text(self, text: str, lines: LineSet) -> None:
        """Add the lines that hold `text`, which need be no word."""
        at = self._text.find(text)
        while at >= 0:
            lines[self._line(at)] = 1
            at = self._text.find(text, at + 1)

    def assigning(self, attribute: str, within: ast.stmt) -> LineSet:
        """Return the lines of a statement where an attribute of that name may be assigned."""
        lines = self.none()
        last = within.end_lineno or within.lineno
        if not attribute.isascii():
            lines[within.lineno : last + 1] = b"\1" * (last + 1 - within.lineno)
            return lines
        assigned = self._assigned.get(attribute, [])
        for line in assigned[bisect_left(assigned, within.lineno) : bisect_right(assigned, last)]:
            lines[line] = 1
        return lines

    def calling(self, name: str) -> LineSet:
        """Return the lines where something of that name may be called."""
        if not name.isascii() or self._looked_up >= MAX_SEARCHES:
            return self.with_words([name])
        self._looked_up += 1
        lines, text = self.none(), self._text
        for at in self._places(name):
            end = at + len(name)
            if _CALL.match(text, end) and not text.endswith(_DEFINING, 0, at):
                lines[self._line(at)] = 1
        return lines

    def defining_classes(self) -> LineSet:
        """Return the lines where a class statement may begin."""
        lines, text = self.none(), self._text
        for at in self._places("class"):
            before = text[text.rfind("\n", 0, at) + 1 : at]
            if not before or before.isspace():
                lines[self._line(at)] = 1
        return lines

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at)

    def _lines(self, word: str) -> list[int]:
        """The lines with a word, each as often as the word stands there by itself."""
        self._looked_up += 1
        if self._looked_up > MAX_SEARCHES:
            return self._all.get(word, [])
        return [self._line(at) for at in self._places(word)]

    def _places(self, word: str) -> Iterator[int]:
        """Where a word stands by itself."""
        text = self._text
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if begins_word(text, at) and begins_word(text, end + 1):
                yield at
            at = text.find(word, end)

    @cached_property
    def _all(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, line in enumerate(self._text.split("\n"), 1):
            for word in _WORD.findall(line):
                found.setdefault(word, []).append(number)
        return found

    @cached_property
    def _assigned(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in _ASSIGNED.finditer(self._text):
            found.setdefault(match[1], []).append(self._line(match.start(1)))
        for match in _UNPACKED.finditer(self._text):
            line = self._line(match.end() - 1)
            for attribute in _ATTRIBUTE.findall(match[0]):
                found.setdefault(attribute, []).append(line)
        return {attribute: sorted(lines) for attribute, lines in found.items()}


def _is_dotted(before: str) -> bool:
    """Whether a text ends in a dot and blanks, or may do so."""
    return before[-1:].isspace() and before.rstrip()[-1:] in (".", "")
