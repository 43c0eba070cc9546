"""Attributes and parameters: what `self.lr`, `args.lr` and a function's `lr` may be."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard

from optport.reader.command_line import CommandLine, decorated_default
from optport.reader.objects import Instance, OwnClass, OwnFunction, Partial, exported
from optport.reader.scopes import (
    MAX_BINDINGS,
    AttributeSet,
    Branch,
    BranchKind,
    Point,
    Received,
    Scope,
    ScopeKind,
    reaching,
)
from optport.values import UNKNOWN, Literal, Qualified, Value, ValueSet, exactly, union

if TYPE_CHECKING:
    from optport.reader.evaluate import Evaluator

NAMESPACE = "torch.optim"
ANY_OPTIMIZER = f"{NAMESPACE}.*"
"""Some name of `torch.optim`, decided at run time."""
_MAX_CHAIN = 32


class Attributes:
    """Works out attributes, with the evaluator that it belongs to."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self.classes: dict[ast.ClassDef, OwnClass] = {}

    def value(self, node: ast.Attribute, at: Point, called: bool = False) -> ValueSet:
        """Return what an attribute may be; one that is called is no option of a configuration."""
        names: list[str] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            names.append(base.attr)
            base = base.value
        if len(names) > _MAX_CHAIN:
            return UNKNOWN
        value = self._evaluator.value(base, at)
        for left in range(len(names) - 1, -1, -1):
            itself = isinstance(base, ast.Name) and base.id in ("self", "cls")
            method = called and left == 0
            value = self._attribute(value, names[left], guess=not itself and not method)
            base = node  # only the first step can be of self itself
        return value

    def _attribute(self, value: ValueSet, name: str, guess: bool) -> ValueSet:
        found = [self._of(option, name) for option in value.values if option != Literal(None)]
        if any(one.known for one in found):
            # An attribute of None would raise, so that option rules itself out.
            together = union(found)
            return together if value.complete else together.overridable()
        return self._configured(name) if guess else UNKNOWN

    def _of(self, option: Value, name: str) -> ValueSet:
        if isinstance(option, Qualified):
            return self._evaluator.resolved(f"{option.name}.{name}")
        if isinstance(option, Instance):
            return self._from(option.of, option.of.home.attributes.of_instance(option, name))
        if isinstance(option, OwnClass):
            return self._from(option, option.home.attributes.of_class(option, name))
        if isinstance(option, Partial) and name == "func":
            return option.callee
        return UNKNOWN

    def _from(self, own: OwnClass, value: ValueSet) -> ValueSet:
        """What of a class's attribute counts here, where the class may be another file's."""
        return value if own.home is self._evaluator else exported(value)

    def named(self, owner: ValueSet, names: ValueSet) -> ValueSet:
        """Return ``getattr(owner, name)`` for a name that is known or not."""
        found: list[ValueSet] = []
        for option in names.values:
            if isinstance(option, Literal) and isinstance(option.value, str):
                found.append(self._attribute(owner, option.value, guess=False))
        in_namespace = any(option == Qualified(NAMESPACE) for option in owner.values)
        if in_namespace and not names.complete and not found:
            return exactly(Qualified(ANY_OPTIMIZER)).overridable()
        together = union(found)
        return together if names.complete else together.overridable()

    # -- classes and instances of the file ---

    def of_instance(self, instance: Instance, name: str) -> ValueSet:
        """Return an instance's attribute: set in a method, given, or the class's own."""
        given = [entry.value for entry in instance.given if entry.key == name]
        if given:
            return given[-1]
        seen: list[OwnClass] = []
        pending = [instance.of]
        while pending and len(seen) < _MAX_CHAIN:
            own = pending.pop(0)
            if own in seen:
                continue
            seen.append(own)
            assigned = [
                self._from(own, own.home.value(change.value, change.at))
                for change in own.home.index.attribute_sets(name, own.scope)[:MAX_BINDINGS]
                if _sets_own(change)
            ]
            shared = self._in_body(own, name)
            properties = [option for option in shared.values if _is_property(option)]
            if properties:  # as good as an attribute that a method sets
                assigned += [self._evaluator.calls.returned(one) for one in properties]
                shared = UNKNOWN
            if assigned or shared.known:
                found = union([*assigned, *([shared] if shared.known else [])])
                return found if assigned else found.overridable()
            pending.extend(self._own_bases(own))
        return UNKNOWN

    def of_class(self, own: OwnClass, name: str) -> ValueSet:
        """Return a class's attribute, its own or one of a base of the file."""
        found = self._in_body(own, name)
        if found.known:
            return found.overridable()  # another class may override it
        return union(self._in_body(base, name) for base in self._own_bases(own)).overridable()

    def _in_body(self, own: OwnClass, name: str) -> ValueSet:
        if name not in own.scope.bindings:
            return UNKNOWN
        end = Point(own.scope, own.at.order, Branch(BranchKind.ROOT))
        bindings = reaching(own.scope, name, end)
        found = union(own.home.bound(b) for b in bindings or own.scope.bindings[name])
        return self._from(own, found)

    def _own_bases(self, own: OwnClass) -> list[OwnClass]:
        options = [o for base in own.node.bases for o in self.base(own, base).values]
        return [option for option in options if isinstance(option, OwnClass)]

    def base(self, own: OwnClass, node: ast.expr) -> ValueSet:
        """Return what a base in a class statement may be."""
        defined = own.scope.defined
        return UNKNOWN if defined is None else own.home.value(node, defined)

    def enclosing_class(self, scope: Scope | None) -> OwnClass | None:
        """Return the class in whose method `scope` is, or None."""
        while scope is not None:
            outer = scope.parent
            node = None if outer is None else outer.node
            if scope.kind is ScopeKind.FUNCTION and isinstance(node, ast.ClassDef):
                assert outer is not None
                assert outer.defined is not None
                return self._evaluator.own_class(node, outer, outer.defined)
            scope = outer
        return None

    # -- parameters ---

    def received(self, source: Received, at: Point) -> ValueSet:
        """Return what a function's parameter may be: its instance, or its default."""
        outer = at.scope.parent
        if source.first and outer is not None and outer.kind is ScopeKind.CLASS:
            names = _decorators(source.function)
            own = self.enclosing_class(at.scope)
            if own is not None and "staticmethod" not in names:
                return exactly(own if "classmethod" in names else Instance(own))
        evaluator = self._evaluator
        if source.default is not None:
            found = evaluator.value(source.default, source.at)
            if found.known and found.exact != Literal(None):
                return found.overridable()
        annotated = self._annotated(source)
        if annotated.known:
            return annotated
        return decorated_default(source.function, source.argument.arg, evaluator, source.at)

    def _annotated(self, source: Received) -> ValueSet:
        """An instance of the class that a parameter's annotation names."""
        annotation = source.argument.annotation
        if annotation is None or not isinstance(annotation, (ast.Name, ast.Attribute)):
            return UNKNOWN
        classes = [
            option
            for option in self._evaluator.value(annotation, source.at).values
            if isinstance(option, OwnClass)
        ]
        return ValueSet(tuple(Instance(own) for own in classes), complete=False)

    # -- configuration ---

    def _configured(self, name: str) -> ValueSet:
        """An attribute of something unknown: the option or field of that name."""
        found = self._command_line.default(name)
        if found is not None:
            return found
        fields = self._fields.get(name, [])
        return union(self._evaluator.value(*field) for field in fields).overridable()

    @cached_property
    def _command_line(self) -> CommandLine:
        return CommandLine(self._evaluator)

    @cached_property
    def _fields(self) -> dict[str, list[tuple[ast.expr, Point]]]:
        """The fields with defaults of the file's decorated classes (dataclasses and the like)."""
        found: dict[str, list[tuple[ast.expr, Point]]] = {}
        for node, scope in self._evaluator.index.classes():
            if not (node.decorator_list or node.bases):
                continue
            for statement in node.body:
                if (
                    isinstance(statement, ast.AnnAssign)
                    and isinstance(statement.target, ast.Name)
                    and statement.value is not None
                ):
                    for binding in scope.bindings.get(statement.target.id, ())[:1]:
                        place = (statement.value, binding.at)
                        found.setdefault(statement.target.id, []).append(place)
        return found


def _is_property(option: Value) -> TypeGuard[OwnFunction]:
    properties = {"property", "cached_property"}
    return isinstance(option, OwnFunction) and bool(properties & _decorators(option.scope.node))


def _decorators(function: ast.AST | None) -> set[str]:
    """The decorators of a function by their last names; none for a lambda."""
    decorators = getattr(function, "decorator_list", [])
    return {getattr(d, "attr", "") or getattr(d, "id", "") for d in decorators}


def _sets_own(change: AttributeSet) -> bool:
    """Whether what a method assigns an attribute of is its own instance."""
    scope: Scope | None = change.at.scope
    while scope is not None and scope.kind is not ScopeKind.FUNCTION:
        scope = scope.parent
    if scope is None or not isinstance(change.owner, ast.Name):
        return False
    bindings = scope.bindings.get(change.owner.id, ())
    return any(isinstance(b.source, Received) and b.source.first for b in bindings)
