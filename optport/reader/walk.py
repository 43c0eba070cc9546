"""The walk over a syntax tree: a stack of nodes and tasks, never recursion.

No nesting in the source can exhaust Python's stack this way, and nodes that hold nothing of
interest are passed over without being looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from optport.reader.scopes import Branch, Scope

Task = tuple[Callable[..., None], tuple[object, ...]]
Visitor = Callable[[Any], Iterable[ast.AST | Task] | None]

LEAVES = frozenset({ast.Name, ast.Constant, ast.Pass, ast.Load, ast.Store, ast.Del, ast.alias})
"""Nodes that hold neither bindings nor calls: not worth a visit."""


class Walk:
    """Visits nodes in the order in which Python evaluates them; knows the scope and branch.

    `visitors` holds a method for each type of node that matters; it returns what is to be visited
    in the node's place. Any other node is replaced by its children.
    """

    def __init__(self, scope: Scope, branch: Branch) -> None:
        self.scope = scope
        self.branch = branch
        self.visitors: dict[type, Visitor] = {}
        self._stack: list[ast.AST | Task] = []

    def run(self, items: Iterable[ast.AST | Task]) -> None:
        """Visit `items` and all that they lead to."""
        self.push(items)
        stack = self._stack
        visitors = self.visitors
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                action, arguments = item
                action(*arguments)
                continue
            visit = visitors.get(type(item))
            if visit is None:
                self._descend(item)
            else:
                found = visit(item)
                if found is not None:
                    self.push(found)

    def push(self, items: Iterable[ast.AST | Task]) -> None:
        """Put `items` on the stack so that the first of them comes next."""
        pushed = list(items)
        pushed.reverse()
        self._stack += pushed

    def within(self, scope: Scope, branch: Branch, items: Iterable[ast.AST | Task]) -> None:
        """Visit `items` next, in another scope and branch, and come back to this one."""
        back: Task = (self._switch, (self.scope, self.branch))
        self.push([(self._switch, (scope, branch)), *items, back])

    def _switch(self, scope: Scope, branch: Branch) -> None:
        self.scope = scope
        self.branch = branch

    def _descend(self, node: ast.AST) -> None:
        append = self._stack.append
        for name in reversed(node._fields):
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in reversed(value):
                    if type(item) not in LEAVES and isinstance(item, ast.AST):
                        append(item)
            elif type(value) not in LEAVES and isinstance(value, ast.AST):
                append(value)


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, in source order, leaves left out."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, ast.AST) and type(item) not in LEAVES:
                found.append(item)
    return found
