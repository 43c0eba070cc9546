"""Places in the units of a client: LSP counts UTF-16 units, or what was agreed on; we count bytes.

Lines end at LF, CRLF and CR, for LSP as for Python's tokenizer; nothing else ends one.
"""

from __future__ import annotations

import enum
import re
from functools import cached_property
from itertools import pairwise

from optport.lean import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")
_END = "\r\n"


class Units(enum.StrEnum):
    """What a client counts columns in; the values are LSP's own."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def taken_by(self, text: str) -> int:
        """Return how many of these units `text` takes."""
        if self is Units.UTF32 or text.isascii():
            return len(text)
        if self is Units.UTF8:
            return len(to_bytes(text))
        return len(text) + sum(char > "\uffff" for char in text)

    def index_in(self, text: str, column: int) -> int:
        """Return the index in `text` of the character that a column stands in.

        A column behind the text is its end; one inside a character is that character's.
        """
        if self is Units.UTF32 or text.isascii():
            return min(max(column, 0), len(text))
        taken = 0
        for index, char in enumerate(text):
            taken += self.taken_by(char)
            if taken > column:
                return index
        return len(text)


def to_bytes(text: str) -> bytes:
    """Encode as UTF-8; lone surrogates, which JSON may hold, are kept."""
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Lines:
    """A text by its lines, with the ways between bytes and the units of a client."""

    text: str
    units: Units = Units.UTF16

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends; the last one has none."""
        bounds = [*self._starts, len(self.text)]
        return [self.text[begin:end] for begin, end in pairwise(bounds)]

    def column(self, line: int, byte: int) -> int:
        """Return the client's column of a byte in a line (lines from 0 here)."""
        if not 0 <= line < len(self.lines):
            return 0
        text = self.lines[line]
        if text.isascii():
            return byte
        return self.units.taken_by(to_bytes(text)[:byte].decode("utf-8", "replace"))

    def byte(self, line: int, column: int) -> int:
        """Return the byte in a line that a client's column stands for."""
        if not 0 <= line < len(self.lines):
            return 0
        text = self.lines[line].rstrip(_END)
        return len(to_bytes(text[: self.units.index_in(text, column)]))

    def offset(self, line: int, column: int) -> int:
        """Return the index in the text of a client's position; behind the end is the end."""
        if line >= len(self.lines):
            return len(self.text)
        text = self.lines[line].rstrip(_END)
        return self._starts[line] + self.units.index_in(text, column)


def replaced(
    text: str, begin: tuple[int, int], end: tuple[int, int], new: str, units: Units
) -> str:
    """Return the text with what is between two positions of a client replaced."""
    lines = Lines(text, units)
    first, last = lines.offset(*begin), lines.offset(*end)
    return text[:first] + new + text[max(first, last) :]
