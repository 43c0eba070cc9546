"""Sets of lines, and what of a syntax tree lies on them, found without a look at the rest."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

LineSet = bytearray
"""One byte for each line, from 1: whether it is in the set."""

_BLOCKS = frozenset({"body", "orelse", "finalbody", "handlers"})
_ONE = (ast.expr, ast.arguments, ast.arg, ast.pattern)
"""Node types that can fill a field of a node and contain a name."""


def has_line(lines: LineSet, node: ast.expr | ast.stmt) -> bool:
    """Whether one of a node's lines is in the set."""
    return lines.find(1, node.lineno, (node.end_lineno or node.lineno) + 1) >= 0


def below(node: ast.AST, lines: LineSet) -> Iterator[ast.AST]:
    """Yield what is right below a node and has one of the lines, or no place of its own."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            if name in _BLOCKS:
                yield from _statements(value, lines)
                continue
            for item in value:
                if isinstance(item, ast.AST) and _has_one(item, lines):
                    yield item
        elif isinstance(value, _ONE) and _has_one(value, lines):
            yield value


def _statements(block: list[ast.stmt], lines: LineSet) -> Iterator[ast.stmt]:
    """Yield the statements of a block that have one of the lines: found by halving."""
    at = 0
    while at < len(block):
        line = lines.find(1, _first(block[at]))
        if line < 0:
            return
        at = bisect_left(block, line, lo=at, key=_last)
        if at < len(block) and _first(block[at]) <= line:
            yield block[at]
            at += 1


def _first(node: Any) -> int:
    """The line that a node with a place begins on, a statement with its decorators."""
    decorators = getattr(node, "decorator_list", None)
    placed: ast.expr = decorators[0] if decorators else node
    return placed.lineno


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _has_one(node: ast.AST, lines: LineSet) -> bool:
    if not hasattr(node, "lineno"):
        return True
    first = _first(node)
    last = getattr(node, "end_lineno", None) or first
    return lines.find(1, first, last + 1) >= 0
