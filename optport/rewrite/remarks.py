"""What comments above a call say: what stays torch's and why, what has to change elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from optport.catalogue import HazardKind, worded
from optport.check import Checked
from optport.hazards.advice import Remark, WhenPorting
from optport.hazards.hazard import Fidelity, Hazard, Port
from optport.hazards.spelling import shortened
from optport.printable import printable
from optport.signatures import ApiKind
from optport.table.model import Also, Takes

MAX_REMARK: Final = 150
"""Characters of a comment."""

_ALSO: Final = {
    Also.NEGATE_LOSS: "OPT102 minimise -loss",
    Also.STEP_SCHEDULER: "OPT102 call scheduler.step() after each optimizer step",
    Also.GROUPS_ORDER: "OPT406 pass the gradients in the order of optimizer.parameters",
    Also.SCALARS: "OPT404 give parameters without dimensions the shape (1,)",
}
_NOT_WRITTEN: Final = "OPT903 rewrite by hand: other calls share its arguments, or they are unknown"
_NO_PLACE: Final = "OPT903 rewrite by hand: its scheduler has to be made before, once"
DERIVED: Final = "OPT903 rewrite by hand: what the class does is written for torch's base class"
UNRESOLVED: Final = "OPT901 name the class to have it ported"
HANDED_ON: Final = "OPT903 rewrite by hand: its calls, which are elsewhere, take other arguments"
_ORPHAN: Final = "OPT903 rewrite by hand, together with its optimizer"
_SEVERAL: Final = "OPT903 rewrite by hand: its classes take different arguments there"
_OTHERS: Final = "OPT903 incomplete: what else may be built here takes other arguments"
_MADE_FIRST: Final = "OPT905 build the optimizer with it"
_UNREAD: Final = "OPT903 incomplete: whether it is exact hangs on values that can't be read here"
_UNSCHEDULED: Final = "OPT903 approximate, as its scheduler is"
_SCHEDULED_TWICE: Final = "OPT903 incomplete: write one schedule for its schedulers"
_ROUNDED: Final = "OPT903 close, not exact: the rates are rounded otherwise"
_CLOSENESS: Final = {
    Fidelity.CLOSE: "OPT903 close, not exact: small gradients train differently",
    Fidelity.INCOMPLETE: "OPT903 incomplete: rewrite what is passed on, too",
    Fidelity.APPROXIMATE: "OPT903 approximate: trains differently",
}


def remarks(
    checked: Iterable[Checked], ports: Iterable[Port], ported: bool, orphan: bool
) -> Iterator[str]:
    """Yield the comments on a call, without their mark, each on one line.

    An `orphan` is a scheduler whose optimizer stays torch's.
    """
    checked, ports = list(checked), list(ports)
    by_hand = _ORPHAN if orphan else _NOT_WRITTEN
    if len(ports) > 1:
        by_hand = _SEVERAL
    for one, port in zip(checked, ports, strict=True):
        hazards = [hazard for judgement in one.judgements for hazard in judgement.hazards]
        exact = ported and port.fidelity is Fidelity.EXACT
        made_up = ported and bool(port.setup)  # by the scheduler that the port makes
        open_ones = [
            one
            for one in hazards
            if not one.cured and not exact and not (made_up and one.elsewhere)
        ]
        if len(ports) > 1 and any(one.kind is HazardKind.RAISES for one in open_ones):
            open_ones = []  # which arguments go with which class is not known
        if ported:
            yield from (_ALSO[Also(word)] for word in port.also)
        yield from (remark(hazard, one.construction.kind) for hazard in open_ones)
        if not ported and (port.call is not None or not open_ones):
            yield _by_hand(one, port, by_hand)
        elif ported and not one.construction.complete:
            yield _OTHERS
        elif ported and port.fidelity in _CLOSENESS and not open_ones:
            yield _how_close(one, port)


def _by_hand(checked: Checked, port: Port, otherwise: str) -> str:
    """Why a call that has a port stays torch's."""
    hidden = checked.construction.hidden
    if _is_made_first(checked):
        return _made_first(port.call or "")
    if otherwise != _NOT_WRITTEN:
        return otherwise
    if hidden is not None:
        return _shown(f"OPT902 rewrite by hand: what {hidden[0]} holds is not known")
    return _NO_PLACE if port.setup else otherwise


def _how_close(checked: Checked, port: Port) -> str:
    """Why a port is not exact that nothing else is said about."""
    schedules = checked.construction.kind is ApiKind.SCHEDULER
    if not schedules and port.closeness in (Fidelity.EXACT, Fidelity.CLOSE):
        over = checked.judgements[0].scene.over(checked.construction)
        if over and port.fidelity is Fidelity.APPROXIMATE:
            return _UNSCHEDULED
        if len(over) > 1 and port.fidelity is Fidelity.INCOMPLETE:
            return _SCHEDULED_TWICE
    if port.closeness is Fidelity.INCOMPLETE:
        return _UNREAD
    rounded = schedules and port.fidelity is Fidelity.CLOSE
    return _ROUNDED if rounded else _CLOSENESS[port.fidelity]


def _is_made_first(checked: Checked) -> bool:
    """Whether it is a scheduler that the target's optimizer is built with."""
    rules = checked.judgements[0].target.info.schedulers
    schedules = checked.construction.kind is ApiKind.SCHEDULER
    return schedules and rules is not None and rules.takes is Takes.SCHEDULER


def remark(hazard: Hazard, kind: ApiKind) -> str:
    """Return what a comment says of one hazard: its code, what it is about, and what to do."""
    code = worded(kind, hazard.kind)[0].code
    advised = isinstance(hazard.advice, (WhenPorting, Remark))
    advice = hazard.advice.text if isinstance(hazard.advice, (WhenPorting, Remark)) else ""
    subject = hazard.mine if hazard.kind is HazardKind.RAISES else hazard.subject
    said = f"{subject}: {advice}" if advised else f"{subject}: {hazard.clause}"
    return _shown(f"{code} {said}")


def _made_first(call: str) -> str:
    whole = f"{_MADE_FIRST}: {call}"
    return whole if len(whole) <= MAX_REMARK else _MADE_FIRST


def _shown(words: str) -> str:
    return shortened(printable(words), MAX_REMARK)
