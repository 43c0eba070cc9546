"""Whether a function needs its number as an int: as an index, a key or a text."""

from __future__ import annotations

import ast

_TEXTS = frozenset({"str", "repr", "format", "range", "hash"})
"""Functions that make another thing of 3.0 than of 3, or take no float."""
_KEYED = frozenset({"get", "index", "format", "pop"})
"""Methods that look something up, or write it."""
_WHOLE = frozenset({"int", "round"})


def needs_int(function: ast.AST, skip: int = 0) -> bool:
    """Whether a function surely uses its first parameter past `skip` as an index, a key or a text.

    Arithmetic, comparisons and functions such as `min` and `math.cos` take any number. One that
    binds the parameter anew is not looked at.
    """
    if not isinstance(function, (ast.Lambda, ast.FunctionDef)):
        return False
    arguments = [*function.args.posonlyargs, *function.args.args]
    if len(arguments) <= skip:
        return False
    name = arguments[skip].arg
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    pending: list[tuple[ast.AST, bool]] = [(one, False) for one in body]
    found = False
    while pending:
        node, exact = pending.pop()
        if isinstance(node, ast.Name) and node.id == name:
            if not isinstance(node.ctx, ast.Load):
                return False
            found = found or exact
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in _WHOLE:
                continue
            pending.append((node.func, False))
            pending += [(one, exact or _takes_exactly(node.func)) for one in node.args]
        elif isinstance(node, ast.Subscript):
            pending += [(node.value, exact), (node.slice, True)]
        elif isinstance(node, ast.FormattedValue):
            pending.append((node.value, True))
        elif not isinstance(node, ast.Compare):
            pending += [(child, exact) for child in ast.iter_child_nodes(node)]
    return found


def _takes_exactly(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _TEXTS
    return isinstance(function, ast.Attribute) and function.attr in _KEYED
