"""Binds the names of one file: scopes, bindings, changes, and the flows of values into names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import field

from optport.lean import dataclass
from optport.reader.flows import CONSTRUCTOR, FlowKind, Flows, Taken
from optport.reader.scopes import (
    Assigned,
    AttributeSet,
    Binding,
    Branch,
    BranchKind,
    Definition,
    Function,
    Imported,
    LoopTarget,
    Mutation,
    Parameter,
    Point,
    Rest,
    Scope,
    ScopeKind,
    Unfollowed,
)

PARAMETRIZE = "parametrize"
"""The decorator of pytest's that calls a test once for each of some values."""
MUTATING_METHODS = frozenset(
    {"update", "setdefault", "append", "extend", "insert", "pop", "clear", "remove", "reverse"}
)
"""Methods that change what a name holds."""

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(slots=True)
class Binder:
    """The scopes, bindings and changes of one file, as far as it has been walked."""

    module: Scope = field(default_factory=lambda: Scope(ScopeKind.MODULE))
    root: Branch = field(default_factory=lambda: Branch(BranchKind.ROOT))
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    """The scopes of functions, lambdas and classes."""
    inner: dict[ast.AST, Point] = field(default_factory=dict)
    """Where the elements of a comprehension are evaluated."""
    mutations: dict[str, list[Mutation]] = field(default_factory=dict)
    """What changes the things that names hold, by name."""
    attributes: dict[tuple[Scope, str], list[AttributeSet]] = field(default_factory=dict)
    """Assignments to attributes in methods, by the class's scope and the attribute's name."""
    flows: Flows = field(default_factory=Flows)
    imports: list[tuple[str, str]] = field(default_factory=list)
    """The names that imports bind, with the full name of what they bind them to."""
    class_names: set[str] = field(default_factory=set)
    functions: dict[str, list[Taken]] = field(default_factory=dict)
    """What functions are given, by their names; a constructor by its class's."""
    stores: dict[ast.expr, ast.expr] = field(default_factory=dict)
    """What attributes and items are assigned, by the assignment's target."""
    augmented: dict[ast.expr, ast.expr] = field(default_factory=dict)
    """What attributes and items are changed by in place, by the target."""
    annotations: dict[ast.expr, ast.expr] = field(default_factory=dict)
    """What assigned values are annotated as, by the value."""
    misplaced: set[ast.AST] = field(default_factory=set)
    """Nodes whose place in the definition is not the one that they have."""
    order: int = 0
    """Counts places up, in the order in which the statements of a scope take effect."""

    def release(self) -> None:
        """Empty the scopes, which all that is bound in them refers back to."""
        inner = (point.scope for point in self.inner.values())
        for scope in (self.module, *self.scopes.values(), *inner):
            scope.release()

    @property
    def end(self) -> Point:
        """The end of the module, when all of it has been run."""
        return Point(self.module, sys.maxsize, self.root)

    def point(self, scope: Scope, branch: Branch) -> Point:
        """Return the next place in a scope and branch."""
        self.order += 1
        return Point(scope, self.order, branch)

    # -- bindings ---

    def bind(self, name: str, definition: Definition, at: Point) -> None:
        """Note that `name` is bound at `at`."""
        scope = at.scope
        declared = scope.declared.get(name)
        if declared is not None:
            declared.bound_from_outside.setdefault(name, []).append(Binding(definition, at))
            return
        bindings = scope.bindings.get(name)
        if bindings is None:
            scope.bindings[name] = [Binding(definition, at)]
        else:
            bindings.append(Binding(definition, at))
        at.branch.bound.add(name)

    def assign(self, name: str, value: ast.expr, at: Point) -> None:
        """Note that `name` is assigned a value."""
        self.flows.add(name, value)
        self.bind(name, Assigned(value), at)

    def bind_import(self, name: str, qualified: str, at: Point) -> None:
        """Note that an import binds `name` to the thing of that full name."""
        self.imports.append((name, qualified))
        self.bind(name, Imported(qualified), at)

    def bind_target(
        self,
        target: ast.expr,
        value: ast.expr | None,
        at: Point,
        make: Callable[[ast.expr, tuple[int, ...]], Definition] = Assigned,
    ) -> None:
        """Bind every name in an assignment's target, with the way that unpacking takes."""
        pending: list[tuple[ast.expr, tuple[int, ...] | None]] = [(target, ())]
        while pending:
            node, path = pending.pop()
            if isinstance(node, ast.Name):
                if value is not None:
                    self.flows.add(node.id, value)
                definition: Definition = Unfollowed()
                if value is not None and path is not None:
                    definition = make(value, path)
                self.bind(node.id, definition, at)
            elif isinstance(node, ast.Starred):
                pending.append((node.value, None))
            elif isinstance(node, (ast.Tuple, ast.List)):
                starred = any(isinstance(element, ast.Starred) for element in node.elts)
                for position, element in enumerate(node.elts):
                    deeper = None if path is None or starred else (*path, position)
                    pending.append((element, deeper))
            elif value is not None and path is not None and make is Assigned:
                self._change(node, value, path, at)

    def bind_walrus(self, node: ast.NamedExpr, at: Point) -> None:
        """Bind a name in an expression; `at` is a place right before the expression's own."""
        self.assign(node.target.id, node.value, at)

    # -- changes ---

    def _change(self, target: ast.expr, value: ast.expr, path: tuple[int, ...], at: Point) -> None:
        """Note an assignment to an attribute or an item."""
        if not path:
            self.stores[target] = value
        if isinstance(target, ast.Attribute):
            self.flows.add(target.attr, value)
            owner = _class_around(at.scope)
            if owner is not None:
                changes = self.attributes.setdefault((owner, target.attr), [])
                changes.append(AttributeSet(target.value, value, at, path))
        elif not path and isinstance(target, ast.Subscript):
            self._change_item(target, value, at)

    def _change_item(self, target: ast.Subscript, value: ast.expr, at: Point) -> None:
        """Note ``d[k] = v``, ``l[i][k] = v``, and that of what a loop over ``l`` takes out."""
        holder = target.value
        if isinstance(holder, ast.Subscript):
            holder = holder.value
        if not isinstance(holder, ast.Name):
            return
        self.mutate(holder.id, target, value, at)
        bound = at.scope.bindings.get(holder.id)
        taken = bound[-1].definition if bound else None
        if isinstance(taken, LoopTarget) and isinstance(taken.iterable, ast.Name):
            self.mutate(taken.iterable.id, target, value, at)

    def mutate(self, name: str, node: ast.expr, value: ast.expr | None, at: Point) -> None:
        """Note a change of what `name` holds."""
        handed = [value]
        if isinstance(node, ast.Call):
            handed = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif value is None:
            handed = [node]
        for one in handed:
            if one is not None:
                self.flows.add(name, one)
        self.mutations.setdefault(name, []).append(Mutation(name, node, value, at))

    def delete_item(self, target: ast.expr, at: Point) -> None:
        """Note ``del d[k]``."""
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self.mutate(target.value.id, target, None, at)

    def mutate_by(self, call: ast.Call, at: Point) -> None:
        """Note the change that a method call makes, if it makes one."""
        callee = call.func
        if (
            isinstance(callee, ast.Attribute)
            and callee.attr in MUTATING_METHODS
            and isinstance(callee.value, ast.Name)
        ):
            self.mutate(callee.value.id, call, None, at)

    # -- scopes ---

    def open_function(self, node: Function, outside: Point) -> Point:
        """Make the scope of a function or lambda and bind its parameters; its first place."""
        scope = Scope(ScopeKind.FUNCTION, outside.scope, outside, node=node)
        self.scopes[node] = scope
        at = self.point(scope, Branch(BranchKind.ROOT))
        by_position = len(node.args.posonlyargs) + len(node.args.args)
        for position, (argument, default) in enumerate(_parameters(node.args)):
            if default is not None:
                self.flows.add(argument.arg, default)
            if argument.annotation is not None:
                self.flows.add(argument.arg, argument.annotation, FlowKind.ANNOTATED)
            taken = position if position < by_position else None
            received = Parameter(node, argument, default, outside, position == 0, taken)
            self.bind(argument.arg, received, at)
        for rest in (node.args.vararg, node.args.kwarg):
            if rest is not None:
                if rest.annotation is not None:
                    self.flows.add(rest.arg, rest.annotation, FlowKind.ANNOTATED)
                positional = rest is node.args.vararg
                self.bind(rest.arg, Rest(node, rest, outside, positional), at)
        return at

    def note_parametrized(self, decorator: ast.expr) -> None:
        """Note what ``pytest.mark.parametrize`` hands to a function."""
        if not isinstance(decorator, ast.Call) or len(decorator.args) < 2:
            return
        if getattr(decorator.func, "attr", "") == PARAMETRIZE:
            for name in parametrized_names(decorator.args[0]):
                self.flows.add(name, decorator.args[1])

    def note_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        """Note what a function that is defined in `scope` is given."""
        name, skip = node.name, 0
        if isinstance(scope.node, ast.ClassDef):
            static = any(getattr(one, "id", "") == "staticmethod" for one in node.decorator_list)
            skip = int(not static)
            if name == CONSTRUCTOR:
                name = scope.node.name
        self.functions.setdefault(name, []).append(Taken(node.args, skip))

    def open_lambda(self, node: ast.Lambda, outside: Point) -> Scope:
        """Return the scope of a lambda, made when it is first asked for."""
        scope = self.scopes.get(node)
        if scope is None:
            at = self.open_function(node, outside)
            scope = at.scope
            scope.returns.append((node.body, self.point(scope, at.branch)))
        return scope

    def open_comprehension(self, node: Comprehension, outside: Point) -> Point:
        """Return where a comprehension's elements are evaluated, in a scope of their own."""
        inner = self.inner.get(node)
        if inner is None:
            scope = Scope(ScopeKind.COMPREHENSION, outside.scope, outside, node=node)
            branch = Branch(BranchKind.ROOT)
            for generator in node.generators:
                at = self.point(scope, branch)
                self.bind_target(generator.target, generator.iter, at, LoopTarget)
            inner = self.inner[node] = self.point(scope, branch)
        return inner


def parametrized_names(node: ast.expr) -> list[str]:
    """Return the parameters that a call of ``parametrize`` names: in one text, or in several."""
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return [name.strip() for text in texts if isinstance(text, str) for name in text.split(",")]


def _class_around(scope: Scope) -> Scope | None:
    """The scope of the class in whose method `scope` is."""
    while scope.kind is not ScopeKind.FUNCTION and scope.parent is not None:
        scope = scope.parent
    outer = scope.parent
    return outer if outer is not None and outer.kind is ScopeKind.CLASS else None


def _parameters(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """A function's named parameters with their defaults."""
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [None] * missing + list(arguments.defaults)
    yield from zip(positional, defaults, strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
