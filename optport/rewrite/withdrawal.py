"""Calls whose edits can't stand beside others': they stay torch's."""

from __future__ import annotations

from collections.abc import Iterable

from optport.edits import Edit
from optport.hazards.scene import key_of
from optport.places import Place
from optport.rewrite.classes import Candidate, place_of


def withdraw_overlapping(candidates: list[Candidate]) -> bool:
    """Have calls stay torch's that are rewritten as a whole with others inside; whether any is."""
    places = [
        (place, one)
        for one in candidates
        if one.edits is not None
        for place in [
            *(edit.place for edit in one.edits),
            *([] if one.direct is None else [place_of(one.direct.node)]),
        ]
    ]
    places.sort(key=lambda found: found[0])
    furthest: tuple[Place, Candidate] | None = None
    for place, one in places:
        if furthest is not None and furthest[1] is not one and _overlap(place, furthest[0]):
            one.edits = furthest[1].edits = None
            for other in candidates:  # all that stands in it, not only the first
                if furthest[1].place.holds(other.place):
                    other.edits = None
            return True
        if furthest is None or _end(place) > _end(furthest[0]):
            furthest = place, one
    return False


def withdraw_orphans(candidates: Iterable[Candidate]) -> bool:
    """Have schedulers stay torch's whose optimizer may stay so; whether there were any."""
    stay = {
        key_of(checked.construction)
        for one in candidates
        if one.edits is None
        for checked in one.checked
    }
    orphans = [
        one
        for one in candidates
        if one.edits is not None
        for optimizer in one.checked[0].construction.built_with
        if key_of(optimizer) in stay
    ]
    for one in orphans:
        one.edits, one.orphan = None, True
    return bool(orphans)


def apart(edits: Iterable[Edit], taken: Iterable[Edit]) -> list[Edit]:
    """Return those of some edits that are apart from others."""
    by_line: dict[int, list[Place]] = {}
    for one in taken:
        for line in range(one.place.line, one.place.end_line + 1):
            by_line.setdefault(line, []).append(one.place)
    return [
        edit
        for edit in edits
        if not any(
            _overlap(edit.place, place)
            for line in range(edit.place.line, edit.place.end_line + 1)
            for place in by_line.get(line, ())
        )
    ]


def _overlap(one: Place, other: Place) -> bool:
    apart = _end(one) <= (other.line, other.col) or _end(other) <= (one.line, one.col)
    return one != other and not apart


def _end(place: Place) -> tuple[int, int]:
    return place.end_line, place.end_col
