"""Conditions of the table on the arguments of a construction.

The grammar, small enough to be checked when the table is loaded::

    condition = clause (" or " clause)*          clause = test (" and " test)*
    test      = operand OPERATOR operand | operand " is " KIND
    operand   = NAME | NAME[INDEX] | NAME[] | LITERAL     (NAME[]: any element)

`value` names the parameter in whose row the condition stands; any other name is a parameter of
the same torch optimizer, at the value in force (given, or torch's default).
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from optport.values import UNREAD, Certainty, Literal, Tensor, Value, ValueSet

Lookup = Callable[[str], ValueSet]

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
    "bool": lambda option: _literal(option, lambda value: isinstance(value, bool)),
    "none": lambda option: _literal(option, lambda value: value is None),
    "list": lambda option: _literal(option, lambda value: isinstance(value, list)),
    "tensor": lambda option: isinstance(option, Tensor),
}
_TEST = re.compile(rf"(\S+) (?:is (\w+)|({'|'.join(_OPERATORS)}) (\S+))\Z")
_OPERAND = re.compile(r"([A-Za-z_]\w*)(?:\[(\d*)\])?\Z")
_CONSTANTS = {"None", "True", "False"}


def _literal(option: Value, test: Callable[[Any], bool]) -> bool:
    return isinstance(option, Literal) and option.value is not UNREAD and bool(test(option.value))


@dataclass(frozen=True, slots=True)
class Operand:
    """A parameter (with the element to take: an index, or -1 for any) or a literal."""

    name: str | None
    element: int | None = None
    constant: Any = None

    def values(self, lookup: Lookup) -> tuple[list[Value], bool]:
        """Return what the operand may be, and whether that is all that it may be."""
        if self.name is None:
            return [Literal(self.constant)], True
        value = lookup(self.name)
        if self.element is None:
            return list(value.values), value.complete
        values: list[Value] = []
        complete = value.complete
        for option in value.values:
            elements = option.value if isinstance(option, Literal) else UNREAD
            if not isinstance(elements, (tuple, list)):
                complete = complete and elements is not UNREAD
                continue
            chosen = elements if self.element < 0 else elements[self.element : self.element + 1]
            complete = complete and not any(item is UNREAD for item in chosen)
            values.extend(Literal(item) for item in chosen if item is not UNREAD)
        return values, complete


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of two operands, or of one with a kind."""

    left: Operand
    kind: str | None
    relation: str
    right: Operand | None

    def holds(self, lookup: Lookup) -> Certainty:
        """Say how surely the test is true of the arguments that `lookup` gives."""
        left, complete = self.left.values(lookup)
        if self.right is None:
            assert self.kind is not None
            results = [_KINDS[self.kind](option) for option in left]
        else:
            right, right_complete = self.right.values(lookup)
            complete = complete and right_complete
            results = [self._compare(one, other) for one in left for other in right]
        if self.left.element == -1 and complete:
            # One element of a known display is enough to make it true.
            return Certainty.CERTAIN if any(results) else Certainty.NO
        return _degree(results, complete)

    def _compare(self, left: Value, right: Value) -> bool:
        one, other = (_number_inside(option) for option in (left, right))
        try:
            return _OPERATORS[self.relation](one, other)
        except TypeError:  # None >= 0.1, "a" < 1: no such value meets the condition
            return False


def _number_inside(option: Value) -> Any:
    return option.value if isinstance(option, (Literal, Tensor)) else option


def _degree(results: list[bool], complete: bool) -> Certainty:
    if not results:
        return Certainty.NO if complete else Certainty.UNRESOLVED
    if all(results):
        return Certainty.CERTAIN if complete else Certainty.POSSIBLE
    return Certainty.POSSIBLE if any(results) else Certainty.NO


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives of tests that all have to hold, with the text it was written as."""

    text: str
    clauses: tuple[tuple[Test, ...], ...]

    def holds(self, lookup: Lookup) -> Certainty:
        """Say how surely the condition is true of the arguments that `lookup` gives."""
        return max(min(test.holds(lookup) for test in clause) for clause in self.clauses)

    def may_hold(self, lookup: Lookup) -> bool:
        """Whether the condition can't be ruled out: something is unread or can be overridden."""
        return self.holds(lookup) is not Certainty.NO or any(
            not lookup(name).complete for name in self.names
        )

    def fails(self, lookup: Lookup) -> Certainty:
        """Say how surely the condition is not true; not surely where a value can be overridden."""
        held = self.holds(lookup)
        if held is Certainty.NO and self.may_hold(lookup):
            return Certainty.POSSIBLE
        return {Certainty.NO: Certainty.CERTAIN, Certainty.CERTAIN: Certainty.NO}.get(held, held)

    @property
    def names(self) -> frozenset[str]:
        """The parameters that the condition looks at."""
        return frozenset(_names(self.clauses))


def _names(clauses: Iterable[tuple[Test, ...]]) -> Iterator[str]:
    for clause in clauses:
        for test in clause:
            for operand in (test.left, test.right):
                if operand is not None and operand.name is not None:
                    yield operand.name


@lru_cache(maxsize=256)  # rows of several optimizers and targets share most of theirs
def parse_condition(text: str) -> Condition:
    """Read a condition; raises `ValueError` that shows the part that is not understood."""
    clauses = tuple(
        tuple(_parse_test(test, text) for test in clause.split(" and "))
        for clause in text.split(" or ")
    )
    return Condition(text, clauses)


def _parse_test(text: str, whole: str) -> Test:
    match = _TEST.match(text.strip())
    if match is None:
        raise ValueError(f"condition {whole!r}: {text.strip()!r} is no test")
    left, kind, relation, right = match.groups()
    if kind is not None and kind not in _KINDS:
        raise ValueError(f"condition {whole!r}: kind {kind!r} is not one of {', '.join(_KINDS)}")
    return Test(
        _parse_operand(left, whole),
        kind,
        relation or "is",
        None if right is None else _parse_operand(right, whole),
    )


def _parse_operand(text: str, whole: str) -> Operand:
    match = None if text in _CONSTANTS else _OPERAND.match(text)
    if match is None:
        try:
            return Operand(None, constant=ast.literal_eval(text))
        except (ValueError, SyntaxError):
            raise ValueError(f"condition {whole!r}: {text!r} is no operand") from None
    name, element = match.groups()
    if element is None:
        return Operand(name)
    return Operand(name, int(element) if element else -1)
