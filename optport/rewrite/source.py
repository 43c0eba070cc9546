"""Rewriting one source text into a target's optimizers: `port_source`.

Every construction that is certain, and whose port can be written where its arguments stand,
becomes its port. Everything else stays torch's, below a comment that names the code and what to do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from optport.check import Checked, check_tree
from optport.edits import Edit
from optport.fixing import Document, TextDocument
from optport.gate import concerns_us
from optport.hazards.hazard import Fidelity, Port
from optport.hazards.scene import Scene, bare_scene, key_of
from optport.lean import dataclass
from optport.options import Options, default_options
from optport.parsing import parse_source
from optport.places import Place
from optport.reader.constructions import Reading
from optport.reader.layout import Owns
from optport.reader.model import MethodUse, Shape
from optport.reader.objects import NAMESPACE
from optport.rewrite.calls import argument_edits
from optport.rewrite.classes import Candidate, Classes, place_of
from optport.rewrite.comments import Statements
from optport.rewrite.homes import Homes
from optport.rewrite.imports import import_edits, imported_by, without_imports
from optport.rewrite.members import Uses
from optport.rewrite.names import Reference
from optport.rewrite.remarks import DERIVED, HANDED_ON, UNRESOLVED, remark, remarks
from optport.rewrite.schedules import Schedules
from optport.rewrite.sharing import owned_together, withdraw_unlike
from optport.rewrite.withdrawal import apart, withdraw_orphans, withdraw_overlapping
from optport.signatures import ApiKind
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
    if not (report.constructions or report.uses or report.unresolved):
        return document, ()
    rewriting = _Rewriting(tree, text, target, report.reading)
    edits, done = rewriting.of(report.constructions)
    bare = bare_scene(options.torch_version)
    more, left = rewriting.uses(report.uses, bare, [edit.place for edit in edits])
    unknown = rewriting.unresolved(report.unresolved)
    edits = list(dict.fromkeys([*edits, *more, *unknown]))
    done = (*done, *left, *(Done(one, NAMESPACE, Fidelity.NONE, None) for one in report.unresolved))
    ported = document.edited(edits)
    module = target.name.partition(".")[0]
    imports = import_edits(ported.text, tree, parse_source(ported.text), module, rewriting.imported)
    return ported.edited(imports), done


class _Rewriting:
    """The rewriting of one module."""

    def __init__(
        self, tree: ast.Module, text: str, target: Target, reading: Reading | None
    ) -> None:
        self._tree = tree
        self._text = text
        self._target = target
        self._reading = reading
        self._methods = target.info.methods
        self._candidates: list[Candidate] = []
        self._statements = Statements(tree, text)
        self._homes = Homes((), target)
        self._schedules: dict[Target, Schedules] = {}
        self._classes = Classes(tree, target)
        self._gone: list[Reference] = []

    def of(self, constructions: Iterable[Checked]) -> tuple[list[Edit], tuple[Done, ...]]:
        """Return the edits for what was found, and what becomes of each construction."""
        constructions = list(constructions)
        self._homes = Homes(constructions, self._target)
        constructions = map(self._homes.at_home, constructions)
        self._candidates = candidates = list(self._found(constructions))
        self._share(candidates)
        while withdraw_overlapping(candidates):
            pass
        self._classes.withdraw(candidates)
        while withdraw_orphans(candidates) or withdraw_unlike(candidates):
            self._classes.withdraw(candidates)
        edits: list[Edit] = []
        done: list[Done] = []
        for one in candidates:
            ported = one.edits is not None
            for checked, port in zip(one.checked, one.ports, strict=True):
                fidelity = port.fidelity if ported else Fidelity.NONE
                done.append(Done(one.place, checked.construction.api, fidelity, port.callee))
            edits += one.edits or []
            words = remarks(one.checked, one.ports, ported, one.orphan)
            edits += self._statements.comments(one.place, words)
            written = _is_whole(one.ports[0]) or self._schedules_for(one.checked[0]).is_given(
                one.checked[0]
            )
            if ported and one.direct is not None and not written:
                edits.append(Edit(place_of(one.direct.node), str(one.ports[0].callee)))
        edits += apart(self._renamed_methods(), edits)
        named = apart(self._classes.handed_on(candidates, self._gone), edits)
        edits += named
        for reference in self._classes.derived(named):
            edits += self._statements.comments(place_of(reference.node), [DERIVED])
        gone = {id(one.node) for one in self._gone}
        for reference in self._classes.called_elsewhere(candidates):
            if id(reference.node) not in gone:
                edits += self._statements.comments(place_of(reference.node), [HANDED_ON])
        return edits, tuple(done)

    def uses(
        self, uses: Iterable[MethodUse], bare: Scene, taken: list[Place]
    ) -> tuple[list[Edit], tuple[Done, ...]]:
        """Return the edits for uses of what has been rewritten, and the uses that are left.

        What is `taken` by other edits is not to be had.
        """
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
        found = Uses(self._tree, self._text, self._homes, self._statements, taken).rewritten(
            uses, scene, ported, stay
        )
        edits = list(found.edits)
        done = []
        for met in found.left:
            words = [remark(met.hazard, ApiKind.METHOD)]
            edits += self._statements.comments(met.use.place, words)
            done.append(Done(met.use.place, met.use.api, Fidelity.NONE, None, is_use=True))
        return edits, tuple(done)

    def unresolved(self, places: Iterable[Place]) -> list[Edit]:
        """Return the comments on calls that build what is decided at run time."""
        return [edit for one in places for edit in self._statements.comments(one, [UNRESOLVED])]

    def _renamed_methods(self) -> Iterator[Edit]:
        """Yield the edits of methods that parameters come from, wherever they are called."""
        ported = [one for one in self._candidates if one.edits is not None]
        if self._reading is None or not self._methods:
            return
        constructions = [checked.construction for one in ported for checked in one.checked]
        for method in self._reading.methods_behind(constructions, self._methods):
            end_line, end = method.end_lineno or 0, method.end_col_offset or 0
            begin = end - len(method.attr.encode())
            yield Edit(Place(end_line, begin, end_line, end), self._methods[method.attr])

    def _found(self, constructions: Iterable[Checked]) -> Iterator[Candidate]:
        by_place: dict[Place, list[Checked]] = {}
        for checked in constructions:
            by_place.setdefault(checked.construction.place, []).append(checked)
        for place, together in by_place.items():
            ports = [self._port(checked, alone=len(together) == 1) for checked in together]
            direct = self._classes.called_at(place)
            if self._schedules_for(together[0]).is_part(
                together[0]
            ):  # it goes with that which it is part of
                self._gone += [] if direct is None else [direct]
                continue
            one = Candidate(together, ports, None, direct)
            self._edit(one)
            yield one

    def _share(self, candidates: list[Candidate]) -> None:
        """Edit what several calls have together, for those that can't be ported without."""
        wanting = [one for one in candidates if one.edits is None]
        if self._reading is None or not wanting or len(candidates) < 2:
            return
        ported = [one for one in candidates if all(port.call is not None for port in one.ports)]
        owns = owned_together(self._reading, ported)
        for one in wanting if owns is not None else ():
            self._edit(one, owns)
            one.shares = True

    def _port(self, checked: Checked, alone: bool) -> Port:
        """The port that a file is given.

        Of classes to choose from, each becomes its own; so does one whose groups may have options
        that are not known, and that another class takes otherwise.
        """
        (judgement,) = checked.judgements
        known = alone and checked.construction.shape is not Shape.UNKNOWN
        port = judgement.port if known else judgement.port_by_name
        return self._schedules_for(checked).in_file(checked, port)

    def _schedules_for(self, checked: Checked) -> Schedules:
        """How schedulers are written where an optimizer, or that of a scheduler, is at home."""
        home = self._homes.of([checked.construction]) or self._target
        if home not in self._schedules:
            self._schedules[home] = Schedules(self._tree, self._text, home)
        return self._schedules[home]

    def _edit(self, one: Candidate, owns: Owns | None = None) -> None:
        """Find the edits of a call's arguments: those of all that it may build, if they agree.

        `owns` tells what may be changed, where that is more than the call's own.
        """
        together, ports, place = one.checked, one.ports, one.place
        schedules = self._schedules_for(together[0])
        if schedules.is_given(together[0]):
            alone = len(together) == 1
            one.edits = schedules.edits(together[0], ports[0], one.direct) if alone else None
            return
        if len(together) == 1 and _is_whole(ports[0]) and together[0].construction.hidden is None:
            one.edits = self._with_setup(one, [Edit(place, str(ports[0].call))])
            return
        found: list[list[Edit]] = []
        for number, (checked, port) in enumerate(zip(together, ports, strict=True)):
            if port.call is None or (port.setup and len(together) > 1):
                return
            held = argument_edits(checked.construction, port, self._methods, owns)
            if held is None:
                return
            found.append(sorted(edit for edits in held.values() for edit in edits))
            if found[-1] != found[0]:
                return
            one.held = held
            if not checked.construction.complete:
                ports[number] = replace(port, fidelity=_incomplete(port.fidelity))
            elif _has_all(checked, port):
                ports[number] = replace(port, fidelity=port.closeness)
        one.edits = self._with_setup(one, found[0])

    def _with_setup(self, one: Candidate, edits: list[Edit]) -> list[Edit] | None:
        """Add what has to be made before a call; None where there is no place for that."""
        setup = self._statements.lines(one.place, without_imports(one.ports[0].setup))
        return None if setup is None else [*edits, *setup]

    @property
    def imported(self) -> list[str]:
        """The modules that what has been ported needs, beside the target's."""
        ports = (one.ports[0] for one in self._candidates if one.edits is not None)
        return [module for port in ports for module in imported_by(port.setup)]


def _incomplete(fidelity: Fidelity) -> Fidelity:
    better = fidelity in (Fidelity.EXACT, Fidelity.CLOSE)
    return Fidelity.INCOMPLETE if better else fidelity


def _has_all(checked: Checked, port: Port) -> bool:
    """Whether all that a port takes over is rewritten: groups, too, that stand elsewhere."""
    construction = checked.construction
    hazards = [hazard for judgement in checked.judgements for hazard in judgement.hazards]
    return (
        port.groups is not None
        and construction.shape is Shape.GROUPS
        and construction.hidden is None
        and not construction.handed_on
        and all(hazard.cured for hazard in hazards)
    )


def _is_whole(port: Port) -> bool:
    """Whether a port is an expression that takes the place of the whole call."""
    return port.call is not None and not port.arguments
