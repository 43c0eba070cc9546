"""Where the group rules of ``targets.toml`` claim something else than the evidence shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases import SIZES, is_grouped
from conformance.records import Part, Record, gives_parameters, options_for, read_call
from optport.hazards.case import find_case
from optport.hazards.groups import IN_FIRST, group_keys
from optport.hazards.spelling import plain
from optport.reader.model import Construction
from optport.table.operands import Lookup
from optport.targets import Target
from optport.values import Certainty, ValueSet

Recorded = Mapping[str, Record]


def group_problems(target: Target, recorded: Recorded) -> list[str]:
    """Everything that a target's group rules claim and no run shows, one line each."""
    options = options_for(target)
    read = [
        (record, read_call(call, options)[0])
        for call, record in recorded.items()
        if gives_parameters(call) and Part.LITERAL in record.runs
    ]
    grouped = [(record, one) for record, one in read if is_grouped(record.torch)]
    return [
        *_rates(target, grouped),
        *_keys(target, grouped),
        *_containers(target, read),
        *_rejections(target, grouped),
        *_order(target, [record for record, _ in grouped]),
    ]


Grouped = list[tuple[Record, Construction]]


def _rates(target: Target, grouped: Grouped) -> Iterator[str]:
    """A group's rate is a factor, or the rate itself: the literal port tells."""
    factor = target.info.groups.lr_is_factor
    for record, construction in grouped:
        named = any("lr" in group.arguments for group in construction.parameters.groups)
        wanted = "parts" if factor else "same"
        flagged = "OPT401" in record.codes
        mended = not factor or record.verdict(Part.PORT) == "same"
        if named and mended and record.verdict(Part.LITERAL) == wanted and flagged is factor:
            return
    said = "a factor" if factor else "the rate itself"
    yield f"{target.name}: no run shows that a group's lr is {said}"


def _keys(target: Target, grouped: Grouped) -> Iterator[str]:
    """Every key that a group can set has a run where it sets another value than the base."""
    rules = target.info.groups
    shown: set[str] = set()
    had: set[str] = set()
    for record, construction in grouped:
        case = find_case(construction, target)
        assert case is not None
        had.update(case.signature.by_name)
        port = record.port
        if port is None or port.fidelity not in ("exact", "close"):
            continue
        if record.verdict(Part.PORT) != "same":
            continue
        for group in construction.parameters.groups:
            for name, argument in group.arguments.items():
                if plain(argument.value) != plain(case.lookup(name)):
                    shown.update(group_keys(case, name) or ())
    # An older version may have no counterpart with such a parameter.
    claimed = [key for key in rules.honoured or () if key in had]
    for key in claimed or tuple((rules.keys or {}).values()):
        if key not in shown:
            yield f"{target.name}: no run shows that a group can set {key}"


SHOWN_BY = {
    "view-in-first-group": "generator-in-first-group",
    "parameters-in-group": "generator-in-group",
}
"""Containers that are not run by themselves, and those that meet the same line of the target's."""


def _containers(target: Target, read: Grouped) -> Iterator[str]:
    shown = set()
    for record, construction in read:
        if "OPT404" in record.codes and record.verdict(Part.LITERAL) in ("error", "parts"):
            parameters = construction.parameters
            shown.add(parameters.container.value)
            kinds = [group.container.value for group in parameters.groups]
            shown.update(kinds)
            shown.update(IN_FIRST[kind] for kind in kinds[:1] if kind in IN_FIRST)
    for kind in target.info.groups.containers:
        if SHOWN_BY.get(kind, kind) not in shown:
            yield f"{target.name}: no run shows that it does not take {kind}"


def _rejections(target: Target, grouped: Grouped) -> Iterator[str]:
    rules = target.info.groups
    for name, rejection in rules.rejections.items():
        raised: set[str] = set()
        taken: set[str] = set()
        known: set[str] = set()
        for record, construction in grouped:
            groups = construction.parameters.groups
            values = [group.arguments[name] for group in groups if name in group.arguments]
            if not values:
                continue
            case = find_case(construction, target)
            assert case is not None
            counterpart = case.signature.name
            known.add(counterpart)
            met = [rejection.met(_only(one.value)) for one in values]
            if Certainty.CERTAIN in met and not _rejects_others(record, name):
                failed = record.verdict(Part.LITERAL) == "error" or _is_frozen(record)
                (raised if failed else taken).add(counterpart)
        if not raised:
            yield f"{target.name}: no run shows that a group's {name} is rejected"
        for counterpart in rules.lenient:
            if counterpart in known and (counterpart in raised or counterpart not in taken):
                yield f"{target.name}: no run shows that {counterpart} takes a group's {name}"
        for counterpart in taken - set(rules.lenient):
            yield f"{target.name}: {counterpart} takes a group's {name}"


def _rejects_others(record: Record, name: str) -> bool:
    """Whether something else than a group's key may be what a run fails for, or what is reported.

    A key that is ignored as well is rejected where the port leads to.
    """
    about = {f"OPT403 {name}"}
    if f"OPT402 {name}" in record.found:
        return True
    failing = [one for one in record.found if one.startswith(("OPT104", "OPT403", "OPT404"))]
    return not about.issuperset(failing)


def _is_frozen(record: Record) -> bool:
    """Whether nothing moves, or one group does not: the way that torch goes is what it lacks."""
    run = record.runs.get(Part.LITERAL)
    if run is None or run.result is None:
        return False
    return run.result.frozen or {run.result.off.get(size) for size in SIZES} == {1.0}


def _only(value: ValueSet) -> Lookup:
    return lambda name: value


def _order(target: Target, grouped: list[Record]) -> Iterator[str]:
    """Whether gradients have to follow the order of the groups."""
    apart = [
        record.torch
        for record in grouped
        if record.verdict(Part.PORT) == "same"
        and record.verdict(Part.UNORDERED) in ("parts", "error")
    ]
    claimed = target.info.groups.reorders
    if claimed and not apart:
        yield f"{target.name}: no run shows that groups change the order of the gradients"
    if apart and not claimed:
        yield f"{target.name}: groups change the order of the gradients: {apart[0]}"
