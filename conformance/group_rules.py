"""Where the group rules of ``targets.toml`` claim something else than the evidence shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.cases import SIZES, Result, is_grouped
from conformance.records import Part, Record, gives_parameters
from optport.hazards.case import Case
from optport.hazards.groups import IN_FIRST, group_keys
from optport.hazards.spelling import plain
from optport.table.operands import Lookup
from optport.targets import Target
from optport.values import Certainty, ValueSet

#: Records with a literal port, and how the linter judges their calls.
Cases = Sequence[tuple[Record, Case]]


def group_problems(target: Target, cases: Cases) -> list[str]:
    """Everything that a target's group rules claim and no run shows, one line each."""
    given = [(record, case) for record, case in cases if gives_parameters(record.torch)]
    grouped = [(record, case) for record, case in given if is_grouped(record.torch)]
    return [
        *_rates(target, grouped),
        *_keys(target, grouped),
        *_containers(target, given),
        *_rejections(target, grouped),
        *_order(target, [record for record, _ in grouped]),
    ]


def _rates(target: Target, grouped: Cases) -> Iterator[str]:
    """A group's rate is a factor, or the rate itself: the literal port tells."""
    factor = target.info.groups.lr_is_factor
    for record, case in grouped:
        named = any("lr" in group.arguments for group in case.construction.parameters.groups)
        wanted = "parts" if factor else "same"
        flagged = "OPT401" in record.codes
        mended = not factor or record.verdict(Part.PORT) == "same"
        if named and mended and record.verdict(Part.LITERAL) == wanted and flagged is factor:
            return
    said = "a factor" if factor else "the rate itself"
    yield f"{target.name}: no run shows that a group's lr is {said}"


def _keys(target: Target, grouped: Cases) -> Iterator[str]:
    """Every key that a group can set has a run where it sets another value than the base."""
    rules = target.info.groups
    shown, had = set[str](), set[str]()
    for record, case in grouped:
        had.update(case.signature.by_name)
        called = record.port.fidelity if record.port is not None else None
        if called not in ("exact", "close") or record.verdict(Part.PORT) != "same":
            continue
        for group in case.construction.parameters.groups:
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


def _containers(target: Target, given: Cases) -> Iterator[str]:
    shown = set()
    for record, case in given:
        if "OPT404" in record.codes and record.verdict(Part.LITERAL) in ("error", "parts"):
            parameters = case.construction.parameters
            shown.add(parameters.container.value)
            kinds = [group.container.value for group in parameters.groups]
            shown.update(kinds)
            shown.update(IN_FIRST[kind] for kind in kinds[:1] if kind in IN_FIRST)
    for kind in target.info.groups.containers:
        if SHOWN_BY.get(kind, kind) not in shown:
            yield f"{target.name}: no run shows that it does not take {kind}"


def _rejections(target: Target, grouped: Cases) -> Iterator[str]:
    rules = target.info.groups
    for name, rejection in rules.rejections.items():
        raised, taken, known = set[str](), set[str](), set[str]()
        for record, case in grouped:
            groups = case.construction.parameters.groups
            values = [group.arguments[name] for group in groups if name in group.arguments]
            if not values:
                continue
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
    failing = {one for one in record.found if one.startswith(("OPT104", "OPT403", "OPT404"))}
    return f"OPT402 {name}" in record.found or not failing <= {f"OPT403 {name}"}


def _is_frozen(record: Record) -> bool:
    """Whether nothing moves, or one group does not: the way that torch goes is what it lacks."""
    result = record.result(Part.LITERAL) or Result()
    return result.frozen or {result.off.get(size) for size in SIZES} == {1.0}


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
