"""Hazards of schedulers beyond their arguments: what they count, and what they do to groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from optport.catalogue import HazardKind
from optport.hazards.advice import WhenPorting
from optport.hazards.case import Case
from optport.hazards.exact_ints import needs_int
from optport.hazards.hazard import Hazard
from optport.hazards.pairing import differences_at
from optport.hazards.scene import Scene, in_force
from optport.hazards.spelling import plain
from optport.lean import dataclass
from optport.reader.model import Construction
from optport.signatures import ApiKind
from optport.table import api_table, roles
from optport.table.model import ApiTable, GroupRate, Role
from optport.targets import Target
from optport.values import UNREAD, Certainty

MAX_PARTS = 64
"""Schedulers within a scheduler that are looked at."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a target makes of a schedule, whichever class or function it comes from."""

    kind: HazardKind
    certainty: Certainty
    clause: str
    advice: str
    argument: str | None = None
    cured: bool = False
    """Whether the optimizer's port, which is handed the schedule, takes care of it."""


def schedule_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what a scheduler makes of its steps and of the optimizer's groups."""
    if case.construction.kind is not ApiKind.SCHEDULER:
        return
    yield from _called(case)
    yield from _started_later(case)
    for one in troubles(case.construction, case.target, case.scene):
        yield _hazard(case, one)


def group_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what no port cures of what a scheduler makes of groups."""
    for one in over_groups(case.construction, case.target):
        if not one.cured:
            yield _hazard(case, one)


def _hazard(case: Case, one: Trouble) -> Hazard:
    name = one.argument
    return case.hazard(
        one.kind,
        name,
        one.certainty,
        subject=case.construction.qualified if name is None else case.subject(name),
        clause=one.clause,
        advice=WhenPorting(one.advice),
        argument=None if name is None else case.given(name),
        cured=one.cured,
    )


def _called(case: Case) -> Iterator[Hazard]:
    """A function that needs an int, where the target calls it with something else."""
    rules = case.target.info.schedulers
    function = case.given(roles(ApiKind.SCHEDULER)[Role.FUNCTION])
    if rules is None or rules.calls is None or function is None:
        return
    called = [one.sure for one in function.functions if needs_int(one.node, one.skip)]
    if called:
        yield case.hazard(
            HazardKind.MEANING,
            function.name,
            Certainty.CERTAIN if any(called) else Certainty.POSSIBLE,
            subject=case.subject(function.name),
            clause=rules.calls,
            advice=WhenPorting("give it an int: lambda epoch: f(int(epoch))"),
            argument=function,
        )


def _started_later(case: Case) -> Iterator[Hazard]:
    """What becomes of a scheduler that a sequence starts after another one."""
    if not case.scene.starts_later(case.construction):
        return
    later = differences_at(case.row.later, case.target, case.scene.torch_version)
    for one in later:
        met = one.met(case.lookup)
        if met is not Certainty.NO:
            yield case.hazard(
                HazardKind.ALGORITHM,
                None,
                met,
                subject=case.construction.qualified,
                clause=one.text,
                advice=WhenPorting(one.advice or case.otherwise or ""),
                cured=False,
            )


def troubles(scheduler: Construction, target: Target, scene: Scene) -> Iterator[Trouble]:
    """Yield what no form of a schedule cures."""
    rules, table = target.info.schedulers, api_table(scheduler.api)
    if rules is None or table is None:
        return
    if rules.counts is not None and not _is_steady(scheduler, table, scene):
        paced = scene.steps_apart(scheduler)
        if paced is not Certainty.NO:
            advice = "state lengths in optimizer steps"
            yield Trouble(HazardKind.ALGORITHM, paced, rules.counts, advice)
    if rules.one_only is not None and scene.comes_second(scheduler):
        advice = f"{rules.instead} for both"
        yield Trouble(HazardKind.ALGORITHM, Certainty.CERTAIN, rules.one_only, advice)
    yield from over_groups(scheduler, target)


def _is_steady(scheduler: Construction, table: ApiTable, scene: Scene) -> bool:
    """Whether a scheduler surely never changes the rate."""
    condition = table.steady_when
    if condition is None:
        return False
    held = condition.holds(scene.values(scheduler, partial(in_force, scheduler), "bare"))
    return held is Certainty.CERTAIN and scheduler.certainty is Certainty.CERTAIN


def within(scheduler: Construction) -> Iterator[Construction]:
    """Yield the schedulers that one is made of, and what those are made of."""
    pending = list(scheduler.inner)
    for _ in range(MAX_PARTS):
        if not pending:
            return
        part = pending.pop()
        yield part
        pending += part.inner


def over_groups(scheduler: Construction, target: Target) -> Iterator[Trouble]:
    """Yield what is made of groups with a rate of their own, where torch treats them otherwise."""
    rules, table = target.info.schedulers, api_table(scheduler.api)
    own = max(map(has_own_rates, scheduler.built_with), default=Certainty.NO)
    if rules is None or table is None or own is Certainty.NO:
        return
    groups = rules.groups
    inline = all(one.parameters.inline for one in scheduler.built_with)
    if groups is GroupRate.CONSTANT:
        clause, advice = "leaves groups with an lr of their own alone", "give each group its rates"
        yield Trouble(HazardKind.MEANING, own, clause, advice, cured=inline)
    elif groups is GroupRate.FACTOR and table.overwrites_groups:
        clause = "scales it by a group's factor, torch gives all groups the same rate"
        advice = "leave the groups' learning_rate out"
        yield Trouble(HazardKind.MEANING, own, clause, advice, cured=inline)
    elif groups is GroupRate.FACTOR:
        for name in table.absolute:
            value = plain(scheduler.in_force(name))
            if value != 0:
                sure = own if value is not UNREAD else min(own, Certainty.POSSIBLE)
                clause = "scales it by a group's factor, too"
                advice = "use an optimizer and a scheduler for each group"
                yield Trouble(HazardKind.MEANING, sure, clause, advice, name)


def has_own_rates(optimizer: Construction) -> Certainty:
    """How surely a group of an optimizer has another rate than the optimizer."""
    rate = roles(ApiKind.OPTIMIZER)[Role.RATE]
    base, found = plain(optimizer.in_force(rate)), Certainty.NO
    for group in optimizer.parameters.groups:
        argument = group.arguments.get(rate)
        if argument is None or (base is not UNREAD and plain(argument.value) == base):
            continue
        sure = group.sure and argument.sure and optimizer.certainty is Certainty.CERTAIN
        found = max(found, Certainty.CERTAIN if sure else Certainty.POSSIBLE)
    return found
