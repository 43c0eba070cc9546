"""The state of one evaluation, which the evaluators of all files that take part in it share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from optport.values import ValueSet


@dataclass(slots=True)
class Evaluation:
    """How far an evaluation has gone; each check has one of its own."""

    depth: int = 0
    """How deep the stack is in values, over all files: evaluators call one another."""


class Foreign(Protocol):
    """Other modules, as far as a front end can follow what is imported from them."""

    @property
    def evaluation(self) -> Evaluation:
        """The state that the modules' evaluators share with the file's."""

    def resolve(self, name: str) -> ValueSet:
        """Return what a full name of another module may be."""
