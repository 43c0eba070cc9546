"""The catalogue: every code with its name and its texts.

Codes are never used again for another meaning. A message follows from the wording here and from
what the rules found on each target; pages and front ends' help texts follow from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from optport.catalogue.groups import GROUPS
from optport.catalogue.members import MEMBERS
from optport.catalogue.model import PAGES, HazardKind, Kind, Wording
from optport.catalogue.notes import NOTES
from optport.catalogue.optimizers import OPTIMIZERS
from optport.catalogue.schedulers import SCHEDULERS
from optport.signatures import ApiKind

__all__ = ["CATALOGUE", "CODES", "PAGES", "HazardKind", "Kind", "Wording", "worded"]

_KINDS = (*OPTIMIZERS, *GROUPS, *MEMBERS, *SCHEDULERS, *NOTES)

CATALOGUE: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
"""All kinds by code, in order."""

CODES: Mapping[str, str] = MappingProxyType({kind.name: kind.code for kind in _KINDS})
"""The codes by name."""

_WORDED = {
    (api, hazard): (kind, wording)
    for kind in _KINDS
    for api in kind.apis
    for hazard, wording in kind.wordings.items()
}


def worded(api: ApiKind, hazard: HazardKind) -> tuple[Kind, Wording]:
    """Return what a hazard of that kind of API is reported as, and its wording.

    Raises `KeyError` for a hazard that such an API can't have.
    """
    return _WORDED[api, hazard]
