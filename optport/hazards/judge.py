"""From a construction to its hazards and ports, target by target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from optport.catalogue import HazardKind
from optport.hazards.advice import WhenPorting
from optport.hazards.case import Case, find_case
from optport.hazards.expressions import expressed
from optport.hazards.fidelity import fidelity, shortfall
from optport.hazards.groups import holds_throughout
from optport.hazards.hazard import NO_PORT, Fidelity, Hazard, Port
from optport.hazards.pair_port import optimizer_port
from optport.hazards.rules import own_hazards
from optport.hazards.scene import Scene, bare_scene
from optport.hazards.schedule_port import schedule_port
from optport.hazards.schedules import group_hazards
from optport.hazards.spelling import as_literal
from optport.hazards.torch_side import raising
from optport.lean import dataclass
from optport.reader.model import Argument, Construction, Shape
from optport.signatures import ApiKind
from optport.table import api_table, roles
from optport.table.conditions import Condition
from optport.table.model import ApiTable, Detour, Role
from optport.targets import Target
from optport.values import UNKNOWN, UNREAD, Certainty, literal


@dataclass(frozen=True)
class Judgement:
    """What is to be said about one construction on one target, and its port there.

    The port is one of `case`, which may be another than the construction's own: where there is a
    better one. `by_name` is its own, where that is close and would do.
    """

    construction: Construction
    target: Target
    hazards: tuple[Hazard, ...]
    scene: Scene
    case: Case | None = None
    by_name: Case | None = None
    like: Judgement | None = None
    """The judgement of a construction that looks the same: its port is this one's, too."""
    apart: bool = False
    """Whether the hazards are known from another construction, whose port is another."""

    @cached_property
    def port(self) -> Port:
        """The port, written when it is first asked for: most findings go without."""
        if self.like is not None:
            return self.like.port
        if self.apart:
            return judge(self.construction, self.target, self.scene).port
        if self.construction.kind is ApiKind.SCHEDULER:
            return schedule_port(self.construction, self.target, self.scene)
        return NO_PORT if self.case is None else optimizer_port(self.case, own_hazards(self.case))

    @property
    def port_by_name(self) -> Port:
        """The port to the counterpart itself, where it is close; else `port`."""
        if self.like is not None:
            return self.like.port_by_name
        if self.apart:
            return judge(self.construction, self.target, self.scene).port_by_name
        own = self.by_name
        return self.port if own is None else optimizer_port(own, own_hazards(own))


def judge(construction: Construction, target: Target, scene: Scene | None = None) -> Judgement:
    """Compare a construction with the table's row of one target."""
    scene = scene or bare_scene()
    table = api_table(construction.api, target.name)
    assert table is not None, construction.api
    if _is_moot(construction, target, scene):
        part = find_case(construction, target, scene=scene)
        kept = () if part is None else tuple(group_hazards(part))
        return Judgement(construction, target, kept, scene)
    raises = raising(construction, target, scene.torch_version)
    if raises is not None:
        judgement = _judged(construction, target, scene, table)
        return replace(judgement, hazards=(*judgement.hazards, raises), case=None)
    return _judged(construction, target, scene, table)


def _judged(construction: Construction, target: Target, scene: Scene, table: ApiTable) -> Judgement:
    case = find_case(construction, target, scene=scene)
    if case is None:
        missing = _unsupported(construction, target, table)
        return Judgement(construction, target, (missing,), scene)
    hazards = list(_caveats(case, table))
    if case.row.differs is not None:
        better = _detour(case, table)
        hazards.append(_different(case, better))
        if better is None:
            return Judgement(construction, target, tuple(hazards), scene, case)
        # Following the advice, the rest is about the class that it names.
        case = replace(better, reported=target.name)
        return Judgement(construction, target, (*hazards, *own_hazards(case)), scene, case)
    found = own_hazards(case)
    if _may_be_better(case, table, found):
        better = _detour(case, table)
        if better is not None and _is_better(better, case, found):
            cured = all(hazard.cured for hazard in found)
            by_name = case if cured and fidelity(case, found) is Fidelity.CLOSE else None
            found = _led_to(replace(better, reported=target.name), found)
            return Judgement(construction, target, (*hazards, *found), scene, better, by_name)
    return Judgement(construction, target, (*hazards, *found), scene, case)


def _is_moot(construction: Construction, target: Target, scene: Scene) -> bool:
    """Whether a scheduler is part of one that has to be written in another way altogether."""
    whole = scene.whole(construction)
    return whole is not None and find_case(whole, target, scene=scene) is None


def _may_be_better(case: Case, table: ApiTable, found: list[Hazard]) -> bool:
    """Whether to look for a detour: there are some, and the port is not exact."""
    if not any(case.target.name in detour.targets for detour in table.detours):
        return False
    cured = all(hazard.cured for hazard in found)
    return not cured or fidelity(case, found) is not Fidelity.EXACT


def _is_better(better: Case, case: Case, found: list[Hazard]) -> bool:
    """Whether a detour is worth the other class.

    Not for what rounding alone makes of both; and a port that is close, for an exact one only that
    the same module has.
    """
    if not all(hazard.cured for hazard in found):
        return True
    there = fidelity(better, own_hazards(better))
    if fidelity(case, found) is Fidelity.APPROXIMATE:
        return there is not Fidelity.APPROXIMATE
    return there is Fidelity.EXACT and better.target.name == case.target.name


def _unsupported(construction: Construction, target: Target, table: ApiTable) -> Hazard:
    row = table.correspondences[0]
    since = target.family.since(row.counterpart) if row.counterpart else None
    neighbour = next((d for d in table.detours if target.name in d.targets), None)
    if since is not None:
        advice = f"move to {target.info.short} {since}, the first to have {row.counterpart}"
    elif neighbour is not None:
        advice = f"use {neighbour.target}.{_counterpart(neighbour)}"
    else:
        advice = row.advice or _otherwise(construction, target)
    return Hazard(
        kind=HazardKind.UNSUPPORTED,
        target=target.name,
        place=construction.place,
        certainty=construction.certainty,
        subject=construction.qualified,
        where=f"{target.name} {target.version}",
        brief=f"{target.info.short} {target.version}",
        clause="",
        advice=WhenPorting(advice),
        cured=False,
    )


def _otherwise(construction: Construction, target: Target) -> str:
    """What to do where there is no counterpart, and the row knows nothing better."""
    rules, table = target.info.schedulers, api_table(construction.api)
    if rules is not None and table is not None and table.curve is not None:
        return rules.instead
    return "keep training it in torch"


def _counterpart(detour: Detour) -> str:
    table = api_table(detour.torch, detour.target)
    assert table is not None
    return next(one.counterpart for one in table.correspondences if one.when is None) or ""


def _caveats(case: Case, table: ApiTable) -> Iterator[Hazard]:
    """What torch's class has to be warned of, where the counterpart does something else."""
    if table.caveat is not None and case.row.behaviour is not None:
        yield case.hazard(
            HazardKind(table.caveat.hazard),
            None,
            Certainty.CERTAIN,
            subject=case.construction.qualified,
            mine=table.caveat.text,
            clause=case.row.behaviour,
            advice=WhenPorting(table.caveat.advice),
        )


def _different(case: Case, better: Case | None) -> Hazard:
    alone = case.row.advice or case.otherwise or "expect other results"
    return case.hazard(
        HazardKind.ALGORITHM,
        None,
        Certainty.POSSIBLE if case.row.differs_in_time else Certainty.CERTAIN,
        subject=case.construction.qualified,
        clause=case.row.differs or "",
        advice=WhenPorting(alone if better is None else f"use {better.where}"),
        cured=better is not None,
    )


def _detour(case: Case, table: ApiTable) -> Case | None:
    """Return the case of a better port than the literal one, where the table knows one."""
    for detour in table.detours:
        if case.target.name not in detour.targets:
            continue
        construction = case.construction
        if detour.when is not None and not _holds_for_good(case, detour.when):
            continue
        if detour.flat and not _is_all_read(construction):
            continue
        if detour.rate and roles(ApiKind.OPTIMIZER)[Role.RATE] in _later(case):
            continue
        if detour.torch != construction.api:
            construction = construction.read_as(detour.torch, case.scene.torch_version)
        given = {name: _argument(case, name, text) for name, text in detour.given.items()}
        construction = replace(construction, arguments={**construction.arguments, **given})
        found = find_case(construction, case.target.at(detour.target), scene=case.scene)
        if found is not None and found.row.differs is None:
            schedule = None if detour.rate is None else (case, detour.rate)
            short = shortfall(detour.inexact_when, detour.close_when, case.lookup)
            left = None if short is None else (short, detour.deviation)
            return replace(found, schedule=schedule, shortfall=left)
    return None


def _holds_for_good(case: Case, condition: Condition) -> bool:
    """Whether a condition holds, and on nothing that is set once the optimizer is built."""
    return _later(case).isdisjoint(condition.names) and holds_throughout(case, condition)


def _later(case: Case) -> frozenset[str]:
    """The options that are set in the groups of the optimizer once it is built."""
    return case.scene.written_later(case.construction)


def _is_all_read(construction: Construction) -> bool:
    """Whether all arguments are known, and hold for all parameters alike."""
    whole = construction.hidden is None and not construction.handed_on
    sure = all(one.sure for one in construction.arguments.values())
    return whole and sure and construction.shape is not Shape.GROUPS


def _expressed(case: Case, template: str) -> str:
    return expressed(case, template, case.lookup, case.given)


def _argument(case: Case, name: str, template: str) -> Argument:
    """An argument of a better port, which the table makes of those of the call."""
    text = _expressed(case, template)
    value = as_literal(text)
    known = UNKNOWN if value is UNREAD else literal(value)
    return Argument(name, known, text, case.construction.place)


def _led_to(better: Case, found: list[Hazard]) -> list[Hazard]:
    """The hazards that lead to the better port; following them, the rest is about its class."""
    if all(hazard.cured for hazard in found):
        return found
    remaining = own_hazards(better)
    known = {(hazard.kind, hazard.argument) for hazard in remaining}
    led = [one for one in found if not one.cured and (one.kind, one.argument) not in known]
    return [*(_led_by(hazard, better) for hazard in led), *remaining]


def _led_by(hazard: Hazard, better: Case) -> Hazard:
    """The hazard with the advice to take the better port, since nothing else cures it."""
    extra = [
        f"{argument.name}={argument.text}"
        for argument in better.construction.arguments.values()
        if argument.place == better.construction.place
    ]
    call = f"{better.where}({', '.join(extra)})" if extra else better.where
    call += ", scheduled as in its port" if better.schedule is not None else ""
    return replace(hazard, advice=WhenPorting(f"use {call}"), cured=True, again=None)
