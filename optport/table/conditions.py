"""Conditions of the table on the arguments of a construction.

The grammar, small enough to be checked when the table is loaded::

    condition = clause (" or " clause)*          clause = test (" and " test)*
    test      = operand OPERATOR operand | operand " is " KIND

Operands are those of :mod:`optport.table.operands`.
"""

from __future__ import annotations

import itertools
import math
import operator
import re
from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from typing import Any

from optport.lean import dataclass
from optport.table.asked import Asked
from optport.table.operands import Lookup, Operand, Sum, number_inside, parse_operand
from optport.values import (
    ITERABLE,
    UNKNOWN,
    UNREAD,
    Certainty,
    Literal,
    Numpy,
    Tensor,
    Value,
    ValueSet,
)

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_KINDS: dict[str, Callable[[Value], bool]] = {
    "truthy": lambda option: isinstance(option, Tensor) or _literal(option, bool),
    "falsy": lambda option: _literal(option, lambda value: not value),
    "int": lambda option: _literal(option, lambda value: type(value) is int),
    "float": lambda option: _literal(option, lambda value: isinstance(value, float)),
    "fractional": lambda option: _literal(option, _is_fractional),
    "bool": lambda option: _literal(option, lambda value: isinstance(value, bool)),
    "none": lambda option: _literal(option, lambda value: value is None),
    "list": lambda option: _literal(option, lambda value: isinstance(value, list)),
    "tuple": lambda option: _literal(option, lambda value: isinstance(value, tuple)),
    "iterable": lambda option: _literal(option, _is_iterable),
    "unsorted": lambda option: _literal(option, lambda value: _neighbours(value, operator.gt)),
    "repeated": lambda option: _literal(option, lambda v: _neighbours(v, operator.eq, True)),
    "tensor": lambda option: isinstance(option, Tensor),
    "numpy": lambda option: isinstance(option, Numpy),
}
_OF_NUMBERS = frozenset({"truthy", "falsy", "fractional"})
"""The kinds that go by which number it is."""
_OPPOSITE = {Certainty.NO: Certainty.CERTAIN, Certainty.CERTAIN: Certainty.NO}
_TEST = re.compile(rf"(\S+) (?:is (\w+)|({'|'.join(_OPERATORS)}) (\S+))\Z")


def _is_fractional(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _is_iterable(value: Any) -> bool:
    return isinstance(value, range) or value is ITERABLE


def _neighbours(values: Any, test: Callable[[Any, Any], bool], ordered: bool = False) -> bool:
    """Whether some neighbours in a list or tuple of numbers pass a test."""
    if not isinstance(values, (list, tuple)):
        return False
    if not all(isinstance(value, (int, float)) for value in values):
        return False
    return any(itertools.starmap(test, itertools.pairwise(sorted(values) if ordered else values)))


def _literal(option: Value, test: Callable[[Any], bool]) -> bool:
    return isinstance(option, Literal) and option.value is not UNREAD and bool(test(option.value))


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of two operands, or of one with a kind."""

    left: Operand | Sum
    kind: str | None
    relation: str
    right: Operand | Sum | None

    of_one: bool = field(init=False, compare=False, repr=False)
    """Whether there is nothing to read but the left side."""
    constant: int | float | None = field(init=False, compare=False, repr=False)
    """The number on the right side, where that is one."""

    def __post_init__(self) -> None:
        """Note what does not depend on arguments."""
        of_one, constant = True, None
        if self.right is not None:
            of_one = not self.right.names
            constant = self.right.number(_nowhere) if of_one else None
        object.__setattr__(self, "of_one", of_one)
        object.__setattr__(self, "constant", constant)

    def holds(self, lookup: Lookup) -> Certainty:
        """Say how surely the test is true of the arguments that `lookup` gives."""
        if self.right is not None:
            one, other = self.left.number(lookup), self.constant
            if one is not None:  # most are one number
                other = self.right.number(lookup) if other is None else other
                if other is not None:
                    return Certainty.CERTAIN if self._relates(one, other) else Certainty.NO
        left = self.left.values(lookup)
        if not left.values and self.of_one:
            return Certainty.NO if left.complete else Certainty.UNRESOLVED
        if self.kind is None or self.kind in _OF_NUMBERS:
            left = _numbers(left)
        complete, gaps, right_complete = left.complete, left.gaps, True
        if self.right is None:
            assert self.kind is not None
            test = _KINDS[self.kind]
            results = [test(option) for option in left.values]
        else:
            right = _numbers(self.right.values(lookup))
            right_complete, gaps = right.complete, gaps or right.gaps
            results = [self._compare(one, other) for one in left.values for other in right.values]
        if any(results) and right_complete and self._is_one_display(lookup):
            return Certainty.CERTAIN  # one element is enough, whatever the others are
        return _degree(results, complete and right_complete, gaps)

    def _is_one_display(self, lookup: Lookup) -> bool:
        """Whether the test is about any element of what surely is one display."""
        any_element = isinstance(self.left, Operand) and self.left.element == -1
        return any_element and lookup(self.left.names[0]).exact is not None

    def _compare(self, left: Value, right: Value) -> bool:
        return self._relates(number_inside(left), number_inside(right))

    def _relates(self, one: Any, other: Any) -> bool:
        if self.relation == "==" and isinstance(self.left, Sum) and isinstance(other, float):
            return math.isclose(one, other)  # 0.1 / 1000 is not quite 0.0001
        try:
            return _OPERATORS[self.relation](one, other)
        except TypeError:  # None >= 0.1, "a" < 1: no such value meets the condition
            return False


def _nowhere(name: str) -> ValueSet:
    """The values where there are no arguments."""
    return UNKNOWN


def _numbers(values: ValueSet) -> ValueSet:
    """The values without a float that is not read: which number that is, nobody knows."""
    for one in values.values:
        number = number_inside(one)
        if number != number:
            break
    else:
        return values
    kept = tuple(one for one in values.values if number_inside(one) == number_inside(one))
    return ValueSet(kept, complete=False, gaps=bool(kept))


def _degree(results: list[bool], complete: bool, gaps: bool) -> Certainty:
    if not results:
        return Certainty.NO if complete else Certainty.UNRESOLVED
    if all(results):
        return Certainty.CERTAIN if complete else Certainty.POSSIBLE
    if any(results):
        return Certainty.POSSIBLE
    return Certainty.UNRESOLVED if gaps else Certainty.NO


@dataclass(frozen=True, slots=True)
class Alternative:
    """Part of a condition that says why it is there."""

    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives of tests that all have to hold, with the text it was written as.

    `alternatives` are there for a condition that was written as such, each with its reason.
    """

    text: str
    clauses: tuple[tuple[Test, ...], ...]
    alternatives: tuple[Alternative, ...] = ()
    names: frozenset[str] = field(init=False, compare=False, repr=False)
    """The parameters that the condition looks at."""

    def __post_init__(self) -> None:
        """Note what it looks at."""
        tests = itertools.chain.from_iterable(self.clauses)
        sides = (side for test in tests for side in (test.left, test.right) if side is not None)
        names = frozenset(name for side in sides for name in side.names)
        object.__setattr__(self, "names", names)

    def holds(self, lookup: Lookup) -> Certainty:
        """Say how surely the condition is true of the arguments that `lookup` gives."""
        if isinstance(lookup, Asked):
            return lookup.answer(self.holds, id(self), "holds")
        if len(self.clauses) == 1 and len(self.clauses[0]) == 1:  # most are one test
            return self.clauses[0][0].holds(lookup)
        found = Certainty.NO
        known: dict[int, Certainty] = {}  # the same test may stand in many clauses
        for clause in self.clauses:
            together = Certainty.CERTAIN
            for test in clause:
                met = known.get(id(test))
                if met is None:
                    met = known[id(test)] = test.holds(lookup)
                if met < together:
                    together = met
                    if met is Certainty.NO:
                        break
            if together > found:
                found = together
                if found is Certainty.CERTAIN:
                    break
        return found

    def may_hold(self, lookup: Lookup) -> bool:
        """Whether the condition can't be ruled out: something is unread or can be overridden."""
        if isinstance(lookup, Asked):
            return lookup.answer(self.may_hold, id(self), "may hold")
        return self.holds(lookup) is not Certainty.NO or any(
            not lookup(name).complete for name in self.names
        )

    def fails(self, lookup: Lookup) -> Certainty:
        """Say how surely the condition is not true; not surely where a value can be overridden."""
        held = self.holds(lookup)
        if held is Certainty.NO and self.may_hold(lookup):
            return Certainty.POSSIBLE
        return _OPPOSITE.get(held, held)


ALWAYS = Condition("true", ((),))
"""The condition that holds whatever the arguments are."""


def is_kind(name: str, kind: str) -> Condition:
    """Return the condition that an argument of any name, a key of the source's, is of a kind."""
    return Condition(f"{name} is {kind}", ((Test(Operand(name), kind, "is", None),),))


@lru_cache(maxsize=256)  # rows of several optimizers and targets share most of theirs
def parse_condition(text: str) -> Condition:
    """Read a condition; raises `ValueError` that shows the part that is not understood."""
    clauses = [[test.strip() for test in clause.split(" and ")] for clause in text.split(" or ")]
    tests = {test: _parse_test(test, text) for clause in clauses for test in clause}
    return Condition(text, tuple(tuple(tests[test] for test in clause) for clause in clauses))


def _parse_test(text: str, whole: str) -> Test:
    match = _TEST.match(text)
    if match is None:
        raise ValueError(f"condition {whole!r}: {text!r} is no test")
    left, kind, relation, right = match.groups()
    if kind is not None and kind not in _KINDS:
        raise ValueError(f"condition {whole!r}: kind {kind!r} is not one of {', '.join(_KINDS)}")
    try:
        sides = parse_operand(left), None if right is None else parse_operand(right)
    except ValueError as error:
        raise ValueError(f"condition {whole!r}: {error}") from None
    return Test(sides[0], kind, relation or "is", sides[1])
