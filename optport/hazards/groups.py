"""Hazards of parameter groups and containers: OPT401, OPT402, OPT403, OPT404."""

from __future__ import annotations

from collections.abc import Iterator

from optport.hazards.case import Case
from optport.hazards.hazard import Hazard
from optport.hazards.spelling import (
    MAX_ADVICE,
    as_float,
    element_texts,
    plain,
    rewritten,
    shortened,
    squared,
)
from optport.reader.model import Argument, Container, Group
from optport.table.conditions import Condition
from optport.table.model import Fate, ParameterRow, Rejection
from optport.values import MAX_NUMBER, UNREAD, Certainty, Tensor, ValueSet

GROUP_HAZARDS = frozenset(
    {"group-lr-scale", "ignored-group-option", "rejected-group-option", "rejected-params"}
)
IN_FIRST = {"generator-in-group": "generator-in-first-group"}
"""Containers that a target may not take in the first group alone, by what they are elsewhere."""
_CARRIED = (Fate.KEPT, Fate.RENAMED, Fate.SPLIT)


def group_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about the parameters that are handed over, and their groups."""
    parameters = case.construction.parameters
    given = case.construction.arguments.get("params")
    if parameters.container is not Container.PLAIN and given is not None:
        yield from _container(case, given, parameters.container, Certainty.CERTAIN)
    for position, group in enumerate(parameters.groups):
        sure = Certainty.CERTAIN if group.sure else Certainty.POSSIBLE
        held = group.arguments.get("params")
        if held is not None and group.container is not Container.PLAIN:
            yield from _container(case, held, group.container, sure, first=position == 0)
        for name, argument in group.arguments.items():
            if name != "params":
                certainty = sure if argument.sure else Certainty.POSSIBLE
                yield from _option(case, group, argument, certainty)


def _hazard(
    case: Case,
    name: str,
    argument: Argument,
    certainty: Certainty,
    clause: str,
    advice: str,
    cured: bool = True,
) -> Hazard:
    return Hazard(
        name=name,
        target=case.reported or case.target.name,
        place=argument.place,
        certainty=min(certainty, case.construction.certainty),
        subject=f"{argument.name}={shortened(argument.text)}",
        clause=clause,
        advice=advice,
        argument=argument.name,
        cured=cured,
    )


def _container(
    case: Case, argument: Argument, kind: Container, sure: Certainty, first: bool = False
) -> Iterator[Hazard]:
    containers = case.target.info.groups.containers
    error = containers.get(kind.value)
    if error is None and first:
        error = containers.get(IN_FIRST.get(kind.value, ""))
    if error is not None:
        named = kind is Container.NAMED
        advice = "hand over the parameters alone" if named else "write a list"
        clause = f"{case.where} {error}"
        yield _hazard(case, "rejected-params", argument, sure, clause, advice, cured=not named)


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
    rejected = _rejection(case, group, argument.name)
    if rejected is not None:
        yield _rejected(case, group, argument, *rejected, sure)
        if rejected[0].write is None:
            return
    matters = _matters(case, group, argument, case.rows[argument.name])
    if argument.name == "lr" and rules.lr_is_factor:
        if not _is_one(argument.value) or not _is_one(case.lookup("lr")):
            yield _scaled(case, argument, sure)
    elif names != (argument.name,) and rules.keys is None and matters is not Certainty.NO:
        written = " and ".join(names)
        advice = f"write {written} there instead of {argument.name}"
        yield _hazard(case, "ignored-group-option", argument, sure, case.where, advice)
    yield from _placed(case, group, argument, sure)


def _rejection(case: Case, group: Group, name: str) -> tuple[Rejection, Certainty] | None:
    """The rejection that a group's option meets: the counterpart's own, else the target's."""
    rules, row = case.target.info.groups, case.rows.get(name)
    rejections = [*row.rejects_in_groups] if row is not None else []
    if name in rules.rejections and case.signature.name not in rules.lenient:
        rejections.append(rules.rejections[name])
    for rejection in case.at_version(rejections):
        met = rejection.met(case.lookup_in(group))
        if met in (Certainty.CERTAIN, Certainty.POSSIBLE):
            return rejection, met
    return None


def _rejected(
    case: Case,
    group: Group,
    argument: Argument,
    rejection: Rejection,
    met: Certainty,
    sure: Certainty,
) -> Hazard:
    if rejection.write is None:
        advice = case.rows[argument.name].advice or _apart(argument)
    else:
        written = _accepted(case, group, argument)
        value = "another value" if written is None else f"{argument.name}={_shown(written)} there"
        advice = f"write {value}"
    cured = rejection.write is not None
    clause = f"{case.where} {rejection.error}"
    certainty = min(met, sure)
    return _hazard(case, "rejected-group-option", argument, certainty, clause, advice, cured)


def _placed(case: Case, group: Group, argument: Argument, sure: Certainty) -> Iterator[Hazard]:
    row = case.rows[argument.name]
    if row.placement is None:
        return
    lookup = case.lookup_in(group)
    met = min(row.placement.matters.holds(lookup), sure)
    if met is not Certainty.NO:
        mended = row.placement.exact_when
        cured = mended is not None and mended.holds(lookup) is Certainty.CERTAIN
        advice = row.advice or "no port follows it closely; a smaller eps comes closer"
        clause = f"{case.where} {row.placement.text}"
        yield _hazard(case, "different-epsilon", argument, met, clause, advice, cured)


def group_keys(case: Case, name: str) -> tuple[str, ...] | None:
    """Return the keys that set torch's parameter `name` for a group there; None for no such key."""
    rules = case.target.info.groups
    row = case.rows.get(name)
    if row is None or row.fate not in _CARRIED:
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
    if rules.rejects_others:
        advice = "drop it" if matters is Certainty.NO else _apart(argument)
        clause = f"{case.where} takes {', '.join(rules.keys or ())} only (KeyError)"
        cured = matters is Certainty.NO
        yield _hazard(case, "rejected-group-option", argument, sure, clause, advice, cured)
    elif matters is not Certainty.NO:
        certainty = min(matters, sure)
        advice = _apart(argument)
        yield _hazard(
            case, "ignored-group-option", argument, certainty, case.where, advice, cured=False
        )


def _apart(argument: Argument) -> str:
    return f"give parameters that need another {argument.name} an optimizer of their own"


def _matters(case: Case, group: Group, argument: Argument, row: ParameterRow | None) -> Certainty:
    """Say how surely a group's option changes training: not if it is the optimizer's own."""
    if row is None or row.fate is Fate.INERT:
        return Certainty.NO
    mine, base = plain(argument.value), plain(case.lookup(argument.name))
    if mine is not UNREAD and base is not UNREAD and mine == base:
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
    (key,) = group_keys(case, "lr") or ("lr",)
    clause = f"{case.where} multiplies {key} by its own"
    if plain(case.lookup("lr")) == 0:
        advice = _apart(argument)
    elif factor is None:
        advice = f"write {key} there, divided by the optimizer's rate"
    else:
        advice = f"write {key}={_shown(factor)} there"
    return _hazard(case, "group-lr-scale", argument, sure, clause, advice, factor is not None)


def _is_one(rate: ValueSet) -> bool:
    """Whether a rate is 1, so that a factor on it, or it as a factor, changes nothing."""
    return bool(plain(rate) == 1)


def group_factor(case: Case, argument: Argument) -> str | None:
    """Return the factor on the base rate that gives a group's rate, as source.

    None where the base rate is hidden, by ``**kwargs`` for instance, or 0.
    """
    mine, base = plain(argument.value), plain(case.lookup("lr"))
    if base == 0:
        return None
    if isinstance(mine, (int, float)) and isinstance(base, (int, float)) and base:
        factor = float(f"{mine / base:.12g}")
        if abs(factor) <= MAX_NUMBER:
            return repr(factor)
    given = case.construction.arguments.get("lr")
    if given is None and base is UNREAD:
        return None
    text = given.text if given is not None else repr(as_float(base))
    if text == argument.text:
        return "1.0"
    return f"{_operand(argument.text)} / {_operand(text)}"


def _shown(text: str) -> str:
    return shortened(text, MAX_ADVICE)


def _operand(text: str) -> str:
    simple = text.replace(".", "").replace("_", "").isalnum()
    return text if simple else f"({text})"


def write_groups(case: Case) -> str | None:
    """Return the groups as the target takes them; None where they do not stand in the call."""
    parameters = case.construction.parameters
    if not parameters.inline:
        return None
    written = []
    for group in parameters.groups:
        items: list[str] = []
        for argument in group.arguments.values():
            items.extend(_items(case, group, argument))
        written.append("{" + ", ".join(items) + "}")
    return f"[{', '.join(written)}]"


def _items(case: Case, group: Group, argument: Argument) -> Iterator[str]:
    if argument.name == "params":
        wrapped = group.container is Container.GENERATOR
        yield f"'params': {f'list({argument.text})' if wrapped else argument.text}"
        return
    keys = group_keys(case, argument.name)
    if keys is None:
        return
    if argument.name == "lr" and case.target.info.groups.lr_is_factor:
        yield f"{keys[0]!r}: {group_factor(case, argument) or argument.text}"
    elif len(keys) > 1:
        value = plain(argument.value)
        known = isinstance(value, (tuple, list))
        texts = map(repr, value) if known else element_texts(argument.text, len(keys))
        for key, text in zip(keys, texts, strict=False):
            yield f"{key!r}: {text}"
    else:
        yield f"{keys[0]!r}: {_single(case, group, argument)}"


def _single(case: Case, group: Group, argument: Argument) -> str:
    value, placement = plain(argument.value), case.rows[argument.name].placement
    if placement is not None and placement.squared:
        number = isinstance(value, (int, float))
        return squared(value) if number else f"{_operand(argument.text)} ** 2"
    if isinstance(argument.value.exact, Tensor) and value is not UNREAD:
        return repr(value)  # a learning rate in a tensor: the number will do
    return _accepted(case, group, argument) or argument.text


def _accepted(case: Case, group: Group, argument: Argument) -> str | None:
    """A rejected value as it is written instead; None for one that is taken as it is."""
    found = _rejection(case, group, argument.name)
    if found is None or found[0].write is None or found[1] is not Certainty.CERTAIN:
        return None
    return rewritten(found[0].write, plain(argument.value))
