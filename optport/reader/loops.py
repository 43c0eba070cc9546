"""How often a use runs: the loops around it, and what it hangs on within them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.places import Place
from optport.reader.evaluate import Evaluator
from optport.reader.model import Pace
from optport.reader.scopes import Branch, BranchKind, LoopTarget, Point, Scope, ScopeKind
from optport.reader.source import SourceText

_LOOPS = (ast.For, ast.AsyncFor)
_SOMETIMES = (BranchKind.EXCLUSIVE, BranchKind.HANDLER)
_WRAPPERS = frozenset({"enumerate", "list", "reversed", "sorted", "tuple", "zip"})
"""What gives each element of its arguments in turn."""


def pace_of(owner: ast.expr | None, at: Point, evaluator: Evaluator, source: SourceText) -> Pace:
    """Return how often what stands at a point runs for what `owner` is."""
    elements = {} if owner is None else dict(_elements(owner, at))
    conditions: set[Place] = set()
    each, always = False, True
    repeats: ast.AST | None = None
    for scope, branch in _outwards(at):
        statement = branch.statement
        if branch.kind is BranchKind.ROOT:
            if scope.kind is not ScopeKind.COMPREHENSION:
                break
            generators = getattr(scope.node, "generators", [])
            over = [one.iter in elements for one in generators]
            always = always and not any(one.ifs for one in generators)
            each = each or (always and any(over))
            if not all(over):
                repeats = scope.node
                break
        elif branch.kind is BranchKind.LOOP:
            if not (isinstance(statement, _LOOPS) and statement.iter in elements):
                repeats = statement
                break
            each = each or always
        elif branch.kind in _SOMETIMES:
            always = False
            if isinstance(statement, ast.If) and _changes(statement.test):
                conditions.add(source.place(statement.test))
    each = each and all(_is_known(one, at, evaluator) for one, at in elements.items())
    loop = source.place(repeats) if isinstance(repeats, (ast.stmt, ast.expr)) else None
    return Pace(loop, _function(at, source), frozenset(conditions), each)


def _outwards(at: Point) -> Iterator[tuple[Scope, Branch]]:
    """Yield the branches around a point, up to the function or module that it is in."""
    point: Point | None = at
    while point is not None:
        branch: Branch | None = point.branch
        while branch is not None:
            yield point.scope, branch
            branch = branch.parent
        point = point.scope.defined


def _function(at: Point, source: SourceText) -> Place | None:
    """The function that a point is in."""
    scope: Scope | None = at.scope
    while scope is not None and scope.kind is ScopeKind.COMPREHENSION:
        scope = scope.parent
    node = None if scope is None else scope.node
    return source.place(node) if isinstance(node, (ast.stmt, ast.expr)) else None


def _elements(owner: ast.expr, at: Point) -> Iterator[tuple[ast.expr, Point]]:
    """Yield what is gone through by loops whose variables an object is told by."""
    names = {node.id for node in ast.walk(owner) if isinstance(node, ast.Name)}
    scope = at.scope
    while True:
        for name in names:
            for binding in scope.bindings.get(name, ()):
                if isinstance(binding.definition, LoopTarget):
                    yield binding.definition.iterable, binding.at
        if scope.kind is not ScopeKind.COMPREHENSION or scope.parent is None:
            return
        scope = scope.parent


def _is_known(iterable: ast.expr, at: Point, evaluator: Evaluator) -> bool:
    """Whether one collection is gone through, rather than one of several."""
    pending = [iterable]
    while pending:
        one = pending.pop()
        if isinstance(one, ast.Call) and getattr(one.func, "id", "") in _WRAPPERS:
            pending += one.args
        elif evaluator.value(one, at).exact is None:
            return False
    return True


_ASKING = frozenset({"isinstance", "hasattr", "getattr", "len", "callable", "issubclass"})


def _changes(test: ast.expr) -> bool:
    """Whether a condition counts, or asks something: what is only a setting stays as it is."""
    for node in ast.walk(test):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in _ASKING:
            return True
    return False
