"""Findings: hazards at one place under one code, joined over all targets and worded as one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from optport.catalogue import CATALOGUE, CODES, Kind, worded
from optport.edits import Applicability, Fix
from optport.finding import Finding
from optport.hazards.advice import SourceEdit, made, source_edits
from optport.hazards.alike import FileJudge
from optport.hazards.judge import Judgement
from optport.hazards.members import Members
from optport.hazards.notes import notes
from optport.hazards.scene import read_scene
from optport.lean import dataclass
from optport.options import Options
from optport.places import Place
from optport.reader.model import Construction, MethodUse, Unresolved
from optport.targets import Target
from optport.values import Certainty
from optport.wording import Found, Messages, hint


@dataclass(slots=True)
class Judged:
    """What is to be said about one file: its constructions judged, and the findings."""

    constructions: list[tuple[Construction, tuple[Judgement, ...]]]
    findings: list[Finding]
    uses: list[MethodUse] = field(default_factory=list)
    unresolved: list[Place] = field(default_factory=list)
    """Where some optimizer is built, and which one is decided at run time."""


def judge_file(read: Sequence[Construction | Unresolved | MethodUse], options: Options) -> Judged:
    """Judge what was read in one file, together: schedulers tell about optimizers."""
    constructions = [one for one in read if isinstance(one, Construction)]
    uses = [one for one in read if isinstance(one, MethodUse)]
    scene = read_scene(constructions, uses, options.torch_version)
    judge = FileJudge(options.targets, scene)
    report = Judged([], [], uses)
    found: list[Found] = []
    for one in read:
        if isinstance(one, Construction):
            judgements = judge.judgements(one)
            report.constructions.append((one, judgements))
            found += _found(one, judgements, options)
        elif isinstance(one, Unresolved):
            report.unresolved.append(one.place)
            if options.notes:
                report.findings.append(unresolved_finding(one.place, options.targets))
    members = Members(options.targets, scene)
    found += [Found(use, hazard) for use, hazard in members.hazards(uses)]
    report.findings += join(found)
    return report


def _found(
    construction: Construction, judgements: Sequence[Judgement], options: Options
) -> Iterator[Found]:
    """Yield the hazards of a construction, and the notes where they are wanted."""
    hazards = [hazard for judgement in judgements for hazard in judgement.hazards]
    if options.notes:
        hazards += notes(construction, judgements)
    for hazard in hazards:
        found = Found(construction, hazard)
        if options.notes or not _kind(found).note:
            yield found


def port_remarks(construction: Construction, judgement: Judgement) -> tuple[tuple[str, str], ...]:
    """Return what the port of a construction leaves to do, as code and words, in order.

    That is what the port does not cure, and what it has changed elsewhere: ``("OPT102", "minimise
    -loss")``.
    """
    remarks: dict[tuple[str, str], None] = {}
    for hazard in judgement.hazards:
        kind = _kind(Found(construction, hazard))
        if (hazard.cured and not hazard.elsewhere) or kind.note:
            continue
        words = hint([replace(hazard, target=judgement.target.name)])
        remarks[kind.code, words.removeprefix("when porting: ")] = None
    return tuple(remarks)


def join(found: Iterable[Found]) -> list[Finding]:
    """Join the hazards of a file to findings, one for each place and code, in that order."""
    joined: dict[tuple[Place, str], list[Found]] = {}
    for one in found:
        joined.setdefault((one.hazard.place, _kind(one).code), []).append(one)
    messages = Messages()
    ordered = sorted(joined, key=lambda key: (key[0].span, key[1]))
    return [_finding(CATALOGUE[key[1]], joined[key], messages) for key in ordered]


def unresolved_finding(place: Place, targets: Iterable[Target]) -> Finding:
    """Return the note that some torch optimizer is built at `place`."""
    kind = CATALOGUE[CODES["unresolved-optimizer"]]
    (wording,) = kind.wordings.values()
    hint = "name the class to have the call checked"
    return Finding(
        kind=kind,
        place=place,
        message=f"{wording.sure.format(subject='the torch optimizer built here')}; {hint}",
        hint=hint,
        targets=tuple(target.name for target in targets),
        optimizer="torch.optim",
        arguments=(),
        certainty=Certainty.UNRESOLVED,
        calls=(place,),
    )


def _kind(found: Found) -> Kind:
    return worded(found.construction.kind, found.hazard.kind)[0]


def _finding(kind: Kind, found: Sequence[Found], messages: Messages) -> Finding:
    hazards = [one.hazard for one in found]
    said = messages.of(found)
    return Finding(
        kind=kind,
        place=hazards[0].place,
        message=said.text,
        hint=said.hint,
        targets=tuple(dict.fromkeys(hazard.target for hazard in hazards)),
        optimizer=found[0].owner,
        arguments=tuple(dict.fromkeys(h.argument for h in hazards if h.argument is not None)),
        certainty=max(hazard.certainty for hazard in hazards),
        fix=_fix(found),
        calls=tuple(dict.fromkeys(one.construction.place for one in found)),
    )


def _fix(found: Sequence[Found]) -> Fix | None:
    """The edits that are advised for sure; one for each argument."""
    hazards = [one.hazard for one in found]
    sure = [one.advice for one in hazards if one.certainty is Certainty.CERTAIN]
    if not any(isinstance(one, SourceEdit) for one in sure):
        return None
    signature = found[0].construction.signature
    order = () if signature is None else tuple(signature.by_name)
    edits = made(source_edits(sure).values(), order)
    if not edits:
        return None
    safe = all(advice.applicability is Applicability.SAFE for advice, _ in edits)
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    return Fix(applicability, tuple(sorted(edit for _, edit in edits)))
