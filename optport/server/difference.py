"""The edits between two texts, as small as lines and common ends make them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import takewhile

from optport.edits import Edit
from optport.places import Place
from optport.server.positions import Lines, to_bytes


def edits_between(before: str, after: str) -> Iterator[Edit]:
    """Yield the edits that turn one text into the other, in order of place."""
    old, new = Lines(before), Lines(after)
    matcher = difflib.SequenceMatcher(a=old.lines, b=new.lines, autojunk=False)
    for kind, begin, end, new_begin, new_end in matcher.get_opcodes():
        if kind != "equal":
            taken = "".join(old.lines[begin:end])
            given = "".join(new.lines[new_begin:new_end])
            yield _narrowed(begin, taken, given)


def _narrowed(line: int, taken: str, given: str) -> Edit:
    """Return the edit of a block of lines without what both blocks begin and end with."""
    head = _shared(taken, given)
    tail = _shared(taken[head:][::-1], given[head:][::-1])
    begin = _point(line, taken[:head])
    end = _point(line, taken[: len(taken) - tail])
    return Edit(Place(*begin, *end), given[head : len(given) - tail])


def _shared(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _point(line: int, text: str) -> tuple[int, int]:
    """Return the line, from 1, and the byte that a text beginning with `line` ends at."""
    lines = Lines(text).lines
    return line + len(lines), len(to_bytes(lines[-1]))
