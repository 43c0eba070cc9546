"""What comments above a call say: what stays torch's and why, what has to change elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from optport.catalogue import worded
from optport.check import Checked
from optport.hazards.advice import Remark, WhenPorting
from optport.hazards.hazard import Fidelity, Hazard, Port
from optport.hazards.spelling import shortened
from optport.printable import printable
from optport.signatures import ApiKind
from optport.table.model import Also

MAX_REMARK: Final = 150
"""Characters of a comment."""

_ALSO: Final = {
    Also.NEGATE_LOSS: "OPT102 minimise -loss",
    Also.STEP_SCHEDULER: "OPT102 call scheduler.step() after each optimizer step",
    Also.GROUPS_ORDER: "OPT406 pass the gradients in the order of optimizer.parameters",
}
_NOT_WRITTEN: Final = "OPT903 rewrite by hand: other calls share its arguments, or they are unknown"
_ROUNDED: Final = "OPT903 close, not exact: the rates are rounded otherwise"
_CLOSENESS: Final = {
    Fidelity.CLOSE: "OPT903 close, not exact: small gradients train differently",
    Fidelity.INCOMPLETE: "OPT903 incomplete: rewrite what is passed on, too",
    Fidelity.APPROXIMATE: "OPT903 approximate: trains differently",
}


def remarks(checked: Iterable[Checked], ports: Iterable[Port], ported: bool) -> Iterator[str]:
    """Yield the comments on a call, without their mark, each on one line."""
    for one, port in zip(checked, ports, strict=True):
        hazards = [hazard for judgement in one.judgements for hazard in judgement.hazards]
        exact = ported and port.fidelity is Fidelity.EXACT
        open_ones = [hazard for hazard in hazards if not hazard.cured and not exact]
        if ported:
            yield from (_ALSO.get(Also(word), word) for word in port.also)
        yield from (_remark(hazard, one.construction.kind) for hazard in open_ones)
        if not ported and port.call is not None:
            yield _NOT_WRITTEN
        elif ported and port.fidelity in _CLOSENESS and not open_ones:
            rounded = one.construction.kind is ApiKind.SCHEDULER
            is_close = port.fidelity is Fidelity.CLOSE
            yield _ROUNDED if rounded and is_close else _CLOSENESS[port.fidelity]


def _remark(hazard: Hazard, kind: ApiKind) -> str:
    code = worded(kind, hazard.kind)[0].code
    advised = isinstance(hazard.advice, (WhenPorting, Remark))
    advice = hazard.advice.text if isinstance(hazard.advice, (WhenPorting, Remark)) else ""
    said = f"{hazard.subject}: {advice}" if advised else f"{hazard.subject}: {hazard.clause}"
    return shortened(printable(f"{code} {said}"), MAX_REMARK)
