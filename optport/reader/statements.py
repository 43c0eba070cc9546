"""The walk over a file's statements: what they bind, in which scope and branch.

Expressions are noted and left alone, unless their lines tell that they bind something.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Sequence

from optport.line_sets import LineSet
from optport.reader import branching, definitions, simple_statements
from optport.reader.binder import Binder
from optport.reader.expressions import Expressions
from optport.reader.scopes import Point
from optport.reader.walk import Def, Visitors, Walk

_VISITORS: Visitors = {
    **simple_statements.VISITORS,
    **branching.VISITORS,
    **definitions.VISITORS,
}


class Statements:
    """Walks statements in the order in which Python runs them.

    Bodies of functions of the module and of its classes are left until they are first needed; a
    function inside of another comes with it.
    """

    def __init__(self, binder: Binder, expressions: Expressions, binding: LineSet) -> None:
        """Take where to note things, and the lines on which expressions may bind something."""
        self._walk = Walk(binder, expressions, binding)
        self.expressions = self._walk.expressions
        """The expressions of the statements walked so far, each after its last line."""
        self.deferred = self._walk.deferred
        """The functions that were not entered so far, with the place of their definition."""

    def walk(self, body: Sequence[ast.stmt], at: Point) -> None:
        """Walk `body`, and all that it holds, in the scope and branch of `at`."""
        self._walk.switch(at.scope, at.branch)
        self._walk.push(body)
        self._walk.run(_VISITORS)

    def function_on(self, line: int) -> Def | None:
        """Return the function on a line of whose definition the line is, if it was deferred."""
        functions = self._walk.functions
        position = bisect_right(functions, line, key=lambda node: node.lineno) - 1
        node = functions[position] if position >= 0 else None
        return node if node is not None and line <= (node.end_lineno or line) else None

    def enter(self, node: Def) -> None:
        """Walk a function's body that was deferred."""
        self.walk(node.body, self._walk.binder.open_function(node, self.deferred.pop(node)))
