"""Hazards of the values in force: OPT102, OPT103, OPT104, OPT303, OPT304, OPT305."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from optport.catalogue import HazardKind
from optport.hazards.advice import Advice, Replace, WhenPorting
from optport.hazards.case import Case, spelled
from optport.hazards.drops import left_out, trains_the_same_without
from optport.hazards.hazard import Hazard
from optport.hazards.pairing import WITHOUT_COUNTERPART
from optport.hazards.refusal import Refusal, refusal
from optport.hazards.roles import PARAMS
from optport.hazards.spelling import as_group, shortened
from optport.hazards.watched import original
from optport.reader.model import Argument, Shape
from optport.signatures import ApiKind
from optport.table.asked import ask
from optport.table.model import Fate, ParameterRow, Placement, Workaround
from optport.table.operands import Lookup
from optport.values import Certainty

EXPECT_OTHERS = WhenPorting("expect other results")


def argument_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about each argument that the call gives, and about eps in force."""
    given, always = case.construction.arguments, case.pairing.always
    if case.construction.handed_on:
        always = frozenset()
    for name, row in case.rows.items():
        is_given = name in given
        if not is_given and name not in always:
            continue
        if row.fate in WITHOUT_COUNTERPART:
            yield from _without_counterpart(case, row)
        elif is_given:
            yield from _ignored(case, row) if row.fate is Fate.IGNORED else _rejected(case, row)
        if is_given and row.differences:
            yield from _means_another(case, row)
        if row.placement is not None:
            yield from _placed(case, row)
        if row.decay_skips_names:
            yield from _skipped(case, row)


def effect(case: Case, row: ParameterRow) -> Certainty:
    """Say how surely an argument without counterpart changes training."""
    if row.fate is Fate.INERT:
        return Certainty.NO
    if row.neutral is None:
        return Certainty.CERTAIN
    found = row.neutral.fails(case.lookup)
    for group in case.construction.parameters.groups:
        if row.name in group.arguments:
            continue  # that is said of the group
        there = row.neutral.fails(case.lookup_in(group))
        found = max(found, there if group.sure else min(there, Certainty.POSSIBLE))
    return found


def _without_counterpart(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    argument = case.given(row.name)
    if argument is None and not _default_is_lost(case, row):
        return
    changes = effect(case, row)
    if changes is not Certainty.NO:
        if argument is not None and argument.instead:
            argument = argument.blamed(partial(_may_matter, row), case.lookup)
        yield case.hazard(
            HazardKind.LOST,
            row.name,
            changes,
            subject=case.subject(row.name) if argument is None else spelled(argument),
            advice=_instead(case, row),
            argument=argument,
            cured=row.workaround is not None
            and changes is Certainty.CERTAIN
            and not _set_apart(case, row.workaround)
            and row.inexact_when is None,
            elsewhere=row.workaround is not None and bool(row.workaround.also),
        )
    elif argument is not None:
        yield _needless(case, row, Certainty.CERTAIN)


def _may_matter(row: ParameterRow, lookup: Lookup) -> bool:
    """Whether a value of an argument without counterpart may change training."""
    return row.neutral is None or row.neutral.fails(lookup) is not Certainty.NO


def _default_is_lost(case: Case, row: ParameterRow) -> bool:
    """Whether a scheduler does something by default that the counterpart does not do."""
    mine = case.construction.signature.by_name.get(row.name)
    known = mine is not None and not mine.required and case.construction.hidden is None
    return known and case.construction.kind is ApiKind.SCHEDULER


def _means_another(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    """Values that the counterpart takes and makes something else of."""
    schedule = case.construction.kind is ApiKind.SCHEDULER
    for one in case.pairing.differences[row.name]:
        met = one.met(case.lookup)
        if one.scheduled and not case.scene.over(case.construction):
            met = min(met, Certainty.POSSIBLE)  # what sets the rate may stand elsewhere
        if met is not Certainty.NO:
            advice = one.advice or row.advice or case.otherwise
            yield case.hazard(
                HazardKind.MEANING if schedule else HazardKind.ALGORITHM,
                row.name,
                met,
                subject=case.subject(row.name),
                clause=one.text,
                advice=WhenPorting(advice) if advice else EXPECT_OTHERS,
                argument=case.given(row.name),
                cured=False,
            )


def _needless(case: Case, row: ParameterRow, sure: Certainty, clause: str = "") -> Hazard:
    same = trains_the_same_without(case, row)
    return case.hazard(
        HazardKind.INERT if same else HazardKind.NEEDLESS,
        row.name,
        sure,
        subject=case.subject(row.name),
        clause=clause,
        advice=left_out(case, row),
        argument=case.given(row.name),
    )


def _instead(case: Case, row: ParameterRow) -> Advice:
    if row.workaround is None:
        return WhenPorting(row.advice) if row.advice else EXPECT_OTHERS
    argument = case.given(row.name)
    advice = row.workaround.advice
    if argument is not None and "{text}" in advice:
        return WhenPorting(advice.format(text=shortened(argument.text)))
    return WhenPorting(advice.format(text=""))


def _set_apart(case: Case, workaround: Workaround) -> bool:
    """Whether a group sets by itself what the workaround writes for all."""
    replaced = {name for name, row in case.rows.items() if workaround.argument in row.to}
    groups = case.construction.parameters.groups
    return any(not replaced.isdisjoint(group.arguments) for group in groups)


def _ignored(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    matters = effect(case, row)
    if matters is not Certainty.NO:
        yield case.hazard(
            HazardKind.IGNORED,
            row.name,
            matters,
            subject=case.subject(row.name),
            advice=WhenPorting(row.advice) if row.advice else EXPECT_OTHERS,
            argument=case.given(row.name),
            cured=False,
        )


def _rejected(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    refused = refusal(case, row)
    if refused is None:
        return
    if refused.rejection.harmless:
        yield _needless(case, row, refused.certainty, refused.rejection.error)
        return
    otherwise = row.advice or case.otherwise
    again = None
    if refused.rests_on_itself and original(refused.argument) is not refused.argument:
        again = partial(_advice_for, refused, otherwise)
    yield case.hazard(
        HazardKind.REJECTED,
        row.name,
        refused.certainty,
        subject=spelled(refused.argument),
        clause=refused.rejection.error,
        advice=refused.advice(otherwise) if again is None else again(original(refused.argument)),
        argument=refused.argument,
        cured=refused.can_be_written,
        again=again,
    )


def _advice_for(refused: Refusal, otherwise: str | None, argument: Argument) -> Advice:
    return refused.of(argument).advice(otherwise)


def _placed(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    assert row.placement is not None
    met = placement_shows(case, row, case.lookup)
    for group in case.construction.parameters.groups:
        if row.name not in group.arguments:  # with eps from here, and what else is in force there
            there = placement_shows(case, row, case.lookup_in(group))
            met = max(met, there if group.sure else min(there, Certainty.POSSIBLE))
    if met is not Certainty.NO:
        yield case.hazard(
            HazardKind.EPSILON,
            row.name,
            met,
            subject=case.subject(row.name),
            clause=row.placement.text,
            advice=epsilon_advice(row),
            argument=case.given(row.name),
            cured=is_mended(row.placement, case.lookup),
        )


def placement_shows(case: Case, row: ParameterRow, lookup: Lookup) -> Certainty:
    """Say how surely it shows where eps stands, for the values that `lookup` gives.

    What is read of eps is not doubted for a rate that can't be read, if the usual one will do.
    """
    assert row.placement is not None
    met = row.placement.matters.holds(lookup)
    if met is Certainty.UNRESOLVED and lookup(row.name).known:
        usual = row.placement.matters.holds(case.usual(lookup, row.name))
        return met if usual > Certainty.UNRESOLVED else Certainty.NO
    return met


def epsilon_advice(row: ParameterRow) -> Advice:
    """What to do about an eps that stands elsewhere in the formula."""
    return WhenPorting(row.advice or "expect other results")


def is_mended(placement: Placement, lookup: Lookup) -> bool:
    """Whether the port surely makes up for where eps stands, or comes close."""
    conditions = [one for one in (placement.exact_when, placement.close_when) if one is not None]
    return any(one.holds(lookup) is Certainty.CERTAIN for one in conditions)


def _skipped(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    """A decay that goes by names: only a flat list of parameters is concerned."""
    shape = case.construction.shape
    if shape is Shape.GROUPS:
        return
    certainty = ask(case.lookup, partial(_decays, row.name), "decays", row.name)
    if certainty is Certainty.NO:
        return
    if shape is Shape.UNKNOWN or not _are_in_sight(case, row.decay_skips_names):
        certainty = min(certainty, Certainty.POSSIBLE)
    argument = case.given(row.name)
    if argument is not None and argument.instead:
        argument = argument.blamed(partial(_may_decay, row), case.lookup)
    yield case.hazard(
        HazardKind.NAMED_DECAY,
        row.name,
        certainty,
        subject=case.subject(row.name) if argument is None else spelled(argument),
        advice=_grouped(case),
        mine=" and ".join(row.decay_skips_names),
        argument=argument,
    )


def _decays(name: str, lookup: Lookup) -> Certainty:
    """How surely a weight decay is none."""
    decay = lookup(name)
    given = [bool(getattr(option, "value", True)) for option in decay.values]
    if not any(given):
        return Certainty.UNRESOLVED if decay.gaps or not decay.known else Certainty.NO
    return Certainty.CERTAIN if all(given) and decay.complete else Certainty.POSSIBLE


def _may_decay(row: ParameterRow, lookup: Lookup) -> bool:
    """Whether a weight decay is not surely none."""
    decay = lookup(row.name)
    given = [bool(getattr(option, "value", True)) for option in decay.values]
    return any(given) or not decay.known or decay.gaps


def _are_in_sight(case: Case, parts: tuple[str, ...]) -> bool:
    """Whether the file has a layer with parameters of such names: a norm layer, or one of its own.

    Norm layers call their parameters so wherever a decay goes by names.
    """
    own = "|".join(parts)
    pattern = rf"\b\w*Norm(?:[1-3]d)?\b|\bself\.\w*(?:{own})\w*(?::[^=\n]{{1,60}})? ?=(?!=)"
    site = case.construction.site
    return site is not None and site.file_has(pattern)


def _grouped(case: Case) -> Advice:
    """The advice to put the parameters into a group, where they surely are a flat list."""
    params = case.given(PARAMS)
    if params is None or case.construction.shape is not Shape.FLAT:
        return WhenPorting("pass a group, [{'params': […]}]")
    return Replace(params, as_group(params.text), is_params=True)
