"""Notes, off unless asked for: hidden arguments (OPT902) and the port (OPT903)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optport.hazards.hazard import Hazard
from optport.hazards.judge import Judgement
from optport.reader.model import Construction
from optport.values import Certainty


def notes(construction: Construction, judgements: Iterable[Judgement]) -> Iterator[Hazard]:
    """Yield the notes on a construction, for the targets that have a port."""
    for judgement in judgements:
        target, port = judgement.target.name, judgement.port
        ruled_out = any(h.name == "unsupported-optimizer" for h in judgement.hazards)
        if construction.hidden is not None and not ruled_out:
            text, place = construction.hidden
            yield Hazard(
                name="unresolved-arguments",
                target=target,
                place=place,
                certainty=min(Certainty.CERTAIN, construction.certainty),
                subject=text,
                clause=construction.qualified,
                advice="write them out to have them checked",
            )
        if port.call is not None:
            extra = "".join(f", {word}" for word in port.also)
            first = "".join(f"{line}; " for line in port.setup)
            yield Hazard(
                name="port",
                target=target,
                place=construction.place,
                certainty=construction.certainty,
                subject=construction.qualified,
                clause=f"{first}{port.call} ({port.fidelity}{extra})",
                advice="see the mapping page for what was measured",
            )
