"""What one file builds, together: which scheduler sets the rate of which optimizer, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from optport.hazards.shapes import value_of
from optport.places import Place
from optport.reader.model import Construction, MethodUse
from optport.signatures import ApiKind, family
from optport.table import api_table, roles
from optport.table.curves import Join
from optport.table.model import Role
from optport.values import Certainty, ValueSet, union

Key = tuple[Place, str]
"""What tells the constructions of a file apart: where they stand, and what they build."""

STEP = "step"
"""The method that takes a step, of an optimizer and of a scheduler."""


@dataclass(frozen=True)
class Scene:
    """What rules know beside one construction: torch's version, and the schedulers of the file.

    `schedulers` are those that set a rate, by the optimizers that they are built with; one that
    another scheduler is made of does not count, `wholes` has that other one. `loops` are the loops
    in which an optimizer or a scheduler takes its steps, `conditions` those in a loop under which
    it does; `stepped` are those that surely take some of their own.
    """

    torch_version: str
    schedulers: Mapping[Key, tuple[Construction, ...]] = field(default_factory=dict)
    loops: Mapping[Key, frozenset[Place | None]] = field(default_factory=dict)
    wholes: Mapping[Key, Construction] = field(default_factory=dict)
    stepped: frozenset[Key] = frozenset()
    conditions: Mapping[Key, frozenset[frozenset[Place]]] = field(default_factory=dict)

    def over(self, optimizer: Construction) -> tuple[Construction, ...]:
        """Return the schedulers that may set an optimizer's rate."""
        return self.schedulers.get(key_of(optimizer), ())

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
        mine = self.loops.get(key_of(scheduler), frozenset())
        theirs = [self.loops.get(key_of(one), frozenset()) for one in scheduler.built_with]
        if not mine or not theirs or not all(theirs):
            return Certainty.POSSIBLE
        if any(loops != mine for loops in theirs):
            return Certainty.CERTAIN if None not in mine else Certainty.POSSIBLE
        if len(mine) > 1 or None in mine:
            return Certainty.POSSIBLE
        under = {self.conditions.get(key_of(one)) for one in (scheduler, *scheduler.built_with)}
        return Certainty.NO if len(under) == 1 else Certainty.POSSIBLE


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
    return construction.in_force(name) if argument is None else value_of(argument)


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
    loops: dict[Key, set[Place | None]] = {}
    conditions: dict[Key, set[frozenset[Place]]] = {}
    stepped = set()
    for use in uses:
        if use.method == STEP:
            if len(use.receivers) == 1 and use.certainty is Certainty.CERTAIN:
                stepped.add(key_of(use.receivers[0]))
            for receiver in use.receivers:
                loops.setdefault(key_of(receiver), set()).add(use.loop)
                conditions.setdefault(key_of(receiver), set()).add(use.conditions)
    return Scene(
        torch_version,
        {key: tuple(found) for key, found in over.items()},
        {key: frozenset(found) for key, found in loops.items()},
        wholes,
        frozenset(stepped),
        {key: frozenset(found) for key, found in conditions.items()},
    )
