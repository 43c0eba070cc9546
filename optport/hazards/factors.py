"""Rates of groups where a group's rate is a factor on the optimizer's."""

from __future__ import annotations

from optport.hazards.case import Case
from optport.hazards.roles import RATE
from optport.hazards.spelling import as_float, plain
from optport.reader.model import Argument
from optport.table.templates import operand
from optport.values import MAX_NUMBER, UNREAD


def group_factor(case: Case, argument: Argument) -> str | None:
    """Return the factor on the base rate that gives a group's rate, as source.

    None where the base rate is hidden, by ``**kwargs`` for instance, or 0.
    """
    mine, base = plain(argument.value), plain(case.lookup(RATE))
    if base == 0:
        return None
    if isinstance(mine, (int, float)) and isinstance(base, (int, float)) and base:
        factor = float(f"{mine / base:.12g}")
        if abs(factor) <= MAX_NUMBER:
            return repr(factor)
    given = case.given(RATE)
    if given is None and base is UNREAD:
        return None
    text = given.text if given is not None else repr(as_float(base))
    if text == argument.text:
        return "1.0"
    return f"{operand(argument.text)} / {operand(text)}"
