"""How bad each code is."""

from __future__ import annotations

from collections import Counter

from optport import levels
from optport.catalogue import CATALOGUE
from optport.levels import Level, level


def test_a_value_that_is_refused_raises_and_another_default_differs() -> None:
    assert level(CATALOGUE["OPT104"]) is Level.RAISES
    assert level(CATALOGUE["OPT201"]) is Level.DIFFERS
    assert level(CATALOGUE["OPT103"]) is Level.INERT
    assert level(CATALOGUE["OPT903"]) is Level.NOTE


def test_every_level_is_used_and_one_code_alone_is_inert() -> None:
    seen = Counter(level(kind) for kind in CATALOGUE.values())
    assert set(seen) == set(Level)
    assert seen[Level.INERT] == 1


def test_what_raises_is_named_as_the_catalogue_names_it() -> None:
    known = {kind.name for kind in CATALOGUE.values()}
    raising = {kind.name for kind in CATALOGUE.values() if level(kind) is Level.RAISES}
    assert raising == levels._RAISES & known
    assert len(raising) >= 5
