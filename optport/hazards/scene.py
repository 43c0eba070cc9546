"""What one file builds, together: which scheduler sets the rate of which optimizer, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from optport.hazards.shapes import value_of
from optport.lean import dataclass
from optport.places import Place
from optport.reader.model import Construction, MethodUse, Pace
from optport.signatures import ApiKind, family
from optport.table import api_table, roles
from optport.table.curves import Join
from optport.table.model import Access, Role
from optport.table.operands import Lookup
from optport.values import Certainty, ValueSet, union

if TYPE_CHECKING:
    from optport.hazards.watched import Notes

Key = tuple[Place, str]
"""What tells the constructions of a file apart: where they stand, and what they build."""

STEP = "step"
"""The method that takes a step, of an optimizer and of a scheduler."""


@dataclass(frozen=True)
class Scene:
    """What rules know beside one construction: torch's version, and the schedulers of the file.

    `schedulers` are those that set a rate, by the optimizers that they are built with; one that
    another scheduler is made of does not count, `wholes` has that other one. `paces` say how often
    an optimizer or a scheduler takes its steps; `stepped` are those that surely take some of their
    own, and where the first is. `written` are the options that are set in an optimizer's groups
    once it is built.
    """

    torch_version: str
    schedulers: Mapping[Key, tuple[Construction, ...]] = field(default_factory=dict)
    paces: Mapping[Key, frozenset[Pace]] = field(default_factory=dict)
    wholes: Mapping[Key, Construction] = field(default_factory=dict)
    stepped: Mapping[Key, Place] = field(default_factory=dict)
    written: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    notes: Notes | None = field(default=None, compare=False, repr=False)
    """Where it is noted what is asked of the one construction that is judged."""

    def values(self, construction: Construction, values: Lookup, how: str) -> Lookup:
        """Return the lookup of some values in force of a construction, noted if anything is.

        `how` tells ways to look at one construction apart.
        """
        return values if self.notes is None else self.notes.lookup(values, construction, how)

    def over(self, optimizer: Construction) -> tuple[Construction, ...]:
        """Return the schedulers that may set an optimizer's rate."""
        return self.schedulers.get(key_of(optimizer), ())

    def written_later(self, optimizer: Construction) -> frozenset[str]:
        """Return the options that are set in an optimizer's groups once it is built."""
        return self.written.get(key_of(optimizer), frozenset())

    def whole(self, scheduler: Construction) -> Construction | None:
        """Return the scheduler that one is part of."""
        return self.wholes.get(key_of(scheduler))

    def starts_later(self, scheduler: Construction) -> bool:
        """Whether a scheduler is part of a sequence that begins with another one."""
        whole = self.whole(scheduler)
        if whole is None or key_of(whole.inner[0]) == key_of(scheduler):
            return False
        table = api_table(whole.api)
        joins = None if table is None or table.curve is None else table.curve.joins
        return joins is Join.SEQUENCE

    def comes_second(self, scheduler: Construction) -> bool:
        """Whether a scheduler surely takes steps beside an earlier one of the same optimizer."""
        mine = key_of(scheduler)
        earlier = (
            other
            for optimizer in scheduler.built_with
            for other in map(key_of, self.over(optimizer))
            if other in self.stepped and other < mine
        )
        return len(scheduler.built_with) == 1 and mine in self.stepped and any(earlier)

    def steps_apart(self, scheduler: Construction) -> Certainty:
        """How surely a scheduler takes other steps than the optimizers that it is built with."""
        mine = self.paces.get(key_of(scheduler), frozenset())
        theirs = [self.paces.get(key_of(one), frozenset()) for one in scheduler.built_with]
        if not mine or not theirs or not all(theirs):
            return Certainty.POSSIBLE
        loops = {pace.loop for pace in mine}
        if any({pace.loop for pace in paces} != loops for paces in theirs):
            return Certainty.CERTAIN if None not in loops else Certainty.POSSIBLE
        alike = {_beat(pace) for paces in (mine, *theirs) for pace in paces}
        known = len(alike) == 1 and None not in {where for where, _ in alike}
        if not known:
            return Certainty.POSSIBLE
        first = self.stepped.get(key_of(scheduler))
        then = [self.stepped.get(key_of(one)) for one in scheduler.built_with]
        ahead = first is not None and any(one is not None and first < one for one in then)
        return Certainty.CERTAIN if ahead else Certainty.NO


def _beat(pace: Pace) -> tuple[Place | None, frozenset[Place]]:
    """What two that take steps at the same pace have in common."""
    return pace.loop or pace.function, pace.conditions


def bare_scene(torch_version: str = "") -> Scene:
    """Return the scene of a construction by itself, for the newest torch unless told."""
    return Scene(torch_version or family("torch.optim").versions[-1])


def key_of(construction: Construction) -> Key:
    """Return what tells a construction from the others of its file."""
    return construction.place, construction.api


def in_force(construction: Construction, name: str) -> ValueSet:
    """Return the value in force of a parameter, or what its form tells of it.

    ``optimizer.momentum`` is one of what a scheduler is built with.
    """
    head, _, inner = name.partition(".")
    if inner and head == roles(ApiKind.SCHEDULER).get(Role.OPTIMIZER):
        return union(one.in_force(inner) for one in construction.built_with)
    argument = construction.arguments.get(name)
    if argument is None:
        return construction.in_force(name)
    return value_of(argument, floats=construction.kind is ApiKind.SCHEDULER)


def read_scene(
    constructions: Iterable[Construction], uses: Iterable[MethodUse], torch_version: str
) -> Scene:
    """Find the schedulers among some constructions, and where all of them take their steps."""
    schedulers = [one for one in constructions if one.kind is ApiKind.SCHEDULER]
    wholes = {key_of(part): one for one in schedulers for part in one.inner}
    over: dict[Key, list[Construction]] = {}
    for scheduler in schedulers:
        if key_of(scheduler) not in wholes:
            for optimizer in scheduler.built_with:
                over.setdefault(key_of(optimizer), []).append(scheduler)
    paces: dict[Key, set[Pace]] = {}
    stepped: dict[Key, Place] = {}
    written: dict[Key, set[str]] = {}
    for use in uses:
        if use.key is not None and use.access in (Access.WRITE, Access.UPDATE):
            for receiver in use.receivers:
                written.setdefault(key_of(receiver), set()).add(use.key)
        if use.method == STEP:
            alone = len(use.receivers) == 1 or use.pace.each
            if alone and use.certainty is Certainty.CERTAIN:
                for receiver in use.receivers:
                    stepped.setdefault(key_of(receiver), use.place)
            for receiver in use.receivers:
                paces.setdefault(key_of(receiver), set()).add(use.pace)
    return Scene(
        torch_version,
        {key: tuple(found) for key, found in over.items()},
        {key: frozenset(found) for key, found in paces.items()},
        wholes,
        stepped,
        {key: frozenset(found) for key, found in written.items()},
    )
