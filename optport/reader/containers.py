"""Tuples, lists and dicts as values: their elements, look-ups, and putting them together."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import field, replace
from functools import reduce
from typing import Any

from optport.lean import dataclass
from optport.reader.objects import Exported, Object, exported, is_named
from optport.reader.scopes import Point
from optport.values import (
    UNKNOWN,
    Literal,
    ValueSet,
    exactly,
    literal,
    union,
)

MAX_ITEMS = 256
"""Elements read of one tuple, list or dict, with all that is nested in it."""
MAX_INSTEAD = 4
"""Entries of one key that are told apart, where a dict has one of several."""


@dataclass(eq=False, slots=True)
class ListValue(Object):
    """A tuple or list with elements that are not all plain literals.

    `many` marks the element of a comprehension or loop: the list has any number of its like.
    """

    items: tuple[ValueSet, ...]
    many: bool = False

    def elements(self) -> list[ValueSet]:
        """Return the elements."""
        return list(self.items)

    def exported(self, seen: Exported, depth: int) -> Object:
        """Return the list with what its elements name."""
        named = [[v for v in element.values if is_named(v)] for element in self.items]
        return ListValue(tuple(ValueSet(tuple(values)) for values in named), self.many)


@dataclass(eq=False, slots=True)
class Entry:
    """One key of a dict with its value, the expression that it was read from, and where.

    Unless it is `sure`, the dict may as well be without that key. `holder` is the display or call
    that it is an entry of, or the target that assigns it, if that is the only one it may be.
    """

    key: Any
    value: ValueSet
    node: ast.expr
    at: Point
    sure: bool = True
    holder: ast.Dict | ast.Call | ast.Subscript | None = None
    instead: tuple[Entry, ...] = ()
    """Where it is one of several, each of them as it stands by itself; `value` is of all."""

    def unsure(self) -> Entry:
        """Return the entry as one that the dict may be without."""
        return replace(self, sure=False) if self.sure else self

    def or_else(self, other: Entry) -> Entry:
        """Return the entry that is this one or the other."""
        each = (*(other.instead or (other,)), *(self.instead or (self,)))[:MAX_INSTEAD]
        value = union([self.value, other.value])
        return replace(other, value=value, sure=self.sure, holder=None, instead=each)

    def overridable(self) -> Entry:
        """Return the entry with a value that may be another."""
        return replace(self, value=self.value | UNKNOWN)


@dataclass(eq=False, slots=True)
class DictValue(Object):
    """A dict known by its entries; `complete` when it has no others, which may be `others`."""

    entries: tuple[Entry, ...]
    complete: bool = True
    others: ValueSet = UNKNOWN
    _by_key: dict[Any, Entry] | None = field(default=None, repr=False)
    _values: ValueSet | None = field(default=None, repr=False)

    def get(self, key: Any) -> Entry | None:
        """Return the entry of a key."""
        if self._by_key is None:
            self._by_key = {entry.key: entry for entry in self.entries}
        try:
            return self._by_key.get(key)
        except TypeError:  # a list is no key
            return None

    @property
    def sure_keys(self) -> set[Any]:
        """The keys that it must have."""
        return {entry.key for entry in self.entries if entry.sure}

    @property
    def values(self) -> ValueSet:
        """What any of its values may be."""
        if self._values is None:
            self._values = union(entry.value for entry in self.entries)
        return self._values

    def with_entries(self, entries: Iterable[Entry], complete: bool = True) -> DictValue:
        """Return the dict updated with further entries."""
        merged = {entry.key: entry for entry in self.entries}
        for entry in entries:
            before = merged.get(entry.key)
            if before is entry and entry.holder is None:
                continue  # of two dicts that were one: most of their entries are the same
            if before is not None and not entry.sure:
                entry = before.or_else(entry)
            elif before is not None and before.node is not entry.node:
                entry = replace(entry, holder=None)  # an edit would leave the other where it is
            if len(merged) < MAX_ITEMS or entry.key in merged:
                merged[entry.key] = entry
            else:
                complete = False
        return DictValue(tuple(merged.values()), self.complete and complete)

    def or_else(self, other: DictValue) -> DictValue:
        """Return the dict that is this one or the other: some keys are not sure then."""
        both = self.sure_keys & other.sure_keys
        mine = [entry if entry.key in both else entry.unsure() for entry in self.entries]
        return DictValue(tuple(mine), self.complete).with_entries(
            [entry.unsure() for entry in other.entries], other.complete
        )

    def item(self, keys: ValueSet) -> ValueSet:
        """Return what it may give for a key that is known or not."""
        if not keys.known or not keys.complete:
            return self.values if self.complete else self.values | self.others
        found = []
        for key in keys.values:
            entry = self.get(key.value) if isinstance(key, Literal) else None
            if entry is not None:
                found.append(entry.value)
            elif not self.complete:
                found.append(self.others)
        return union(found)

    def iterated(self) -> list[ValueSet]:
        """Return its keys."""
        return [
            UNKNOWN if isinstance(entry.key, ast.AST) else literal(entry.key)
            for entry in self.entries
        ]

    def view(self, method: str) -> ValueSet:
        """Return what an element of its ``keys()``, ``values()`` or ``items()`` may be."""
        if method == "values":
            return self.values
        keys = union(literal(e.key) for e in self.entries if not isinstance(e.key, ast.AST))
        return keys if method == "keys" else exactly(ListValue((keys, self.values)))

    def exported(self, seen: Exported, depth: int) -> Object:
        """Return the dict with what its entries export, any of which may be another."""
        held = [
            replace(entry, value=exported(entry.value, seen, depth + 1)).overridable()
            for entry in self.entries
        ]
        return DictValue(tuple(held), complete=False)


@dataclass(eq=False, slots=True)
class DictView(Object):
    """What a dict's `keys()`, `values()` or `items()` gives, one after the other.

    Unless it is `complete`, there may be others.
    """

    parts: tuple[ValueSet, ...]
    complete: bool = True

    def elements(self) -> list[ValueSet]:
        """Return what a list made of it holds any number of."""
        return [part if self.complete else part | UNKNOWN for part in self.parts]

    def iterated(self) -> list[ValueSet]:
        """Return what its elements may be."""
        return list(self.parts)


def is_key(key: object) -> bool:
    """Whether a literal is followed as a dict's key."""
    return key is None or isinstance(key, (str, int, float))


def only_dict(value: ValueSet) -> DictValue | None:
    """Return the dict that a value must be: one for all that it may be. None for other values."""
    tables = [one for one in value.values if isinstance(one, DictValue)]
    if not tables or not value.complete or len(tables) < len(value.values):
        return None
    return reduce(DictValue.or_else, tables)


def entries_of(value: ValueSet) -> tuple[tuple[Entry, ...], bool]:
    """Return the entries of the dict that a value may be, and whether those must be all.

    Of a dict that can be overridden elsewhere they are likely, their values overridable.
    """
    tables = tuple(one for one in value.values if isinstance(one, DictValue))
    table = only_dict(ValueSet(tables, complete=True))
    if table is None:
        return (), False
    if value.complete and len(tables) == len(value.values):
        return table.entries, table.complete
    return tuple(entry.overridable() for entry in table.entries), False
