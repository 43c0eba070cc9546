"""Places in a source text."""

from __future__ import annotations

from optport.lean import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: lines from 1, columns from 0 in UTF-8 bytes, end exclusive."""

    line: int
    col: int
    end_line: int
    end_col: int

    @property
    def span(self) -> tuple[int, int, int, int]:
        """What places are in order by, for those who sort many."""
        return self.line, self.col, self.end_line, self.end_col

    def holds(self, other: Place) -> bool:
        """Whether another place is within this one."""
        begins = (self.line, self.col) <= (other.line, other.col)
        return begins and (other.end_line, other.end_col) <= (self.end_line, self.end_col)
