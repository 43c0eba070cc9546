"""The nodes of a module, for all who look through the whole of it."""

from __future__ import annotations

import ast
from functools import lru_cache


@lru_cache(maxsize=2)  # a module before and after its rewriting
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return what `ast.walk` gives, walked once a module: one is looked through a dozen times."""
    return tuple(ast.walk(tree))
