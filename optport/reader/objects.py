"""Objects of the analysed code, and what they answer: attributes, calls, items, elements.

Each kind of object derives from `Object` and answers for itself; what it has to know of its file
it asks an `Interpreter`, which the evaluator of that file is.
"""

from __future__ import annotations

import ast
from collections.abc import MutableMapping
from typing import ClassVar, Protocol

from optport.lean import dataclass
from optport.reader.evaluation import Evaluation
from optport.reader.index import Index
from optport.reader.scopes import Binding, CallSite, Function, Point, Scope
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    ObjectValue,
    Qualified,
    Tensor,
    Value,
    ValueSet,
    exactly,
    literal,
    union,
)

NAMESPACE = "torch.optim"
ANY_CLASS = f"{NAMESPACE}.*"
"""Some class of `torch.optim`, decided at run time."""

MAX_EXPORTED_DEPTH = 32
"""Displays that are looked into, one inside the other, for what they export."""


class Interpreter(Protocol):
    """The evaluator of one file, as far as objects ask it."""

    @property
    def index(self) -> Index:
        """What the file binds and calls."""

    @property
    def evaluation(self) -> Evaluation:
        """What has been spent of the stack and of work."""

    @property
    def classes(self) -> MutableMapping[ast.ClassDef, Object]:
        """The one object for each class of the file, as far as they have been met."""

    def value(self, node: ast.expr, at: Point) -> ValueSet:
        """Return what an expression, evaluated at a place, may be."""

    def unpacked(self, node: ast.expr, path: tuple[int, ...], at: Point) -> ValueSet:
        """Return what unpacking an expression along a path of indices gives."""

    def resolved(self, qualified: str) -> ValueSet:
        """Return what an imported name may be."""

    def bound(self, binding: Binding) -> ValueSet:
        """Return what a binding gives its name."""

    def attribute(self, of: ValueSet, name: str, guess: bool) -> ValueSet:
        """Return an attribute; that of something unknown by its name alone, for a `guess`."""

    def result(self, callee: Value, call: ast.Call, at: Point) -> ValueSet:
        """Return what a call gives, whose callee is that value."""

    def returned(self, scope: Scope) -> ValueSet:
        """Return what the function of a scope of this file may return."""

    def annotated(self, annotation: ast.expr, at: Point) -> ValueSet:
        """Return what something may be by its annotation."""

    def call_sites(self, function: Function) -> tuple[CallSite, ...]:
        """Return the calls in this file of a function of it."""


class Object(ObjectValue):
    """An object of the analysed code; a kind overrides what it can answer."""

    __slots__ = ()
    named: ClassVar[bool] = False
    """Whether another file sees the same as this one: a class, a function."""
    guessed: ClassVar[bool] = True
    """Whether an attribute that is not known may be an option of a configuration."""

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return what an attribute may be, as the file of `asker` sees it."""
        return UNKNOWN

    def called(self, call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
        """Return what a call of it may give."""
        return UNKNOWN

    def item(self, keys: ValueSet) -> ValueSet:
        """Return what ``self[key]`` may be, for a key that is known or not."""
        return _element(self.elements(), keys)

    def elements(self) -> list[ValueSet] | None:
        """Return the elements of a sequence; None for anything else."""
        return None

    def iterated(self) -> list[ValueSet]:
        """Return what a loop over it sees."""
        return self.elements() or [UNKNOWN]

    def exported(self, seen: Exported, depth: int) -> Object | None:
        """Return what of it counts in another file; None if nothing does."""
        return self if self.named else None


@dataclass(eq=False, slots=True)
class Annotated(Object):
    """What only annotations name: an import that type checkers alone see."""

    guessed: ClassVar[bool] = False
    name: str

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return what annotations alone name, too."""
        return exactly(Annotated(f"{self.name}.{name}"))


Exported = dict[Object, Object]
"""What displays export, so that each is looked into once."""


def attribute_of(value: Value, name: str, asker: Interpreter) -> ValueSet:
    """Return an attribute of a value."""
    if isinstance(value, Qualified):
        return asker.resolved(f"{value.name}.{name}")
    return value.attribute(name, asker) if isinstance(value, Object) else UNKNOWN


def elements_of(value: Value) -> list[ValueSet] | None:
    """Return the elements of a tuple or list; None for anything else."""
    if isinstance(value, Object):
        return value.elements()
    if isinstance(value, Literal) and isinstance(value.value, (tuple, list)):
        return [_readable(item) for item in value.value]
    return None


def _readable(item: object) -> ValueSet:
    if isinstance(item, Tensor):
        return exactly(item)
    return UNKNOWN if item is UNREAD else literal(item)


def iterated(value: Value) -> list[ValueSet]:
    """Return what a loop over a value sees."""
    if isinstance(value, Object):
        return value.iterated()
    return elements_of(value) or [UNKNOWN]


def item_of(value: Value, keys: ValueSet, asker: Interpreter) -> ValueSet:
    """Return what ``value[key]`` may be, for a key that is known or not."""
    if isinstance(value, Object):
        return value.item(keys)
    if isinstance(value, Qualified) and value.name.endswith(".__dict__"):
        return named_attribute(exactly(Qualified(value.name[:-9])), keys, asker)
    if value == Qualified(_LOADED):
        names = [one.value for one in keys.values if isinstance(one, Literal)]
        return union(exactly(Qualified(name)) for name in names if isinstance(name, str))
    return _element(elements_of(value), keys)


_LOADED = "sys.modules"
"""The dict of the modules by their full names."""


def _element(elements: list[ValueSet] | None, keys: ValueSet) -> ValueSet:
    if elements is None:
        return UNKNOWN
    key = keys.exact
    if isinstance(key, Literal) and isinstance(key.value, int):
        inside = -len(elements) <= key.value < len(elements)
        return elements[key.value] if inside else UNKNOWN
    return union(elements) if elements and not keys.complete else UNKNOWN


def named_attribute(
    owner: ValueSet, names: ValueSet, asker: Interpreter, guess: bool = False
) -> ValueSet:
    """Return ``getattr(owner, name)`` for a name that is known or not; `guess`: see `attribute`."""
    found: list[ValueSet] = []
    for name in names.values:
        if isinstance(name, Literal) and isinstance(name.value, str):
            found.append(asker.attribute(owner, name.value, guess=guess))
    in_namespace = any(value == Qualified(NAMESPACE) for value in owner.values)
    if in_namespace and not names.complete and not found:
        return exactly(Qualified(ANY_CLASS)) | UNKNOWN
    together = union(found)
    return together if names.complete else together | UNKNOWN


def exported(values: ValueSet, seen: Exported | None = None, depth: int = 0) -> ValueSet:
    """Return what of a value counts in another file than the one that it was read in.

    Those are classes and functions, with the displays that hold them. A display may be changed
    from anywhere, so what is in it is never certain there; numbers and strings stay at home.
    """
    if all(is_named(value) for value in values.values):
        return values
    seen = {} if seen is None else seen
    kept: list[Value] = []
    for value in values.values:
        if isinstance(value, Qualified):
            kept.append(value)
        elif isinstance(value, Object) and depth < MAX_EXPORTED_DEPTH:
            widened = seen[value] if value in seen else value.exported(seen, depth)
            if widened is not None:
                seen[value] = widened
                kept.append(widened)
    return ValueSet(tuple(kept), complete=False)


def is_named(value: Value) -> bool:
    """Whether another file sees the same value as this one."""
    return isinstance(value, Qualified) or (isinstance(value, Object) and value.named)


def is_definite(value: Value) -> bool:
    """Whether a value is an object of torch: no configuration, and no container."""
    return isinstance(value, Object) and not value.guessed


def keyword_of(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value that a call gives under a keyword."""
    return next((k.value for k in call.keywords if k.arg == name), None)
