"""What conditions of the table compare: arguments of a construction, and what is computed of them.

::

    operand   = NAME | NAME[INDEX] | NAME[] | LITERAL | SUM     (NAME[]: any element)

A SUM is arithmetic on names, elements and numbers, written without blanks:
``max_lr/(div_factor*10)``, ``eps/(1-betas[1])**0.5``. Only numbers are exponents. `value` names the
parameter in whose row the condition stands; any other name is a parameter of the same torch call,
at the value in force (given, or torch's default). What a scheduler's optimizer has in force is
``optimizer.momentum``.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from optport.lean import dataclass
from optport.operators import ARITHMETIC
from optport.parsing import parse_expression
from optport.values import UNKNOWN, UNREAD, Literal, Numpy, Tensor, Value, ValueSet, exactly

Lookup = Callable[[str], ValueSet]
_Arithmetic = Callable[[Sequence[Any]], Any]


def _power(base: Any, exponent: Any) -> float:
    """A power of floats: that of two ints may fill the memory."""
    number: float | complex = float(base) ** float(exponent)
    if isinstance(number, complex):
        raise ArithmeticError(number)
    return number


_OPERATORS = {**ARITHMETIC, ast.Pow: _power}
_MAX_COMBINATIONS = 64
"""Values of a sum that are computed; one that may have more is not read."""
_OPERAND = re.compile(r"([A-Za-z_]\w*(?:\.\w+)?)(?:\[(\d*)\])?\Z")
_HOLDING = (Literal, Tensor, Numpy)
_CONSTANTS = {"None", "True", "False"}


@dataclass(frozen=True, slots=True)
class Operand:
    """A parameter (with the element to take: an index, or -1 for any) or a literal."""

    name: str | None
    element: int | None = None
    constant: ValueSet = UNKNOWN

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that the operand looks at."""
        return () if self.name is None else (self.name,)

    def number(self, lookup: Lookup) -> int | float | None:
        """Return the one number that the operand is; None where there may be others, or none."""
        value = self.constant if self.name is None else lookup(self.name)
        if not value.complete or len(value.values) != 1:
            return None
        only = value.values[0]
        number = only.value if isinstance(only, Literal) else None
        if self.element is not None:
            if not isinstance(number, tuple) or not 0 <= self.element < len(number):
                return None
            number = number[self.element]
        return number if isinstance(number, (int, float)) and number == number else None

    def values(self, lookup: Lookup) -> ValueSet:
        """Return what the operand may be."""
        if self.name is None:
            return self.constant
        value = lookup(self.name)
        if self.element is None:
            return value
        values: list[Value] = []
        unread = False
        for option in value.values:
            elements = option.value if isinstance(option, Literal) else UNREAD
            if not isinstance(elements, (tuple, list)):
                unread = unread or elements is UNREAD
                continue
            chosen = elements if self.element < 0 else elements[self.element : self.element + 1]
            unread = unread or any(item is UNREAD for item in chosen)
            values += [_as_value(item) for item in chosen if item is not UNREAD]
        return ValueSet(tuple(values), value.complete and not unread, value.gaps or unread)


def _as_value(item: Any) -> Value:
    return item if isinstance(item, Tensor) else Literal(item)


@dataclass(frozen=True, slots=True)
class Sum:
    """Arithmetic on parameters, their elements and numbers.

    `operands` are what it looks at, by how they are spelled; `compute` takes their numbers.
    """

    operands: Mapping[str, Operand]
    compute: _Arithmetic

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that the sum looks at."""
        return tuple(dict.fromkeys(name for one in self.operands.values() for name in one.names))

    def number(self, lookup: Lookup) -> int | float | None:
        """Return the one number that the sum is; None where there may be others, or none."""
        numbers = [one.number(lookup) for one in self.operands.values()]
        if None in numbers:
            return None
        try:
            number = self.compute(numbers)
        except (TypeError, ArithmeticError):
            return None
        return number if isinstance(number, (int, float)) and number == number else None

    def values(self, lookup: Lookup) -> ValueSet:
        """Return what the sum may be."""
        read = [one.values(lookup) for one in self.operands.values()]
        complete = all(value.complete for value in read)
        if not all(value.values for value in read):
            return ValueSet((), complete)
        if math.prod(len(value.values) for value in read) > _MAX_COMBINATIONS:
            return UNKNOWN
        found: list[Value] = []
        for options in itertools.product(*(value.values for value in read)):
            numbers = [number_inside(option) for option in options]
            complete = complete and UNREAD not in numbers
            try:
                found.append(Literal(self.compute(numbers)))
            except (TypeError, ArithmeticError):
                continue  # what is no number meets no condition
        return ValueSet(tuple(found), complete, any(value.gaps for value in read))


def _arithmetic(node: ast.expr, names: Sequence[str]) -> _Arithmetic:
    """A sum as a function of its operands' numbers; that raises `TypeError` for what is none."""
    if isinstance(node, ast.BinOp):
        sides = (_arithmetic(side, names) for side in (node.left, node.right))
        apply, left, right = _OPERATORS[type(node.op)], *sides
        return lambda numbers: apply(left(numbers), right(numbers))
    if isinstance(node, ast.Constant):
        constant = node.value
        return lambda numbers: constant
    position = names.index(ast.unparse(node))

    def number(numbers: Sequence[Any]) -> Any:
        found = numbers[position]
        if not isinstance(found, (int, float)):
            raise TypeError(found)
        return found

    return number


def number_inside(option: Value) -> Any:
    """The value that a literal, a tensor or a numpy number holds; any other value as it is."""
    return option.value if isinstance(option, _HOLDING) else option


def parse_operand(text: str) -> Operand | Sum:
    """Read an operand; raises `ValueError` for what is none."""
    found = None if text in _CONSTANTS else _parameter(text)
    if found is not None:
        return found
    try:
        tree = parse_expression(text)
        if isinstance(tree, ast.BinOp):
            operands = {ast.unparse(node): one for node, one in _operands(tree)}
            return Sum(operands, _arithmetic(tree, [*operands]))
        return Operand(None, constant=exactly(Literal(ast.literal_eval(tree))))
    except (ValueError, SyntaxError):
        raise ValueError(f"{text!r} is no operand") from None


def _parameter(text: str) -> Operand | None:
    match = _OPERAND.match(text)
    if match is None:
        return None
    name, element = match.groups()
    if element is None:
        return Operand(name)
    return Operand(name, int(element) if element else -1)


def _operands(node: ast.expr) -> Iterator[tuple[ast.expr, Operand]]:
    """What a sum is made of; raises `ValueError` for what is neither a parameter nor a number."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        if isinstance(node.op, ast.Pow) and not _is_number(node.right):
            raise ValueError(ast.unparse(node))
        yield from _operands(node.left)
        yield from _operands(node.right)
    elif not _is_number(node):
        found = _parameter(ast.unparse(node))
        if found is None:
            raise ValueError(ast.unparse(node))
        yield node, found


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
