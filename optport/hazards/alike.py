"""Constructions that rules can't tell apart are judged once.

A file may build the same thing a thousand times. Rules and table are asked about the first one;
the others get its judgements with their own places and arguments. What looks the same but for where
it stands has the same ports, too; what only differs in ways that no rule looks at has its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from optport.hazards.advice import Advice, Drop, Replace, Write
from optport.hazards.case import spelled
from optport.hazards.decisions import Decisions
from optport.hazards.hazard import Hazard
from optport.hazards.judge import Judgement, judge
from optport.hazards.scene import Scene
from optport.hazards.watched import Notes, told
from optport.places import Place
from optport.reader.model import Argument, Construction
from optport.reader.source import UNWRITABLE
from optport.signatures import ApiKind
from optport.targets import Target
from optport.values import Certainty


class FileJudge:
    """Judges the constructions of one file on every target."""

    def __init__(self, targets: tuple[Target, ...], scene: Scene) -> None:
        self._targets = targets
        self._scene = scene
        self._known: dict[Hashable, tuple[Construction, tuple[Judgement, ...]]] = {}
        self._decisions: dict[Hashable, list[Decisions]] = {}
        self._looks: dict[int, tuple[Construction, Hashable]] = {}

    def judgements(self, construction: Construction) -> tuple[Judgement, ...]:
        """Return what is to be said about a construction, target by target."""
        if not self._targets:
            return ()
        form = self._form(construction)
        if form is None:
            return self._judged(construction)
        exact = form, _contents(construction)
        known = self._known.get(exact)
        if known is None:
            return self._decided(form, exact, construction)
        apart = bool(self._scene.over(construction))
        move = _Move(known[0], construction, self._scene, apart, told_apart=False)
        moved = [move.judgement(one) for one in known[1]]
        known_all = [one for one in moved if one is not None]
        if len(known_all) < len(moved):
            return self._judged(construction)
        return tuple(known_all)

    def _judged(self, construction: Construction) -> tuple[Judgement, ...]:
        return tuple(judge(construction, to, self._scene) for to in self._targets)

    def _decided(
        self, form: Hashable, exact: Hashable, construction: Construction
    ) -> tuple[Judgement, ...]:
        """Judge one that differs from those before by what its judgement rests on."""
        decisions = self._decisions.get(form)
        if decisions is None:  # mostly, it is the only one
            self._decisions[form] = [Decisions() for _ in self._targets]
            judgements = self._judged(construction)
        else:
            pairs = zip(self._targets, decisions, strict=True)
            judgements = tuple(self._by_questions(one, to, construction) for to, one in pairs)
        self._known[exact] = construction, judgements
        return judgements

    def _by_questions(
        self, decisions: Decisions, target: Target, construction: Construction
    ) -> Judgement:
        moved = None
        if decisions.are_worth_it:
            found = decisions.find(construction)
            if found is None:
                notes = Notes(construction)
                scene = replace(self._scene, notes=notes)
                found = notes.construction, judge(notes.construction, target, scene)
                decisions.note(notes.close(), found)
            moved = _Move(found[0], construction, self._scene, True, told_apart=True).judgement(
                found[1]
            )
        return judge(construction, target, self._scene) if moved is None else moved

    def _form(self, construction: Construction) -> Hashable | None:
        """Return what rules look at without places and contents; None where that is too much.

        That is one of several schedulers, and what is made of others.
        """
        scene = self._scene
        if construction.inner or scene.whole(construction) is not None:
            return None
        own = _own_form(construction)
        if own is None:
            return None
        over = scene.over(construction)
        alone = any(one.certainty is Certainty.CERTAIN and len(one.built_with) == 1 for one in over)
        beside: Hashable = bool(over), alone, scene.written_later(construction)
        if construction.kind is ApiKind.SCHEDULER:
            optimizers = tuple(map(self._optimizer, construction.built_with))
            steps = scene.comes_second(construction), scene.steps_apart(construction)
            beside = beside, optimizers, steps
        return own, beside

    def _optimizer(self, construction: Construction) -> Hashable:
        """What a scheduler's optimizer looks like; itself where that is too much."""
        known = self._looks.get(id(construction))
        if known is None:
            form = None if construction.inner else _own_form(construction)
            looks = id(construction) if form is None else (form, _contents(construction))
            known = self._looks[id(construction)] = construction, looks
        return known[1]


def _own_form(construction: Construction) -> Hashable | None:
    """Return what rules look at of a construction by itself, without what its arguments are."""
    arguments = tuple(map(_argument_form, construction.arguments.values()))
    if None in arguments:
        return None
    first: dict[Place, int] = {}
    same = tuple(first.setdefault(place, n) for n, place in enumerate(_places(construction)))
    parameters = construction.parameters
    return (
        construction.api,
        id(construction.signature),
        arguments,
        same,
        construction.certainty,
        (parameters.shape, tuple(map(id, parameters.groups)), parameters.inline),
        (parameters.container, parameters.reordered, parameters.made),
        construction.hidden is None,
        construction.handed_on,
        construction.complete,
    )


def _argument_form(argument: Argument) -> Hashable | None:
    if argument.instead or argument.text == UNWRITABLE:
        return None
    held = (
        tuple(id(one.node) for one in argument.functions),
        id(argument.display),
    )  # a name may hold another elsewhere
    return argument.name, argument.sure, argument.node is None, held


def _contents(construction: Construction) -> Hashable:
    """Return what the arguments are, and what is hidden."""
    return (
        tuple((one.text, told(one.value)) for one in construction.arguments.values()),
        construction.hidden and construction.hidden[0],
        construction.also_hidden,
    )


def _places(construction: Construction) -> list[Place]:
    """The places that hazards of a construction may have, in order."""
    hidden = [] if construction.hidden is None else [construction.hidden[1]]
    arguments = construction.arguments.values()
    return [construction.place, *hidden, *(argument.place for argument in arguments)]


def _in_groups(construction: Construction) -> Iterable[Argument]:
    for group in construction.parameters.groups:
        yield from group.arguments.values()


class _Move:
    """From a construction to another one that is judged the same.

    Their ports are the same, too, unless they are `apart`; so are their arguments, unless they are
    `told_apart`.
    """

    def __init__(
        self,
        before: Construction,
        here: Construction,
        scene: Scene,
        apart: bool,
        *,
        told_apart: bool,
    ) -> None:
        self._before = before
        self._here = here
        self._scene = scene
        self._apart = apart
        kept = {id(one): one for one in _in_groups(before)}
        pairs = zip(before.arguments.values(), here.arguments.values(), strict=True)
        self._arguments = {**kept, **{id(one): other for one, other in pairs}}
        self._places = {one.place: one.place for one in kept.values()}
        self._places |= zip(_places(before), _places(here), strict=True)
        self._subjects: dict[str, str] = {}
        if told_apart:
            pairs = zip(before.arguments.values(), here.arguments.values(), strict=True)
            self._subjects = {spelled(one): spelled(other) for one, other in pairs}

    def judgement(self, judgement: Judgement) -> Judgement | None:
        """Return a judgement for here; None where part of it has no counterpart here."""
        hazards = []
        for hazard in judgement.hazards:
            place, advice = self._places.get(hazard.place), self._advice(hazard)
            if place is None or advice is None:
                return None
            subject = self._subjects.get(hazard.subject, hazard.subject)
            hazards.append(hazard.moved(place, advice, subject))
        like = None if self._apart else judgement
        said = self._here, judgement.target, tuple(hazards), self._scene
        return Judgement(*said, like=like, apart=self._apart)

    def _advice(self, hazard: Hazard) -> Advice | None:
        if hazard.again is not None:
            return hazard.again(self._here.arguments[hazard.argument or ""])
        advice = hazard.advice
        if isinstance(advice, Write):
            same = advice.site is self._before.site
            return Write(advice.name, advice.text, self._here.site) if same else None
        if isinstance(advice, (Replace, Drop)):
            argument = self._arguments.get(id(advice.argument))
            return None if argument is None else replace(advice, argument=argument)
        return advice
