"""What torch itself makes of a call, at the version that the source is written for."""

from __future__ import annotations

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
    signature = family(NAMESPACE).signature(construction.api, version)
    if signature is None:
        return f"has no {construction.api}"
    known = signature.by_name
    if any(parameter.kind == "var_keyword" for parameter in known.values()):
        return None
    unknown = [name for name in construction.arguments if name not in known]
    if unknown:
        return f"takes no {unknown[0]}"
    if construction.hidden is not None or construction.handed_on:
        return None
    missing = [
        name
        for name, parameter in known.items()
        if parameter.required and name != PARAMS and name not in construction.arguments
    ]
    return f"requires {missing[0]}" if missing else None
