"""The walk over a file's statements: what they bind, in which scope and branch.

The walk keeps a stack of its own and never recurses, so that no nesting in the source can exhaust
Python's. Expressions are noted and left alone, unless their lines tell that they bind something.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from optport.line_sets import LineSet
from optport.reader.binder import ANNOTATING, Binder, Flow, FlowKind
from optport.reader.expressions import LEAVES, Expressions
from optport.reader.scopes import (
    Assigned,
    Branch,
    BranchKind,
    Defined,
    Kill,
    LoopTarget,
    Point,
    Scope,
    ScopeKind,
    Unfollowed,
)

_CAPTURING = (ast.MatchAs, ast.MatchStar)
_Task = tuple[Callable[..., None], tuple[object, ...]]
_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", None)
"""The statement ``type X = …``, from Python 3.12 on."""
_Def = ast.FunctionDef | ast.AsyncFunctionDef


class Statements:
    """Walks statements in the order in which Python runs them; knows the scope and branch.

    Bodies of functions of the module and of its classes are kept in `deferred`, with the place of
    their definition, until first needed; a function inside of another comes with it.
    """

    def __init__(self, binder: Binder, expressions: Expressions, binding: LineSet) -> None:
        """Take where to note things, and the lines on which expressions may bind something."""
        self.expressions: list[tuple[int, ast.expr, Point]] = []
        """The expressions of the statements walked so far, each after its last line."""
        self.deferred: dict[_Def, Point] = {}
        self._functions: list[_Def] = []
        """Those that are or were deferred, in source order."""
        self._binder = binder
        self._visit = expressions.calls
        self._binding = binding
        self._scope = binder.module
        self._branch = binder.root
        self._stack: list[ast.AST | _Task] = []
        self._visitors: dict[type, Callable[[Any], None]] = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Expr: self._bare,
            ast.Assert: self._assert,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.Continue: self._leave,
            ast.Break: self._leave,
            ast.If: self._if,
            ast.Match: self._match,
            ast.match_case: self._case,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.ExceptHandler: self._handler,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Delete: self._delete,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.ClassDef: self._class,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            _TYPE_ALIAS: self._type_alias,
        }

    def walk(self, body: Sequence[ast.stmt], at: Point) -> None:
        """Walk `body`, and all that it holds, in the scope and branch of `at`."""
        self._scope, self._branch = at.scope, at.branch
        self._push(body)
        stack, visitors = self._stack, self._visitors
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                action, arguments = item
                action(*arguments)
                continue
            visit = visitors.get(type(item))
            if visit is not None:
                visit(item)

    def function_on(self, line: int) -> _Def | None:
        """Return the function on a line of whose definition the line is, if it was deferred."""
        position = bisect_right(self._functions, line, key=lambda node: node.lineno) - 1
        node = self._functions[position] if position >= 0 else None
        return node if node is not None and line <= (node.end_lineno or line) else None

    def enter(self, node: _Def) -> None:
        """Walk a function's body that was deferred."""
        self.walk(node.body, self._binder.open_function(node, self.deferred.pop(node)))

    def _push(self, items: Sequence[ast.AST]) -> None:
        self._stack += reversed(items)

    def _switch(self, scope: Scope, branch: Branch) -> None:
        self._scope = scope
        self._branch = branch

    def _point(self) -> Point:
        binder = self._binder
        binder.order += 1
        return Point(self._scope, binder.order, self._branch)

    def _use(self, node: ast.expr) -> Point:
        """Note an expression, and return the place where its value is there."""
        binder = self._binder
        binder.order += 1
        at = Point(self._scope, binder.order, self._branch)
        if type(node) in LEAVES:
            return at
        # As `has_line` does, without the call: most of what a file costs is spent here.
        last = node.end_lineno or node.lineno
        if self._binding.find(1, node.lineno, last + 1) >= 0:
            before, at = at, self._point()
            self._visit(node, at, before)
        self.expressions.append((last, node, at))
        return at

    # -- bindings ---

    def _import(self, node: ast.Import) -> None:
        at = self._point()
        for alias in node.names:
            if alias.asname:
                self._binder.bind_import(alias.asname, alias.name, at)
            else:
                root = alias.name.partition(".")[0]
                self._binder.bind_import(root, root, at)

    def _import_from(self, node: ast.ImportFrom) -> None:
        at = self._point()
        module = "." * node.level + (node.module or "")
        dot = "" if module.endswith(".") else "."
        for alias in node.names:
            if alias.name == "*":
                self._scope.stars.append((module, at))
            else:
                qualified = f"{module}{dot}{alias.name}"
                self._binder.bind_import(alias.asname or alias.name, qualified, at)

    def _assign(self, node: ast.Assign) -> None:
        value = node.value
        at = self._use(value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._binder.assign(target.id, value, at)
            else:
                self._bind(target, value, at)

    def _bind(self, target: ast.expr, value: ast.expr | None, at: Point) -> None:
        if not isinstance(target, ast.Name):
            self._use(target)
        self._binder.bind_target(target, value, at)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self._annotate(node.annotation)
        if isinstance(node.target, ast.Name) and isinstance(node.annotation, ANNOTATING):
            flow = Flow(node.target.id, node.annotation, FlowKind.ANNOTATED)
            self._binder.flows.append(flow)
        if node.value is not None:
            self._binder.annotations[node.value] = node.annotation
            self._bind(node.target, node.value, self._use(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        at = self._use(node.value)
        if isinstance(node.target, ast.Name) and isinstance(node.op, (ast.Add, ast.BitOr)):
            self._binder.mutate(node.target.id, node.value, None, at)
        else:
            self._bind(node.target, None, at)
            if not isinstance(node.target, ast.Name):
                self._binder.augmented[node.target] = node.value

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            at = self._point()
            self._bind(target, None, at)
            self._binder.delete_item(target, at)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            at = self._use(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, None, at)
        self._push(node.body)

    def _annotate(self, annotation: ast.expr | None) -> None:
        if annotation is not None and type(annotation) not in LEAVES:
            self._use(annotation)

    # -- uses ---

    def _bare(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self._use(node.value)

    def _assert(self, node: ast.Assert) -> None:
        self._use(node.test)
        if node.msg is not None:
            self._use(node.msg)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._scope.returns.append((node.value, self._use(node.value)))
            function = self._scope.node
            if isinstance(function, _Def):
                self._binder.flows.append(Flow(function.name, node.value, FlowKind.RETURNED))
        self._branch.returns = True
        self._branch.leaves = True

    def _raise(self, node: ast.Raise) -> None:
        for expression in (node.exc, node.cause):
            if expression is not None:
                self._use(expression)
        self._branch.leaves = True

    def _leave(self, _: ast.Continue | ast.Break) -> None:
        self._branch.leaves = True

    # -- branches ---

    def _arms(self, arms: list[tuple[Branch, Sequence[ast.AST]]], exhaustive: bool) -> None:
        """Walk the arms of one statement, and note afterwards what all of them bind."""
        branches = [arm for arm, _ in arms]
        since = self._binder.order + 1
        self._stack.append((self._close, (self._branch, branches, since, exhaustive)))
        for arm, body in reversed(arms):
            self._push(body)
            self._stack.append((self._switch, (self._scope, arm)))

    def _close(self, outer: Branch, arms: list[Branch], since: int, exhaustive: bool) -> None:
        self._branch = outer
        going_on = [arm for arm in arms if not arm.leaves]
        if not exhaustive:
            return
        if not going_on:
            outer.leaves = True
            outer.returns = all(arm.returns for arm in arms)
            return
        for name in set.intersection(*(arm.bound for arm in going_on)):
            self._scope.kills.setdefault(name, []).append(Kill(since, self._point()))
            outer.bound.add(name)

    def _if(self, node: ast.If) -> None:
        """Take an elif for one more arm, not for an if in the else: chains of them get long."""
        runs = _runs(node.test)
        if runs is not None:
            self._if_checking(node, node.body if runs else node.orelse)
            return
        arms: list[tuple[Branch, Sequence[ast.AST]]] = []
        rest: list[ast.stmt] = [node]
        while len(rest) == 1 and isinstance(below := rest[0], ast.If):
            self._use(below.test)
            arms.append((self._branch.arm(BranchKind.EXCLUSIVE, node), below.body))
            rest = below.orelse
        arms.append((self._branch.arm(BranchKind.EXCLUSIVE, node), rest))
        self._arms(arms, exhaustive=True)

    def _if_checking(self, node: ast.If, run: list[ast.stmt]) -> None:
        """Walk ``if TYPE_CHECKING:``: what runs then is bound whatever happens, so it counts."""
        aside = node.orelse if run is node.body else node.body
        self._push(run)
        self._stack.append((self._switch, (self._scope, self._branch)))
        self._push(aside)
        self._branch = self._branch.arm(BranchKind.EXCLUSIVE, node)
        self._branch.checking = True

    def _match(self, node: ast.Match) -> None:
        self._use(node.subject)
        arms: list[tuple[Branch, Sequence[ast.AST]]] = [
            (self._branch.arm(BranchKind.EXCLUSIVE, node), [case]) for case in node.cases
        ]
        last = node.cases[-1]
        wild = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        self._arms(arms, exhaustive=wild and last.guard is None)

    def _case(self, node: ast.match_case) -> None:
        at = self._point()
        for pattern in ast.walk(node.pattern):
            name = pattern.name if isinstance(pattern, _CAPTURING) else None
            if isinstance(pattern, ast.MatchMapping):
                name = pattern.rest
            if name is not None:
                captured = self._captured(pattern, node)
                self._binder.bind(name, captured, at)
                if isinstance(captured, Assigned):
                    self._binder.flows.append(Flow(name, captured.value))
        if node.guard is not None:
            self._use(node.guard)
        self._push(node.body)

    def _captured(self, pattern: ast.AST, case: ast.match_case) -> Assigned | Unfollowed:
        """What a name in a pattern is bound to: the whole subject, or one of its elements."""
        match, whole = self._branch.statement, case.pattern
        if isinstance(match, ast.Match) and isinstance(pattern, ast.MatchAs):
            if pattern is whole:
                return Assigned(match.subject)
            several = whole.patterns if isinstance(whole, ast.MatchSequence) else []
            starred = any(isinstance(one, ast.MatchStar) for one in several)
            if pattern in several and not starred:
                return Assigned(match.subject, (several.index(pattern),))
        return Unfollowed()

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        attempt = self._branch.arm(BranchKind.ATTEMPT, node)
        arms: list[tuple[Branch, Sequence[ast.AST]]] = [(attempt, [*node.body, *node.orelse])]
        for handler in node.handlers:
            arms.append((self._branch.arm(BranchKind.HANDLER, node), [handler]))
        self._push(node.finalbody)
        self._arms(arms, exhaustive=True)

    def _handler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self._use(node.type)
        if node.name is not None:
            self._binder.bind(node.name, Unfollowed(), self._point())
        self._push(node.body)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self._use(node.iter)
        self._loop(node, node.body, node.orelse)
        if not isinstance(node.target, ast.Name):
            self._use(node.target)
        self._binder.bind_target(node.target, node.iter, self._point(), LoopTarget)

    def _while(self, node: ast.While) -> None:
        self._loop(node, node.body, node.orelse)
        self._use(node.test)

    def _loop(self, node: ast.stmt, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        """Go on in a loop's body: what follows in the caller belongs to it."""
        self._push(orelse)
        self._stack.append((self._switch, (self._scope, self._branch)))
        self._push(body)
        self._branch = self._branch.arm(BranchKind.LOOP, node)

    # -- scopes ---

    def _function(self, node: _Def) -> None:
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        for expression in (*defaults, *node.decorator_list):
            self._use(expression)
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self._annotate(argument.annotation)
        for rest in (arguments.vararg, arguments.kwarg):
            self._annotate(None if rest is None else rest.annotation)
        self._annotate(node.returns)
        self._type_parameters(node)
        outside = self._point()
        self._binder.bind(node.name, Defined(node), outside)
        if isinstance(node.returns, ANNOTATING):
            self._binder.flows.append(Flow(node.name, node.returns, FlowKind.PROMISED))
        self._binder.note_function(node, self._scope)
        for decorator in node.decorator_list:
            self._binder.note_parametrized(decorator)
        if _outside_functions(self._scope):
            self.deferred[node] = outside
            self._functions.append(node)
            return
        self._stack.append((self._switch, (self._scope, self._branch)))
        self._push(node.body)
        at = self._binder.open_function(node, outside)
        self._switch(at.scope, at.branch)

    def _type_alias(self, node: Any) -> None:
        self._use(node.value)
        self._type_parameters(node)
        self._binder.bind(node.name.id, Unfollowed(), self._point())

    def _type_parameters(self, node: Any) -> None:
        """Use what type parameters are bound by, and their defaults."""
        for parameter in getattr(node, "type_params", ()):
            self._annotate(getattr(parameter, "bound", None))
            self._annotate(getattr(parameter, "default_value", None))

    def _class(self, node: ast.ClassDef) -> None:
        self._type_parameters(node)
        for expression in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self._use(expression)
        self._binder.flows += [Flow(node.name, base, FlowKind.INHERITED) for base in node.bases]
        scope = Scope(ScopeKind.CLASS, self._scope, self._point(), node=node)
        self._binder.scopes[node] = scope
        self._binder.class_names.add(node.name)
        self._stack.append((self._end_class, (node, self._scope, self._branch)))
        self._push(node.body)
        self._switch(scope, Branch(BranchKind.ROOT))

    def _end_class(self, node: ast.ClassDef, scope: Scope, branch: Branch) -> None:
        self._switch(scope, branch)
        self._binder.bind(node.name, Defined(node), self._point())

    def _global(self, node: ast.Global) -> None:
        for name in node.names:
            self._scope.declared[name] = self._binder.module

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            outer = self._scope.parent
            while outer is not None and (outer.kind is ScopeKind.CLASS or not outer.binds(name)):
                outer = outer.parent
            if outer is not None:
                self._scope.declared[name] = outer


def _runs(test: ast.expr) -> bool | None:
    """Whether a body runs whose condition is, or is not, `TYPE_CHECKING`; None for any other."""
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    node = test.operand if isinstance(test, ast.UnaryOp) and negated else test
    name = getattr(node, "attr", "") or getattr(node, "id", "")
    return negated if name == "TYPE_CHECKING" else None


def _outside_functions(scope: Scope | None) -> bool:
    """Whether a scope is the module's, or that of a class that no function holds."""
    while scope is not None and scope.kind is ScopeKind.CLASS:
        scope = scope.parent
    return scope is not None and scope.kind is ScopeKind.MODULE
