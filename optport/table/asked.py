"""Values in force that are asked questions, so that whoever judges can tell what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from optport.table.operands import Lookup
from optport.values import ValueSet

Answer = TypeVar("Answer", bound=Hashable)


class Asked:
    """A lookup that takes note of what it is asked: a question as a whole, or a value."""

    def __call__(self, name: str) -> ValueSet:
        """Return a value in force."""
        raise NotImplementedError

    def answer(self, question: Callable[[Lookup], Answer], *known_by: Hashable) -> Answer:
        """Return what `question` says of the values; `known_by` tells it from other questions."""
        raise NotImplementedError

    def derived(self, make: Callable[[Lookup], Lookup], *known_by: Hashable) -> Lookup:
        """Return the lookup that `make` makes of this one, which takes note as well."""
        raise NotImplementedError


def ask(lookup: Lookup, question: Callable[[Lookup], Answer], *known_by: Hashable) -> Answer:
    """Return what a question says of some values, noted as one where they take note."""
    return lookup.answer(question, *known_by) if isinstance(lookup, Asked) else question(lookup)


def derived(lookup: Lookup, make: Callable[[Lookup], Lookup], *known_by: Hashable) -> Lookup:
    """Return the lookup that `make` makes of one."""
    return lookup.derived(make, *known_by) if isinstance(lookup, Asked) else make(lookup)
