"""Hazards of arguments that a call leaves out: OPT201, OPT202, OPT203, and the note OPT904."""

from __future__ import annotations

from collections.abc import Iterator

from optport.hazards.case import Case
from optport.hazards.hazard import Hazard
from optport.hazards.spelling import default_spelled
from optport.signatures import Parameter
from optport.table.model import Fate, ParameterRow
from optport.values import Certainty

_CARRIED = (Fate.KEPT, Fate.RENAMED, Fate.SPLIT)


def default_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about the parameters that the call leaves to their defaults."""
    given = case.construction.arguments
    for name, mine in case.construction.signature.by_name.items():
        row = case.rows.get(name)
        if row is None or row.fate not in _CARRIED or mine.required:
            continue
        if name in given and given[name].sure:
            continue
        yield from _left_out(case, row, mine)
    yield from _own_required(case)


def _left_out(case: Case, row: ParameterRow, mine: Parameter) -> Iterator[Hazard]:
    theirs = [case.signature.by_name[to] for to in row.to]
    # What **kwargs may bring is not surely left out; that something raises, then shows by itself.
    sure = Certainty.CERTAIN
    if case.construction.hidden:
        sure = Certainty.UNRESOLVED
    elif row.name in case.construction.arguments:  # one that is not surely given
        sure = Certainty.POSSIBLE
    may = "is" if sure is Certainty.CERTAIN else "may be"
    if any(parameter.required for parameter in theirs):
        if sure is Certainty.CERTAIN:
            yield case.hazard(
                "missing-default",
                row.name,
                sure,
                subject=row.name,
                clause=f"{case.where} requires {row.to[0]}",
                advice=f"write {row.name}={mine.default}",
            )
        return
    if not row.differs(mine, theirs):
        return
    there = ", ".join(str(parameter.default) for parameter in theirs)
    subject = f"{row.name} {may} left out: {case.construction.qualified} defaults to {mine.default}"
    differently = _train_differently(case, row) if row.default_differs else Certainty.NO
    if differently is not Certainty.NO:
        spelled = default_spelled(
            str(mine.default), theirs[0].default if len(theirs) == 1 else None
        )
        yield case.hazard(
            row.default_hazard or "mismatched-default",
            row.name,
            min(sure, differently),
            subject=subject,
            clause=f"{case.where} to {there}",
            advice=f"write {row.name}={spelled}",
        )
    else:
        yield case.hazard(
            "equivalent-default",
            row.name,
            sure,
            subject=subject,
            clause=f"{case.where} to {there}",
            advice="both train the same",
        )


def _train_differently(case: Case, row: ParameterRow) -> Certainty:
    if row.equivalent_when is None:
        return Certainty.CERTAIN
    return row.equivalent_when.fails(case.lookup)


def _own_required(case: Case) -> Iterator[Hazard]:
    """Parameters that only the counterpart has, and that have to be given."""
    needed = [own for own in case.row.own.values() if own.value is not None]
    if needed:
        written = ", ".join(f"{own.name}={own.value}" for own in needed)
        names = " and ".join(own.name for own in needed)
        yield case.hazard(
            "missing-default",
            None,
            Certainty.CERTAIN,
            subject=f"what torch has no argument for ({names})",
            clause=f"{case.where} needs it to follow torch",
            advice=f"give {written} in the port",
        )
