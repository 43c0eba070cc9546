"""How closely a port follows torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optport.catalogue import HazardKind
from optport.hazards.case import Case
from optport.hazards.groups import GROUP_HAZARDS
from optport.hazards.hazard import Fidelity, Hazard
from optport.reader.model import Shape
from optport.table.conditions import Condition
from optport.table.model import Placement
from optport.table.operands import Lookup
from optport.values import Certainty
from optport.versions import parse_version


def fidelity(case: Case, hazards: Iterable[Hazard]) -> Fidelity:
    """Return the fidelity of a case's port, were all that it takes over read and rewritten."""
    faithful = case.target.info.executed and case.row.differs is None
    if not faithful or any(not one.cured and not _is_handed_over(one) for one in hazards):
        return Fidelity.APPROXIMATE
    found = {one for one, _ in _shortfalls(case)}
    return next((one for one in (_APPROXIMATE, _INCOMPLETE, _CLOSE) if one in found), _EXACT)


def deviations(case: Case) -> tuple[str, ...]:
    """Return how far a port that is not exact leaves torch's weights, and at which gradients."""
    known = (text for short, text in _shortfalls(case) if short is not _INCOMPLETE)
    return tuple(dict.fromkeys(text for text in known if text is not None))


_EXACT, _CLOSE, _APPROXIMATE = Fidelity.EXACT, Fidelity.CLOSE, Fidelity.APPROXIMATE
_INCOMPLETE = Fidelity.INCOMPLETE


def _shortfalls(case: Case) -> Iterator[tuple[Fidelity, str | None]]:
    """Yield where a port is not exact for the values in force, in the call and in each group."""
    if case.shortfall is not None:
        yield case.shortfall
    for lookup in (case.lookup, *map(case.lookup_in, case.construction.parameters.groups)):
        if case.row.inexact is not None and _is_older(case, case.row.inexact_before):
            yield _if_close(case.row.close_when, lookup), None
        for row in case.pairing.inexact:
            if row.inexact_when is not None:
                short = shortfall(row.inexact_when, row.close_when, lookup)
                if short is not None:
                    yield short, row.deviation
            if row.placement is not None:
                placed = _placed(row.placement, lookup, case.usual(lookup, row.name))
                if placed != _EXACT:
                    yield placed, row.placement.deviation


def shortfall(
    inexact_when: Condition | None, close_when: Condition | None, lookup: Lookup
) -> Fidelity | None:
    """Return what a port that is not exact for some values is; None where it is, by these.

    It is incomplete where that hangs on values that can't be read.
    """
    met = Certainty.NO if inexact_when is None else inexact_when.holds(lookup)
    if met is Certainty.NO:
        return None
    short = _if_close(close_when, lookup)
    unread = met is Certainty.UNRESOLVED and short is _APPROXIMATE
    return _INCOMPLETE if unread else short


def _is_older(case: Case, version: str | None) -> bool:
    """Whether the source is written for a torch before `version`, if there is one."""
    torch = parse_version(case.scene.torch_version)
    return version is None or torch < parse_version(version)


def _placed(placement: Placement, lookup: Lookup, usual: Lookup) -> Fidelity:
    if placement.exact_when is None and placement.close_when is None:
        return _EXACT  # where it matters, it is a hazard that nothing cures
    if _surely(placement.exact_when, lookup):
        return _EXACT
    if placement.close_when is None and placement.matters.holds(usual) is Certainty.NO:
        return _CLOSE
    return _if_close(placement.close_when, lookup)


def _if_close(close_when: Condition | None, lookup: Lookup) -> Fidelity:
    met = Certainty.NO if close_when is None else close_when.holds(lookup)
    by_certainty = {Certainty.CERTAIN: _CLOSE, Certainty.UNRESOLVED: _INCOMPLETE}
    return by_certainty.get(met, _APPROXIMATE)


def _surely(condition: Condition | None, lookup: Lookup) -> bool:
    return condition is not None and condition.holds(lookup) is Certainty.CERTAIN


def _is_handed_over(hazard: Hazard) -> bool:
    """Whether a hazard is of what is handed over to train, and not of the call."""
    return hazard.kind in (HazardKind.PARAMS, HazardKind.NAME_FILTER)


def takes_over_unread(case: Case, hazards: Iterable[Hazard]) -> bool:
    """Whether the port holds something that may have to be rewritten and can't be read here."""
    parameters = case.construction.parameters
    construction = case.construction
    if construction.hidden or construction.handed_on or parameters.shape is Shape.UNKNOWN:
        return True
    if any(not hazard.cured and _is_handed_over(hazard) for hazard in hazards):
        return True
    if parameters.shape is Shape.FLAT or parameters.inline:
        return False
    return not parameters.groups or any(hazard.kind in GROUP_HAZARDS for hazard in hazards)
