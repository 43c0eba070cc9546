"""What a name holds after statements that change it: items set, lists appended to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from optport.reader.containers import DictValue, Entry, ListValue, is_key, only_dict
from optport.reader.displays import dict_from, joined
from optport.reader.names import owner
from optport.reader.objects import Interpreter, elements_of, is_definite
from optport.reader.scopes import (
    Binding,
    Mutation,
    Point,
    Scope,
    encloses,
    last_kill,
    reaches,
    use_in,
)
from optport.values import UNKNOWN, Literal, Value, ValueSet, exactly, union

MAX_CHANGES = 256
"""Changes of one name (item assignments, appends) that are followed; past them, any may come."""

_EMPTY = Literal([])

Seen = tuple[tuple[Mutation, bool], ...]
"""Changes of one name that a use sees, and whether it surely does."""


class Changes:
    """Follows the changes of what a file's names hold."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._last: dict[tuple[int, ...], tuple[ValueSet, Seen, ValueSet]] = {}
        """By a name's bindings: what they gave, what its last use saw, and what it held then."""
        self._following = False

    def after(
        self, name: str, found: ValueSet, bindings: Sequence[Binding], scope: Scope, use: Point
    ) -> ValueSet:
        """Return what a name holds at a use whose bindings give it the value `found`."""
        held = any(elements_of(o) is not None or isinstance(o, DictValue) for o in found.values)
        changes = self._asker.index.mutations(name, scope, held)
        if not changes or (found.values and all(map(is_definite, found.values))):
            return found
        evaluation = self._asker.evaluation
        if not evaluation.spend(min(len(changes), MAX_CHANGES)):
            return found | UNKNOWN
        seen = tuple(self._seen(changes, scope, use))
        key = tuple(map(id, bindings))
        # Most uses see what the one before saw, and perhaps some more.
        given, before, value = self._last.get(key, (found, (), found))
        if given != found or seen[: len(before)] != before:
            before, value = (), found
        outermost = not self._following
        self._following = True
        try:
            value = self._followed(value, seen[len(before) :], held)
        finally:
            self._following = not outermost
        if evaluation.is_spent:
            return found | UNKNOWN
        if outermost:  # in the midst of a change, what is found may be less than there is
            self._last[key] = found, seen, value
        return value | UNKNOWN if len(changes) > MAX_CHANGES else value

    def _seen(
        self, changes: list[Mutation], scope: Scope, use: Point
    ) -> Iterator[tuple[Mutation, bool]]:
        """Yield the changes of a scope's name that a use may see, and whether it surely does."""
        at, deferred = use_in(scope, use)
        since = last_kill(scope, changes[0].name, at)
        for change in changes[:MAX_CHANGES]:
            if change.at.scope is not scope:
                if owner(change.name, change.at.scope) is scope:
                    yield change, False
            elif change.at.order >= since and (deferred or reaches(change.at, at)):
                yield change, encloses(change.at.branch, at.branch)

    def _followed(self, found: ValueSet, changes: Seen, held: bool) -> ValueSet:
        """Return what is left of a value after changes, each sure or not."""
        for change, sure in changes:
            if held and not found.known:
                break  # more than is kept of a list: what comes after makes it no better known
            if not self._asker.evaluation.spend(2 + sum(map(_size, found.values))):
                break
            changed = self._changed(found, change)
            found = changed if sure else _either_of(found, changed)
        return found

    def _changed(self, value: ValueSet, change: Mutation) -> ValueSet:
        node, asker = change.node, self._asker
        if isinstance(node, ast.Subscript) and change.value is not None:
            return self._with_item(value, node, change)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Del):
            return self._without(value, node.slice, change.at)
        if not isinstance(node, ast.Call):  # the operand of += or |=
            return joined([value, asker.value(node, change.at)])
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method == "append" and node.args:
            one = ListValue((asker.value(node.args[0], change.at),))
            return joined([value, exactly(one)])
        if method == "extend" and node.args:
            return joined([value, asker.value(node.args[0], change.at)])
        if method == "update":
            return joined([value, dict_from(node, change.at, asker)])
        if method == "setdefault" and len(node.args) > 1:
            return self._with_default(value, node, change.at)
        if method == "pop" and node.args:
            return self._without(value, node.args[0], change.at)
        return value if method == "reverse" else value | UNKNOWN

    def _without(self, value: ValueSet, key_node: ast.expr, at: Point) -> ValueSet:
        """Return a dict after ``del d[key]``; what else it may be is open then."""
        table = only_dict(value)
        known = self._asker.value(key_node, at).exact
        if table is None or not isinstance(known, Literal) or not isinstance(known.value, str):
            return value | UNKNOWN
        left = tuple(entry for entry in table.entries if entry.key != known.value)
        return exactly(DictValue(left, table.complete))

    def _with_item(self, value: ValueSet, node: ast.Subscript, change: Mutation) -> ValueSet:
        assert change.value is not None
        if isinstance(node.value, ast.Subscript):
            keys = self._asker.value(node.value.slice, change.at)
            return self._with_inner(value, keys, node, change)
        if isinstance(node.value, ast.Name) and node.value.id != change.name:
            return self._with_inner(value, None, node, change)  # of what a loop takes out
        entry = self._entry(node.slice, change.value, change.at, node)
        table = _set_on(value, entry)
        if table is None:
            return value | UNKNOWN
        if not is_key(entry.key):
            known = table.with_entries([entry]) if only_dict(entry.value) else table
            return exactly(DictValue(known.entries, complete=False))
        return exactly(table.with_entries([entry]))

    def _with_default(self, value: ValueSet, node: ast.Call, at: Point) -> ValueSet:
        """Return a dict after ``d.setdefault(key, default)``."""
        entry = self._entry(node.args[0], node.args[1], at)
        table = _set_on(value, entry)
        if table is None:
            return value | UNKNOWN
        if not is_key(entry.key):
            return exactly(DictValue(table.entries, complete=False))
        before = table.get(entry.key)
        if before is not None and before.sure:
            return value
        if before is not None:
            entry = replace(entry, value=union([before.value, entry.value]))
        elif not table.complete:
            entry = entry.overridable()
        return exactly(table.with_entries([entry]))

    def _entry(
        self, key_node: ast.expr, value: ast.expr, at: Point, target: ast.Subscript | None = None
    ) -> Entry:
        """Return what ``d[k] = v`` enters; under the value's expression if the key is not read."""
        key = self._asker.value(key_node, at).exact
        found = self._asker.value(value, at)
        if isinstance(key, Literal) and is_key(key.value):
            return Entry(key.value, found, value, at, holder=target)
        return Entry(value, found, value, at)

    def _with_inner(
        self, value: ValueSet, keys: ValueSet | None, node: ast.Subscript, change: Mutation
    ) -> ValueSet:
        """Return a list of dicts, or a dict of them, with an item of one set, of all without keys.

        Where it can't be told which one, each of them may have it.
        """
        only, wanted = value.exact, None if keys is None else keys.exact
        key = wanted.value if isinstance(wanted, Literal) else None
        assert change.value is not None
        target = node if isinstance(node.value, ast.Subscript) else None  # else one of several
        entry = self._entry(node.slice, change.value, change.at, target)
        if isinstance(only, DictValue):
            entries = [
                replace(one, value=_entered(one.value, entry if one.key == key else entry.unsure()))
                if key is None or one.key == key
                else one
                for one in only.entries
            ]
            return exactly(DictValue(tuple(entries), only.complete))
        # An empty list has no item that could be changed: a loop has appended to it before.
        lists = tuple(one for one in value.values if one != _EMPTY)
        if only is None and lists and all(isinstance(one, ListValue) for one in lists):
            found = ValueSet(lists, value.complete)
            return found.map(lambda one: exactly(_each_with(one, entry.unsure())))
        if not isinstance(only, ListValue):
            return value | UNKNOWN
        index = key + len(only.items) if isinstance(key, int) and key < 0 else key
        told = keys is None or (isinstance(index, int) and not only.many)
        items = [
            _entered(one, entry if told else entry.unsure())
            if keys is None or not told or position == index
            else one
            for position, one in enumerate(only.items)
        ]
        return exactly(ListValue(tuple(items), only.many))


def _set_on(value: ValueSet, entry: Entry) -> DictValue | None:
    """Return the dict that an entry is set on; None where there may be none.

    What is not known at all is a dict if a name is set on it, and only that entry is known.
    """
    if not value.known and not value.complete and isinstance(entry.key, str):
        return DictValue((), complete=False)
    return only_dict(value)


def _each_with(value: Value, entry: Entry) -> Value:
    """Return a list of dicts each of which may have an entry."""
    if not isinstance(value, ListValue):
        return value
    return ListValue(tuple(_entered(one, entry) for one in value.items), value.many)


def _entered(value: ValueSet, entry: Entry) -> ValueSet:
    """Return a dict with an entry set anew; anything else as one that may be something else."""
    table = only_dict(value)
    if table is None:
        return value | UNKNOWN
    return exactly(table.with_entries([entry] if is_key(entry.key) else (), is_key(entry.key)))


def _either_of(one: ValueSet, other: ValueSet) -> ValueSet:
    """Return the value that is one or the other: of two dicts one dict, whose keys are not sure."""
    if not one.known and not one.complete and only_dict(other) is not None:
        one = exactly(DictValue((), complete=False))
    both = union([one, other])
    table = only_dict(both)
    return both if table is None else exactly(table)


def _size(value: Value) -> int:
    """How much there is to go through in a list or dict."""
    if isinstance(value, DictValue):
        return len(value.entries)
    return len(value.items) if isinstance(value, ListValue) else 1
