"""Hazards of how parameters are put into groups: OPT405, OPT406."""

from __future__ import annotations

from collections.abc import Iterator

from optport.catalogue import HazardKind
from optport.hazards.advice import WhenPorting
from optport.hazards.case import Case
from optport.hazards.hazard import Hazard
from optport.values import Certainty

_NORM = r"\b\w*Norm(?:[1-3]d)?\b"


def choice_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about names and order; one hazard of each kind."""
    yield from _renamed(case)
    parameters = case.construction.parameters
    if case.target.info.groups.reorders and parameters.reordered is not Certainty.NO:
        yield case.hazard(
            HazardKind.GROUP_ORDER,
            "params",
            parameters.reordered,
            subject="params",
            clause="takes gradients in the groups' order",
            advice=WhenPorting("pass gradients in the order of optimizer.parameters"),
            argument=case.given("params"),
        )


def _renamed(case: Case) -> Iterator[Hazard]:
    """Groups chosen by names that are others there, at the first one of them."""
    names = case.target.info.names
    for group in case.construction.parameters.groups:
        held = group.arguments.get("params")
        words = {word: word.rpartition(".")[2] for word in group.words}
        others = {word: names[last] for word, last in words.items() if last in names}
        if held is None or not others:
            continue
        told = next((word for word in others if "norm" in word.lower()), None)
        word = next(iter(others)) if told is None else told
        there = others[word]
        yield case.hazard(
            HazardKind.NAME_FILTER,
            "params",
            Certainty.CERTAIN if told or _has_norms(case) else Certainty.POSSIBLE,
            subject=repr(word),
            clause=f"calls a norm's {words[word]} {there}",
            advice=WhenPorting(f"look for {there} as well"),
            argument=held,
            cured=False,
        )
        return


def _has_norms(case: Case) -> bool:
    """Whether the file has a norm layer."""
    site = case.construction.site
    return site is not None and site.file_has(_NORM)
