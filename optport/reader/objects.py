"""Things of the analysed file that an expression may stand for, beside values and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from optport.reader.scopes import Point, Scope
from optport.values import ObjectValue, Qualified, Value, ValueSet, union

if TYPE_CHECKING:
    from optport.reader.evaluate import Evaluator


@dataclass(eq=False, slots=True)
class ListValue(ObjectValue):
    """A tuple or list with elements that are not all plain literals.

    `many` marks the element of a comprehension or loop: it stands for any number of its like.
    """

    elements: tuple[ValueSet, ...]
    many: bool = False


@dataclass(eq=False, slots=True)
class Entry:
    """One key of a dict with its value, the expression that it was read from, and where.

    Unless it is `sure`, the dict may as well be without that key. `holder` is the display or call
    that it is an entry of, if it is one.
    """

    key: Any
    value: ValueSet
    node: ast.expr
    at: Point
    sure: bool = True
    holder: ast.Dict | ast.Call | None = None

    def unsure(self) -> Entry:
        """Return the entry as one that the dict may be without."""
        return replace(self, sure=False) if self.sure else self

    def overridable(self) -> Entry:
        """Return the entry with a value that may be another."""
        return replace(self, value=self.value.overridable())


@dataclass(eq=False, slots=True)
class DictValue(ObjectValue):
    """A dict known by its entries; `complete` when it has no others."""

    entries: tuple[Entry, ...]
    complete: bool = True

    def get(self, key: Any) -> Entry | None:
        """Return the entry of a key, the last one where it was set anew."""
        found = [entry for entry in self.entries if entry.key == key]
        return found[-1] if found else None

    @property
    def sure_keys(self) -> set[Any]:
        """The keys that it surely has."""
        return {entry.key for entry in self.entries if entry.sure}

    def with_entries(self, entries: Iterable[Entry], complete: bool = True) -> DictValue:
        """Return the dict updated with further entries."""
        merged = {entry.key: entry for entry in self.entries}
        for entry in entries:
            before = None if entry.sure else merged.get(entry.key)
            if before is not None:
                value = union([before.value, entry.value])
                entry = replace(entry, value=value, sure=before.sure)
            merged[entry.key] = entry
        return DictValue(tuple(merged.values()), self.complete and complete)

    def or_else(self, other: DictValue) -> DictValue:
        """Return the dict that is this one or the other: some keys are not sure then."""
        both = self.sure_keys & other.sure_keys
        mine = [entry if entry.key in both else entry.unsure() for entry in self.entries]
        return DictValue(tuple(mine), self.complete).with_entries(
            [entry.unsure() for entry in other.entries], other.complete
        )


@dataclass(eq=False, slots=True)
class OwnClass(ObjectValue):
    """A class that a file defines; `scope` is its body's, `home` that file's evaluator."""

    node: ast.ClassDef
    scope: Scope
    at: Point
    home: Evaluator

    @property
    def methods(self) -> frozenset[str]:
        """The names that its body gives a function."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        return frozenset(n.name for n in self.node.body if isinstance(n, functions))


@dataclass(eq=False, slots=True)
class OwnFunction(ObjectValue):
    """A function that a file defines, or a lambda; `home` is that file's evaluator."""

    scope: Scope
    home: Evaluator


@dataclass(eq=False, slots=True)
class Instance(ObjectValue):
    """An instance of a class of the file; `given` are fields set when it was made."""

    of: OwnClass
    given: tuple[Entry, ...] = ()


@dataclass(eq=False, slots=True)
class Partial(ObjectValue):
    """`functools.partial(callee, …)`: what is called, and the call that holds the arguments."""

    callee: ValueSet
    call: ast.Call
    at: Point


@dataclass(eq=False, slots=True)
class DictView(ObjectValue):
    """What a dict's `keys()`, `values()` or `items()` hands out, one after the other."""

    values: tuple[ValueSet, ...]


@dataclass(eq=False, slots=True)
class SuperValue(ObjectValue):
    """`super()` in a method of a class of the file."""

    of: OwnClass


def table_in(value: ValueSet) -> DictValue | None:
    """Return the dict that a value surely is: one for all that it may be. None for other values."""
    tables = [option for option in value.values if isinstance(option, DictValue)]
    if not tables or not value.complete or len(tables) < len(value.values):
        return None
    return reduce(DictValue.or_else, tables)


def exported(value: ValueSet) -> ValueSet:
    """Return what of a value counts in another file than the one that it was read in.

    Those are classes and functions, with the displays that hold them. A display may be changed
    from anywhere, so what is in it is never certain there; numbers and strings stay at home.
    """
    return _exported(value, {})


def _exported(value: ValueSet, done: dict[Value, Value]) -> ValueSet:
    if all(isinstance(option, _NAMED) for option in value.values):
        return value
    kept = [_widened(o, done) for o in value.values if isinstance(o, (*_NAMED, *_HOLDING))]
    return ValueSet(tuple(kept), complete=False)


_NAMED = (Qualified, OwnClass, OwnFunction)
_HOLDING = (DictValue, ListValue, Instance)


def _widened(option: Value, done: dict[Value, Value]) -> Value:
    """Loosen each display once, however often it is held by others."""
    if not isinstance(option, (DictValue, ListValue)):
        return option
    if option not in done:
        if isinstance(option, DictValue):
            held = [
                replace(e, value=_exported(e.value, done)).overridable() for e in option.entries
            ]
            done[option] = DictValue(tuple(held), complete=False)
        else:
            named = [[o for o in e.values if isinstance(o, _NAMED)] for e in option.elements]
            done[option] = ListValue(
                tuple(ValueSet(tuple(options)) for options in named), option.many
            )
    return done[option]
