"""Findings: hazards of one cause joined over all targets, worded as one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from optport.catalogue import CATALOGUE, CODES, Kind
from optport.edits import Fix
from optport.hazards.hazard import Hazard
from optport.hazards.judge import Judgement, judge
from optport.hazards.notes import notes
from optport.options import Options
from optport.places import Place
from optport.printable import printable
from optport.reader.model import Construction
from optport.targets import Target
from optport.values import Certainty


@dataclass(frozen=True, slots=True)
class Finding:
    """One hazard at one place, for every target that it holds for."""

    kind: Kind
    place: Place
    message: str
    hint: str
    targets: tuple[str, ...]
    optimizer: str
    argument: str | None
    certainty: Certainty
    fix: Fix | None = None
    """The edits of this source that mend it; None where only a port does."""
    calls: tuple[Place, ...] = field(default=(), compare=False)
    """The calls that it belongs to; a comment on their first and last lines suppresses it."""

    @property
    def code(self) -> str:
        """The code, such as ``OPT202``."""
        return self.kind.code


def judged(
    construction: Construction, options: Options
) -> tuple[tuple[Judgement, ...], list[Finding]]:
    """Judge a construction on every target; return that, and the findings."""
    judgements = tuple(judge(construction, to, options.torch_version) for to in options.targets)
    hazards = [hazard for judgement in judgements for hazard in judgement.hazards]
    if options.notes:
        hazards += notes(construction, judgements)
    findings = join_hazards(construction.qualified, hazards, construction.certainty)
    calls = (construction.place,)
    return judgements, [
        replace(one, calls=calls) for one in findings if options.notes or not one.kind.note
    ]


def join_hazards(
    optimizer: str, hazards: Iterable[Hazard], certainty: Certainty = Certainty.CERTAIN
) -> list[Finding]:
    """Join the hazards of one construction that have the same cause, in order of place and code.

    `certainty` says how sure it is that `optimizer` is what is built.
    """
    causes: dict[tuple[str, str | None, Place], list[Hazard]] = {}
    for hazard in hazards:
        causes.setdefault((hazard.name, hazard.argument, hazard.place), []).append(hazard)
    sure = certainty is Certainty.CERTAIN
    findings = [_finding(optimizer, joined, sure) for joined in causes.values()]
    return sorted(findings, key=lambda finding: (finding.place, finding.code))


def unresolved_finding(place: Place, targets: Iterable[Target]) -> Finding:
    """Return the note that some torch optimizer is built at `place`."""
    kind = CATALOGUE[CODES["unresolved-optimizer"]]
    hint = "name the class to have the call checked"
    said = kind.template.format(subject="a torch optimizer", clauses="")
    names = tuple(target.name for target in targets)
    certainty = Certainty.UNRESOLVED
    return Finding(kind, place, f"{said}; {hint}", hint, names, "torch.optim", None, certainty)


def _finding(optimizer: str, hazards: list[Hazard], sure: bool) -> Finding:
    kind = CATALOGUE[CODES[hazards[0].name]]
    certainty = max(hazard.certainty for hazard in hazards)
    template = kind.template if certainty is Certainty.CERTAIN else kind.may
    clauses = _listed(dict.fromkeys(hazard.clause for hazard in hazards))
    hint = _advice(hazards)
    said = template.format(subject=hazards[0].subject, clauses=clauses)
    if not sure and " may " not in said:
        said = f"this may be {optimizer}: {said}"
    return Finding(
        kind=kind,
        place=hazards[0].place,
        message=printable(f"{said}; {hint}"),
        hint=printable(hint),
        targets=tuple(dict.fromkeys(hazard.target for hazard in hazards)),
        optimizer=optimizer,
        argument=hazards[0].argument,
        certainty=certainty,
    )


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)


def _advice(hazards: list[Hazard]) -> str:
    """One piece of advice for all targets, or each behind the names of those it is for."""
    by_advice: dict[str, list[str]] = {}
    for hazard in hazards:
        by_advice.setdefault(hazard.advice, []).append(hazard.target)
    if len(by_advice) == 1:
        return next(iter(by_advice))
    return "; ".join(f"for {', '.join(names)} {advice}" for advice, names in by_advice.items())
