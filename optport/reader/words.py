"""Where words stand in a source text: what tells which lines are worth reading at all."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate, count
from operator import add

from optport.gate import begins_word

FEW_WORDS = 48
"""Words that are looked for one by one; for more, all words of the text are noted down."""

_WORD = re.compile(r"\w+")
_ASSIGNED = re.compile(r"\.\s*(\w+)\s*(?::|=(?!=))")

Marks = bytearray
"""One byte for each line, from 1: whether it is marked."""


class Words:
    """The lines of a text by the words on them; a word is looked up when it is asked for."""

    def __init__(self, text: str) -> None:
        if "\r" in text:  # Python ends a line at CR, too
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._text = text
        ends = map(add, accumulate(map(len, text.split("\n"))), count(1))
        self._starts = [0, *ends]
        self._looked_up = 0

    def no_marks(self) -> Marks:
        """Return marks with no line marked."""
        return Marks(len(self._starts) + 1)

    def all_marks(self) -> Marks:
        """Return marks with every line marked."""
        return Marks(b"\1") * (len(self._starts) + 1)

    def count(self, word: str) -> int:
        """Return how often a word stands in the text; a word that may be spelled otherwise: 0."""
        return len(self._lines(word)) if word.isascii() else 0

    def mark(self, words: Iterable[str], marks: Marks | None = None) -> Marks:
        """Mark the lines that hold one of `words`, and return the marks."""
        marks = self.no_marks() if marks is None else marks
        for word in words:
            if not word.isascii():  # may be spelled otherwise: Python normalizes names
                return self.all_marks()
            for line in self._lines(word):
                marks[line] = 1
        return marks

    def mark_ends(self, pattern: re.Pattern[str]) -> Marks:
        """Return marks on the lines with a word of a pattern made by `word_ends`."""
        marks = self.no_marks()
        for match in pattern.finditer(self._text):
            if begins_word(self._text, match.start()):
                marks[self._line(match.start())] = 1
        return marks

    def mark_text(self, text: str, marks: Marks) -> None:
        """Mark the lines that hold `text`, which need be no word."""
        at = self._text.find(text)
        while at >= 0:
            marks[self._line(at)] = 1
            at = self._text.find(text, at + 1)

    def mark_assigned(self, attribute: str) -> Marks:
        """Return marks on the lines where an attribute of that name may be assigned."""
        if not attribute.isascii():
            return self.all_marks()
        marks = self.no_marks()
        for line in self._assigned.get(attribute, ()):
            marks[line] = 1
        return marks

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at)

    def _lines(self, word: str) -> list[int]:
        """The lines with a word, each as often as the word stands there by itself."""
        self._looked_up += 1
        if self._looked_up > FEW_WORDS:
            return self._all.get(word, [])
        text = self._text
        found = []
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if begins_word(text, at) and begins_word(text, end + 1):
                found.append(self._line(at))
            at = text.find(word, end)
        return found

    @cached_property
    def _all(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in _WORD.finditer(self._text):
            found.setdefault(match[0], []).append(self._line(match.start()))
        return found

    @cached_property
    def _assigned(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in _ASSIGNED.finditer(self._text):
            found.setdefault(match[1], []).append(self._line(match.start(1)))
        return found


def marked(marks: Marks, node: ast.expr | ast.stmt) -> bool:
    """Whether one of a node's lines is marked."""
    return marks.find(1, node.lineno, (node.end_lineno or node.lineno) + 1) >= 0
