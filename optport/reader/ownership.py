"""Which calls and displays belong to one construction alone, so that an edit changes no other.

Or to several of them together, which are changed alike.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property

from optport.reader.index import Index
from optport.reader.layout import Holder
from optport.reader.names import owner
from optport.reader.scopes import Assigned, Mutation, Point, reaching
from optport.reader.source import SourceText

MAX_USES = 64
"""Uses of one name that are looked at."""
_TARGET = re.compile(r"\s*(\w+)\s*(?::[^=]*)?=\s*\(*")
MAX_HELD = 4
"""Names that are followed one after the other from a call to what it is handed."""


class Ownership:
    """What a construction has for its own, or several have together.

    That is what stands in their calls, and what a name holds that has no other use in its scope
    than to be assigned, changed, and given to these calls.
    """

    def __init__(
        self, calls: Sequence[tuple[ast.Call, Point]], index: Index, source: SourceText
    ) -> None:
        """Take one call and where it stands, or several: then it is what they have together."""
        self._calls = calls
        self._index = index
        self._source = source

    def owns(self, holder: Holder | ast.Subscript) -> bool:
        """Whether `holder` is evaluated for these calls and for nothing else."""
        if not self._index.is_placed(holder):
            return False
        begin, end = self._source.offset(holder), self._source.end_offset(holder)
        if holder is self._calls[0][0] and b":=" not in self._source.data[begin:end]:
            return True  # most ask for the call itself
        return any(first <= begin and end <= last for first, last in self._regions)

    @cached_property
    def _regions(self) -> list[tuple[int, int]]:
        """From where to where in the text all is this construction's own."""
        found: list[tuple[int, int]] = []
        pending: dict[ast.expr, Point] = dict(self._calls)
        for _ in range(MAX_HELD):
            found += [(self._source.offset(one), self._source.end_offset(one)) for one in pending]
            pending = dict(self._held(pending))
        return [region for region in found if b":=" not in self._source.data[slice(*region)]]

    def _held(self, holders: Mapping[ast.expr, Point]) -> Iterator[tuple[ast.expr, Point]]:
        """Yield what the names in calls or displays hold, where nothing else has it."""
        found: list[tuple[ast.Name, Point]] = []
        together: dict[str, set[ast.Name]] = {}
        for node, at in holders.items():
            names = [part for part in _parts(node) if isinstance(part, ast.Name)]
            found += [(name, at) for name in names]
            for name in names if len(self._calls) > 1 else ():
                if sum(one.id == name.id for one in names) == 1:
                    together.setdefault(name.id, set()).add(name)
        for name, at in found:
            yield from self._held_by(name, at, together.get(name.id, set()))

    def _held_by(
        self, name: ast.Name, at: Point, others: Set[ast.Name]
    ) -> Iterator[tuple[ast.expr, Point]]:
        """Yield what a name is assigned, and what is put into that, if it has no other use.

        None, that is, but by the `others` of that name.
        """
        scope = owner(name.id, at.scope)
        bindings = [] if scope is None else reaching(scope, name.id, at)
        held = bindings[0].definition if len(bindings) == 1 else None
        if scope is None or not isinstance(held, Assigned) or held.path:
            return
        uses = self._index.uses(name.id, scope)
        if len(uses) > MAX_USES or not self._is_only(name.id, held.value):
            return
        changes = self._index.mutations(name.id, scope, held=True)
        allowed = {name, *others, *(_changed(one) for one in changes)}
        stored = [use for use in uses if not isinstance(use.ctx, ast.Load)]
        if len(stored) > 1 or any(use not in allowed for use in uses if use not in stored):
            return
        yield held.value, bindings[0].at
        for change in changes:
            if change.at.scope is scope:
                yield change.node, change.at
                if change.value is not None:
                    yield change.value, change.at

    def _is_only(self, name: str, value: ast.expr) -> bool:
        """Whether a name is the one target of the assignment that gives it a value."""
        data, begin = self._source.data, self._source.offset(value)
        before = data[data.rfind(b"\n", 0, begin) + 1 : begin].decode("utf-8", "replace")
        target = _TARGET.fullmatch(before)
        return target is not None and target[1] == name


def _changed(change: Mutation) -> ast.expr:
    """The name whose thing is changed, where that is what is written."""
    node = change.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        inside = [e for a in arguments if isinstance(a, (ast.List, ast.Tuple)) for e in a.elts]
        return [node.func, *arguments, *inside]
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
