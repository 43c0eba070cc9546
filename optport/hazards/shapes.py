"""What an argument is by its form, where its value can't be read: a list of so many, a range."""

from __future__ import annotations

import ast

from optport.reader.model import Argument
from optport.values import SOME_FLOAT, UNREAD, Literal, ValueSet, exactly

MAX_ELEMENTS = 1_000
"""Elements of a display that is looked at."""


def value_of(argument: Argument, floats: bool = False) -> ValueSet:
    """Return an argument's value, or what its form tells of it; with `floats`, that it is one."""
    if argument.value.known or argument.node is None:
        return argument.value
    value = _form(argument.display or argument.node)
    if value is not None:
        return exactly(Literal(value))
    return SOME_FLOAT if floats and _is_float(argument.node) else argument.value


def _form(node: ast.expr) -> list[object] | tuple[object, ...] | range | None:
    if isinstance(node, (ast.List, ast.Tuple)):
        starred = any(isinstance(one, ast.Starred) for one in node.elts)
        if starred or len(node.elts) > MAX_ELEMENTS:
            return None
        unread: list[object] = [UNREAD for _ in node.elts]
        return unread if isinstance(node, ast.List) else tuple(unread)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    name, inner = node.func.id, node.args[0] if len(node.args) == 1 else None
    if name in ("list", "tuple") and isinstance(inner, ast.Call):
        numbers = _range(inner)
        if numbers is None or len(numbers) > MAX_ELEMENTS:
            return None
        return list(numbers) if name == "list" else tuple(numbers)
    return _range(node)


def _is_float(node: ast.expr) -> bool:
    """Whether an expression gives a float whatever it is made of: a quotient, `float(…)`."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div)
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"


def _range(call: ast.Call) -> range | None:
    """The numbers that a call of `range` gives, where they can be read."""
    if not isinstance(call.func, ast.Name) or call.func.id != "range" or call.keywords:
        return None
    try:
        return range(*(ast.literal_eval(one) for one in call.args))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
