"""One walk over a syntax tree: its scopes, bindings and calls, each with its place.

The walk keeps a stack of its own and never recurses, so that no nesting in the source can exhaust
Python's. What it finds is evaluated later, and only where something asks for it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from optport.reader.scopes import (
    Assigned,
    AttributeSet,
    Binding,
    Branch,
    BranchKind,
    Defined,
    Function,
    Imported,
    Iterated,
    Kill,
    Mutation,
    Opaque,
    Point,
    Received,
    Scope,
    ScopeKind,
    Source,
)
from optport.reader.walk import Task, Walk, children

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LEAVING = (ast.Raise, ast.Continue, ast.Break)
_MUTATING = {"update", "setdefault", "append", "extend", "insert"}


@dataclass(slots=True)
class Index:
    """What one file binds and calls."""

    module: Scope
    end: Point
    """The end of the module, when all of it has been run."""
    calls: list[tuple[ast.Call, Point]] = field(default_factory=list)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    """The scopes of functions and classes."""
    inner: dict[ast.AST, Point] = field(default_factory=dict)
    """Where the elements of a comprehension are evaluated."""
    class_names: set[str] = field(default_factory=set)
    """Every name that some class's body binds."""
    mutations: dict[str, list[Mutation]] = field(default_factory=dict)
    """What changes the things that names hold, by name."""
    attributes: dict[str, list[AttributeSet]] = field(default_factory=dict)
    """Assignments to attributes, by the attribute's name."""


def index_module(tree: ast.Module) -> Index:
    """Walk `tree` once and return its scopes, bindings and calls in source order."""
    walk = _Indexing()
    walk.run(tree.body)
    return walk.index


class _Indexing(Walk):
    """The walk that notes what it comes by."""

    def __init__(self) -> None:
        root = Branch(BranchKind.ROOT)
        super().__init__(Scope(ScopeKind.MODULE), root)
        self.index = Index(self.scope, Point(self.scope, sys.maxsize, root))
        self.order = 0
        self.visitors = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.NamedExpr: self._named,
            ast.Call: self._call,
            ast.Return: self._return,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield,
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

    def _point(self) -> Point:
        self.order += 1
        return Point(self.scope, self.order, self.branch)

    # -- bindings ---

    def _bind(self, name: str, source: Source, walrus: bool = False) -> None:
        point = self._point()
        scope = self.scope.elsewhere.get(name)
        if scope is not None:
            scope.bindings.setdefault(name, []).append(Binding(source, point, always=True))
            return
        scope = self.scope
        while walrus and scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
            scope = scope.parent  # a walrus binds outside of the comprehension it stands in
        if scope.kind is ScopeKind.CLASS:
            self.index.class_names.add(name)
        scope.bindings.setdefault(name, []).append(Binding(source, point))
        scope.kills.setdefault(name, []).append(Kill(point.order, point))
        self.branch.bound.add(name)

    def _bind_target(
        self,
        target: ast.expr,
        value: ast.expr | None,
        make: Callable[[ast.expr, tuple[int, ...]], Source] = Assigned,
    ) -> None:
        """Bind every name in an assignment's target, with the way that unpacking takes."""
        pending: list[tuple[ast.expr, tuple[int, ...] | None]] = [(target, ())]
        while pending:
            node, path = pending.pop()
            if isinstance(node, ast.Name):
                if value is None or path is None:
                    self._bind(node.id, Opaque())
                else:
                    self._bind(node.id, make(value, path))
            elif isinstance(node, ast.Starred):
                pending.append((node.value, None))
            elif isinstance(node, (ast.Tuple, ast.List)):
                starred = any(isinstance(element, ast.Starred) for element in node.elts)
                for position, element in enumerate(node.elts):
                    deeper = None if path is None or starred else (*path, position)
                    pending.append((element, deeper))
            elif value is not None and path == () and make is Assigned:
                self._change(node, value)

    def _change(self, target: ast.expr, value: ast.expr) -> None:
        """Note an assignment to an attribute or an item."""
        if isinstance(target, ast.Attribute):
            point = self._point()
            changes = self.index.attributes.setdefault(target.attr, [])
            changes.append(AttributeSet(target.value, value, point))
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self._mutate(target.value.id, target, value)

    def _mutate(self, name: str, node: ast.expr, value: ast.expr | None) -> None:
        mutation = Mutation(name, node, value, self._point())
        self.index.mutations.setdefault(name, []).append(mutation)

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

    def _assign(self, node: ast.Assign) -> Iterator[ast.AST | Task]:
        yield node.value
        for target in node.targets:
            yield from self._targets(target)
            yield self._bind_target, (target, node.value)

    def _targets(self, target: ast.expr) -> Iterator[ast.AST]:
        if not isinstance(target, ast.Name):
            yield target

    def _annotated(self, node: ast.AnnAssign) -> Iterator[ast.AST | Task]:
        yield node.annotation
        if node.value is not None:
            yield node.value
            yield from self._targets(node.target)
            yield self._bind_target, (node.target, node.value)

    def _augmented(self, node: ast.AugAssign) -> Iterator[ast.AST | Task]:
        yield node.value
        yield from self._targets(node.target)
        if isinstance(node.target, ast.Name) and isinstance(node.op, (ast.Add, ast.BitOr)):
            yield self._mutate, (node.target.id, node.value, None)
        else:
            yield self._bind_target, (node.target, None)

    def _named(self, node: ast.NamedExpr) -> Iterator[ast.AST | Task]:
        yield node.value
        yield self._bind, (node.target.id, Assigned(node.value), True)

    def _delete(self, node: ast.Delete) -> Iterator[ast.AST | Task]:
        for target in node.targets:
            yield from self._targets(target)
            yield self._bind_target, (target, None)

    def _with(self, node: ast.With | ast.AsyncWith) -> Iterator[ast.AST | Task]:
        for item in node.items:
            yield item.context_expr
            if item.optional_vars is not None:
                yield from self._targets(item.optional_vars)
                yield self._bind_target, (item.optional_vars, None)
        yield from node.body

    def _handler(self, node: ast.ExceptHandler) -> Iterator[ast.AST | Task]:
        if node.type is not None:
            yield node.type
        if node.name is not None:
            yield self._bind, (node.name, Opaque())
        yield from node.body

    def _captured(
        self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping
    ) -> Iterator[ast.AST | Task]:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        yield from children(node)
        if name is not None:
            yield self._bind, (name, Opaque())

    # -- uses ---

    def _call(self, node: ast.Call) -> list[ast.AST]:
        self.index.calls.append((node, self._point()))
        callee = node.func
        if (
            isinstance(callee, ast.Attribute)
            and callee.attr in _MUTATING
            and isinstance(callee.value, ast.Name)
        ):
            self._mutate(callee.value.id, node, None)
        return children(node)

    def _return(self, node: ast.Return) -> list[ast.AST]:
        if node.value is not None:
            self.scope.returns.append((node.value, self._point()))
        self.branch.returns = True
        return self._leave(node)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> list[ast.AST]:
        self.scope.yields = True
        return children(node)

    # -- branches ---

    def _leave(self, node: ast.AST) -> list[ast.AST]:
        self.branch.leaves = True
        return children(node)

    def _arms(self, arms: list[tuple[Branch, list[ast.stmt]]], exhaustive: bool) -> None:
        """Visit the arms of one statement, and note afterwards what all of them bind."""
        since = self.order + 1
        close: Task = (self._close, ([arm for arm, _ in arms], since, exhaustive))
        self.push([close])
        for arm, body in reversed(arms):
            self.within(self.scope, arm, body)

    def _close(self, arms: list[Branch], since: int, exhaustive: bool) -> None:
        going_on = [arm for arm in arms if not arm.leaves]
        if not exhaustive:
            return
        if not going_on:
            self.branch.leaves = True
            self.branch.returns = all(arm.returns for arm in arms)
            return
        for name in set.intersection(*(arm.bound for arm in going_on)):
            point = self._point()
            self.scope.kills.setdefault(name, []).append(Kill(since, point))
            self.branch.bound.add(name)

    def _if(self, node: ast.If) -> Iterator[ast.AST | Task]:
        yield node.test
        body = self.branch.arm(BranchKind.EXCLUSIVE, node)
        other = self.branch.arm(BranchKind.EXCLUSIVE, node)
        yield self._arms, ([(body, node.body), (other, node.orelse)], True)

    def _match(self, node: ast.Match) -> Iterator[ast.AST | Task]:
        yield node.subject
        arms: list[tuple[Branch, list[ast.stmt]]] = []
        for case in node.cases:
            arm = self.branch.arm(BranchKind.EXCLUSIVE, node)
            arms.append((arm, [case]))  # type: ignore[list-item]
        last = node.cases[-1]
        wild = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        yield self._arms, (arms, wild and last.guard is None)

    def _try(self, node: ast.Try | ast.TryStar) -> Iterator[ast.AST | Task]:
        attempt = self.branch.arm(BranchKind.ATTEMPT, node)
        arms = [(attempt, [*node.body, *node.orelse])]
        for handler in node.handlers:
            arm = self.branch.arm(BranchKind.HANDLER, node)
            arms.append((arm, [handler]))  # type: ignore[list-item]
        yield self._arms, (arms, True)
        yield from node.finalbody

    def _for(self, node: ast.For | ast.AsyncFor) -> Iterator[ast.AST | Task]:
        yield node.iter
        body = self.branch.arm(BranchKind.LOOP, node)
        bind: Task = self._bind_target, (node.target, node.iter, Iterated)
        yield self._loop, (body, [*self._targets(node.target), bind, *node.body])
        yield from node.orelse

    def _while(self, node: ast.While) -> Iterator[ast.AST | Task]:
        body = self.branch.arm(BranchKind.LOOP, node)
        yield self._loop, (body, [node.test, *node.body])
        yield from node.orelse

    def _loop(self, branch: Branch, items: list[ast.AST | Task]) -> None:
        self.within(self.scope, branch, items)

    # -- scopes ---

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    ) -> Iterator[ast.AST | Task]:
        arguments = node.args
        yield from arguments.defaults
        yield from (a.annotation for a in _all_arguments(arguments) if a.annotation is not None)
        yield from (default for default in arguments.kw_defaults if default is not None)
        if isinstance(node, ast.Lambda):
            yield self._enter_function, (node, [node.body])
            return
        yield from node.decorator_list
        if node.returns is not None:
            yield node.returns
        yield self._bind, (node.name, Defined(node))
        yield self._enter_function, (node, node.body)

    def _enter_function(self, node: Function, body: list[ast.AST]) -> None:
        outside = self._point()
        scope = Scope(ScopeKind.FUNCTION, self.scope, outside, node=node)
        self.index.scopes[node] = scope
        items: list[ast.AST | Task] = []
        for position, (argument, default) in enumerate(_parameters(node.args)):
            received = Received(node, argument, default, outside, first=position == 0)
            items.append((self._bind, (argument.arg, received)))
        for rest in (node.args.vararg, node.args.kwarg):
            if rest is not None:
                items.append((self._bind, (rest.arg, Opaque())))
        if isinstance(node, ast.Lambda):
            items.append((self._give_back, (node.body,)))
        self.within(scope, Branch(BranchKind.ROOT), [*items, *body])

    def _give_back(self, value: ast.expr) -> None:
        self.scope.returns.append((value, self._point()))

    def _class(self, node: ast.ClassDef) -> Iterator[ast.AST | Task]:
        yield from node.decorator_list
        yield from node.bases
        yield from node.keywords
        yield self._enter_class, (node,)
        yield self._bind, (node.name, Defined(node))

    def _enter_class(self, node: ast.ClassDef) -> None:
        scope = Scope(ScopeKind.CLASS, self.scope, self._point(), node=node)
        self.index.scopes[node] = scope
        self.within(scope, Branch(BranchKind.ROOT), node.body)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> Iterator[ast.AST | Task]:
        yield node.generators[0].iter
        yield self._enter_comprehension, (node,)

    def _enter_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        scope = Scope(ScopeKind.COMPREHENSION, self.scope, self._point(), node=node)
        branch = Branch(BranchKind.ROOT)
        items: list[ast.AST | Task] = []
        for number, generator in enumerate(node.generators):
            if number:
                items.append(generator.iter)
            items.append((self._bind_target, (generator.target, generator.iter, Iterated)))
            items.extend(generator.ifs)
        items.append((self._note_inner, (node,)))
        items.extend([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.within(scope, branch, items)

    def _note_inner(self, node: ast.AST) -> None:
        self.index.inner[node] = self._point()

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
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (rest for rest in (arguments.vararg, arguments.kwarg) if rest is not None)


def _parameters(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """A function's named parameters with their defaults."""
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [None] * missing + list(arguments.defaults)
    yield from zip(positional, defaults, strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
