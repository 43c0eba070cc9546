"""Messages: what was found at one place, for all targets, on one line of bounded length."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from optport.catalogue import HazardKind, Wording, worded
from optport.hazards.advice import Drop, Remark, Replace, WhenPorting, Write, source_edits
from optport.hazards.hazard import Hazard
from optport.hazards.spelling import MAX_ADVICE, shortened
from optport.lean import dataclass
from optport.printable import printable
from optport.reader.model import Construction, MethodUse
from optport.reader.objects import NAMESPACE
from optport.table import targets
from optport.values import Certainty

MAX_MESSAGE = 200
"""Characters of a message."""
LONG = 110
"""Characters from which on targets go by their short names."""
_OF_GROUPS = frozenset(
    {HazardKind.GROUP_FACTOR, HazardKind.GROUP_IGNORED, HazardKind.GROUP_REJECTED}
    | {HazardKind.PARAMS, HazardKind.NAME_FILTER}
)
"""What is found in groups, which may stand apart from the call that they are for."""
_SHORTEST = 24
"""Characters that are left of a clause at least."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard, and the construction or the use of a member that it is one of."""

    construction: Construction | MethodUse
    hazard: Hazard

    @property
    def owner(self) -> str:
        """The full name of the class: the one that is built, or has the member."""
        one = self.construction
        return one.qualified if isinstance(one, Construction) else one.owner


@dataclass(frozen=True, slots=True)
class Message:
    """A message on one line; it ends with the hint."""

    text: str
    hint: str


class Messages:
    """The messages of one file: what is found in many calls alike is worded once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Message] = {}

    def of(self, found: Sequence[Found]) -> Message:
        """Word what was found at one place under one code."""
        if any(one.hazard.kind in _OF_GROUPS for one in found):
            return message(found)  # these name the lines of the calls
        looks = tuple(map(_looks, found))
        known = self._known.get(looks)
        if known is None:
            known = self._known[looks] = message(found)
        return known


def _looks(found: Found) -> Hashable:
    """Return what a message depends on: not where it is found."""
    advice, one = found.hazard.advice, found.construction
    told: Hashable = advice
    if isinstance(advice, Drop):
        told = Drop, advice.name
    elif isinstance(advice, Write):
        told = Write, advice.name, advice.text
    elif isinstance(advice, Replace):
        told = Replace, advice.name, advice.text, advice.is_params, advice.said
    hazard = found.hazard
    return (
        one.kind,
        one.certainty,
        found.owner,
        hazard.kind,
        hazard.target,
        hazard.certainty,
        hazard.subject,
        hazard.where,
        hazard.brief,
        hazard.clause,
        hazard.mine,
        hazard.argument,
        told,
    )


def message(found: Sequence[Found]) -> Message:
    """Word what was found at one place under one code.

    What does not fit is left out: the code's page and the JSON report have it.
    """
    statements = _statements(found)
    count = len(statements)
    for brief in (False, True):
        text, advice = _whole(statements, brief), hint([one.hazard for one in found])
        if len(f"{text}; {advice}") <= (MAX_MESSAGE if brief else LONG):
            return _joined(text, advice)
    while count > 1:
        count -= 1
        kept = [one for statement in statements[:count] for one in statement]
        text, advice = _whole(statements[:count], brief=True), hint([one.hazard for one in kept])
        if len(f"{text}; {advice}") <= MAX_MESSAGE:
            return _joined(text, advice)
    return _cut(statements[0])


def _joined(text: str, advice: str) -> Message:
    return Message(f"{text}; {advice}", advice)


def _statements(found: Iterable[Found]) -> list[list[Found]]:
    """Put together what one cause leads to on several targets, or for several constructions."""
    causes: dict[tuple[str, ...], list[Found]] = {}
    for one in found:
        hazard = one.hazard
        cause = hazard.kind, hazard.argument or "", hazard.subject, hazard.mine
        causes.setdefault(cause, []).append(one)
    return list(causes.values())


def _whole(statements: Iterable[Sequence[Found]], brief: bool) -> str:
    return "; ".join(_statement(one, brief) for one in statements)


def _statement(found: Sequence[Found], brief: bool, full: int = 99, cut: int = MAX_MESSAGE) -> str:
    """Word one cause, with the clauses of the first `full` targets, none longer than `cut`."""
    first = found[0].hazard
    _, wording = worded(found[0].construction.kind, first.kind)
    certain = any(one.hazard.certainty is Certainty.CERTAIN for one in found)
    template = wording.sure if certain or wording.may is None else wording.may
    facts = _facts(wording, [one.hazard for one in found], brief, full, cut)
    subject = first.subject.removeprefix(f"{NAMESPACE}.") if brief else first.subject
    subject += _for_calls(found)
    said = printable(template.format(subject=subject, mine=first.mine, facts=facts))
    unsure = [one for one in found if one.construction.certainty is not Certainty.CERTAIN]
    if wording.hedges or len(unsure) < len(found):
        return said
    classes = dict.fromkeys(one.owner for one in found)
    return f"this may be {' or '.join(classes)}: {said}"


def _for_calls(found: Iterable[Found]) -> str:
    """Which calls a finding about groups is for, where it does not stand in one of them."""
    calls = {}
    for one in found:
        place = one.construction.place
        if one.hazard.kind in _OF_GROUPS and not place.holds(one.hazard.place):
            calls[place] = f"{one.owner.rpartition('.')[2]} on line {place.line}"
    if not calls:
        return ""
    first, *others = calls.values()
    more = others if len(others) < 2 else [f"{len(others)} more"]
    return f" for {_listed([first, *more])}"


def _facts(wording: Wording, hazards: Iterable[Hazard], brief: bool, full: int, cut: int) -> str:
    """The targets' side: those that do the same are named together."""
    by_clause: dict[str, dict[str, None]] = {}
    for hazard in hazards:
        shown = hazard.brief if brief else hazard.where
        by_clause.setdefault(_clause(wording, hazard), {})[shown] = None
    acting = wording.fact.startswith("{names} ")  # they are the subject of what follows
    facts = []
    for clause, names in [*by_clause.items()][:full]:
        listed = _as_subject([*names]) if acting else _listed([*names])
        said = wording.fact.format(names=listed, clause=shortened(clause, cut))
        facts.append(said if clause else listed)
    left = [*by_clause][full:]
    rest = dict.fromkeys(_short(one) for one in hazards if _clause(wording, one) in left)
    others = f"; {wording.rest[len(rest) > 1].format(names=_listed([*rest]))}" if rest else ""
    return ", ".join(facts) + others


def _clause(wording: Wording, hazard: Hazard) -> str:
    return hazard.clause if "{clause}" in wording.fact else ""


def _short(hazard: Hazard) -> str:
    return targets()[hazard.target].short


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _as_subject(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}, like {_listed(names[1:])},"


def hint(hazards: Sequence[Hazard]) -> str:
    """The advice: edits of the source first, then what to do when porting."""
    edits = source_edits(hazard.advice for hazard in hazards).values()
    passed = [
        _shown(one.said or one.text) for one in edits if isinstance(one, Replace) and one.is_params
    ]
    written = [
        f"{one.name}={_shown(one.text)}"
        for one in edits
        if isinstance(one, Write) or (isinstance(one, Replace) and not one.is_params)
    ]
    dropped = [one.name for one in edits if isinstance(one, Drop)]
    remarks: dict[str, None] = {}
    ported: dict[str, dict[str, None]] = {}
    for hazard in hazards:
        if isinstance(hazard.advice, WhenPorting):
            ported.setdefault(hazard.advice.text, {})[hazard.target] = None
        elif isinstance(hazard.advice, Remark):
            remarks[hazard.advice.text] = None
    parts = [f"pass {text}" for text in passed]
    if written:
        parts.append(f"write {', '.join(written)}")
    if dropped:
        parts.append(f"drop {_listed(dropped)}")
    parts += remarks
    if ported:
        parts.append(_when_porting(ported, {hazard.target for hazard in hazards}))
    return printable("; ".join(parts))


def _shown(text: str) -> str:
    return shortened(text, MAX_ADVICE)


def _when_porting(ported: dict[str, dict[str, None]], concerned: set[str]) -> str:
    """Say what to do in the ports, and for which targets where it is not for all."""
    said = [
        text
        if names.keys() == concerned
        else f"{text} ({_listed([targets()[name].short for name in names])})"
        for text, names in ported.items()
    ]
    return f"when porting: {', '.join(said)}"


def _cut(found: Sequence[Found]) -> Message:
    """Word one cause that is too long: with fewer targets' clauses, then with less of each part."""
    hazards = [one.hazard for one in found]
    advice = hint(hazards)
    if len(advice) > MAX_MESSAGE // 2:
        advice = shortened(hint(hazards[:1]), MAX_MESSAGE // 2)
    room = MAX_MESSAGE - len(advice) - 2
    _, wording = worded(found[0].construction.kind, hazards[0].kind)
    clauses = {_clause(wording, hazard) for hazard in hazards}
    for full in range(min(len(hazards) - 1, len(clauses)), 0, -1):
        text = _statement(found, brief=True, full=full)
        if len(text) <= room:
            return _joined(text, advice)
    bare = len(_statement(found, brief=True, full=1, cut=1))
    text = _statement(found, brief=True, full=1, cut=max(room - bare, _SHORTEST))
    return _joined(shortened(text, room), advice)
