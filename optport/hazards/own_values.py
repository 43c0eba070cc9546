"""What a port gives for parameters that only the counterpart has."""

from __future__ import annotations

from collections.abc import Mapping

from optport.hazards.case import Case
from optport.hazards.closed_form import spelled
from optport.hazards.hazard import Written
from optport.table.model import OwnParameter
from optport.table.templates import Hole, operand, parse_template
from optport.values import Certainty


def is_needed(case: Case, own: OwnParameter) -> bool:
    """Whether it must be given for the counterpart to follow torch."""
    equivalent = own.equivalent_when
    same = equivalent is not None and equivalent.holds(case.lookup) is Certainty.CERTAIN
    return own.value is not None and not same


def own_value(case: Case, text: str, written: Mapping[str, Written] | None = None) -> str:
    """Return an expression over torch's parameters, as the port has them where it has them."""

    def spell(hole: Hole) -> str:
        row = case.rows.get(hole.name)
        there = (written or {}).get(row.to[0]) if row is not None and row.to else None
        if there is not None:
            return operand(there.text)
        return operand(spelled(case.construction, hole) or hole.name)

    return parse_template(text).render(spell)
