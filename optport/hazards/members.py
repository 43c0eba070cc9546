"""Hazards of methods and attributes of optimizers and schedulers: OPT501, OPT502, OPT503."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from optport.catalogue import HazardKind
from optport.hazards.advice import Advice, WhenPorting, Write
from optport.hazards.case import find_case
from optport.hazards.hazard import Hazard
from optport.hazards.scene import Key, Scene, key_of
from optport.hazards.spelling import shortened
from optport.lean import dataclass
from optport.reader.model import Construction, MethodUse
from optport.signatures import ApiKind
from optport.table import api_table
from optport.table.model import Access, Use, Verdict
from optport.targets import Target
from optport.values import UNKNOWN, Certainty, ValueSet, literal, union
from optport.versions import parse_version

_KINDS = {
    Verdict.MISSING: HazardKind.UNSUPPORTED,
    Verdict.DIFFERS: HazardKind.MEANING,
    Verdict.CLOSURE: HazardKind.LOST,
}


_OBJECT = "object"
"""What a condition calls the optimizer or scheduler that a member is of."""
_Object = Key | ast.expr | str
"""What tells the optimizers of a file apart: their constructions, annotations, or classes."""


@dataclass(frozen=True, slots=True)
class _Met:
    """A use that meets a row of the table."""

    use: MethodUse
    row: Use
    certainty: Certainty


class Members:
    """The uses of a file's optimizers and schedulers, judged together.

    One hazard stands for each object, member and target: at the first use that has one, with what
    is to be done about the use that tells most: one that sets something, or looks at a key. Where
    the first looks at a key, it is about that one.
    """

    def __init__(self, targets: Sequence[Target], scene: Scene) -> None:
        self._targets = targets
        self._torch = parse_version(scene.torch_version)
        self._scene = scene
        self._counterparts: dict[tuple[int, str], tuple[Construction, str | None]] = {}

    def hazards(self, uses: Iterable[MethodUse]) -> Iterator[tuple[MethodUse, Hazard]]:
        """Yield what is to be said about the uses of a file, in the order of the source."""
        met: dict[tuple[_Object, str, str, HazardKind], list[_Met]] = {}
        for use in uses:
            objects: list[_Object] = [*map(key_of, use.receivers), *use.declared]
            for target in self._targets:
                found = self._judged(use, target)
                if found is not None:
                    for one in objects or [", ".join(use.classes)]:
                        key = one, use.api, target.name, _KINDS[found.row.verdict]
                        met.setdefault(key, []).append(found)
        targets = {target.name: target for target in self._targets}
        said = {(one, api.rpartition(".")[2], name) for one, api, name, _ in met}
        seen = set()
        for (one, _, name, kind), several in met.items():
            if any((one, other, name) in said for m in several for other in m.row.moot_with):
                continue
            hazard = self._hazard(several, targets[name], kind)
            if (hazard.place, name, kind) not in seen:
                seen.add((hazard.place, name, kind))
                yield several[0].use, hazard

    def alone(self, use: MethodUse, target: Target) -> tuple[Use, Hazard] | None:
        """Return the row that a use meets on a target, and what is to be said about it alone."""
        met = self._judged(use, target)
        if met is None:
            return None
        return met.row, self._hazard([met], target, _KINDS[met.row.verdict])

    def _judged(self, use: MethodUse, target: Target) -> _Met | None:
        """Return the row that a use meets on a target, and how surely."""
        if use.receivers and not any(self._there(one, target) for one in use.receivers):
            return None  # without a counterpart of the class there is nothing to use there
        table = api_table(_member(use), target.name)
        for row in () if table is None else table.uses:
            if target.name in row.targets and self._fits(row, use, target):
                certainty = _certainty(row, use)
                if certainty is not Certainty.NO:
                    return _Met(use, row, certainty)
        return None

    def _fits(self, row: Use, use: MethodUse, target: Target) -> bool:
        """Whether a row is about such a use, at these versions."""
        if row.access and use.access not in row.access:
            return False
        if row.receiver is not None and use.receiver_kind is not row.receiver:
            return False
        if row.key is not None and use.key != row.key:
            return False
        if row.given is not None and row.given not in use.arguments:
            return False
        if row.left_out is not None and (row.left_out in use.arguments or use.hidden is not None):
            return False
        if (row.formatted and not use.formatted) or (row.whole and not use.whole):
            return False
        if (row.itself and use.of_item) or (use.aliased and use.formatted and not row.formatted):
            return False  # what is formatted by another name has been read elsewhere
        over = [one.api for receiver in use.receivers for one in self._schedulers(receiver)]
        if row.scheduled and not over:
            return False
        if row.schedulers and not (over and set(over) <= set(row.schedulers)):
            return False
        return (
            (row.before is None or parse_version(target.version) < parse_version(row.before))
            and (row.torch_since is None or self._torch >= parse_version(row.torch_since))
            and (row.torch_before is None or self._torch < parse_version(row.torch_before))
        )

    def _hazard(self, several: Sequence[_Met], target: Target, kind: HazardKind) -> Hazard:
        first = several[0]
        alike = [one for one in several if first.use.key in (None, one.use.key)]
        most = max(alike, key=_tells)
        return Hazard(
            kind=kind,
            target=target.name,
            place=first.use.place,
            certainty=first.certainty,
            subject=_subject(most.use, most.row),
            where=self._counterpart(first.use, target),
            brief=target.info.short,
            clause=most.row.text or "",
            advice=_advice(most.use, most.row),
            argument=most.row.given or most.row.left_out,
            cured=False,
        )

    def _there(self, one: Construction, target: Target) -> str | None:
        """The full name of the class there; None where there is none."""
        key = id(one), target.name
        if key not in self._counterparts:
            case = find_case(one, target)
            self._counterparts[key] = one, None if case is None else case.where
        return self._counterparts[key][1]

    def _counterpart(self, use: MethodUse, target: Target) -> str:
        """The full name of the class there, where it is one and known; else the target's."""
        names = {self._there(one, target) for one in use.receivers}
        only = names.pop() if len(names) == 1 else None
        return target.name if only is None else only

    def _schedulers(self, one: Construction) -> Sequence[Construction]:
        """The schedulers that set an optimizer's rate; a scheduler is one itself."""
        return (one,) if one.kind is ApiKind.SCHEDULER else self._scene.over(one)


def _member(use: MethodUse) -> str:
    """The member that the table knows: that of the class, where it has one of its own."""
    if use.access is Access.PASSED:  # to a function, or a method of something else
        return use.api
    own = {f"{one}.{use.method}" for one in use.classes}
    name = own.pop() if len(own) == 1 else use.api
    return name if api_table(name) is not None else use.api


def _certainty(row: Use, use: MethodUse) -> Certainty:
    certainty = min(use.certainty, use.opened) if row.opened else use.certainty
    if row.given is not None:
        certainty = min(certainty, _is_given(use, row.given))
    if row.when is not None:
        certainty = min(certainty, row.when.holds(lambda name: _value(use, name)))
    if row.unless is not None:
        certainty = min(certainty, row.unless.fails(lambda name: _value(use, name)))
    return certainty


def _is_given(use: MethodUse, name: str) -> Certainty:
    """How surely an argument is given, and is not None: ``step(closure=None)`` hands over none."""
    values = use.arguments[name].value
    none = [getattr(one, "value", one) is None for one in values.values]
    if none and all(none):
        return Certainty.NO if values.complete else Certainty.POSSIBLE
    sure = use.arguments[name].sure and not any(none)
    return Certainty.CERTAIN if sure else Certainty.POSSIBLE


def _value(use: MethodUse, name: str) -> ValueSet:
    """The value in force of an argument, what is written, or what the object was built with."""
    head, _, inner = name.partition(".")
    if inner and head == _OBJECT:
        return union(one.in_force(inner) for one in use.receivers)
    if name == "value":
        return UNKNOWN if use.value is None else use.value.value
    argument = use.arguments.get(name)
    if argument is not None:
        return argument.value
    known = None if use.signature is None else use.signature.by_name.get(name)
    if known is None or known.required or use.hidden is not None:
        return UNKNOWN
    return literal(known.value)


def _tells(met: _Met) -> tuple[bool, bool]:
    """How much a use tells; of several that tell the same the first counts."""
    sets = met.use.access in (Access.WRITE, Access.UPDATE)
    return sets, met.use.key is not None


def _advice(use: MethodUse, row: Use) -> Advice:
    for name, text in row.write.items():
        return Write(name, text, use.site)
    return WhenPorting(row.advice)


def _subject(use: MethodUse, row: Use) -> str:
    """A use as a message names it: ``zero_grad()``, ``step(closure)``, ``param_groups['lr']``."""
    if use.access is Access.PASSED:
        return use.qualified
    if use.key is not None:
        return f"{use.method}[{use.key!r}]"
    if row.given is not None:
        argument = use.arguments[row.given]
        return f"{use.method}({shortened(argument.text)})"
    return f"{use.method}()" if use.access is Access.CALL else use.method
