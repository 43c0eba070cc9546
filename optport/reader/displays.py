"""Tuples, lists and dicts as values: their elements, look-ups, and putting them together."""

from __future__ import annotations

from collections.abc import Iterable

from optport.reader.things import Sequence, Table, table_in
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    Option,
    Value,
    exactly,
    literal,
    union,
)

LONGEST = 256
"""Elements read of one tuple, list or dict, with all that is nested in it."""


def is_key(key: object) -> bool:
    """Whether a literal is followed as a dict's key."""
    return key is None or isinstance(key, (str, int, float))


def looked_up(table: Table, keys: Value) -> Value:
    """Return what a dict may give for a key that is known or not."""
    if keys.known and keys.complete:
        found = []
        for option in keys.options:
            entry = table.get(option.value) if isinstance(option, Literal) else None
            if entry is not None:
                found.append(entry.value)
            elif not table.complete:
                found.append(UNKNOWN)
        return union(found)
    every = union(entry.value for entry in table.entries)
    return every if table.complete else every.overridable()


def elements_of(option: Option) -> list[Value] | None:
    """Return the elements of a tuple or list; None for anything else."""
    if isinstance(option, Sequence):
        return list(option.elements)
    if isinstance(option, Literal) and isinstance(option.value, (tuple, list)):
        return [UNKNOWN if item is UNREAD else literal(item) for item in option.value]
    return None


def taken(value: Value, path: tuple[int, ...]) -> Value:
    """Return the value's element that unpacking along `path` takes."""
    for position in path:
        found = []
        for option in value.options:
            elements = elements_of(option)
            inside = elements is not None and position < len(elements)
            found.append(elements[position] if inside and elements is not None else UNKNOWN)
        together = union(found)
        value = together if value.complete else together.overridable()
    return value


def display(elements: list[Value], make: type[tuple[object, ...]] | type[list[object]]) -> Value:
    """Return the value of a tuple or list display: literals where every element is one.

    Elements with several literals give a value for each combination, as long as they are few.
    """
    if not all(_plain(element) for element in elements):
        return exactly(Sequence(tuple(elements)))
    combinations: list[list[object]] = [[]]
    complete = True
    for element in elements:
        values = [o.value for o in element.options if isinstance(o, Literal)] or [UNREAD]
        complete = complete and (element.complete or not element.options)
        combinations = [[*head, value] for head in combinations for value in values]
        if len(combinations) > 16:
            return exactly(Sequence(tuple(elements)))
    if any(_too_long(items) for items in combinations):
        return exactly(Sequence(tuple(elements)))
    return Value(tuple(Literal(make(items)) for items in combinations), complete)


def _too_long(items: object) -> bool:
    """Whether more than `LONGEST` elements are nested; those that occur twice count twice."""
    count = 0
    pending = [items]
    while pending and count <= LONGEST:
        one = pending.pop()
        if isinstance(one, (tuple, list)):
            count += len(one)
            pending.extend(one)
    return count > LONGEST


def _plain(element: Value) -> bool:
    return all(isinstance(option, Literal) for option in element.options)


def joined(values: Iterable[Value]) -> Value:
    """Return lists put one behind the other, or dicts merged; what can't be read stays open.

    A list of more than `LONGEST` elements is unknown.
    """
    elements: list[Value] = []
    table = Table(())
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
            many = many or (isinstance(only, Sequence) and only.many)
        else:
            complete = False
            elements.append(UNKNOWN)
        if len(elements) > LONGEST:
            return UNKNOWN
    if tables:
        return exactly(Table(table.entries, table.complete and complete))
    return exactly(Sequence(tuple(elements), many or not complete))
