"""Which arguments can be left out of the torch call, now and for every target.

Advice never goes round in circles: what some target could ask to be written is never advised to
be dropped for another.
"""

from __future__ import annotations

from functools import cache

from optport.edits import Applicability
from optport.hazards.advice import Advice, Drop, WhenPorting
from optport.hazards.case import Case
from optport.hazards.pairing import CARRIED
from optport.hazards.spelling import plain
from optport.reader.model import Argument
from optport.signatures import Parameter
from optport.table import api_table, targets
from optport.table.asked import derived
from optport.table.model import Correspondence, Fate, ParameterRow, same_default
from optport.table.operands import Lookup
from optport.targets import Target
from optport.values import Certainty, literal


def trains_the_same_without(case: Case, row: ParameterRow) -> bool:
    """Whether torch trains the same when the call leaves the argument out."""
    mine = case.construction.signature.by_name.get(row.name)
    if mine is not None and _is_default(case.construction.arguments[row.name], mine):
        return True
    if row.leaves_traces or mine is None or mine.required:
        return False
    if row.fate is Fate.INERT:
        return True

    default = literal(mine.value)

    def without(lookup: Lookup) -> Lookup:
        return lambda parameter: default if parameter == row.name else lookup(parameter)

    # What counts for a target may be more than what counts in torch, so both have to be neutral.
    left = derived(case.lookup, without, "without", row.name)
    return row.neutral is not None and row.neutral.holds(left) is Certainty.CERTAIN


def left_out(case: Case, row: ParameterRow) -> Advice:
    """Return the advice to leave an argument out: of the source where that is for good."""
    argument = case.construction.arguments[row.name]
    if not trains_the_same_without(case, row) or asked_for(case.construction.api, row.name):
        return WhenPorting(f"leave {row.name} out")
    mine = case.construction.signature.by_name.get(row.name)
    same = mine is not None and _is_default(argument, mine)
    return Drop(argument, Applicability.SAFE if same else Applicability.UNSAFE)


def _is_default(argument: Argument, mine: Parameter) -> bool:
    return not mine.required and same_default(plain(argument.value), mine.value)


@cache
def asked_for(api: str, name: str) -> bool:
    """Whether any known target, at any version, could ask to write an argument of a torch class.

    Where a call is better ported as one of another class, the rows of that class count, too.
    """
    pending, seen = [api], {api}
    while pending:
        table = api_table(pending.pop())
        if table is None:
            continue
        if any(_could_ask(row, name) for row in table.correspondences):
            return True
        found = {detour.torch for detour in table.detours} - seen
        pending += found
        seen |= found
    return False


def _could_ask(row: Correspondence, name: str) -> bool:
    parameter = row.parameters.get(name)
    if parameter is None or parameter.fate not in CARRIED or row.counterpart is None:
        return False
    if parameter.default_differs:
        return True
    info = targets()[row.target]
    family = Target(info, "").family
    for version in family.versions:
        signature = family.signature(row.counterpart, version)
        theirs = [] if signature is None else [signature.by_name.get(to) for to in parameter.to]
        if any(one is not None and one.required for one in theirs):
            return True
    return False
