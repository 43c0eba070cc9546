"""What torch itself makes of a call, at the version that the source is written for."""

from __future__ import annotations

from functools import lru_cache

from optport.catalogue import HazardKind
from optport.hazards.advice import Remark
from optport.hazards.hazard import Hazard
from optport.hazards.roles import PARAMS
from optport.reader.model import Construction
from optport.reader.objects import NAMESPACE
from optport.signatures import ApiKind, family
from optport.targets import Target


def raising(construction: Construction, target: Target, torch_version: str) -> Hazard | None:
    """Return the note that torch itself raises on a call, so that there is nothing to port."""
    why = None if construction.kind is not ApiKind.OPTIMIZER else _why(construction, torch_version)
    if why is None:
        return None
    return Hazard(
        kind=HazardKind.RAISES,
        target=target.name,
        place=construction.place,
        certainty=construction.certainty,
        subject=construction.qualified,
        where=target.name,
        brief=target.info.short,
        clause="",
        mine=f"torch {torch_version} {why}",
        advice=Remark("mend the call, or name the torch version that it is written for"),
        cured=False,
    )


def _why(construction: Construction, version: str) -> str | None:
    known = _taken(construction.api, version)
    if known is None:
        return f"has no {construction.api}"
    names, needed = known
    for name in construction.arguments:
        if names is not None and name not in names:
            return f"takes no {name}"
    if construction.hidden is not None or construction.handed_on:
        return None
    missing = next((name for name in needed if name not in construction.arguments), None)
    return None if missing is None else f"requires {missing}"


@lru_cache(maxsize=256)
def _taken(api: str, version: str) -> tuple[frozenset[str] | None, tuple[str, ...]] | None:
    """The parameters of a class, and those that it requires beside what it trains.

    None for parameters where it takes any, and None for a class that the version does not have.
    """
    signature = family(NAMESPACE).signature(api, version)
    if signature is None:
        return None
    if any(one.kind == "var_keyword" for one in signature.parameters):
        return None, ()
    needed = [one.name for one in signature.parameters if one.required and one.name != PARAMS]
    return frozenset(signature.by_name), tuple(needed)
