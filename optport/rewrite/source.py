"""Rewriting one source text into a target's optimizers: `port_source`.

Every construction that is certain, and whose port can be written where its arguments stand,
becomes its port. Everything else stays torch's, below a comment that names the code and what to do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optport.check import Checked, check_tree, parse_source
from optport.edits import Edit
from optport.fixing import Document, TextDocument
from optport.gate import concerns_us
from optport.hazards.hazard import Fidelity, Port
from optport.hazards.scene import Scene, bare_scene, key_of
from optport.options import Options, default_options
from optport.places import Place
from optport.reader.model import MethodUse
from optport.reader.objects import NAMESPACE
from optport.rewrite.calls import argument_edits
from optport.rewrite.comments import Statements
from optport.rewrite.imports import import_edits
from optport.rewrite.members import Uses
from optport.rewrite.names import ImportedNames, Reference
from optport.rewrite.remarks import remark, remarks
from optport.rewrite.schedules import Schedules
from optport.signatures import ApiKind, family, known_names
from optport.table import api_table
from optport.targets import Target


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one construction: its port's fidelity, ``none`` where it stays torch's.

    Also a use of a method or attribute that is left as it is, and is not the same there.
    """

    place: Place
    api: str
    fidelity: Fidelity
    callee: str | None
    is_use: bool = False


@dataclass(frozen=True, slots=True)
class Ported:
    """A source text after porting, and what became of each construction in it."""

    text: str
    done: tuple[Done, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether all of it trains exactly as torch does."""
        return all(one.fidelity is Fidelity.EXACT for one in self.done)


@dataclass(slots=True)
class _Candidate:
    """One call, what it may build, and the edits of its port; None where it stays torch's."""

    checked: list[Checked]
    ports: list[Port]
    edits: list[Edit] | None
    direct: Reference | None

    @property
    def place(self) -> Place:
        return self.checked[0].construction.place

    @property
    def apis(self) -> set[str]:
        return {one.construction.api for one in self.checked}


def port_source(text: str, target: Target, options: Options | None = None) -> Ported:
    """Rewrite a source text for `target`; raises `SyntaxError` or `ValueError` as `ast.parse` does.

    `options` give the version of torch that the source is written for.
    """
    document, done = port_document(TextDocument(text), target, options)
    return Ported(document.text, done)


def port_document(
    document: Document, target: Target, options: Options | None = None
) -> tuple[Document, tuple[Done, ...]]:
    """Rewrite a text or notebook as `port_source` does."""
    text = document.text
    options = replace(options or default_options(), targets=(target,), notes=False)
    if not concerns_us(text):
        return document, ()
    tree = parse_source(text)
    report = check_tree(tree, text, options)
    if not report.constructions and not report.uses:
        return document, ()
    rewriting = _Rewriting(tree, text, target)
    edits, done = rewriting.of(report.constructions)
    more, left = rewriting.uses(report.uses, bare_scene(options.torch_version))
    edits, done = list(dict.fromkeys([*edits, *more])), (*done, *left)
    ported = document.edited(edits)
    module = target.name.partition(".")[0]
    imports = import_edits(ported.text, tree, parse_source(ported.text), module)
    return ported.edited(imports), done


class _Rewriting:
    """The rewriting of one module."""

    def __init__(self, tree: ast.Module, text: str, target: Target) -> None:
        self._tree = tree
        self._text = text
        self._target = target
        self._candidates: list[_Candidate] = []
        self._statements = Statements(tree, text)
        self._schedules = Schedules(tree, text, target)
        known = {f"{NAMESPACE}.{name}" for kind in _BUILT for name in known_names(kind)}
        self._references = list(ImportedNames(tree).references(known))
        self._called: set[int] = set()
        self._at = {(one.node.lineno, one.node.col_offset): one for one in self._references}

    def of(self, constructions: Iterable[Checked]) -> tuple[list[Edit], tuple[Done, ...]]:
        """Return the edits for what was found, and what becomes of each construction."""
        self._candidates = candidates = list(self._found(constructions))
        self._withdraw(candidates)
        edits: list[Edit] = []
        done: list[Done] = []
        for one in candidates:
            ported = one.edits is not None
            for checked, port in zip(one.checked, one.ports, strict=True):
                fidelity = port.fidelity if ported else Fidelity.NONE
                done.append(Done(one.place, checked.construction.api, fidelity, port.callee))
            edits += one.edits or []
            edits += self._statements.comments(one.place, remarks(one.checked, one.ports, ported))
            if ported and one.direct is not None and not _is_whole(one.ports[0]):
                edits.append(Edit(_place(one.direct.node), str(one.ports[0].callee)))
        edits += self._other_references(candidates)
        return edits, tuple(done)

    def uses(self, uses: Iterable[MethodUse], bare: Scene) -> tuple[list[Edit], tuple[Done, ...]]:
        """Return the edits for uses of what has been rewritten, and the uses that are left."""
        candidates = self._candidates
        checked = [one for candidate in candidates for one in candidate.checked]
        scene = checked[0].judgements[0].scene if checked else bare
        ported, stay = set(), set()
        for candidate in candidates:
            for one in candidate.checked:
                if candidate.edits is not None:
                    ported.add(key_of(one.construction))
                elif one.construction.kind is ApiKind.OPTIMIZER:
                    stay.add(key_of(one.construction))
        taken = [edit.place for candidate in candidates for edit in candidate.edits or ()]
        found = Uses(self._tree, self._text, self._target, self._statements, taken).rewritten(
            uses, scene, ported, stay
        )
        edits = list(found.edits)
        done = []
        for met in found.left:
            words = [remark(met.hazard, ApiKind.METHOD)]
            edits += self._statements.comments(met.use.place, words)
            done.append(Done(met.use.place, met.use.api, Fidelity.NONE, None, is_use=True))
        return edits, tuple(done)

    def _found(self, constructions: Iterable[Checked]) -> Iterator[_Candidate]:
        by_place: dict[Place, list[Checked]] = {}
        for checked in constructions:
            by_place.setdefault(checked.construction.place, []).append(checked)
        for place, together in by_place.items():
            ports = [
                self._schedules.in_file(checked, checked.ports[self._target.name])
                for checked in together
            ]
            direct = self._at.get((place.line, place.col))
            if self._schedules.is_part(
                together[0]
            ):  # it goes with the scheduler that it is part of
                if direct is not None:
                    self._called.add(id(direct.node))
                continue
            yield _Candidate(together, ports, self._edits(together, ports), direct)

    def _edits(self, together: list[Checked], ports: list[Port]) -> list[Edit] | None:
        """The edits of a call's arguments: those of all that it may build, if they agree."""
        place = together[0].construction.place
        if len(together) == 1 and self._schedules.is_given_to_optimizer(together[0]):
            return self._schedules.edits(together[0], ports[0])
        if len(together) == 1 and _is_whole(ports[0]):
            whole = Edit(place, str(ports[0].call))
            return [whole, *self._statements.lines(place, ports[0].setup)]
        found = []
        for checked, port in zip(together, ports, strict=True):
            if port.call is None:
                return None
            edits = argument_edits(checked.construction, port)
            if edits is None or (port.setup and len(together) > 1):
                return None
            found.append(sorted(edits))
        if any(one != found[0] for one in found):
            return None
        return [*found[0], *self._statements.lines(place, ports[0].setup)]

    def _withdraw(self, candidates: list[_Candidate]) -> None:
        """A class that is reached in another way than by its name has one counterpart or none.

        Where calls need several, or one of them can't be ported, all of them stay torch's.
        """
        changed = True
        while changed:
            changed = False
            for api, group in self._indirect(candidates).items():
                counterparts = {
                    str(port.callee)
                    for one in group
                    for checked, port in zip(one.checked, one.ports, strict=True)
                    if checked.construction.api == api
                }
                if len(counterparts) == 1 and all(one.edits is not None for one in group):
                    continue
                for one in group:
                    changed = changed or one.edits is not None
                    one.edits = None

    def _indirect(self, candidates: Iterable[_Candidate]) -> dict[str, list[_Candidate]]:
        found: dict[str, list[_Candidate]] = {}
        for one in candidates:
            if one.direct is None:
                for api in one.apis:
                    found.setdefault(api, []).append(one)
        return found

    def _other_references(self, candidates: list[_Candidate]) -> Iterator[Edit]:
        """The edits of names of classes that are not called where they stand."""
        called = self._called
        called |= {id(one.direct.node) for one in candidates if one.direct is not None}
        counterparts: dict[str, set[str]] = {}
        stays: set[str] = set()
        for one in candidates:
            for checked, port in zip(one.checked, one.ports, strict=True):
                api = checked.construction.api
                if one.edits is None:
                    stays.add(api)
                else:
                    counterparts.setdefault(api, set()).add(str(port.callee))
        for reference in self._references:
            api = reference.qualified.removeprefix(f"{NAMESPACE}.")
            found = counterparts.get(api) or self._counterpart(api)
            if id(reference.node) not in called and api not in stays and len(found) == 1:
                yield Edit(_place(reference.node), next(iter(found)))

    def _counterpart(self, api: str) -> set[str]:
        """The counterpart of a class that the file names and builds nothing of."""
        if self._target.signature(api) and ApiKind.BASE is family(NAMESPACE).kind(api):
            return {self._target.qualified(api)}
        table = api_table(api, self._target.name)
        rows = () if table is None else table.correspondences
        names = {row.counterpart for row in rows if row.when is None and row.counterpart}
        return {self._target.qualified(name) for name in names if self._target.signature(name)}


def _is_whole(port: Port) -> bool:
    """Whether a port is an expression that takes the place of the whole call."""
    return port.call is not None and not port.arguments


_BUILT = (ApiKind.OPTIMIZER, ApiKind.SCHEDULER, ApiKind.BASE)


def _place(node: ast.expr) -> Place:
    return Place(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
    )
