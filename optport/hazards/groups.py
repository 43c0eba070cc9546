"""Hazards of parameter groups and containers: OPT401, OPT402, OPT403, OPT404."""

from __future__ import annotations

from collections.abc import Iterator

from optport.catalogue import HazardKind
from optport.hazards.advice import Advice, Replace, WhenPorting
from optport.hazards.arguments import epsilon_advice, is_mended, placement_shows
from optport.hazards.case import Case, spelled
from optport.hazards.factors import group_factor
from optport.hazards.group_choice import choice_hazards
from optport.hazards.hazard import Hazard
from optport.hazards.pairing import CARRIED
from optport.hazards.refusal import Refusal, group_refusal
from optport.hazards.roles import PARAMS, RATE
from optport.hazards.spelling import (
    MAX_ADVICE,
    as_list,
    plain,
    shortened,
    without_names,
)
from optport.reader.model import Argument, Container, Group, Parameters
from optport.table.asked import ask
from optport.table.conditions import Condition
from optport.table.model import Fate, ParameterRow
from optport.table.operands import Lookup
from optport.values import UNREAD, Certainty, ValueSet

GROUP_HAZARDS = frozenset(
    {
        HazardKind.GROUP_FACTOR,
        HazardKind.GROUP_IGNORED,
        HazardKind.GROUP_REJECTED,
        HazardKind.PARAMS,
    }
)
APART = WhenPorting("use a separate optimizer")
IN_FIRST = {
    "generator-in-group": "generator-in-first-group",
    "view-in-group": "view-in-first-group",
}
"""Containers that a target may not take in the first group alone, by what they are elsewhere."""


def group_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about the parameters that are handed over, and their groups."""
    parameters = case.construction.parameters
    given = case.given(PARAMS)
    if parameters.container is not Container.PLAIN and given is not None:
        yield from _container(case, parameters, given, Certainty.CERTAIN)
    for position, group in enumerate(parameters.groups):
        sure = Certainty.CERTAIN if group.sure else Certainty.POSSIBLE
        held = group.arguments.get(PARAMS)
        if held is not None and group.container is not Container.PLAIN:
            if not group.container_sure:
                sure = min(sure, Certainty.POSSIBLE)
            yield from _container(case, group, held, sure, first=position == 0)
        for name, argument in group.arguments.items():
            if name != PARAMS:
                yield from _option(case, group, argument, _sure(group, argument))
    yield from choice_hazards(case)


def _sure(group: Group, argument: Argument) -> Certainty:
    return Certainty.CERTAIN if group.sure and argument.sure else Certainty.POSSIBLE


def _hazard(
    case: Case,
    kind: HazardKind,
    argument: Argument,
    certainty: Certainty,
    advice: Advice,
    clause: str = "",
    cured: bool = True,
) -> Hazard:
    container = kind is HazardKind.PARAMS
    return case.hazard(
        kind,
        argument.name,
        certainty,
        subject=shortened(argument.text) if container else spelled(argument),
        advice=advice,
        clause=clause,
        argument=argument,
        cured=cured,
    )


def _container(
    case: Case, held: Parameters | Group, argument: Argument, sure: Certainty, first: bool = False
) -> Iterator[Hazard]:
    kind = held.container
    containers = case.target.info.groups.containers
    error = containers.get(kind.value)
    if error is None and first:
        error = containers.get(IN_FIRST.get(kind.value, ""))
    if error is None:
        return
    advice: Advice
    if kind is Container.NAMED:
        bare = without_names(argument.text)
        named = bare == argument.text
        advice = WhenPorting("pass the parameters without their names" if named else f"pass {bare}")
    elif kind is Container.BARE:
        advice = Replace(argument, f"[{argument.text}]", is_params=True)
    else:
        text = as_list(argument.text)
        said = "a list" if text == f"list({argument.text})" else text
        advice = Replace(argument, text, is_params=True, said=said)
    guessed = kind is Container.BARE and isinstance(held, Group) and not held.container_sure
    cured = kind is not Container.NAMED and not guessed
    yield _hazard(case, HazardKind.PARAMS, argument, sure, advice, error, cured=cured)


def holds_throughout(case: Case, condition: Condition) -> bool:
    """Whether a condition surely holds for the call and for each of its groups."""
    lookups = [case.lookup, *(case.lookup_in(g) for g in case.construction.parameters.groups)]
    return all(condition.holds(lookup) is Certainty.CERTAIN for lookup in lookups)


def _option(case: Case, group: Group, argument: Argument, sure: Certainty) -> Iterator[Hazard]:
    rules = case.target.info.groups
    names = group_keys(case, argument.name)
    if names is None:
        yield from _not_honoured(case, group, argument, sure)
        return
    refused = group_refusal(case, group, argument)
    if refused is not None:
        yield _refused(case, refused, sure)
        if refused.rejection.write is None:
            return
    matters = _matters(case, group, argument, case.rows[argument.name])
    if argument.name == RATE and rules.lr_is_factor:
        if not _is_one(argument.value) or not ask(case.lookup, _rate_is_one, "rate is 1"):
            yield _scaled(case, argument, sure)
    elif names != (argument.name,) and rules.keys is None and matters is not Certainty.NO:
        advice = WhenPorting(f"write {' and '.join(names)} in the group")
        yield _hazard(case, HazardKind.GROUP_IGNORED, argument, sure, advice)
    yield from _placed(case, group, argument, sure)


def _refused(case: Case, refused: Refusal, sure: Certainty) -> Hazard:
    argument, error = refused.argument, refused.rejection.error
    certainty = min(refused.certainty, sure)
    if refused.rejection.write is None:
        said = case.rows[argument.name].advice
        advice: Advice = WhenPorting(said) if said else APART
        kind = HazardKind.GROUP_REJECTED
        return _hazard(case, kind, argument, certainty, advice, error, cured=False)
    return _hazard(
        case, HazardKind.GROUP_REJECTED, argument, certainty, refused.advice(None), error
    )


def _placed(case: Case, group: Group, argument: Argument, sure: Certainty) -> Iterator[Hazard]:
    row = case.rows[argument.name]
    if row.placement is None:
        return
    lookup = case.lookup_in(group)
    met = min(placement_shows(case, row, lookup), sure)
    if met is not Certainty.NO:
        cured = is_mended(row.placement, lookup)
        advice, clause = epsilon_advice(row), row.placement.text
        yield _hazard(case, HazardKind.EPSILON, argument, met, advice, clause, cured=cured)


def group_keys(case: Case, name: str) -> tuple[str, ...] | None:
    """Return the keys that set torch's parameter `name` for a group there; None for no such key."""
    rules = case.target.info.groups
    row = case.rows.get(name)
    if row is None or row.fate not in CARRIED:
        return None
    if rules.keys is not None:
        return (rules.keys[name],) if name in rules.keys else None
    if any(to in case.row.ignored_in_groups for to in row.to):
        return None
    if rules.honoured is not None and not all(to in rules.honoured for to in row.to):
        return None
    return row.to


def _not_honoured(
    case: Case, group: Group, argument: Argument, sure: Certainty
) -> Iterator[Hazard]:
    row = case.rows.get(argument.name)
    rules = case.target.info.groups
    matters = _matters(case, group, argument, row)
    needless = matters is Certainty.NO
    if rules.rejects_others:
        leave = WhenPorting(f"leave {argument.name} out of the group")
        advice = leave if needless else APART
        known = rules.keys or {}
        clause = "takes only " + " and ".join(name for name in known if name in case.rows)
        if argument.name in known:
            clause = f"takes no {argument.name}"
        kind = HazardKind.GROUP_REJECTED
        yield _hazard(case, kind, argument, sure, advice, clause, cured=needless)
    elif not needless:
        certainty, advice = min(matters, sure), APART
        kind = HazardKind.GROUP_IGNORED
        yield _hazard(case, kind, argument, certainty, advice, cured=False)


def _matters(case: Case, group: Group, argument: Argument, row: ParameterRow | None) -> Certainty:
    """Say how surely a group's option changes training: not if it is the optimizer's own."""
    if row is None or row.fate is Fate.INERT:
        return Certainty.NO
    mine = plain(argument.value)

    def is_own(lookup: Lookup) -> bool:
        base = plain(lookup(argument.name))
        return base is not UNREAD and bool(mine == base)

    if mine is not UNREAD and ask(case.lookup, is_own, "own", id(argument)):
        return Certainty.NO
    neutral = row.neutral  # for the optimizer, and for the group with what is in force there
    if neutral is not None and all(
        neutral.holds(lookup) is Certainty.CERTAIN
        for lookup in (case.lookup, case.lookup_in(group))
    ):
        return Certainty.NO
    return Certainty.UNRESOLVED if mine is UNREAD else Certainty.CERTAIN


def _scaled(case: Case, argument: Argument, sure: Certainty) -> Hazard:
    factor = group_factor(case, argument)
    (key,) = group_keys(case, RATE) or (RATE,)
    if plain(case.lookup(RATE)) == 0:
        advice = APART
    elif factor is None:
        advice = WhenPorting(f"divide the group's {key} by the optimizer's")
    else:
        advice = WhenPorting(f"write {key}={shortened(factor, MAX_ADVICE)}")
    return _hazard(
        case,
        HazardKind.GROUP_FACTOR,
        argument,
        sure,
        advice,
        cured=factor is not None,
    )


def _rate_is_one(lookup: Lookup) -> bool:
    return _is_one(lookup(RATE))


def _is_one(rate: ValueSet) -> bool:
    """Whether a rate is 1, so that a factor on it, or it as a factor, changes nothing."""
    return bool(plain(rate) == 1)
