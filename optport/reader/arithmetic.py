"""Arithmetic on values: what operators and conversions make of literals."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from optport.operators import ARITHMETIC
from optport.values import UNKNOWN, UNREAD, Literal, Value, ValueSet, literal, union

MAX_NUMBER = 1e15
"""Numbers beyond it are not computed with: `10 ** 10 ** 10` must not cost anything."""
MAX_POWER = 64

_OPERATORS = {**ARITHMETIC, ast.Pow: operator.pow}


def is_number(value: object) -> bool:
    """Whether `value` is an int or float (a bool counts: Python computes with it)."""
    return isinstance(value, (int, float))


def mapped(value: ValueSet, change: Callable[[Any], Any]) -> ValueSet:
    """Return the value with every literal changed; unknown when one gives `UNREAD`."""
    changed = [change(o.value) if isinstance(o, Literal) else UNREAD for o in value.values]
    if not changed or any(one is UNREAD for one in changed):
        return UNKNOWN
    return union(literal(one) for one in changed).as_open_as(value)


def unary(op: ast.unaryop, operand: ValueSet) -> ValueSet:
    """Return ``-x``, ``+x`` or ``not x``; ``~x`` is not followed."""
    if isinstance(op, ast.Not):
        return mapped(operand, lambda value: not value)
    if isinstance(op, ast.Invert):
        return UNKNOWN
    sign = -1 if isinstance(op, ast.USub) else 1
    return mapped(operand, lambda value: sign * value if is_number(value) else UNREAD)


def binary(op: ast.operator, left: ValueSet, right: ValueSet) -> ValueSet:
    """Return the number that an operator makes of two."""
    compute = _OPERATORS.get(type(op))
    if compute is None:
        return UNKNOWN
    return right.map(lambda other: mapped(left, partial(_computed, compute, other)))


def _computed(compute: Callable[[Any, Any], Any], other: Value, left: Any) -> Any:
    right: Any = other.value if isinstance(other, Literal) else UNREAD
    if not is_number(left) or not is_number(right) or max(abs(left), abs(right)) > MAX_NUMBER:
        return UNREAD
    if compute is operator.pow and abs(right) > MAX_POWER:
        return UNREAD
    return converted(lambda _: compute(left, right), None)


def converted(convert: Callable[[Any], Any], value: Any) -> Any:
    """Return `convert(value)`, or `UNREAD` where that is not possible."""
    try:
        result = convert(value)
    except (ArithmeticError, TypeError, ValueError):
        return UNREAD
    return UNREAD if isinstance(result, complex) else result
