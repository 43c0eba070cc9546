"""One walk over a syntax tree: its scopes, bindings and calls, each with its place.

The walk keeps a stack of its own and never recurses, so that no nesting in the source can exhaust
Python's. What it finds is evaluated later, and only where something asks for it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from optport.reader.scopes import (
    Assigned,
    Binding,
    Branch,
    BranchKind,
    Imported,
    Kill,
    Opaque,
    Point,
    Scope,
    ScopeKind,
    Source,
)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(slots=True)
class Index:
    """What one file binds and calls."""

    module: Scope
    calls: list[tuple[ast.Call, Point]] = field(default_factory=list)
    places: dict[ast.expr, Point] = field(default_factory=dict)
    """Where the expressions that bindings hold are evaluated."""


def index_module(tree: ast.Module) -> Index:
    """Walk `tree` once and return its scopes, bindings and calls in source order."""
    walk = _Walk()
    walk.run(tree)
    return walk.index


_Task = tuple[Callable[..., None], tuple[object, ...]]


class _Walk:
    """The walk's state: a stack of tasks, and the scope and branch that the next task is in."""

    def __init__(self) -> None:
        root = Branch(BranchKind.ROOT)
        self.index = Index(Scope(ScopeKind.MODULE))
        self.scope = self.index.module
        self.branch = root
        self.order = 0
        self.stack: list[tuple[ast.AST | _Task, Scope, Branch]] = []
        self.visitors: dict[type, Callable[[Any], Iterable[ast.AST | _Task] | None]] = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.NamedExpr: self._named,
            ast.Call: self._call,
            ast.If: self._if,
            ast.Match: self._match,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Delete: self._delete,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.ClassDef: self._class,
            ast.ExceptHandler: self._handler,
            ast.MatchAs: self._captured,
            ast.MatchStar: self._captured,
            ast.MatchMapping: self._captured,
            **dict.fromkeys(_FUNCTIONS, self._function),
            **dict.fromkeys(_COMPREHENSIONS, self._comprehension),
            **dict.fromkeys(_LEAVING, self._leave),
        }

    def run(self, tree: ast.Module) -> None:
        self._push(tree.body, self.scope, self.branch)
        while self.stack:
            item, self.scope, self.branch = self.stack.pop()
            if isinstance(item, tuple):
                action, arguments = item
                action(*arguments)
                continue
            visit = self.visitors.get(type(item))
            if visit is None:
                self._push(ast.iter_child_nodes(item), self.scope, self.branch)
            else:
                found = visit(item)
                if found is not None:
                    self._push(found, self.scope, self.branch)

    def _push(self, items: Iterable[ast.AST | _Task], scope: Scope, branch: Branch) -> None:
        """Put `items` on the stack so that the first of them comes next."""
        at = len(self.stack)
        self.stack.extend((item, scope, branch) for item in items)
        self.stack[at:] = self.stack[at:][::-1]

    def _point(self) -> Point:
        self.order += 1
        return Point(self.scope, self.order, self.branch)

    # -- bindings ---------------------------------------------------------------------------

    def _bind(self, name: str, source: Source) -> None:
        point = self._point()
        scope = self.scope.elsewhere.get(name)
        if scope is not None:
            scope.bindings.setdefault(name, []).append(Binding(source, point, always=True))
            return
        scope = self.scope
        while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
            if not isinstance(source, Assigned):  # a comprehension's own variable
                break
            scope = scope.parent
        if isinstance(source, Assigned):
            self.index.places.setdefault(source.value, point)
        scope.bindings.setdefault(name, []).append(Binding(source, point))
        scope.kills.setdefault(name, []).append(Kill(point.order, point))
        self.branch.bound.add(name)

    def _bind_target(self, target: ast.expr, value: ast.expr | None) -> None:
        """Bind every name in an assignment's target, with the way that unpacking takes."""
        pending: list[tuple[ast.expr, tuple[int, ...] | None]] = [(target, ())]
        while pending:
            node, path = pending.pop()
            if isinstance(node, ast.Name):
                if value is None or path is None:
                    self._bind(node.id, Opaque())
                else:
                    self._bind(node.id, Assigned(value, path))
            elif isinstance(node, ast.Starred):
                pending.append((node.value, None))
            elif isinstance(node, (ast.Tuple, ast.List)):
                starred = any(isinstance(element, ast.Starred) for element in node.elts)
                for position, element in enumerate(node.elts):
                    deeper = None if path is None or starred else (*path, position)
                    pending.append((element, deeper))

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self._bind(alias.asname, Imported(alias.name))
            else:
                root = alias.name.partition(".")[0]
                self._bind(root, Imported(root))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.scope.stars.append((module, self._point()))
            else:
                dot = "" if module.endswith(".") else "."
                self._bind(alias.asname or alias.name, Imported(f"{module}{dot}{alias.name}"))

    def _assign(self, node: ast.Assign) -> Iterator[ast.AST | _Task]:
        yield node.value
        for target in node.targets:
            yield from self._targets(target)
            yield self._bind_target, (target, node.value)

    def _targets(self, target: ast.expr) -> Iterator[ast.AST]:
        if not isinstance(target, ast.Name):
            yield target

    def _annotated(self, node: ast.AnnAssign) -> Iterator[ast.AST | _Task]:
        yield node.annotation
        if node.value is not None:
            yield node.value
            yield from self._targets(node.target)
            yield self._bind_target, (node.target, node.value)

    def _augmented(self, node: ast.AugAssign) -> Iterator[ast.AST | _Task]:
        yield node.value
        yield self._bind_target, (node.target, None)

    def _named(self, node: ast.NamedExpr) -> Iterator[ast.AST | _Task]:
        yield node.value
        yield self._bind_target, (node.target, node.value)

    def _delete(self, node: ast.Delete) -> Iterator[ast.AST | _Task]:
        for target in node.targets:
            yield self._bind_target, (target, None)

    def _with(self, node: ast.With | ast.AsyncWith) -> Iterator[ast.AST | _Task]:
        for item in node.items:
            yield item.context_expr
            if item.optional_vars is not None:
                yield self._bind_target, (item.optional_vars, None)
        yield from node.body

    def _handler(self, node: ast.ExceptHandler) -> Iterator[ast.AST | _Task]:
        if node.type is not None:
            yield node.type
        if node.name is not None:
            yield self._bind, (node.name, Opaque())
        yield from node.body

    def _captured(
        self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping
    ) -> Iterator[ast.AST | _Task]:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        yield from ast.iter_child_nodes(node)
        if name is not None:
            yield self._bind, (name, Opaque())

    # -- uses -------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Iterator[ast.AST]:
        self.index.calls.append((node, self._point()))
        return ast.iter_child_nodes(node)

    # -- branches ---------------------------------------------------------------------------

    def _leave(self, node: ast.AST) -> Iterator[ast.AST]:
        self.branch.leaves = True
        return ast.iter_child_nodes(node)

    def _arms(self, arms: list[tuple[Branch, list[ast.stmt]]], exhaustive: bool) -> None:
        """Visit the arms of one statement, and note afterwards what all of them bind."""
        since = self.order + 1
        close: _Task = (self._close, ([arm for arm, _ in arms], since, exhaustive))
        self._push([close], self.scope, self.branch)
        for arm, body in reversed(arms):
            self._push(body, self.scope, arm)

    def _close(self, arms: list[Branch], since: int, exhaustive: bool) -> None:
        going_on = [arm for arm in arms if not arm.leaves]
        if not exhaustive:
            return
        if not going_on:
            self.branch.leaves = True
            return
        for name in set.intersection(*(arm.bound for arm in going_on)):
            point = self._point()
            self.scope.kills.setdefault(name, []).append(Kill(since, point))
            self.branch.bound.add(name)

    def _if(self, node: ast.If) -> Iterator[ast.AST | _Task]:
        yield node.test
        body = self.branch.arm(BranchKind.EXCLUSIVE, node)
        other = self.branch.arm(BranchKind.EXCLUSIVE, node)
        yield self._arms, ([(body, node.body), (other, node.orelse)], True)

    def _match(self, node: ast.Match) -> Iterator[ast.AST | _Task]:
        yield node.subject
        arms: list[tuple[Branch, list[ast.stmt]]] = []
        for case in node.cases:
            arm = self.branch.arm(BranchKind.EXCLUSIVE, node)
            arms.append((arm, [case]))  # type: ignore[list-item]
        last = node.cases[-1]
        wild = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        yield self._arms, (arms, wild and last.guard is None)

    def _try(self, node: ast.Try | ast.TryStar) -> Iterator[ast.AST | _Task]:
        attempt = self.branch.arm(BranchKind.ATTEMPT, node)
        arms = [(attempt, [*node.body, *node.orelse])]
        for handler in node.handlers:
            arm = self.branch.arm(BranchKind.HANDLER, node)
            arms.append((arm, [handler]))  # type: ignore[list-item]
        yield self._arms, (arms, True)
        yield from node.finalbody

    def _for(self, node: ast.For | ast.AsyncFor) -> Iterator[ast.AST | _Task]:
        yield node.iter
        body = self.branch.arm(BranchKind.LOOP, node)
        yield self._loop, (body, [(self._bind_target, (node.target, None)), *node.body])
        yield from node.orelse

    def _while(self, node: ast.While) -> Iterator[ast.AST | _Task]:
        body = self.branch.arm(BranchKind.LOOP, node)
        yield self._loop, (body, [node.test, *node.body])
        yield from node.orelse

    def _loop(self, branch: Branch, items: list[ast.AST | _Task]) -> None:
        self._push(items, self.scope, branch)

    # -- scopes -----------------------------------------------------------------------------

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    ) -> Iterator[ast.AST | _Task]:
        arguments = node.args
        yield from arguments.defaults
        yield from (default for default in arguments.kw_defaults if default is not None)
        if isinstance(node, ast.Lambda):
            yield self._enter, (ScopeKind.FUNCTION, arguments, [node.body])
            return
        yield from node.decorator_list
        yield self._bind, (node.name, Opaque())
        yield self._enter, (ScopeKind.FUNCTION, arguments, node.body)

    def _class(self, node: ast.ClassDef) -> Iterator[ast.AST | _Task]:
        yield from node.decorator_list
        yield from node.bases
        yield from node.keywords
        yield self._enter, (ScopeKind.CLASS, None, node.body)
        yield self._bind, (node.name, Opaque())

    def _enter(self, kind: ScopeKind, arguments: ast.arguments | None, body: list[ast.AST]) -> None:
        scope = Scope(kind, self.scope, self._point())
        branch = Branch(BranchKind.ROOT)
        # A class body's names are not seen from the functions in it.
        items: list[ast.AST | _Task] = []
        if arguments is not None:
            items.extend(
                (self._bind, (argument.arg, Opaque())) for argument in _all_arguments(arguments)
            )
        self._push([*items, *body], scope, branch)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> Iterator[ast.AST | _Task]:
        yield node.generators[0].iter
        yield self._enter_comprehension, (node,)

    def _enter_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        scope = Scope(ScopeKind.COMPREHENSION, self.scope, self._point())
        items: list[ast.AST | _Task] = []
        for number, generator in enumerate(node.generators):
            if number:
                items.append(generator.iter)
            items.append((self._bind_target, (generator.target, None)))
            items.extend(generator.ifs)
        items.extend([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._push(items, scope, Branch(BranchKind.ROOT))

    def _global(self, node: ast.Global) -> None:
        for name in node.names:
            self.scope.elsewhere[name] = self.index.module

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            outer = self.scope.parent
            while outer is not None and (
                outer.kind is ScopeKind.CLASS or name not in outer.bindings
            ):
                outer = outer.parent
            if outer is not None:
                self.scope.elsewhere[name] = outer


def _all_arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg is not None:
        yield arguments.vararg
    if arguments.kwarg is not None:
        yield arguments.kwarg
