"""What one file builds, together: which scheduler sets the rate of which optimizer, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from optport.hazards.shapes import value_of
from optport.places import Place
from optport.reader.model import Construction, MethodUse
from optport.signatures import ApiKind, family
from optport.table import roles
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
    in which an optimizer or a scheduler takes its steps.
    """

    torch_version: str
    schedulers: Mapping[Key, tuple[Construction, ...]] = field(default_factory=dict)
    loops: Mapping[Key, frozenset[Place | None]] = field(default_factory=dict)
    wholes: Mapping[Key, Construction] = field(default_factory=dict)

    def over(self, optimizer: Construction) -> tuple[Construction, ...]:
        """Return the schedulers that may set an optimizer's rate."""
        return self.schedulers.get(key_of(optimizer), ())

    def whole(self, scheduler: Construction) -> Construction | None:
        """Return the scheduler that one is part of."""
        return self.wholes.get(key_of(scheduler))

    def steps_apart(self, scheduler: Construction) -> Certainty:
        """How surely a scheduler takes other steps than the optimizers that it is built with."""
        mine = self.loops.get(key_of(scheduler), frozenset())
        theirs = [self.loops.get(key_of(one), frozenset()) for one in scheduler.built_with]
        if not mine or not theirs or not all(theirs):
            return Certainty.POSSIBLE
        if any(loops != mine for loops in theirs):
            return Certainty.CERTAIN if None not in mine else Certainty.POSSIBLE
        return Certainty.NO if len(mine) == 1 and None not in mine else Certainty.POSSIBLE


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
    for use in uses:
        if use.method == STEP:
            for receiver in use.receivers:
                loops.setdefault(key_of(receiver), set()).add(use.loop)
    return Scene(
        torch_version,
        {key: tuple(found) for key, found in over.items()},
        {key: frozenset(found) for key, found in loops.items()},
        wholes,
    )
