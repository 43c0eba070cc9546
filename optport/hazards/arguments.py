"""Hazards of arguments that a call gives: OPT102, OPT103, OPT104, OPT303, OPT304, OPT305."""

from __future__ import annotations

from collections.abc import Iterator

from optport.hazards.case import Case
from optport.hazards.hazard import Hazard
from optport.hazards.spelling import (
    MAX_ADVICE,
    as_float,
    as_float_text,
    plain,
    rewritten,
    shortened,
)
from optport.reader.model import Shape
from optport.table.model import Fate, ParameterRow, Rejection, Workaround
from optport.values import UNREAD, Certainty


def argument_hazards(case: Case) -> Iterator[Hazard]:
    """Yield what is to be said about each argument that the call gives, and about eps in force."""
    for name, row in case.rows.items():
        if name in case.construction.arguments:
            if row.fate in (Fate.INERT, Fate.LOST, Fate.REPLACED):
                yield from _without_counterpart(case, row)
            elif row.fate is Fate.IGNORED:
                yield from _ignored(case, row)
            else:
                yield from _rejected(case, row)
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
        there = row.neutral.fails(case.lookup_in(group))
        found = max(found, there if group.sure else min(there, Certainty.POSSIBLE))
    return found


def _without_counterpart(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    changes = effect(case, row)
    subject = case.subject(row.name)
    if changes is Certainty.NO:
        yield case.hazard(
            "inert-argument",
            row.name,
            Certainty.CERTAIN,
            subject=subject,
            clause=case.where,
            advice="drop it",
        )
        return
    if row.workaround is None:
        advice = row.advice or "drop it only if training may change"
    else:
        text = shortened(case.construction.arguments[row.name].text)
        advice = row.workaround.advice.format(text=text)
    yield case.hazard(
        "unsupported-argument",
        row.name,
        changes,
        subject=subject,
        clause=case.where,
        advice=advice,
        cured=row.workaround is not None
        and changes is Certainty.CERTAIN
        and not _set_apart(case, row.workaround),
    )


def _set_apart(case: Case, workaround: Workaround) -> bool:
    """Whether a group sets by itself what the workaround writes for all."""
    replaced = {name for name, row in case.rows.items() if workaround.argument in row.to}
    groups = case.construction.parameters.groups
    return any(not replaced.isdisjoint(group.arguments) for group in groups)


def _ignored(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    matters = effect(case, row)
    if matters is not Certainty.NO:
        yield case.hazard(
            "ignored-argument",
            row.name,
            matters,
            subject=case.subject(row.name),
            clause=case.where,
            advice=row.advice or "drop it only if training may change",
            cured=False,
        )


def active_rejection(case: Case, row: ParameterRow) -> tuple[Rejection, Certainty] | None:
    """Return the rejection that the argument's value meets, and how surely.

    A value that can't be read is taken to be accepted: what raises is noticed at once, and a
    warning at every variable would drown the ones that tell of silent differences.
    """
    for rejection in case.at_version(row.rejects):
        met = rejection.met(case.lookup)
        if met in (Certainty.CERTAIN, Certainty.POSSIBLE):
            return rejection, met
    return None


def _rejected(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    found = active_rejection(case, row)
    if found is None:
        return
    rejection, met = found
    if rejection.harmless:
        yield case.hazard(
            "inert-argument",
            row.name,
            met,
            subject=case.subject(row.name),
            clause=f"{case.where}, where {rejection.error}",
            advice="drop it",
        )
        return
    written = replacement(case, row, rejection)
    yield case.hazard(
        "rejected-value",
        row.name,
        met,
        subject=case.subject(row.name),
        clause=f"{case.where} {rejection.error}",
        advice=_advice(case, row, rejection, written),
        cured=written is not None,
    )


def _advice(case: Case, row: ParameterRow, rejection: Rejection, written: str | None) -> str:
    if written is not None:
        return f"write {row.name}={shortened(written, MAX_ADVICE)}"
    if rejection.write == "float":
        text = case.construction.arguments[row.name].text
        number = as_float_text(text)
        text = number if number != text else f"float({shortened(text, MAX_ADVICE)})"
        return f"write {row.name}={text}"
    return row.advice or "write another value"


def replacement(case: Case, row: ParameterRow, rejection: Rejection) -> str | None:
    """Return how the rejected value is written instead, as source; None where it can't be said."""
    if rejection.write is None:
        return None
    name, bracket, index = rejection.write.partition("[")
    if bracket and name in case.row.parameters:
        elements = plain(case.lookup(name))
        if elements is UNREAD:
            return None
        return repr(as_float(elements[int(index.rstrip("]"))]))
    return rewritten(rejection.write, plain(case.lookup(row.name)))


def _placed(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    assert row.placement is not None
    met = row.placement.matters.holds(case.lookup)
    mended = row.placement.exact_when
    for group in case.construction.parameters.groups:
        if row.name not in group.arguments:  # with eps from here, and what else is in force there
            there = row.placement.matters.holds(case.lookup_in(group))
            met = max(met, there if group.sure else min(there, Certainty.POSSIBLE))
    if met is not Certainty.NO:
        yield case.hazard(
            "different-epsilon",
            row.name,
            met,
            subject=case.subject(row.name),
            clause=f"{case.where} {row.placement.text}",
            advice=row.advice or "no port follows it closely; a smaller eps comes closer",
            cured=mended is not None and mended.holds(case.lookup) is Certainty.CERTAIN,
        )


def _skipped(case: Case, row: ParameterRow) -> Iterator[Hazard]:
    """A decay that goes by names: only a flat list of parameters is concerned."""
    shape = case.construction.shape
    if shape is Shape.GROUPS:
        return
    decay = case.lookup(row.name)
    if not decay.known:
        certainty = Certainty.UNRESOLVED
    else:
        given = [bool(getattr(option, "value", True)) for option in decay.values]
        if not any(given):
            return
        certainty = Certainty.CERTAIN if all(given) and decay.complete else Certainty.POSSIBLE
    if shape is Shape.UNKNOWN:
        certainty = min(certainty, Certainty.POSSIBLE)
    parts = " or ".join(repr(part) for part in row.decay_skips_names)
    yield case.hazard(
        "name-based-weight-decay",
        row.name,
        certainty,
        subject=case.subject(row.name),
        clause=f"{case.where} leaves a flat list's parameters with {parts} in their name out",
        advice='hand them over in a group, [{"params": …}]',
    )
