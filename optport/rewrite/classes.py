"""Names of torch's classes in a module: those that are called, and those that are handed on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property

from optport.check import Checked
from optport.edits import Edit
from optport.hazards.hazard import Port
from optport.lean import dataclass
from optport.places import Place
from optport.reader.objects import NAMESPACE
from optport.rewrite.calls import Held
from optport.rewrite.names import ImportedNames, Reference
from optport.rewrite.nodes import nodes_of
from optport.signatures import ApiKind, family, known_names
from optport.table import api_table
from optport.targets import Target

_BUILT = (ApiKind.OPTIMIZER, ApiKind.SCHEDULER, ApiKind.BASE)

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Home = _Function | None
"""The function that a class goes no further than; None for one that may go anywhere."""


@dataclass(slots=True)
class Candidate:
    """One call, what it may build, and the edits of its port; None where it stays torch's."""

    checked: list[Checked]
    ports: list[Port]
    edits: list[Edit] | None
    direct: Reference | None
    """The name of the class that is called, where it is."""
    orphan: bool = False
    """Whether it is a scheduler that stays torch's because its optimizer does."""
    held: Held = field(default_factory=dict)
    """Its edits at each of the calls and displays that hold its arguments."""
    shares: bool = False
    """Whether some of those may be other calls', too."""

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return self.checked[0].construction.place

    @property
    def counterparts(self) -> Iterator[tuple[str, str]]:
        """The classes that it may build, each with its counterpart."""
        for checked, port in zip(self.checked, self.ports, strict=True):
            yield checked.construction.api, str(port.callee)


class Classes:
    """The names of torch's classes in one module."""

    def __init__(self, tree: ast.Module, target: Target) -> None:
        self._target = target
        known = {f"{NAMESPACE}.{name}" for kind in _BUILT for name in known_names(kind)}
        self._references = list(ImportedNames(tree).references(known))
        self._at = {(one.node.lineno, one.node.col_offset): one for one in self._references}
        self._homes = _homes(tree)
        self._types = _types(tree)
        self._beside = _beside(tree)
        module = target.name.partition(".")[0]
        self._is_ported = any(
            alias.name.partition(".")[0] == module
            for node in nodes_of(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        )
        self._bases = [
            base for node in nodes_of(tree) if isinstance(node, ast.ClassDef) for base in node.bases
        ]
        self._ported: set[int] = set()
        self._called_names = {
            place_of(node): getattr(node.func, "id", getattr(node.func, "attr", ""))
            for node in nodes_of(tree)
            if isinstance(node, ast.Call)
        }

    def called_at(self, place: Place) -> Reference | None:
        """Return the name of a class that a call begins with."""
        return self._at.get((place.line, place.col))

    def withdraw(self, candidates: list[Candidate]) -> None:
        """Have calls stay torch's whose class is reached in another way than by its name.

        Such a class has one counterpart or none: where calls need several, or one of them can't
        be ported, all of them stay.
        """
        called = {id(one.direct.node) for one in candidates if one.direct is not None}
        handed_on = {
            reference.qualified.removeprefix(f"{NAMESPACE}.")
            for reference in self._references
            if id(reference.node) not in called
        }
        changed = True
        while changed:
            changed = False
            for (api, _), group in self._indirect(candidates).items():
                found = {to for one in group for name, to in one.counterparts if name == api}
                own = api.rpartition(".")[2]  # a name that is called so, and is not followed
                shadowed = any(self._called_names.get(one.place) == own for one in group)
                renamed = len(found) == 1 and api in handed_on and not shadowed
                if renamed and all(one.edits is not None for one in group):
                    continue
                for one in group:
                    changed = changed or one.edits is not None
                    one.edits = None

    def _indirect(
        self, candidates: Iterable[Candidate]
    ) -> Mapping[tuple[str, _Home], list[Candidate]]:
        found: dict[tuple[str, _Home], list[Candidate]] = {}
        for one in candidates:
            if one.direct is None:
                home = self._home(one)
                for api, _ in one.counterparts:
                    found.setdefault((api, home), []).append(one)
        return found

    def _home(self, candidate: Candidate) -> _Home:
        place = candidate.place
        home = self._homes.get((place.line, place.col, place.end_line, place.end_col))
        inside = (self._names_in(home, api) for api, _ in candidate.counterparts)
        return home if home is not None and all(inside) else None  # named outside, it is from there

    def _names_in(self, home: _Home, api: str) -> bool:
        """Whether a function has the name of a class."""
        return any(_holds(home, one.node) for one in self._by_api.get(api, ()))

    @cached_property
    def _by_api(self) -> Mapping[str, list[Reference]]:
        found: dict[str, list[Reference]] = {}
        for one in self._references:
            found.setdefault(one.qualified.removeprefix(f"{NAMESPACE}."), []).append(one)
        return found

    def handed_on(
        self, candidates: list[Candidate], elsewhere: Iterable[Reference]
    ) -> Iterator[Edit]:
        """Yield the edits of names of classes that are not called where they stand.

        Those `elsewhere` are called, and gone with the calls.
        """
        called = {id(one.node) for one in elsewhere}
        called |= {id(one.direct.node) for one in candidates if one.direct is not None}
        counterparts: dict[tuple[str, _Home], set[str]] = {}
        stay: set[tuple[str, _Home]] = set()
        for one in candidates:
            home = None if one.direct is not None else self._home(one)
            for api, counterpart in one.counterparts:
                if one.edits is None:
                    stay.add((api, home))
                else:
                    counterparts.setdefault((api, home), set()).add(counterpart)
        self._note_ported(api for api, _ in counterparts.keys() - stay)
        homes = [home for _, home in (*counterparts, *stay) if home is not None]
        for reference in self._references:
            api = reference.qualified.removeprefix(f"{NAMESPACE}.")
            home = next((one for one in homes if _holds(one, reference.node)), None)
            known = [key for key in (*counterparts, *stay) if key[0] == api]
            keys = [(api, home)] if (api, home) in known else known
            found = {to for key in keys for to in counterparts.get(key, ())}
            if not found and (id(reference.node) in self._types or self._is_beside(reference)):
                found = self._counterpart(api)
            if id(reference.node) not in called and stay.isdisjoint(keys) and len(found) == 1:
                yield Edit(place_of(reference.node), next(iter(found)))

    def derived(self, edits: Iterable[Edit]) -> Iterator[Reference]:
        """Yield the names of base classes that `edits` rename, and that a class derives from."""
        renamed = {edit.place for edit in edits}
        bases = {id(one) for one in self._bases}
        for reference in self._references:
            if id(reference.node) in bases and place_of(reference.node) in renamed:
                api = reference.qualified.removeprefix(f"{NAMESPACE}.")
                if family(NAMESPACE).kind(api) is ApiKind.BASE:
                    yield reference

    def called_elsewhere(self, candidates: list[Candidate]) -> Iterator[Reference]:
        """Yield the names of classes with a counterpart that this module only hands on.

        Their calls, wherever they are, are not rewritten, so the classes stay torch's.
        """
        built = {api for one in candidates for api, _ in one.counterparts}
        called = {id(one.direct.node) for one in candidates if one.direct is not None}
        for reference in self._references:
            api = reference.qualified.removeprefix(f"{NAMESPACE}.")
            known = id(reference.node) in called | self._types or self._is_beside(reference)
            if api not in built and not known and self._counterpart(api):
                yield reference

    def _note_ported(self, apis: Iterable[str]) -> None:
        """Note the registries with a class that becomes its counterpart."""
        ported = {f"{NAMESPACE}.{api}" for api in apis}
        named = (one for one in self._references if one.qualified in ported)
        found = (self._beside.get(id(one.node)) for one in named)
        self._ported = {one for one in found if one is not None}

    def _is_beside(self, reference: Reference) -> bool:
        """Whether it stands in a registry with a class that a call which is rewritten takes."""
        display = self._beside.get(id(reference.node))
        return display is not None and display in self._ported

    def _counterpart(self, api: str) -> set[str]:
        """The counterpart of a class that the file builds nothing of.

        None in a file that has been ported: what is torch's there has been left so.
        """
        if self._is_ported:
            return set()
        if self._target.signature(api) and ApiKind.BASE is family(NAMESPACE).kind(api):
            return {self._target.qualified(api)}
        table = api_table(api, self._target.name)
        rows = () if table is None else table.correspondences
        names = {row.counterpart for row in rows if row.when is None and row.counterpart}
        return {self._target.qualified(name) for name in names if self._target.signature(name)}


def _types(tree: ast.Module) -> frozenset[int]:
    """The expressions that name classes without calling them: annotations, bases, type checks."""
    roots: list[ast.expr | None] = []
    for node in nodes_of(tree):
        if isinstance(node, (ast.arg, ast.AnnAssign)):
            roots.append(node.annotation)
        elif isinstance(node, _Function):
            roots.append(node.returns)
        elif isinstance(node, ast.ClassDef):
            roots += node.bases
        elif isinstance(node, ast.Compare):
            roots += [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in _CHECKS:
            roots += node.args[1:]
    return frozenset(id(one) for root in roots if root is not None for one in ast.walk(root))


def _beside(tree: ast.Module) -> Mapping[int, int]:
    """For the values of dicts and lists, by their identity, the one that they stand in."""
    found = {}
    for node in nodes_of(tree):
        if isinstance(node, (ast.Dict, ast.List, ast.Tuple)):
            for value in node.values if isinstance(node, ast.Dict) else node.elts:
                found[id(value)] = id(node)
    return found


_CHECKS = frozenset({"isinstance", "issubclass"})


def _homes(tree: ast.Module) -> Mapping[tuple[int, int, int, int], _Function]:
    """For calls of what a name of the same function holds, by their places, that function."""
    found: dict[tuple[int, int, int, int], _Function] = {}
    for function in nodes_of(tree):  # outer functions first
        if not isinstance(function, _Function):
            continue
        inside = [node for statement in function.body for node in ast.walk(statement)]
        names = [node for node in inside if isinstance(node, ast.Name)]
        bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        outside = (node for node in inside if isinstance(node, (ast.Global, ast.Nonlocal)))
        bound -= {name for node in outside for name in node.names}
        for call in inside:
            root = call.func if isinstance(call, ast.Call) else None
            while isinstance(root, (ast.Subscript, ast.Attribute)):
                root = root.value
            if isinstance(call, ast.Call) and isinstance(root, ast.Name) and root.id in bound:
                place = place_of(call)
                found[place.line, place.col, place.end_line, place.end_col] = function
    return found


def _holds(function: _Home, node: ast.expr) -> bool:
    if function is None:
        return False
    begin, end = (function.lineno, function.col_offset), (function.end_lineno or 0, 0)
    return begin <= (node.lineno, node.col_offset) and (node.lineno, 0) <= end


def place_of(node: ast.expr) -> Place:
    """Return where an expression stands."""
    return Place(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
    )
