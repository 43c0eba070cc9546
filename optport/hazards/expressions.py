"""Arguments of a port that are another expression than the torch call's own."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from optport.hazards.case import Case
from optport.hazards.spelling import as_float, element_texts, plain, without_tensors
from optport.parsing import parse_expression
from optport.reader.model import Argument
from optport.table.operands import Lookup
from optport.table.templates import Hole, operand, parse_template
from optport.values import UNREAD

_OPERATIONS: dict[type[ast.operator], Callable[[float, float], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def expressed(
    case: Case, template: str, lookup: Lookup, given: Callable[[str], Argument | None]
) -> str:
    """Return what the table's template gives over the values in force, computed where it can be.

    `given` are the arguments whose text stands for values that can't be read.
    """

    def spell(hole: Hole) -> str:
        value = _part(plain(lookup(hole.name)), hole.element)
        if value is not UNREAD:
            return repr(as_float(value))
        argument = given(hole.name)
        text = hole.name
        if argument is not None:
            text = without_tensors(argument.text, argument.value)
        if hole.element is None:
            return operand(text)
        element = element_texts(text, 2)[hole.element]
        return element if element.startswith(f"{text}[") else operand(element)

    return _computed(parse_template(template).render(spell))


@lru_cache(maxsize=256)
def _computed(text: str) -> str:
    """Return the number that arithmetic on numbers gives, and any other text as it is."""
    if text[:1].isalpha():
        return text  # most are calls
    try:
        number = _number(parse_expression(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text  # of an argument that can't be written out
    return text if number is None else repr(float(f"{number:.12g}"))


def _part(value: object, element: int | None) -> object:
    """The element of a value that is asked for; `UNREAD` where it has none."""
    if element is None or value is UNREAD:
        return value
    found = value if isinstance(value, (tuple, list)) else ()
    return found[element] if element < len(found) else UNREAD


def _number(node: ast.expr) -> float | None:
    """Compute an expression of the table's over numbers; None where it holds anything else."""
    if isinstance(node, ast.Constant):
        return float(node.value) if isinstance(node.value, (int, float)) else None
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = _number(node.left), _number(node.right)
        if left is None or right is None:
            return None
        try:
            return float(_OPERATIONS[type(node.op)](left, right))
        except (ArithmeticError, TypeError):
            return None
    return None
