"""The names of a file that may hold something built: an optimizer, its groups, one of its methods.

As with the names that a class flows into, one call further: an over-approximation by names alone,
which tells what is worth evaluating. Most prints, saves and loops of a file have to do with none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from typing import ClassVar

from optport.line_sets import LineSet
from optport.reader.annotations import GENERICS, VARIABLE
from optport.reader.flows import CONSTRUCTOR, Taken
from optport.reader.index import Index
from optport.reader.records import makes_record
from optport.reader.torch_names import base_class
from optport.reader.tracked_names import MAX_ROUNDS, NEVER, NameSearch, TrackedNames, last_name
from optport.reader.walk import Def
from optport.signatures import ApiKind, known_names

MAX_SHARE = 4
"""Past that part of a file's lines, one in so many, its names tell too little."""
MIN_HELD = 40
"""Lines that names are always followed on."""
MAX_WORK = 1
"""Parts of expressions that are looked at, for each character of the file; past it, names are not
told apart: what is nested deep would be looked at once for each level."""
_OBJECT = -1
"""The calls that an object is from its class."""
_OWN_CLASS = "cls"
_PARENT = "super"


def held_lines(tracked: TrackedNames, index: Index) -> LineSet | None:
    """Return the lines that hold a name of something built, given the names of classes.

    None for so many that it is not worth telling which.
    """
    most = max(MIN_HELD, len(index.lines.none()) // MAX_SHARE)
    if not tracked.complete or index.lines.with_words(tracked.names).count(1) > most:
        return None
    search = _HeldSearch(tracked.search, index)
    latest = lines = index.lines.with_words(search.calls)
    for _ in range(MAX_ROUNDS):
        if lines.count(1) > most:
            return None
        index.enter(latest)
        fresh = search.follow(lines, latest) | search.handed_over(latest)
        if not fresh or search.is_spent:
            return None if search.is_spent else lines
        latest = index.lines.with_words(fresh)
        lines = index.lines.with_words(fresh, lines)
    return None


class _HeldSearch(NameSearch):
    """Follows what is built, too: that is one call from its class."""

    least: ClassVar[int] = _OBJECT
    passed_over: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, tracked: NameSearch, index: Index) -> None:
        """Go on with what is tracked of classes."""
        super().__init__({**dict.fromkeys(_base_names(), 0), **tracked.calls}, index)
        self._work = 0
        self._most = MAX_WORK * len(index.lines.text)
        self._given: set[tuple[str, int, int, int]] = set()
        self._of_heirs()

    def _of_heirs(self) -> None:
        """Take an instance of a class of the file for an optimizer that derives from one."""
        known = self.calls.keys()
        for node, _ in self._index.classes if self._index.class_names & known else ():
            if node.name in known and not {*map(last_name, node.bases)} <= _base_names():
                methods = [one.args for one in node.body if isinstance(one, Def)]
                first = [one.arg for m in methods for one in [*m.posonlyargs, *m.args][:1]]
                self.calls.update(dict.fromkeys([*first, _PARENT], 0))

    def handed_over(self, lines: LineSet) -> set[str]:
        """Look at what the calls on these lines give to parameters, fields and records."""
        fresh: set[str] = set()
        for expression, at in self._index.expressions(lines):
            for call, _ in self._index.calls_in(expression, at):
                name = self._own_name(call.func)
                if name:
                    self._hand_on(name, call, fresh)
                if name or self._keeps(call):
                    for keyword in call.keywords:
                        if keyword.arg is not None:
                            self._add(keyword.arg, self._calls(keyword.value), fresh)
        return fresh

    def _hand_on(self, name: str, call: ast.Call, fresh: set[str]) -> None:
        """Track what the parameters of the functions of a name are given, by position or `**`."""
        for position, value in enumerate(call.args):
            self._hand(name, position, self._calls(value), fresh)
        for keyword in call.keywords:
            position = _ALL if keyword.arg is None else _REST
            self._hand(name, position, self._calls(keyword.value), fresh)

    def _own_name(self, callee: ast.expr) -> str:
        """The name of a function or class of the file that may be called; empty for any other."""
        name, classes = last_name(callee), self._index.class_names
        if name in self._index.functions or name == CONSTRUCTOR:
            return name
        # An inherited constructor, or one that a decorator writes.
        return CONSTRUCTOR if name == _OWN_CLASS or name in classes else ""

    def _hand(self, name: str, position: int, calls: int, fresh: set[str]) -> None:
        """Track the parameters, or fields, that may take something."""
        classes, functions = self._index.class_names, self._index.functions
        constructs = name == CONSTRUCTOR
        known = len(classes) if constructs else len(functions[name])
        given = name, position, calls, known
        if calls == NEVER or given in self._given:
            return
        self._given.add(given)
        for one in classes if constructs else (name,):
            for taken in functions.get(one, ()):
                for parameter in _names(taken, position):
                    self._add(parameter, calls, fresh)
        if constructs and position >= 0:
            for field in self._fields():
                self._add(field, calls, fresh)

    def _fields(self) -> Iterator[str]:
        """The fields that some constructor of a dataclass or named tuple takes by position."""
        for node, _ in self._index.classes:
            for one in node.body:
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                    yield one.target.id

    def _annotated(self, annotation: ast.expr) -> int:
        """The calls to what is annotated like this."""
        words = self._words(annotation)
        named = any(self.calls.get(word, NEVER) >= 0 for word in words)
        return max(super()._annotated(annotation), _OBJECT if named else NEVER)

    def _imported(self) -> set[str]:
        begin = self._imports
        fresh = super()._imported()
        for name, qualified in self._index.imports[begin:]:
            if base_class(qualified) is not None:
                self._add(name, 0, fresh)
        return fresh

    def _beside(self, call: ast.Call) -> Iterable[ast.expr]:
        return self._of_call(call)

    def _inside(self, node: ast.AST, calls: int) -> list[tuple[ast.AST, int]]:
        if self.is_spent:
            return []
        parts = super()._inside(node, calls)
        if isinstance(node, ast.Call):
            parts.append((node.func, calls - 1))
        self._work += len(parts)
        return parts

    @property
    def is_spent(self) -> bool:
        """Whether so much was looked at that what is found no longer counts."""
        return self._work > self._most

    def _parts(self, node: ast.AST) -> Iterable[ast.AST]:
        if isinstance(node, ast.Subscript) and last_name(node.value) in GENERICS:
            return (node.slice,)  # another name for an annotation
        return self._of_call(node) if isinstance(node, ast.Call) else super()._parts(node)

    def _of_call(self, call: ast.Call) -> list[ast.expr]:
        """What a call may give back, or hold as an attribute or item."""
        if not self._keeps(call):
            return []
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        return [*owner, *call.args, *[keyword.value for keyword in call.keywords]]

    def _keeps(self, call: ast.Call) -> bool:
        """Whether what a call gives may be, or hold, what it is given."""
        name, _ = self._callee(call.func)
        kept = name in self._propagators or name in self._index.class_names or name == VARIABLE
        return kept or makes_record(call)


_ALL = -1
"""What ``**`` unpacks may be for any parameter."""
_REST = -2
"""A keyword is for the parameter of its name, or for ``**kwargs``."""


def _names(taken: Taken, position: int) -> Iterable[str]:
    """The parameters that take an argument."""
    arguments = taken.arguments
    rest = [] if arguments.kwarg is None else [arguments.kwarg.arg]
    if position == _REST:
        return rest
    names = taken.names
    if position == _ALL:
        return [*names, *(one.arg for one in arguments.kwonlyargs), *rest]
    more = [] if arguments.vararg is None else [arguments.vararg.arg]
    # A method that is called on its class gets the instance first.
    return [one for at in (position, position + taken.skip) for one in names[at : at + 1] or more]


@cache
def _base_names() -> frozenset[str]:
    """The last names of the base classes of optimizers and schedulers."""
    return frozenset(name.rpartition(".")[2] for name in known_names(ApiKind.BASE))
