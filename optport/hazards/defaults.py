"""Hazards of arguments that a call leaves out: OPT201, OPT202, OPT203, and the note OPT904."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from optport.catalogue import HazardKind
from optport.hazards.advice import Remark, WhenPorting, Write
from optport.hazards.case import Case
from optport.hazards.groups import group_keys
from optport.hazards.hazard import Hazard
from optport.hazards.own_values import is_needed, own_value
from optport.hazards.pairing import Default
from optport.hazards.roles import RATE
from optport.hazards.spelling import as_float_pair, default_spelled
from optport.reader.model import Shape
from optport.signatures import Parameter
from optport.table.model import ParameterRow
from optport.values import Certainty


def default_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about the parameters that the call leaves to their defaults."""
    given = case.construction.arguments
    if case.construction.handed_on:
        return
    for default in case.pairing.defaults:
        argument = given.get(default.row.name)
        if argument is None or not argument.sure:
            yield from _left_out(case, default)
    yield from _unmatched(case)


def _left_out(case: Case, default: Default) -> Iterator[Hazard]:
    row, mine, theirs = default.row, default.mine, default.theirs
    sure = _left_out_surely(case, row.name)
    if default.required:
        if sure is Certainty.CERTAIN and not _given_otherwise(case, row):
            yield _to_be_written(case, HazardKind.REQUIRED, row, mine, theirs, sure)
        return
    if _every_group_sets(case, row.name):
        return
    if case.construction.parameters.made:  # perhaps groups, with values of their own
        sure = min(sure, Certainty.POSSIBLE)
    differently = _train_differently(case, row) if row.default_differs else Certainty.NO
    if differently is Certainty.NO and row.default_differs:
        return  # close enough not to be written here; the port writes it all the same
    if differently is Certainty.NO:
        yield case.hazard(
            HazardKind.EQUIVALENT,
            row.name,
            sure,
            subject=row.name,
            mine=str(mine.default),
            clause=_defaults(theirs),
            advice=Remark("both train the same"),
        )
        return
    kind = HazardKind(row.default_hazard or HazardKind.DEFAULT)
    yield _to_be_written(case, kind, row, mine, theirs, min(sure, differently))


def _given_otherwise(case: Case, row: ParameterRow) -> bool:
    """Whether an argument that the call gives is written as this one in the port."""
    given = (case.rows[name] for name in case.construction.arguments if name in case.rows)
    return any(one.workaround is not None and one.workaround.argument in row.to for one in given)


def _every_group_sets(case: Case, name: str) -> bool:
    """Whether each parameter group surely has its own value, so that the default never acts."""
    parameters, rules = case.construction.parameters, case.target.info.groups
    if parameters.shape is not Shape.GROUPS or group_keys(case, name) is None:
        return False
    if rules.lr_is_factor and name == RATE:
        return False
    arguments = [group.arguments.get(name) for group in parameters.groups if group.sure]
    return len(arguments) == len(parameters.groups) and all(
        argument is not None and argument.sure for argument in arguments
    )


def _left_out_surely(case: Case, name: str) -> Certainty:
    """How surely an argument is left out; one that is missing raises, then that shows by itself."""
    if case.construction.hidden:
        return Certainty.UNRESOLVED
    return Certainty.POSSIBLE if name in case.construction.arguments else Certainty.CERTAIN


def _to_be_written(
    case: Case,
    kind: HazardKind,
    row: ParameterRow,
    mine: Parameter,
    theirs: Sequence[Parameter],
    certainty: Certainty,
) -> Hazard:
    like = theirs[0].default if len(theirs) == 1 else None
    text = _spelled(str(mine.default), like)
    return case.hazard(
        kind,
        row.name,
        certainty,
        subject=row.name,
        mine=str(mine.default),
        clause="" if kind is HazardKind.REQUIRED else _defaults(theirs),
        advice=Write(row.name, text, case.construction.site),
    )


@lru_cache(maxsize=256)
def _spelled(default: str, like: str | None) -> str:
    return as_float_pair(default_spelled(default, like))


def _defaults(theirs: Sequence[Parameter]) -> str:
    return ", ".join(str(parameter.default) for parameter in theirs)


def _train_differently(case: Case, row: ParameterRow) -> Certainty:
    if row.equivalent_when is None:
        return Certainty.CERTAIN
    return row.equivalent_when.fails(case.lookup)


def _unmatched(case: Case) -> Iterator[Hazard]:
    """Parameters that only the counterpart has, and that have to be given."""
    needed = [own for own in case.pairing.needed if is_needed(case, own)]
    if needed:
        written = ", ".join(f"{own.name}={own_value(case, own.value or '')}" for own in needed)
        yield case.hazard(
            HazardKind.UNMATCHED,
            None,
            Certainty.CERTAIN,
            subject=case.construction.qualified,
            advice=WhenPorting(f"write {written}"),
        )
