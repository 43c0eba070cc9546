"""Star imports in a syntax tree: whether one may bring optimizers that the file does not name."""

from __future__ import annotations

import ast
from typing import Any

from optport.gate import exports_no_optimizer


def may_be_starred(tree: ast.Module) -> bool:
    """Whether a star import may bring optimizers, in a branch too; functions can't have one."""
    blocks: list[list[ast.stmt]] = [tree.body]
    for block in blocks:  # grows while it is gone through
        for node in block:
            if type(node) not in _MATTERING:  # most are not
                continue
            if isinstance(node, ast.ImportFrom):
                if _brings_all(node):
                    return True
                continue
            for name in node._fields:
                if name in _BLOCKS:
                    blocks.append(getattr(node, name))
                elif name in _ARMS:
                    blocks += [arm.body for arm in getattr(node, name)]
    return False


def _brings_all(node: Any) -> bool:
    if node.names[0].name != "*":
        return False
    return not exports_no_optimizer("." * node.level + (node.module or ""))


_MATTERING = frozenset(
    {ast.ImportFrom, ast.If, ast.Try, ast.TryStar, ast.For, ast.While, ast.With, ast.Match}
    | {ast.AsyncFor, ast.AsyncWith}
)
_BLOCKS = frozenset({"body", "orelse", "finalbody"})
_ARMS = frozenset({"handlers", "cases"})
