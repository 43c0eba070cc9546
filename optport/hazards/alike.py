"""Constructions that differ in nothing but where they stand are judged once.

A file may build the same thing a thousand times. Rules and table are asked about the first one;
the others get its judgements with their own places and arguments. What stands in a name that tells
nothing may be another name, if no hazard mentions it: `Adam(p)` and `Adam(q)` differ in their ports
alone.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from optport.hazards.advice import Advice, Drop, Replace, Write
from optport.hazards.judge import Judgement, judge
from optport.hazards.scene import Scene
from optport.places import Place
from optport.reader.model import Argument, Construction
from optport.reader.source import UNWRITABLE
from optport.signatures import ApiKind
from optport.targets import Target
from optport.values import Literal, Value, ValueSet

_Judged = tuple[Construction, tuple[Judgement, ...]]
_WORD = re.compile(r"\w+")


class FileJudge:
    """Judges the constructions of one file on every target."""

    def __init__(self, targets: tuple[Target, ...], scene: Scene) -> None:
        self._targets = targets
        self._scene = scene
        self._known: dict[Hashable, _Judged] = {}
        self._but_for_names: dict[Hashable, _Judged] = {}

    def judgements(self, construction: Construction) -> tuple[Judgement, ...]:
        """Return what is to be said about a construction, target by target."""
        if not self._targets:
            return ()
        looks = _looks(construction, self._scene)
        known = None if looks is None else self._known.get(looks)
        moved = None if known is None else _moved(*known, construction)
        if moved is not None:
            return moved
        bare = None
        if looks is not None and construction.kind is ApiKind.OPTIMIZER:
            bare = _own_looks(construction, names=False)  # a scheduler's may be functions
        known = None if bare is None else self._but_for_names.get(bare)
        moved = None if known is None else _moved(*known, construction, apart=True)
        if moved is not None:
            return moved
        judgements = tuple(judge(construction, to, self._scene) for to in self._targets)
        if looks is not None:
            self._known.setdefault(looks, (construction, judgements))
        if bare is not None and not _mention(judgements, construction):
            self._but_for_names.setdefault(bare, (construction, judgements))
        return judgements


def _looks(construction: Construction, scene: Scene) -> Hashable | None:
    """Return all that rules look at, without places; None where that is more than a call.

    That is one of groups, one of several schedulers, and one whose rate a scheduler sets, or whose
    options are set later on.
    """
    if scene.over(construction) or scene.whole(construction) is not None:
        return None
    if scene.written_later(construction):
        return None
    own = _own_looks(construction)
    if own is None or construction.kind is not ApiKind.SCHEDULER:
        return own
    optimizers = tuple(map(_own_looks, construction.built_with))
    if None in optimizers:
        return None
    return own, optimizers, scene.comes_second(construction), scene.steps_apart(construction)


def _own_looks(construction: Construction, names: bool = True) -> Hashable | None:
    """Return what rules look at of a construction by itself.

    Without `names`, those that tell nothing do not count, nor the text of what is hidden.
    """
    if construction.parameters.groups or construction.inner:
        return None
    arguments = tuple(map(_argument_looks, construction.arguments.values()))
    if None in arguments:
        return None
    bare = frozenset() if names else _names(construction)
    texts: dict[str, str] = {}
    for n, argument in enumerate(construction.arguments.values()):
        text = argument.text
        texts.setdefault(text, str(n) if text in bare else repr(text))
    first: dict[Place, int] = {}
    same = [first.setdefault(place, n) for n, place in enumerate(_places(construction))]
    return (
        construction.api,
        id(construction.signature),
        arguments,
        tuple(texts[argument.text] for argument in construction.arguments.values()),
        tuple(same),
        construction.certainty,
        construction.parameters,
        construction.hidden[0] if names and construction.hidden else construction.hidden is None,
        construction.also_hidden if names else (),
        construction.handed_on,
        construction.complete,
    )


def _argument_looks(argument: Argument) -> Hashable | None:
    if argument.instead or argument.text == UNWRITABLE:
        return None
    held = id(argument.function), id(argument.display)  # a name may hold another elsewhere
    return argument.name, argument.sure, argument.node is None, held, _told(argument.value)


def _told(values: ValueSet) -> Hashable:
    """What tells values apart: 1, 1.0 and True are three, and so are 0.0 and -0.0."""
    return values.complete, values.gaps, tuple(map(_shown, values.values))


def _shown(value: Value) -> Hashable:
    if not isinstance(value, Literal):
        return (repr(value),)
    return value.value if isinstance(value.value, str) else (repr(value.value),)


def _names(construction: Construction) -> frozenset[str]:
    """The names among the arguments that tell nothing."""
    arguments = construction.arguments.values()
    return frozenset(
        one.text for one in arguments if not one.value.known and one.text.isidentifier()
    )


def _mention(judgements: Iterable[Judgement], construction: Construction) -> bool:
    """Whether a hazard says one of a construction's names, or edits such an argument."""
    names = _names(construction)
    for judgement in judgements:
        for hazard in judgement.hazards:
            advice = hazard.advice
            if isinstance(advice, (Replace, Drop)) and advice.argument.text in names:
                return True
            said = hazard.subject, hazard.clause, hazard.mine, getattr(advice, "text", "")
            if not names.isdisjoint(_WORD.findall(" ".join(said))):
                return True
    return False


def _places(construction: Construction) -> list[Place]:
    """The places that hazards of a construction may have, in order."""
    hidden = [] if construction.hidden is None else [construction.hidden[1]]
    arguments = construction.arguments.values()
    return [construction.place, *hidden, *(argument.place for argument in arguments)]


def _moved(
    before: Construction,
    judgements: tuple[Judgement, ...],
    construction: Construction,
    apart: bool = False,
) -> tuple[Judgement, ...] | None:
    """Return what was judged of a construction for another one that looks the same.

    Their ports are the same, too, unless they are `apart`. None where something that was judged has
    no counterpart here.
    """
    places = dict(zip(_places(before), _places(construction), strict=True))
    mine = before.arguments.values(), construction.arguments.values()
    arguments = {id(one): other for one, other in zip(*mine, strict=True)}
    moved = []
    for judgement in judgements:
        hazards = []
        for hazard in judgement.hazards:
            place = places.get(hazard.place)
            advice = _moved_advice(hazard.advice, before, construction, arguments)
            if place is None or advice is None:
                return None
            hazards.append(replace(hazard, place=place, advice=advice))
        like = None if apart else judgement
        moved.append(
            Judgement(
                *(construction, judgement.target, tuple(hazards), judgement.scene),
                like=like,
                apart=apart,
            )
        )
    return tuple(moved)


def _moved_advice(
    advice: Advice, before: Construction, here: Construction, arguments: Mapping[int, Argument]
) -> Advice | None:
    if isinstance(advice, Write):
        return Write(advice.name, advice.text, here.site) if advice.site is before.site else None
    if isinstance(advice, (Replace, Drop)):
        argument = arguments.get(id(advice.argument))
        return None if argument is None else replace(advice, argument=argument)
    return advice
