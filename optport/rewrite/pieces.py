"""Texts that take the place of others in a source, one perhaps inside of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optport.edits import Edit
from optport.places import Place
from optport.reader.source import SourceText

Span = tuple[int, int]
"""From where to where in a source's bytes."""


class NotWritten(Exception):
    """Something can't be written as the table has it, where it stands."""


class Pieces:
    """What is to stand in the place of parts of a source; the inner ones are put first."""

    def __init__(self, source: SourceText, line_end: str, taken: Sequence[Place]) -> None:
        """Take the source, how its lines end, and the places that are not to be had."""
        self._source = source
        self._line_end = line_end
        self._taken = taken
        self._put: dict[Span, str] = {}

    def text(self, span: Span | None) -> str:
        """Return the text at a span, with what has been put inside of it."""
        begin, end = span or (0, 0)
        made = bytearray()
        for (first, last), text in sorted(self._put.items()):
            if begin <= first and last <= end:
                made += self._source.data[begin:first] + text.encode("utf-8", "surrogatepass")
                begin = last
        return (bytes(made) + self._source.data[begin:end]).decode("utf-8", "surrogatepass")

    def put(self, span: Span | None, text: str) -> None:
        """Put a text in the place of a span, and of all that has been put inside of it.

        Raises `NotWritten` where that can't be.
        """
        if span is None:
            raise NotWritten
        self.remove(span)
        self._put[span] = text

    def remove(self, span: Span | None) -> None:
        """Take back what has been put inside of a span, which goes away as a whole.

        Raises `NotWritten` where that can't be.
        """
        if span is None or self.cover(span):
            raise NotWritten
        place = self._source.place_of(*span)
        begin, end = (place.line, place.col), (place.end_line, place.end_col)
        for one in self._taken:
            if begin < (one.end_line, one.end_col) and (one.line, one.col) < end:
                raise NotWritten
        for inner in [one for one in self._put if span[0] <= one[0] and one[1] <= span[1]]:
            del self._put[inner]

    def cover(self, span: Span | None) -> bool:
        """Whether another text has been put in the place of a span."""
        return span is not None and any(a <= span[0] and span[1] <= b for a, b in self._put)

    def edits(self) -> Iterator[Edit]:
        """Yield the edits of the source."""
        for span, text in sorted(self._put.items()):
            yield Edit(self._source.place_of(*span), text.replace("\n", self._line_end))
