"""What a name holds after statements that change it: items set, lists appended to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from optport.reader import objects
from optport.reader.displays import elements_of, is_key, joined
from optport.reader.objects import DictValue, Entry, table_in
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
from optport.values import Literal, ValueSet, exactly, union

if TYPE_CHECKING:
    from optport.reader.evaluate import Evaluator

MAX_CHANGES = 256
"""Changes of one name (item assignments, appends) that are followed; past them, any may come."""

Seen = tuple[tuple[Mutation, bool], ...]
"""Changes of one name that a use sees, and whether it surely does."""


class Changes:
    """Follows changes, with the evaluator that it belongs to."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._last: dict[tuple[int, ...], tuple[ValueSet, Seen, ValueSet]] = {}
        """By a name's bindings: what they gave, what its last use saw, and what it held then."""
        self._following = False

    def after(
        self, name: str, found: ValueSet, bindings: Sequence[Binding], scope: Scope, use: Point
    ) -> ValueSet:
        """Return what a name holds at a use whose bindings give it the value `found`."""
        held = any(elements_of(o) is not None or isinstance(o, DictValue) for o in found.values)
        changes = self._evaluator.index.mutations(name, scope, held)
        if not changes:
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
        return value.overridable() if len(changes) > MAX_CHANGES else value

    def _seen(
        self, changes: list[Mutation], scope: Scope, use: Point
    ) -> Iterator[tuple[Mutation, bool]]:
        """Yield the changes of a scope's name that a use may see, and whether it surely does."""
        at, deferred = use_in(scope, use)
        since = last_kill(scope, changes[0].name, at)
        for change in changes[:MAX_CHANGES]:
            if change.at.scope is not scope:
                if self._evaluator.owner(change.name, change.at.scope) is scope:
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
        node, evaluator = change.node, self._evaluator
        if isinstance(node, ast.Subscript):
            return self._with_item(value, node, change)
        if not isinstance(node, ast.Call):  # the operand of += or |=
            return joined([value, evaluator.value(node, change.at)])
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method == "append" and node.args:
            one = objects.ListValue((evaluator.value(node.args[0], change.at),))
            return joined([value, exactly(one)])
        if method == "extend" and node.args:
            return joined([value, evaluator.value(node.args[0], change.at)])
        if method == "update":
            return joined([value, evaluator.table_of(node, change.at)])
        return value.overridable()

    def _with_item(self, value: ValueSet, node: ast.Subscript, change: Mutation) -> ValueSet:
        key = self._evaluator.value(node.slice, change.at).exact
        table = table_in(value)
        if table is None or change.value is None:
            return value.overridable()
        if not isinstance(key, Literal) or not is_key(key.value):
            return exactly(DictValue(table.entries, complete=False))
        found = self._evaluator.value(change.value, change.at)
        entry = Entry(key.value, found, change.value, change.at)
        return exactly(table.with_entries([entry]))


def _either_of(one: ValueSet, other: ValueSet) -> ValueSet:
    """Return the value that is one or the other: of two dicts one dict, whose keys are not sure."""
    both = union([one, other])
    table = table_in(both)
    return both if table is None else exactly(table)
