"""Tuples, lists and dicts as values: their elements, look-ups, and putting them together."""

from __future__ import annotations

from collections.abc import Iterable

from optport.reader.objects import DictValue, ListValue, table_in
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    Value,
    ValueSet,
    exactly,
    literal,
    union,
)

MAX_ITEMS = 256
"""DictView read of one tuple, list or dict, with all that is nested in it."""


def is_key(key: object) -> bool:
    """Whether a literal is followed as a dict's key."""
    return key is None or isinstance(key, (str, int, float))


def looked_up(table: DictValue, keys: ValueSet) -> ValueSet:
    """Return what a dict may give for a key that is known or not."""
    if keys.known and keys.complete:
        found = []
        for option in keys.values:
            entry = table.get(option.value) if isinstance(option, Literal) else None
            if entry is not None:
                found.append(entry.value)
            elif not table.complete:
                found.append(UNKNOWN)
        return union(found)
    every = union(entry.value for entry in table.entries)
    return every if table.complete else every.overridable()


def elements_of(option: Value) -> list[ValueSet] | None:
    """Return the elements of a tuple or list; None for anything else."""
    if isinstance(option, ListValue):
        return list(option.elements)
    if isinstance(option, Literal) and isinstance(option.value, (tuple, list)):
        return [UNKNOWN if item is UNREAD else literal(item) for item in option.value]
    return None


def taken(value: ValueSet, path: tuple[int, ...]) -> ValueSet:
    """Return the value's element that unpacking along `path` takes."""
    for position in path:
        found = []
        for option in value.values:
            elements = elements_of(option)
            inside = elements is not None and position < len(elements)
            found.append(elements[position] if inside and elements is not None else UNKNOWN)
        together = union(found)
        value = together if value.complete else together.overridable()
    return value


def display(
    elements: list[ValueSet], make: type[tuple[object, ...]] | type[list[object]]
) -> ValueSet:
    """Return the value of a tuple or list display: literals where every element is one.

    DictView with several literals give a value for each combination, as long as they are few.
    """
    if not all(_plain(element) for element in elements):
        return exactly(ListValue(tuple(elements)))
    combinations: list[list[object]] = [[]]
    complete = True
    for element in elements:
        values = [o.value for o in element.values if isinstance(o, Literal)] or [UNREAD]
        complete = complete and (element.complete or not element.values)
        combinations = [[*head, value] for head in combinations for value in values]
        if len(combinations) > 16:
            return exactly(ListValue(tuple(elements)))
    if any(_too_long(items) for items in combinations):
        return exactly(ListValue(tuple(elements)))
    return ValueSet(tuple(Literal(make(items)) for items in combinations), complete)


def _too_long(items: object) -> bool:
    """Whether more than `MAX_ITEMS` elements are nested; those that occur twice count twice."""
    count = 0
    pending = [items]
    while pending and count <= MAX_ITEMS:
        one = pending.pop()
        if isinstance(one, (tuple, list)):
            count += len(one)
            pending.extend(one)
    return count > MAX_ITEMS


def _plain(element: ValueSet) -> bool:
    return all(isinstance(option, Literal) for option in element.values)


def joined(values: Iterable[ValueSet]) -> ValueSet:
    """Return lists put one behind the other, or dicts merged; what can't be read stays open.

    A list of more than `MAX_ITEMS` elements is unknown.
    """
    elements: list[ValueSet] = []
    table = DictValue(())
    tables = False
    complete = True
    many = False
    for value in values:
        only = value.exact
        inside = None if only is None else elements_of(only)
        merged = table_in(value)
        if merged is not None:
            tables = True
            table = table.with_entries(merged.entries, merged.complete)
        elif inside is not None:
            elements.extend(inside)
            many = many or (isinstance(only, ListValue) and only.many)
        else:
            complete = False
            elements.append(UNKNOWN)
        if len(elements) > MAX_ITEMS:
            return UNKNOWN
    if tables:
        return exactly(DictValue(table.entries, table.complete and complete))
    return exactly(ListValue(tuple(elements), many or not complete))
