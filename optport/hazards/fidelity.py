"""How closely a port follows torch."""

from __future__ import annotations

from collections.abc import Iterable

from optport.hazards.case import Case
from optport.hazards.groups import GROUP_HAZARDS
from optport.hazards.hazard import Fidelity, Hazard
from optport.reader.model import Shape
from optport.table.model import ParameterRow
from optport.values import Certainty


def fidelity(case: Case, hazards: Iterable[Hazard]) -> Fidelity:
    """Return the fidelity of a case's port, were all that it takes over read and rewritten."""
    known = (
        case.target.info.executed
        and case.row.inexact is None
        and case.row.differs is None
        and not any(_rounding(case, row) for row in case.rows.values())
    )
    cured = known and all(hazard.cured for hazard in hazards)
    return Fidelity.EXACT if cured else Fidelity.APPROXIMATE


def takes_over_unread(case: Case, hazards: Iterable[Hazard]) -> bool:
    """Whether the port holds something that may have to be rewritten and can't be read here."""
    parameters = case.construction.parameters
    if case.construction.hidden is not None or parameters.shape is Shape.UNKNOWN:
        return True
    if parameters.shape is Shape.FLAT or parameters.inline:
        return False
    return not parameters.groups or any(hazard.kind in GROUP_HAZARDS for hazard in hazards)


def _rounding(case: Case, row: ParameterRow) -> bool:
    return row.inexact_when is not None and row.inexact_when.holds(case.lookup) is not Certainty.NO
