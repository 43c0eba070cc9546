"""What a file binds and calls, read as far as somebody asks for it.

The statements of the module and of its classes are walked at once, those of a function when it is
asked for, or when a line of it holds a word that matters; calls are looked for on such lines only.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter

from optport.line_sets import LineSet, below, has_line
from optport.reader.binder import MUTATING_METHODS, Binder, Comprehension
from optport.reader.expressions import SCOPED, Call, Expressions, children
from optport.reader.flows import Flows, Taken
from optport.reader.lines import LineIndex
from optport.reader.scopes import AttributeSet, Mutation, Point, Scope, ScopeKind
from optport.reader.statements import Statements

_BINDING_WORDS = (*MUTATING_METHODS, "yield")
_LAST_LINE = itemgetter(0)
_REACHING_OUT = ("global",)
"""What lets a function bind names of the module."""


class Index:
    """What one file binds and calls."""

    def __init__(self, tree: ast.Module, lines: LineIndex) -> None:
        """Walk the statements of `tree` outside of functions; `lines` are those of its source."""
        self.tree = tree
        self.lines = lines
        self._binder = Binder()
        self._expressions = Expressions(self._binder)
        binding = self.lines.with_words(_BINDING_WORDS)
        self.lines.add_text(":=", binding)
        self._statements = Statements(self._binder, self._expressions, binding)
        self._uses: dict[tuple[Scope, str], list[ast.Name]] = {}
        self._asked: set[tuple[Scope, str]] = set()
        self._called: dict[str, list[Call]] = {}
        self._ends: list[int] = []
        self.module = self._binder.module
        self.end = self._binder.end
        self._statements.walk(tree.body, self.end)
        self.enter(self.lines.with_words(_REACHING_OUT))

    def release(self) -> None:
        """Let go of all that was read, for good."""
        self._binder.release()
        for part in (self._statements, self._expressions, self):
            vars(part).clear()

    @property
    def flows(self) -> Flows:
        """The flows of values into names, in all that has been walked."""
        return self._binder.flows

    @property
    def imports(self) -> list[tuple[str, str]]:
        """The names that imports bind, with the full name of what they bind them to."""
        return self._binder.imports

    @property
    def class_names(self) -> set[str]:
        """The names of the classes that have been walked."""
        return self._binder.class_names

    @property
    def functions(self) -> dict[str, list[Taken]]:
        """What functions are given, by their names; a constructor by its class's."""
        return self._binder.functions

    def enter(
        self, lines: LineSet, within: Scope | None = None, also: LineSet | None = None
    ) -> None:
        """Walk the functions with one of the lines, all of them or those right in a class.

        If `also` is given, a function has to have one of those lines, too.
        """
        line = lines.find(1)
        while line >= 0:
            node = self._statements.function_on(line)
            if node is None:
                line = lines.find(1, line + 1)
                continue
            outside = self._statements.deferred.get(node)
            wanted = also is None or has_line(also, node)
            if wanted and outside is not None and (within is None or outside.scope is within):
                self._statements.enter(node)
            line = lines.find(1, (node.end_lineno or line) + 1)

    def calls(self, lines: LineSet, alone: Callable[[ast.Call], bool] | None = None) -> list[Call]:
        """Return the calls in the expressions with one of the lines, in source order.

        An expression for which `alone` holds is a call that counts without those inside of it.
        """
        found: list[Call] = []
        if 1 not in lines:
            return found
        self.enter(lines)
        for expression, at in self._on(lines):
            if alone is not None and isinstance(expression, ast.Call) and alone(expression):
                found.append((expression, at))
            else:
                found += self._expressions.calls(expression, at)
        found.sort(key=lambda call: (call[0].lineno, call[0].col_offset))
        return found

    def expressions(
        self, lines: LineSet, also: LineSet | None = None
    ) -> list[tuple[ast.expr, Point]]:
        """Return the expressions of statements with one of the lines, and their places.

        If `also` is given, an expression has to have one of those lines, too.
        """
        self.enter(lines, also=also)
        found = self._on(lines)
        return found if also is None else [one for one in found if has_line(also, one[0])]

    def calls_in(self, expression: ast.expr, at: Point) -> list[Call]:
        """Return the calls in one expression of a statement."""
        return self._expressions.calls(expression, at)

    def _on(self, lines: LineSet) -> list[tuple[ast.expr, Point]]:
        """The expressions with one of the lines. They follow one another, so ends are sorted, too.

        In formatted texts they do not before Python 3.12, but those are no statements' own.
        """
        expressions, ends = self._statements.expressions, self._ends
        if len(expressions) != len(ends):
            expressions.sort(key=_LAST_LINE)
            ends[:] = [last for last, _, _ in expressions]
        found: list[tuple[ast.expr, Point]] = []
        line, at, count = lines.find(1), 0, len(ends)
        while line >= 0:
            at = bisect_left(ends, line, at)
            while at < count and expressions[at][1].lineno <= line:
                found.append(expressions[at][1:])
                at += 1
            line = lines.find(1, line + 1)
        return found

    def parts(self, node: ast.AST, at: Point) -> list[tuple[ast.AST, Point]]:
        """Return the nodes right below one of an expression, and where they are evaluated."""
        if isinstance(node, SCOPED):
            return self._expressions.inside(node, at)
        return [(child, at) for child in children(node)]

    @property
    def annotations(self) -> Mapping[ast.expr, ast.expr]:
        """What assigned values are annotated as, in all that has been walked, by the value."""
        return self._binder.annotations

    @property
    def stores(self) -> Mapping[ast.expr, ast.expr]:
        """What attributes and items are assigned, in all that has been walked, by the target."""
        return self._binder.stores

    def stored(self, target: ast.expr) -> tuple[ast.expr | None, bool]:
        """Return what an attribute or item is assigned, and whether it is changed in place."""
        binder = self._binder
        if target in binder.augmented:
            return binder.augmented[target], True
        return binder.stores.get(target), False

    # -- scopes ---

    def scope_of(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Scope | None:
        """Return the scope of a function or class, once its statements have been walked."""
        if not isinstance(node, ast.ClassDef) and node in self._statements.deferred:
            self._statements.enter(node)
        return self._binder.scopes.get(node)

    def scope_of_lambda(self, node: ast.Lambda, at: Point) -> Scope:
        """Return the scope of a lambda that is met at `at`."""
        return self._binder.open_lambda(node, at)

    def inside(self, node: Comprehension, at: Point) -> Point:
        """Return where the elements of a comprehension, met at `at`, are evaluated."""
        return self._binder.open_comprehension(node, at)

    def walked(self, node: ast.AST) -> bool:
        """Whether the statements of a function or class have been walked."""
        return node in self._binder.scopes

    @cached_property
    def classes(self) -> list[tuple[ast.ClassDef, Scope]]:
        """The classes of the file."""
        self.enter(self.lines.defining_classes())
        scopes = self._binder.scopes.items()
        return [(node, scope) for node, scope in scopes if isinstance(node, ast.ClassDef)]

    @cached_property
    def class_members(self) -> frozenset[str]:
        """The names that are bound in the body of some class."""
        return frozenset(name for _, scope in self.classes for name in scope.bindings)

    def calls_of(self, names: Iterable[str]) -> list[Call]:
        """Return the calls in the file of what has one of these names."""
        found: list[Call] = []
        for name in dict.fromkeys(names):
            if name not in self._called:
                calls = self.calls(self.lines.calling(name))
                self._called[name] = [call for call in calls if _name(call[0].func) == name]
            found += self._called[name]
        return found

    def methods(self, name: str) -> list[ast.FunctionDef]:
        """Return the methods of that name of the classes of the file."""
        return self._methods.get(name, [])

    @cached_property
    def _methods(self) -> dict[str, list[ast.FunctionDef]]:
        found: dict[str, list[ast.FunctionDef]] = {}
        for node, _ in self.classes:
            for statement in node.body:
                if isinstance(statement, ast.FunctionDef):
                    found.setdefault(statement.name, []).append(statement)
        return found

    def uses(self, name: str, scope: Scope) -> list[ast.Name]:
        """Return the places that read or bind a name of a scope, also in functions inside of it."""
        key = scope, name
        if key not in self._uses:
            self._uses[key] = list(self._names(name, scope))
        return self._uses[key]

    def _names(self, name: str, scope: Scope) -> Iterator[ast.Name]:
        lines = self.lines.holding(name)
        pending: list[ast.AST] = [self.tree if scope.node is None else scope.node]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Name) and node.id == name:
                yield node
            for child in below(node, lines):
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    inner = self.scope_of(child)
                    if inner is not None and inner is not scope and inner.binds(name):
                        pending += [*child.decorator_list, child.args]
                        continue
                pending.append(child)

    def is_placed(self, node: ast.AST) -> bool:
        """Whether a node's place is right: in formatted texts it is not before Python 3.12."""
        return node not in self._binder.misplaced

    # -- changes ---

    def mutations(self, name: str, scope: Scope, held: bool) -> list[Mutation]:
        """Return what changes the thing that `name` of `scope` holds; others' may be among it.

        Where a name of the module holds nothing that functions could change, `held` is False.
        """
        if held and scope.kind is ScopeKind.MODULE and self._first_asked(scope, name):
            self.enter(self.lines.holding(name))
        return self._binder.mutations.get(name, [])

    def attribute_sets(self, name: str, owner: Scope) -> list[AttributeSet]:
        """Return the assignments to an attribute in the methods of a class."""
        if isinstance(owner.node, ast.ClassDef) and self._first_asked(owner, name):
            self.enter(self.lines.assigning(name, owner.node), within=owner)
        return self._binder.attributes.get((owner, name), [])

    def _first_asked(self, scope: Scope, name: str) -> bool:
        asked = len(self._asked)
        self._asked.add((scope, name))
        return len(self._asked) > asked


def _name(callee: ast.expr) -> str:
    name = callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", "")
    return name if isinstance(name, str) else ""
