"""The calls in an expression, with the scopes that it opens and the names that it binds."""

from __future__ import annotations

import ast
import sys

from optport.reader.binder import Binder
from optport.reader.scopes import Point

Scoped = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MISPLACED = sys.version_info < (3, 12)
"""Whether what stands in a formatted text has wrong places."""
_YIELDS = (ast.Yield, ast.YieldFrom)

LEAVES = frozenset({ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del})
"""Nodes that hold neither bindings nor calls: not worth a visit."""

Call = tuple[ast.Call, Point]


class Expressions:
    """Visits expressions, each once, with a stack of its own and never by recursion."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder
        self._calls: dict[ast.expr, list[Call]] = {}

    def calls(self, root: ast.expr, at: Point, before: Point | None = None) -> list[Call]:
        """Return the calls in an expression and where each of them is evaluated.

        Names that the expression itself binds (``:=``) are bound at `before`.
        """
        known = self._calls.get(root)
        if known is not None:
            return known
        found: list[Call] = []
        self._calls[root] = found
        binder = self._binder
        stack: list[tuple[ast.AST, Point]] = [(root, at)]
        while stack:
            node, place = stack.pop()
            if isinstance(node, ast.Call):
                found.append((node, place))
                binder.mutate_by(node, place)
            elif isinstance(node, SCOPED):
                stack += self.inside(node, place)
                continue
            elif isinstance(node, ast.NamedExpr) and before is not None:
                binder.bind_walrus(node, before)
                stack.append((node.value, before if place is at else place))
                continue
            elif isinstance(node, _YIELDS):
                place.scope.yields = True
            elif isinstance(node, ast.JoinedStr) and _MISPLACED and node not in binder.misplaced:
                binder.misplaced.update(ast.walk(node))
            for child in children(node):
                stack.append((child, place))
        return found

    def inside(self, node: Scoped, at: Point) -> list[tuple[ast.AST, Point]]:
        """Return the parts of an expression with a scope of its own, and where they are run."""
        if isinstance(node, ast.Lambda):
            inside = self._binder.open_lambda(node, at).returns[0][1]
            return [*((default, at) for default in _defaults(node.args)), (node.body, inside)]
        inside = self._binder.open_comprehension(node, at)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        tests = [test for generator in node.generators for test in generator.ifs]
        iterables = [generator.iter for generator in node.generators[1:]]
        within = [(part, inside) for part in (*iterables, *tests, *parts)]
        return [(node.generators[0].iter, at), *within]


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, in source order, leaves left out."""
    if isinstance(node, ast.Call):  # half of all, so that it is worth a way of its own
        below = [node.func, *node.args, *[keyword.value for keyword in node.keywords]]
        return [item for item in below if type(item) not in LEAVES]
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, ast.AST) and type(item) not in LEAVES:
                found.append(item)
    return found
