"""The state of a walk over statements: the scope and branch, what is left, what was noted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optport.line_sets import LineSet
from optport.reader.binder import Binder
from optport.reader.expressions import LEAVES, Expressions
from optport.reader.scopes import Branch, Point, Scope

Def = ast.FunctionDef | ast.AsyncFunctionDef
_Task = tuple[Callable[..., None], tuple[object, ...]]


class Walk:
    """Where a walk is, with a stack of its own: no nesting in the source can exhaust Python's."""

    def __init__(self, binder: Binder, expressions: Expressions, binding: LineSet) -> None:
        """Take where to note things, and the lines on which expressions may bind something."""
        self.binder = binder
        self.scope = binder.module
        self.branch = binder.root
        self.expressions: list[tuple[int, ast.expr, Point]] = []
        """The expressions of the statements walked so far, each after its last line."""
        self.deferred: dict[Def, Point] = {}
        """The functions that were not entered so far, with the place of their definition."""
        self.functions: list[Def] = []
        """Those that are or were deferred, in source order."""
        self._stack: list[ast.AST | _Task] = []
        self._visit = expressions.calls
        self._binding = binding

    def run(self, visitors: Visitors) -> None:
        """Visit what is left, and what that leaves, until nothing is."""
        stack = self._stack
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                action, arguments = item
                action(*arguments)
                continue
            visit = visitors.get(type(item))
            if visit is not None:
                visit(self, item)

    # -- what comes next ---

    def push(self, items: Sequence[ast.AST]) -> None:
        """Visit these next."""
        self._stack += reversed(items)

    def later(self, action: Callable[..., None], *arguments: object) -> None:
        """Do something once all has been visited that is pushed after this."""
        self._stack.append((action, arguments))

    def come_back(self) -> None:
        """Return to this scope and branch once all has been visited that is pushed after this."""
        self.later(self.switch, self.scope, self.branch)

    def switch(self, scope: Scope, branch: Branch) -> None:
        """Go on in another scope and branch."""
        self.scope = scope
        self.branch = branch

    # -- what is noted ---

    def point(self) -> Point:
        """Return the next place."""
        binder = self.binder
        binder.order += 1
        return Point(self.scope, binder.order, self.branch)

    def use(self, node: ast.expr) -> Point:
        """Note an expression, and return the place where its value is there."""
        binder = self.binder
        binder.order += 1
        at = Point(self.scope, binder.order, self.branch)
        if type(node) in LEAVES:
            return at
        # As `has_line` does, without the call: most of what a file costs is spent here.
        last = node.end_lineno or node.lineno
        if self._binding.find(1, node.lineno, last + 1) >= 0:
            before, at = at, self.point()
            self._visit(node, at, before)
        self.expressions.append((last, node, at))
        return at

    def annotate(self, annotation: ast.expr | None) -> None:
        """Note an annotation."""
        if annotation is not None and type(annotation) not in LEAVES:
            self.use(annotation)

    def bind(self, target: ast.expr, value: ast.expr | None, at: Point) -> None:
        """Bind the names in an assignment's target."""
        if not isinstance(target, ast.Name):
            self.use(target)
        self.binder.bind_target(target, value, at)


Visitors = Mapping[type, Callable[[Walk, Any], None]]
"""What to do with a statement, by its type."""
