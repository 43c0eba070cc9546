"""The arms of compound statements, and what is bound whichever of them runs."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from optport.reader.scopes import Assigned, Branch, BranchKind, Kill, LoopTarget, Unfollowed
from optport.reader.walk import Visitors, Walk

_CAPTURING = (ast.MatchAs, ast.MatchStar)


def _arms(walk: Walk, arms: list[tuple[Branch, Sequence[ast.AST]]], exhaustive: bool) -> None:
    """Walk the arms of one statement, and note afterwards what all of them bind."""
    branches = [arm for arm, _ in arms]
    since = walk.binder.order + 1
    walk.later(_close, walk, walk.branch, branches, since, exhaustive)
    for arm, body in reversed(arms):
        walk.push(body)
        walk.later(walk.switch, walk.scope, arm)


def _close(walk: Walk, outer: Branch, arms: list[Branch], since: int, exhaustive: bool) -> None:
    walk.branch = outer
    going_on = [arm for arm in arms if not arm.leaves]
    if not exhaustive:
        return
    if not going_on:
        outer.leaves = True
        outer.returns = all(arm.returns for arm in arms)
        return
    for name in set.intersection(*(arm.bound for arm in going_on)):
        walk.scope.kills.setdefault(name, []).append(Kill(since, walk.point()))
        outer.bound.add(name)


def _if(walk: Walk, node: ast.If) -> None:
    """Take an elif for one more arm, not for an if in the else: chains of them get long."""
    runs = _runs(node.test)
    if runs is not None:
        _if_checking(walk, node, node.body if runs else node.orelse)
        return
    arms: list[tuple[Branch, Sequence[ast.AST]]] = []
    rest: list[ast.stmt] = [node]
    while len(rest) == 1 and isinstance(below := rest[0], ast.If):
        walk.use(below.test)
        arms.append((walk.branch.arm(BranchKind.EXCLUSIVE, node), below.body))
        rest = below.orelse
    arms.append((walk.branch.arm(BranchKind.EXCLUSIVE, node), rest))
    _arms(walk, arms, exhaustive=True)


def _if_checking(walk: Walk, node: ast.If, run: list[ast.stmt]) -> None:
    """Walk ``if TYPE_CHECKING:``: what runs then is bound whatever happens, so it counts."""
    aside = node.orelse if run is node.body else node.body
    walk.push(run)
    walk.come_back()
    walk.push(aside)
    walk.branch = walk.branch.arm(BranchKind.EXCLUSIVE, node)
    walk.branch.checking = True


def _match(walk: Walk, node: ast.Match) -> None:
    walk.use(node.subject)
    arms: list[tuple[Branch, Sequence[ast.AST]]] = [
        (walk.branch.arm(BranchKind.EXCLUSIVE, node), [case]) for case in node.cases
    ]
    last = node.cases[-1]
    wild = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
    _arms(walk, arms, exhaustive=wild and last.guard is None)


def _case(walk: Walk, node: ast.match_case) -> None:
    at = walk.point()
    for pattern in ast.walk(node.pattern):
        name = pattern.name if isinstance(pattern, _CAPTURING) else None
        if isinstance(pattern, ast.MatchMapping):
            name = pattern.rest
        if name is not None:
            captured = _captured(walk, pattern, node)
            walk.binder.bind(name, captured, at)
            if isinstance(captured, Assigned):
                walk.binder.flows.add(name, captured.value)
    if node.guard is not None:
        walk.use(node.guard)
    walk.push(node.body)


def _captured(walk: Walk, pattern: ast.AST, case: ast.match_case) -> Assigned | Unfollowed:
    """What a name in a pattern is bound to: the whole subject, or one of its elements."""
    match, whole = walk.branch.statement, case.pattern
    if isinstance(match, ast.Match) and isinstance(pattern, ast.MatchAs):
        if pattern is whole:
            return Assigned(match.subject)
        several = whole.patterns if isinstance(whole, ast.MatchSequence) else []
        starred = any(isinstance(one, ast.MatchStar) for one in several)
        if pattern in several and not starred:
            return Assigned(match.subject, (several.index(pattern),))
    return Unfollowed()


def _try(walk: Walk, node: ast.Try | ast.TryStar) -> None:
    attempt = walk.branch.arm(BranchKind.ATTEMPT, node)
    arms: list[tuple[Branch, Sequence[ast.AST]]] = [(attempt, [*node.body, *node.orelse])]
    for handler in node.handlers:
        arms.append((walk.branch.arm(BranchKind.HANDLER, node), [handler]))
    walk.push(node.finalbody)
    _arms(walk, arms, exhaustive=True)


def _handler(walk: Walk, node: ast.ExceptHandler) -> None:
    if node.type is not None:
        walk.use(node.type)
    if node.name is not None:
        walk.binder.bind(node.name, Unfollowed(), walk.point())
    walk.push(node.body)


def _for(walk: Walk, node: ast.For | ast.AsyncFor) -> None:
    walk.use(node.iter)
    _loop(walk, node, node.body, node.orelse)
    if not isinstance(node.target, ast.Name):
        walk.use(node.target)
    walk.binder.bind_target(node.target, node.iter, walk.point(), LoopTarget)


def _while(walk: Walk, node: ast.While) -> None:
    _loop(walk, node, node.body, node.orelse)
    walk.use(node.test)


def _loop(walk: Walk, node: ast.stmt, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
    """Go on in a loop's body: what follows in the caller belongs to it."""
    walk.push(orelse)
    walk.come_back()
    walk.push(body)
    walk.branch = walk.branch.arm(BranchKind.LOOP, node)


def _runs(test: ast.expr) -> bool | None:
    """Whether a body runs whose condition is, or is not, `TYPE_CHECKING`; None for any other."""
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    node = test.operand if isinstance(test, ast.UnaryOp) and negated else test
    name = getattr(node, "attr", "") or getattr(node, "id", "")
    return negated if name == "TYPE_CHECKING" else None


def _with(walk: Walk, node: ast.With | ast.AsyncWith) -> None:
    for item in node.items:
        at = walk.use(item.context_expr)
        if item.optional_vars is not None:
            walk.bind(item.optional_vars, None, at)
    walk.push(node.body)


VISITORS: Visitors = {
    ast.If: _if,
    ast.Match: _match,
    ast.match_case: _case,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.ExceptHandler: _handler,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
}
