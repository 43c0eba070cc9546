"""The state of one evaluation, which the evaluators of all files that take part in it share.

It holds what is spent, of Python's stack and of work, so that no source makes a check deep or
long. The work that a file may make grows with its size. It is shared out over the questions that
are asked of the file (what does this call build, what are its arguments): each has its part for
sure, and some of what is left in a common pool. What a question can't afford is unknown in its
answer, and is worked out anew for the next.
"""

from __future__ import annotations

import sys
from typing import Protocol

from optport.lean import dataclass
from optport.values import ValueSet

MAX_DEPTH = 60
"""How many names, operators and displays are followed one inside the other."""
FRAMES_PER_LEVEL = 12
"""Python's frames that one of those takes at most."""
RESERVED_FRAMES = 80
"""Frames that are kept for what is not counted."""
WORK_PER_BYTE = 2
"""Steps of work for each character of the source; a step is some microseconds at most."""
BASE_WORK = 20_000
"""Steps that even the smallest source may take."""
_POOL_PART = 8


@dataclass(slots=True)
class Evaluation:
    """How far an evaluation has gone; each check has one of its own."""

    depth: int = 0
    """How deep the stack is in values, over all files: evaluators call one another."""
    max_depth: int = MAX_DEPTH
    work: int = 0
    """The steps that have been taken."""
    limit: int = sys.maxsize
    """The step at which the question of the moment has to end."""
    _pool: int = 0
    _part: int = 0
    _asked: int = 0

    def begin(self, size: int, questions: int) -> None:
        """Share out the work for a source of `size` characters over its questions."""
        self.max_depth = min(MAX_DEPTH, _frames_left() // FRAMES_PER_LEVEL)
        self._pool = BASE_WORK + WORK_PER_BYTE * size
        self._part = WORK_PER_BYTE * size // max(questions, 1)
        self._asked = self.work
        self.ask()

    def ask(self) -> None:
        """Begin a question: what the one before took beyond its part is gone from the pool."""
        self._pool -= max(0, self.work - self._asked - self._part)
        self._asked = self.work
        self.limit = self.work + self._part + max(0, self._pool // _POOL_PART)

    def end(self) -> None:
        """End the questions: what is asked now is not limited."""
        self.limit = sys.maxsize

    def spend(self, steps: int) -> bool:
        """Take steps of work; whether there was enough left for them."""
        self.work += steps
        return self.work <= self.limit

    @property
    def is_spent(self) -> bool:
        """Whether the question of the moment has taken all that it may."""
        return self.work > self.limit


def _frames_left() -> int:
    """How many more frames Python's stack takes."""
    frame, depth = sys._getframe(), RESERVED_FRAMES
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return max(0, sys.getrecursionlimit() - depth)


class Foreign(Protocol):
    """Other modules, as far as a front end can follow what is imported from them."""

    @property
    def evaluation(self) -> Evaluation:
        """The state that the modules' evaluators share with the file's."""

    def resolve(self, name: str) -> ValueSet:
        """Return what a full name of another module may be."""
