"""Makes a call that shows a disagreement simpler, step by step."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

_SIMPLE: Final = (0.1, 0.01, 0.001, 1.0, 0.9, 0.5, 0.0)


def simpler(call: str) -> Iterator[str]:
    """Yield calls that are simpler than this one, the simplest first.

    An argument or an option of a group is dropped, a positional one only from the end, or a
    number becomes a rounder one.
    """
    nodes = list(ast.walk(ast.parse(call, mode="eval").body))
    for simplified in (_shorter, _rounder):
        for node in nodes:
            for text in simplified(node):
                begin, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
                yield call[:begin] + text + call[end:]


def _shorter(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and node.col_offset == 0:
        for number in range(len(node.keywords)):
            fewer = node.keywords[:number] + node.keywords[number + 1 :]
            yield ast.unparse(ast.Call(node.func, node.args, fewer))
        if node.args and not _is_groups(node.args[-1]):
            yield ast.unparse(ast.Call(node.func, node.args[:-1], node.keywords))
    elif isinstance(node, ast.Dict):
        for number, key in enumerate(node.keys):
            if getattr(key, "value", "params") != "params":
                keys = node.keys[:number] + node.keys[number + 1 :]
                values = node.values[:number] + node.values[number + 1 :]
                yield ast.unparse(ast.Dict(keys, values))


def _rounder(node: ast.AST) -> Iterator[str]:
    """Simpler texts of a value, never one that is as simple already."""
    if isinstance(node, ast.List) and all(isinstance(one, ast.Constant) for one in node.elts):
        yield ast.unparse(ast.Tuple(node.elts, ast.Load()))
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, float) and value not in _SIMPLE:
        power = 10.0 ** int(f"{value:e}".partition("e")[2])
        found = dict.fromkeys(map(repr, (power, float(f"{value:.0e}"))))
        yield from (one for one in found if one != repr(value) and len(one) <= len(repr(value)))


def _is_groups(node: ast.expr) -> bool:
    return isinstance(node, ast.List) and all(isinstance(one, ast.Dict) for one in node.elts)


def shape(call: str) -> str:
    """A call without its values, for telling causes apart: ``Adam(_, eps)``."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    words = ["_" for _ in tree.args] + sorted(str(keyword.arg) for keyword in tree.keywords)
    if tree.args and _is_groups(tree.args[0]):
        inside = [node for node in ast.walk(tree.args[0]) if isinstance(node, ast.Dict)]
        keys = {str(getattr(key, "value", "")) for group in inside for key in group.keys}
        words[0] = f"[{', '.join(sorted(keys - {'params'}))}]"
    return f"{ast.unparse(tree.func)}({', '.join(words)})"
