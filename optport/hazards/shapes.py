"""What an argument is by its form, where its value can't be read: a list of so many, a range."""

from __future__ import annotations

import ast

from optport.reader.model import Argument
from optport.values import UNREAD, Literal, ValueSet, exactly

MAX_ELEMENTS = 1_000
"""Elements of a display that is looked at."""


def value_of(argument: Argument) -> ValueSet:
    """Return an argument's value, or what its form tells of it."""
    if argument.value.known or argument.node is None:
        return argument.value
    value = _form(argument.node)
    return argument.value if value is None else exactly(Literal(value))


def _form(node: ast.expr) -> list[object] | tuple[object, ...] | range | None:
    if isinstance(node, (ast.List, ast.Tuple)):
        starred = any(isinstance(one, ast.Starred) for one in node.elts)
        if starred or len(node.elts) > MAX_ELEMENTS:
            return None
        unread: list[object] = [UNREAD for _ in node.elts]
        return unread if isinstance(node, ast.List) else tuple(unread)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        return _range(node)
    return None


def _range(call: ast.Call) -> range | None:
    try:
        return range(*(ast.literal_eval(one) for one in call.args))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
