"""What a name holds after statements that change it: items set, lists appended to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

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
from optport.values import UNKNOWN, Literal, ValueSet, exactly, union

MAX_CHANGES = 256
"""Changes of one name (item assignments, appends) that are followed; past them, any may come."""

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
            changed = self._changed(found, change)
            found = changed if sure else _either_of(found, changed)
        return found

    def _changed(self, value: ValueSet, change: Mutation) -> ValueSet:
        node, asker = change.node, self._asker
        if isinstance(node, ast.Subscript):
            return self._with_item(value, node, change)
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
        return value | UNKNOWN

    def _with_item(self, value: ValueSet, node: ast.Subscript, change: Mutation) -> ValueSet:
        key = self._asker.value(node.slice, change.at).exact
        table = only_dict(value)
        if table is None or change.value is None:
            return value | UNKNOWN
        if not isinstance(key, Literal) or not is_key(key.value):
            return exactly(DictValue(table.entries, complete=False))
        found = self._asker.value(change.value, change.at)
        entry = Entry(key.value, found, change.value, change.at)
        return exactly(table.with_entries([entry]))


def _either_of(one: ValueSet, other: ValueSet) -> ValueSet:
    """Return the value that is one or the other: of two dicts one dict, whose keys are not sure."""
    both = union([one, other])
    table = only_dict(both)
    return both if table is None else exactly(table)
