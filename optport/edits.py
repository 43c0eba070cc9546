"""Edits of a source text: what a finding's fix consists of, and how it is applied.

An edit replaces the text at a place by another. A fix is all of the edits that mend one finding:
they are applied together or not at all.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from itertools import accumulate

from optport.lean import dataclass
from optport.places import Place


class Applicability(enum.StrEnum):
    """What a fix may change for torch."""

    SAFE = "safe"  # torch's weights stay bit for bit
    UNSAFE = "unsafe"  # only the speed, the memory or the rounding of torch may change


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """The text that is to stand at a place (empty place: to be inserted there)."""

    place: Place
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """The edits that mend one finding, in order of place; none of them overlap."""

    applicability: Applicability
    edits: tuple[Edit, ...]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits made; everything else stays as it is.

    Lines count as Python's tokenizer counts them (LF, CRLF and CR end one, form feeds do not),
    columns in UTF-8 bytes, as `ast` gives them. Raises `ValueError` for edits that overlap.
    """
    data = text.encode("utf-8", "surrogatepass")
    starts = line_starts(data)
    made = bytearray()
    done = 0
    for edit in sorted(edits):
        begin = starts[edit.place.line - 1] + edit.place.col
        end = starts[edit.place.end_line - 1] + edit.place.end_col
        if begin < done:
            raise ValueError(f"edits overlap in line {edit.place.line}")
        made += data[done:begin] + edit.content.encode("utf-8", "surrogatepass")
        done = end
    return (bytes(made) + data[done:]).decode("utf-8", "surrogatepass")


def line_starts(data: bytes) -> list[int]:
    """Return where each line of UTF-8 text begins, in bytes."""
    ends = list(accumulate(map(len, data.splitlines(keepends=True))))
    if ends and not data.endswith((b"\n", b"\r")):
        ends.pop()
    return [0, *ends]
