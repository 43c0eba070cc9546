"""Judgements by what they rest on: a tree of questions, the answers to them, and what follows."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import field

from optport.hazards.judge import Judgement
from optport.hazards.watched import Question, Replayed
from optport.lean import dataclass
from optport.reader.model import Construction

Judged = tuple[Construction, Judgement]
_MOST_IN_VAIN = 8
"""Constructions of one form without a match, beyond those with one, before it is given up."""


@dataclass(slots=True)
class _Node:
    """A question, and where each answer leads."""

    question: Question
    next: dict[Hashable, _Node | Judged] = field(default_factory=dict)


@dataclass(slots=True)
class Decisions:
    """What was judged of constructions of one form."""

    _first: _Node | Judged | None = None
    _in_vain: int = 0

    @property
    def are_worth_it(self) -> bool:
        """Whether there are, as far as can be told, constructions that are judged the same."""
        return self._in_vain < _MOST_IN_VAIN

    def find(self, construction: Construction) -> Judged | None:
        """Return what was judged where every question had the answer that it has here."""
        at, other = self._first, Replayed(construction)
        while isinstance(at, _Node):
            at = at.next.get(at.question.of(other))
        self._in_vain += 1 if at is None else -1
        return at

    def note(self, path: list[tuple[Question, Hashable]], judged: Judged) -> None:
        """Remember what was judged, and the questions that were asked for it."""
        steps = [*path]
        if self._first is None:
            self._first = _leading([*steps], judged)
            return
        at: _Node | Judged | None = self._first
        for n, (question, answer) in enumerate(steps):
            if not isinstance(at, _Node) or at.question.known_by != question.known_by:
                return  # whatever is asked first is the same: it is not, so better not
            if answer not in at.next:
                at.next[answer] = _leading(steps[n + 1 :], judged)
                return
            at = at.next[answer]


def _leading(path: list[tuple[Question, Hashable]], judged: Judged) -> _Node | Judged:
    """Return the nodes of a path with what is at its end."""
    found: _Node | Judged = judged
    for question, answer in reversed(path):
        found = _Node(question, {answer: found})
    return found
