"""The lines of a source text by the words on them: which lines are worth reading at all."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import cached_property

from optport.gate import begins_word, folded
from optport.line_sets import LineSet

_KEPT = 16
"""Words whose lines are kept: functions of one file share names, and are asked for in turn."""
_NEAR = 40
"""Characters before and after a word that are looked at; where all are blank, anything may be."""
_WORDS = bytes(
    byte if byte > 127 or chr(byte).isalnum() or chr(byte) in "_\n" else 32 for byte in range(256)
)
"""Blanks what is no word. All beyond ASCII counts as one: other signs are no code."""
_UNPACKED = re.compile(r"[ \t]*[\w.]+[ \t]*(?:,[ \t]*[\w.]+[ \t]*)+=(?!=)")
_DOT_LEFT = re.compile(r"[.\\]\s*$|\.\s*#")
"""How a line ends after which an attribute's name may come first."""
_DEFINING = ("def ", "class ")


class LineIndex:
    """The lines of a text by the words on them; words are looked up when one is asked for."""

    def __init__(self, text: str) -> None:
        text = folded(text)
        if "\r" in text:  # Python ends a line at CR, too
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.text = text
        """The text with its names and line ends as Python reads them."""
        self._texts = text.split("\n")
        self._latest: dict[str, LineSet] = {}

    def none(self) -> LineSet:
        """Return the set of no lines."""
        return LineSet(len(self._texts) + 2)

    def all(self) -> LineSet:
        """Return the set of all lines."""
        return LineSet(b"\1") * (len(self._texts) + 2)

    def count(self, word: str) -> int:
        """Return how often a word stands in the text; a word that may be spelled otherwise: 0."""
        return len(self._words.get(word, ())) if word.isascii() else 0

    def with_words(self, words: Iterable[str], lines: LineSet | None = None) -> LineSet:
        """Return the lines that hold one of `words`, added to `lines` if those are given."""
        lines = self.none() if lines is None else lines
        for word in words:
            if not word.isascii():  # may be spelled otherwise: Python normalizes names
                return self.all()
            for line in self._words.get(word, ()):
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

    def with_members(self, members: Iterable[str], functions: Container[str]) -> LineSet:
        """Return the lines with one of `members` as an attribute, or one of `functions`."""
        lines = self.none()
        for member in members:
            for line in self._having(member):
                if member in functions or self._is_attribute(member, line):
                    lines[line] = 1
        return lines

    def add_text(self, text: str, lines: LineSet) -> None:
        """Add the lines that hold `text`, which need be no word."""
        line, seen = 1, 0
        at = self.text.find(text)
        while at >= 0:
            line += self.text.count("\n", seen, at)
            lines[line] = 1
            seen, at = at, self.text.find(text, at + 1)

    def add_matches(self, pattern: re.Pattern[str], within: LineSet, lines: LineSet) -> None:
        """Add those of some lines in which a pattern is found."""
        line = within.find(1)
        while line >= 0:
            if line <= len(self._texts) and pattern.search(self._texts[line - 1]):
                lines[line] = 1
            line = within.find(1, line + 1)

    def assigning(self, attribute: str, within: ast.stmt) -> LineSet:
        """Return the lines of a statement where an attribute of that name may be assigned."""
        lines = self.none()
        last = within.end_lineno or within.lineno
        if not attribute.isascii():
            lines[within.lineno : last + 1] = b"\1" * (last + 1 - within.lineno)
            return lines
        held = list(self._having(attribute))
        for line in held[bisect_left(held, within.lineno) : bisect_right(held, last)]:
            if self._may_assign(attribute, line):
                lines[line] = 1
        return lines

    def calling(self, name: str) -> LineSet:
        """Return the lines where something of that name may be called."""
        if not name.isascii():
            return self.all()
        lines = self.none()
        for line in self._having(name):
            for before, after in self._around(name, line):
                if (not after or after[0] in "(#\\") and not before.endswith(_DEFINING):
                    lines[line] = 1
        return lines

    def defining_classes(self) -> LineSet:
        """Return the lines where a class statement may begin."""
        lines = self.none()
        for line in self._having("class"):
            if self._texts[line - 1].lstrip().startswith("class"):
                lines[line] = 1
        return lines

    def _is_attribute(self, word: str, line: int) -> bool:
        """Whether a word on a line may follow a dot, which may be on the line before."""
        if f".{word}" in self._texts[line - 1]:
            return True
        for before, _ in self._around(word, line):
            last = before.rstrip()[-1:]
            if last == "." or (not last and line > 1 and _DOT_LEFT.search(self._texts[line - 2])):
                return True
        return False

    def _may_assign(self, attribute: str, line: int) -> bool:
        """Whether an attribute on a line may be the target of an assignment."""
        if not self._is_attribute(attribute, line):
            return False
        for _, after in self._around(attribute, line):
            if not after or after[0] in ":\\" or (after[0] == "=" and after[1:2] != "="):
                return True
        return _UNPACKED.match(self._texts[line - 1]) is not None

    def _around(self, word: str, line: int) -> Iterator[tuple[str, str]]:
        """What stands on a line before a word, and after it from the first character on."""
        text = self._texts[line - 1]
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if begins_word(text, at) and begins_word(text, end + 1):
                yield text[max(at - _NEAR, 0) : at], text[end : end + _NEAR].lstrip()
            at = text.find(word, end)

    def _having(self, word: str) -> Iterable[int]:
        """The lines with a word, once each."""
        return dict.fromkeys(self._words.get(word, ()))

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """The lines with each word, each line as often as the word stands there by itself.

        One pass for all: looking for words one by one takes longer from some thirty words on, and
        more are asked for.
        """
        found: defaultdict[str, list[int]] = defaultdict(list)
        data = self.text.encode("utf-8", "surrogatepass").translate(
            _WORDS
        )  # much quicker than `re`
        for number, words in enumerate(data.decode("utf-8", "surrogatepass").split("\n"), 1):
            for word in words.split():
                found[word].append(number)
        return dict(found)
