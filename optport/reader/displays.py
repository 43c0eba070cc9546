"""What displays are, and lists and dicts put together."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from optport.reader.containers import (
    MAX_ITEMS,
    DictValue,
    Entry,
    ListValue,
    entries_of,
    is_key,
    only_dict,
)
from optport.reader.objects import Interpreter, elements_of
from optport.reader.scopes import Point
from optport.values import UNKNOWN, UNREAD, Literal, Tensor, Value, ValueSet, exactly, union


def list_of(node: ast.Tuple | ast.List | ast.Set, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a tuple, list or set display is."""
    if len(node.elts) > MAX_ITEMS:
        return UNKNOWN
    parts: list[ValueSet] = []
    elements: list[ValueSet] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            parts += [exactly(ListValue(tuple(elements))), asker.value(element.value, at)]
            elements = []
        else:
            elements.append(asker.value(element, at))
    if parts:
        return joined([*parts, exactly(ListValue(tuple(elements)))])
    return sequence(elements, tuple if isinstance(node, ast.Tuple) else list)


def dict_of(node: ast.Dict, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a dict display is."""
    if len(node.values) > MAX_ITEMS:
        return exactly(DictValue((), complete=False))
    builder = _DictBuilder(asker)
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = asker.value(value_node, at)
        if key_node is None:
            builder.merge(*entries_of(value))
            continue
        key = asker.value(key_node, at).exact
        if isinstance(key, Literal) and is_key(key.value):
            builder.add(Entry(key.value, value, value_node, at, holder=node))
        else:  # a key that is not read: still one of the values that a look-up may give
            builder.add(Entry(value_node, value, value_node, at), complete=False)
    return exactly(builder.table())


class _DictBuilder:
    """Puts a dict together: entries one by one, and whole dicts as far as there is work left."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._entries: list[Entry] = []
        self._complete = True

    def add(self, entry: Entry, complete: bool = True) -> None:
        """Set one key."""
        self._entries.append(entry)
        self._complete = self._complete and complete

    def merge(self, entries: tuple[Entry, ...], complete: bool) -> None:
        """Update it with the entries of another dict."""
        if self._asker.evaluation.spend(len(entries)):
            self._entries += entries
        else:
            complete = False
        self._complete = self._complete and complete

    def table(self) -> DictValue:
        """Return the dict."""
        return DictValue(()).with_entries(self._entries, self._complete)


def dict_from(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return the dict that a call's arguments make, as those of `dict` and `update` do."""
    builder = _DictBuilder(asker)
    for argument in call.args:
        only = only_dict(asker.value(argument, at))
        held = () if only is None else only.entries
        builder.merge(held, only is not None and only.complete)
    for keyword in call.keywords:
        value = asker.value(keyword.value, at)
        if keyword.arg is not None:
            builder.add(Entry(keyword.arg, value, keyword.value, at, holder=call))
        else:
            builder.merge(*entries_of(value))
    return exactly(builder.table())


def taken(value: ValueSet, path: tuple[int, ...]) -> ValueSet:
    """Return the value's element that unpacking along `path` takes."""
    for position in path:
        found = []
        for one in value.values:
            elements = elements_of(one)
            inside = elements is not None and position < len(elements)
            found.append(elements[position] if inside and elements is not None else UNKNOWN)
        value = union(found).as_open_as(value)
    return value


def sequence(
    elements: list[ValueSet], make: type[tuple[object, ...]] | type[list[object]]
) -> ValueSet:
    """Return the tuple or list of these elements: literals where every element is one.

    Elements with several literals give a value for each combination, as long as they are few.
    A tuple holds tensors, too: ``betas`` may be some.
    """
    kinds = (Literal, Tensor) if make is tuple else (Literal,)
    if not all(isinstance(one, kinds) for element in elements for one in element.values):
        return exactly(ListValue(tuple(elements)))
    combinations: list[list[object]] = [[]]
    complete = True
    for element in elements:
        values = list(map(_item, element.values)) or [UNREAD]
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


def _item(value: Value) -> object:
    return value.value if isinstance(value, Literal) else value


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
        merged = only_dict(value)
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
