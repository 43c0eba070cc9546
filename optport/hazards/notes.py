"""Notes, off unless asked for: hidden arguments (OPT902) and the port (OPT903)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optport.catalogue import HazardKind
from optport.hazards.advice import Remark
from optport.hazards.hazard import Hazard
from optport.hazards.judge import Judgement
from optport.places import Place
from optport.reader.model import Construction
from optport.signatures import ApiKind
from optport.table.model import Takes

MAX_DEVIATION = 60
"""Characters of how far a port leaves torch that a note shows."""


def notes(construction: Construction, judgements: Iterable[Judgement]) -> Iterator[Hazard]:
    """Yield the notes on a construction, for the targets that have a port."""
    for judgement in judgements:
        ruled_out = any(h.kind is HazardKind.UNSUPPORTED for h in judgement.hazards)
        if construction.hidden is not None and not ruled_out:
            yield _hidden(construction, judgement, *construction.hidden)
        if _is_handed_over(construction, judgement):
            yield _wired(construction, judgement)
        port = judgement.port
        if port.call is not None:
            first = "".join(f"{line}; " for line in port.setup)
            yield _note(
                construction,
                judgement,
                HazardKind.PORT,
                subject=construction.qualified,
                clause=f"{first}{port.call}",
                advice="see its mapping page",
                where=", ".join([port.fidelity, *port.also, *filter(_is_short, port.deviations)]),
            )


def _is_short(deviation: str) -> bool:
    """Whether it may stand in a note; the page of the optimizer has all of them."""
    return len(deviation) <= MAX_DEVIATION


def _is_handed_over(construction: Construction, judgement: Judgement) -> bool:
    """Whether it is a scheduler, by itself, that the target's optimizer takes."""
    rules = judgement.target.info.schedulers
    taken = rules is not None and rules.takes is Takes.SCHEDULER
    whole = judgement.scene.whole(construction) is None
    return construction.kind is ApiKind.SCHEDULER and taken and whole


def _wired(construction: Construction, judgement: Judgement) -> Hazard:
    return _note(
        construction,
        judgement,
        HazardKind.WIRING,
        subject=construction.qualified,
        advice="make it first, and pass it as the learning rate",
    )


def _hidden(construction: Construction, judgement: Judgement, text: str, place: Place) -> Hazard:
    return _note(
        construction,
        judgement,
        HazardKind.HIDDEN,
        subject=text,
        mine=construction.qualified,
        advice="write them out to have them checked",
        place=place,
    )


def _note(
    construction: Construction,
    judgement: Judgement,
    kind: HazardKind,
    *,
    subject: str,
    advice: str,
    clause: str = "",
    mine: str = "",
    place: Place | None = None,
    where: str = "",
) -> Hazard:
    target = judgement.target
    return Hazard(
        kind=kind,
        target=target.name,
        place=place or construction.place,
        certainty=construction.certainty,
        subject=subject,
        where=where or target.name,
        brief=where or target.info.short,
        clause=clause,
        advice=Remark(advice),
        mine=mine,
    )
