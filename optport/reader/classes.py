"""Classes, instances and functions of the analysed files, and what they answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import ClassVar, TypeGuard

from optport.lean import dataclass
from optport.reader.containers import Entry, entries_of
from optport.reader.displays import dict_from
from optport.reader.objects import (
    Exported,
    Interpreter,
    Object,
    exported,
    is_definite,
    keyword_of,
    named_attribute,
)
from optport.reader.scopes import (
    MAX_BINDINGS,
    AttributeSet,
    Branch,
    BranchKind,
    Parameter,
    Point,
    Scope,
    ScopeKind,
    reaching,
)
from optport.values import UNKNOWN, Value, ValueSet, exactly, union

_GENERATING = frozenset({"dataclass", "define", "mutable", "frozen", "attrs", "s"})
"""Decorators of the standard library, attrs and pydantic that write an ``__init__``."""

_TUPLE = "NamedTuple"
_DICT = "TypedDict"

MAX_BASES = 32
"""Classes that are looked through for an attribute, along the bases."""
MAX_HEIRS = 64
"""Classes of a file that are looked at for what derives from one."""


@dataclass(eq=False, slots=True)
class OwnFunction(Object):
    """A function that a file defines, or a lambda; `home` is that file's evaluator."""

    named: ClassVar[bool] = True
    scope: Scope
    home: Interpreter

    def called(self, call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
        """Return what it may return."""
        return self.returned(asker)

    def returned(self, asker: Interpreter) -> ValueSet:
        """Return what it may return, as the file of `asker` sees it."""
        found = self.home.returned(self.scope)
        return found if self.home is asker else exported(found)


@dataclass(eq=False, slots=True)
class OwnClass(Object):
    """A class that a file defines; `scope` is its body's, `home` that file's evaluator."""

    named: ClassVar[bool] = True
    node: ast.ClassDef
    scope: Scope
    at: Point
    home: Interpreter
    methods: frozenset[str] = field(init=False)
    """The names that its body gives a function."""
    annotations: Mapping[str, ast.expr] = field(init=False)
    """The names that its body annotates."""

    def __post_init__(self) -> None:
        """Look at the class's body once."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        self.methods = frozenset(n.name for n in self.node.body if isinstance(n, functions))
        self.annotations = {
            one.target.id: one.annotation
            for one in self.node.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        }

    @property
    def generated(self) -> bool:
        """Whether a decorator, as `dataclass`, gives it an ``__init__`` instead of its base's."""
        for decorator in self.node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if _last_name(decorator if call is None else call.func) in _GENERATING:
                kept = None if call is None else keyword_of(call, "init")
                return not (isinstance(kept, ast.Constant) and kept.value is False)
        return False

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return an attribute, its own or one of a base of the file."""
        found = self.in_body(name)
        if not found.known:
            inherited = []
            for base in self.own_bases():
                inherited.append(base.seen_by(self.home, base.in_body(name)))
            found = union(inherited)
        overriding = self.overridden(name)
        if overriding.known:
            found = union([found, overriding]) if found.known else overriding
        return self.seen_by(asker, found | UNKNOWN)  # another class may override it

    def called(self, call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
        """Return an instance; keywords set its fields where no method does."""
        if "__init__" in self.methods:
            return exactly(Instance(self, (), call))
        fields = dict_from(ast.Call(call.func, [], call.keywords), at, asker)
        given = [e if e.sure else e.overridable() for e in entries_of(fields)[0]]
        for name, node in zip(self._fields() if call.args else (), call.args, strict=False):
            given.append(Entry(name, asker.value(node, at), node, at, holder=call))
        return exactly(Instance(self, tuple(given), call))

    def _fields(self) -> list[str]:
        """The fields that a constructor takes by position that a decorator or base writes."""
        names: dict[str, None] = {}
        for own in reversed(list(self.line())):
            if not (own.generated or own.derives_from(_TUPLE)):
                return []
            names.update(dict.fromkeys(own.annotations))
        return list(names)

    def in_body(self, name: str) -> ValueSet:
        """Return what its own body binds a name to."""
        if name not in self.scope.bindings:
            return self._annotated(name)
        end = Point(self.scope, self.at.order, Branch(BranchKind.ROOT))
        bindings = reaching(self.scope, name, end)
        found = []
        for binding in bindings or self.scope.bindings[name][:MAX_BINDINGS]:
            found.append(self.home.bound(binding))
        return union(found)

    def is_declared(self, name: str) -> bool:
        """Whether its body says by an annotation alone what a name is."""
        return name in self.annotations and name not in self.scope.bindings

    def _annotated(self, name: str) -> ValueSet:
        """What its body says of a name by an annotation alone."""
        annotation = self.annotations.get(name)
        if annotation is None or self.scope.defined is None:
            return UNKNOWN
        return self.home.annotated(annotation, self.scope.defined)

    def overridden(self, name: str) -> ValueSet:
        """Return what classes of its file that derive from it bind a name to, but for methods."""
        if name not in self.home.index.class_members:
            return UNKNOWN
        found = []
        for heir in self.heirs():
            if name in heir.scope.bindings and name not in heir.methods:
                found.append(heir.in_body(name))
        return union(found) | UNKNOWN

    def base(self, node: ast.expr) -> ValueSet:
        """Return what a base in its class statement may be."""
        defined = self.scope.defined
        return UNKNOWN if defined is None else self.home.value(node, defined)

    def method(self, name: str) -> OwnFunction | None:
        """Return the function that a name is for its instances: its own, or that of a base."""
        for one in self.line():
            if name in one.methods:
                found = [o for o in one.in_body(name).values if isinstance(o, OwnFunction)]
                return found[-1] if found else None
        return None

    def line(self) -> Iterator[OwnClass]:
        """Yield the class, and the classes of the analysed files that it derives from."""
        seen: list[OwnClass] = []
        pending = [self]
        spend = self.home.evaluation.spend
        while pending and len(seen) < MAX_BASES and spend(1 + len(seen) // 8):
            own = pending.pop(0)
            if own not in seen:
                seen.append(own)
                yield own
                pending.extend(own.own_bases())

    def heirs(self) -> list[OwnClass]:
        """Return the classes of its file that derive from it."""
        home = self.home
        found = []
        for node, scope in home.index.classes[:MAX_HEIRS]:
            if node is not self.node and node.bases and scope.defined is not None:
                own = own_class(node, scope, scope.defined, home)
                if self in own.line():
                    found.append(own)
        return found

    def derives_from(self, name: str) -> bool:
        """Whether a class of that name is one of its bases."""
        return name in map(_last_name, self.node.bases)

    def own_bases(self) -> list[OwnClass]:
        """Return the bases that are classes of an analysed file."""
        values = [value for base in self.node.bases for value in self.base(base).values]
        return [value for value in values if isinstance(value, OwnClass)]

    def seen_by(self, asker: Interpreter, value: ValueSet) -> ValueSet:
        """Return what of an attribute counts in the file of `asker`."""
        return value if self.home is asker else exported(value)


@dataclass(eq=False, slots=True)
class Instance(Object):
    """An instance of a class of the file.

    `given` are fields set when `call` made it; without a call it is `self`, or one by annotation.
    """

    of: OwnClass
    given: tuple[Entry, ...] = ()
    call: ast.Call | None = None
    declared: ast.expr | None = None
    """The annotation that tells of it."""

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return an attribute: set in a method, given, or the class's own."""
        return self.of.seen_by(asker, self._attribute(name))

    def item(self, keys: ValueSet) -> ValueSet:
        """Return the field of a typed dict, or of a named tuple."""
        if not any(own.derives_from(_DICT) for own in self.of.line()):
            return Object.item(self, keys)
        return named_attribute(exactly(self), keys, self.of.home)

    def elements(self) -> list[ValueSet] | None:
        """Return the fields of a named tuple."""
        named = self.of.derives_from(_TUPLE)
        return [self._attribute(name) for name in self.of.annotations] if named else None

    def exported(self, seen: Exported, depth: int) -> Object:
        """Return the instance: its attributes are exported one by one."""
        return self

    def _attribute(self, name: str) -> ValueSet:
        given = [entry.value for entry in self.given if entry.key == name]
        if given:
            return given[-1]
        home = self.of.home
        overriding = self.of.overridden(name) if self.call is None else UNKNOWN
        for own in self.of.line():
            assigned = []
            for change in own.home.index.attribute_sets(name, own.scope)[:MAX_BINDINGS]:
                if _sets_own(change):
                    value = own.home.unpacked(change.value, change.path, change.at)
                    assigned.append(own.seen_by(home, value))
            shared = own.seen_by(home, own.in_body(name))
            properties = [value for value in shared.values if _is_property(value)]
            if properties:  # as good as an attribute that a method sets
                for one in properties:
                    assigned.append(one.returned(home))
                shared = UNKNOWN
            if own.is_declared(name) and shared.known and not any(map(_has_definite, assigned)):
                return shared
            if assigned or shared.known:
                known = [one for one in (shared, overriding) if one.known]
                found = union([*assigned, *known])
                return found if assigned else found | UNKNOWN
        return overriding


@dataclass(eq=False, slots=True)
class SuperValue(Object):
    """`super()` in a method of a class of the file."""

    of: OwnClass

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return what the class inherits under a name."""
        return union(base.attribute(name, asker) for base in self.of.own_bases())


def own_class(node: ast.ClassDef, scope: Scope, at: Point, home: Interpreter) -> OwnClass:
    """Return the one object for a class of the file."""
    found = home.classes.get(node)
    if not isinstance(found, OwnClass):
        found = home.classes[node] = OwnClass(node, scope, at, home)
    return found


def enclosing_class(scope: Scope | None, home: Interpreter) -> OwnClass | None:
    """Return the class in whose method `scope` is, or None."""
    while scope is not None:
        outer = scope.parent
        node = None if outer is None else outer.node
        if scope.kind is ScopeKind.FUNCTION and isinstance(node, ast.ClassDef):
            assert outer is not None
            assert outer.defined is not None
            return own_class(node, outer, outer.defined, home)
        scope = outer
    return None


def decorators(function: ast.AST | None) -> set[str]:
    """Return the decorators of a function by their last names; none for a lambda."""
    return {_last_name(node) for node in getattr(function, "decorator_list", [])}


def _last_name(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _has_definite(value: ValueSet) -> bool:
    return any(map(is_definite, value.values))


def _is_property(value: Value) -> TypeGuard[OwnFunction]:
    properties = {"property", "cached_property"}
    return isinstance(value, OwnFunction) and bool(properties & decorators(value.scope.node))


def _sets_own(change: AttributeSet) -> bool:
    """Whether what a method assigns an attribute of is its own instance."""
    scope: Scope | None = change.at.scope
    while scope is not None and scope.kind is not ScopeKind.FUNCTION:
        scope = scope.parent
    if scope is None or not isinstance(change.owner, ast.Name):
        return False
    bindings = scope.bindings.get(change.owner.id, ())
    return any(isinstance(b.definition, Parameter) and b.definition.first for b in bindings)
