"""Groups and settings that several calls share: edited once, where all of them want it alike."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from optport.reader.constructions import Reading
from optport.reader.layout import Owns
from optport.rewrite.calls import holders
from optport.rewrite.classes import Candidate

MAX_SHARING = 200
"""Calls of a file that are looked at together."""


def owned_together(reading: Reading, candidates: Sequence[Candidate]) -> Owns | None:
    """Return what tells what some calls, all of which are to be ported, have together."""
    constructions = [checked.construction for one in candidates for checked in one.checked]
    few = len(constructions) <= MAX_SHARING
    ownership = reading.ownership_of(constructions) if few else None
    return None if ownership is None else ownership.owns


def withdraw_unlike(candidates: Iterable[Candidate]) -> bool:
    """Have calls stay torch's that share what others want otherwise; whether there were any."""
    users: dict[ast.expr, list[Candidate]] = {}
    for one in candidates:
        for holder in {node for checked in one.checked for node in holders(checked.construction)}:
            users.setdefault(holder, []).append(one)
    unlike = [
        one
        for holder, sharing in users.items()
        if len(sharing) > 1 and not _agree(holder, sharing)
        for one in sharing
        if one.edits is not None and one.shares and one.held.get(holder)
    ]
    for one in unlike:
        one.edits = None
    return bool(unlike)


def _agree(holder: ast.expr, sharing: Iterable[Candidate]) -> bool:
    wanted = {None if one.edits is None else frozenset(one.held.get(holder, ())) for one in sharing}
    return len(wanted) == 1
