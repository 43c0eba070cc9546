"""Names as Python finds them: whose scope they belong to, and what they are bound to."""

from __future__ import annotations

import ast

from optport.reader.evaluation import Evaluation
from optport.reader.scopes import MAX_BINDINGS, Assigned, Binding, Point, Scope, ScopeKind, reaching

MAX_SOURCES = 60
"""Names that are followed to what they are assigned from."""


def owner(name: str, scope: Scope | None) -> Scope | None:
    """Return the scope that `name`, used in `scope`, belongs to."""
    innermost = True
    while scope is not None:
        if name in scope.declared:
            return scope.declared[name]
        if scope.binds(name) and (innermost or scope.kind is not ScopeKind.CLASS):
            return scope
        innermost = False
        scope = scope.parent
    return None


def bindings_of(name: str, at: Point) -> list[Binding]:
    """Return the bindings of a name that a use at `at` may see."""
    scope = owner(name, at.scope)
    return [] if scope is None else reaching(scope, name, at)


def sources_of(node: ast.expr, at: Point, evaluation: Evaluation) -> list[tuple[ast.expr, Point]]:
    """Return the expressions that `node` may have been assigned from; itself if no name."""
    found: list[tuple[ast.expr, Point]] = []
    pending = [(node, at)]
    seen: set[ast.expr] = set()
    while pending and len(seen) < MAX_SOURCES:
        expression, point = pending.pop()
        if expression in seen:
            continue
        seen.add(expression)
        bindings: list[Binding] = []
        if isinstance(expression, ast.Name):
            bindings = bindings_of(expression.id, point)
            looked_at = MAX_BINDINGS if len(bindings) > 1 else 1
            if not evaluation.spend(looked_at + 4 * len(bindings)):
                break
        if not bindings:
            found.append((expression, point))
        for binding in bindings:
            assigned = binding.definition
            if isinstance(assigned, Assigned) and not assigned.path:
                pending.append((assigned.value, binding.at))
            else:
                found.append((expression, point))
    return found
