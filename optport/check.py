"""Checking one source: the findings and the constructions with their ports."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from optport.gate import concerns_us
from optport.lean import dataclass
from optport.mentions import named_in_code
from optport.parsing import parse_source
from optport.reader.source import SourceText

if TYPE_CHECKING:
    from optport.finding import Finding
    from optport.hazards.hazard import Port
    from optport.hazards.judge import Judgement
    from optport.options import Options
    from optport.places import Place
    from optport.reader.constructions import Reading
    from optport.reader.evaluation import Foreign
    from optport.reader.model import Construction, MethodUse, Unresolved


@dataclass(frozen=True, slots=True)
class Checked:
    """One construction with what is to be said of it on every target."""

    construction: Construction
    judgements: tuple[Judgement, ...]

    @property
    def ports(self) -> Mapping[str, Port]:
        """The port to every target, by the target's full name; written when first asked for."""
        return {judgement.target.name: judgement.port for judgement in self.judgements}


@dataclass(slots=True)
class Report:
    """What a check of one source found."""

    findings: list[Finding] = field(default_factory=list)
    constructions: list[Checked] = field(default_factory=list)
    uses: list[MethodUse] = field(default_factory=list)
    """The uses of methods and attributes, in the order of the source."""
    unresolved: list[Place] = field(default_factory=list)
    """Where some optimizer is built, and which one is decided at run time."""
    defect: str | None = None
    """What failed in optport itself, in one line, should that happen."""
    reading: Reading | None = None
    """What the constructions are from."""

    def release(self) -> None:
        """Free what the report is made of; then its findings are all that it still gives.

        For whoever checks many files: Python alone would free it late, and look for it long.
        """
        reading, self.reading = self.reading, None
        if reading is not None:
            reading.release()


def check_source(text: str, options: Options) -> Report:
    """Parse and check a source text; raises `SyntaxError` or `ValueError` as `ast.parse` does."""
    if not concerns_us(text, options.notes):
        return Report()
    return check_tree(parse_source(text), text, options)


def check_tree(
    tree: ast.Module,
    text: str,
    options: Options | None = None,
    foreign: Foreign | None = None,
) -> Report:
    """Check a parsed source. The tree is read, never changed.

    `options` are the defaults for None. `foreign` says what names of other modules stand for,
    where a front end can tell.
    """
    report = Report()
    source = SourceText(text)
    notes = options is not None and options.notes
    if foreign is None and not named_in_code(tree, source.lines, notes):
        return report
    # The reader, and then table and rules, are imported by those files only that need them.
    from optport.reader.constructions import Reading

    version = "" if options is None else options.torch_version
    report.reading = Reading(tree, source, version, foreign)
    read = list(report.reading.find())
    if read:
        judge_read(read, report, options)
    return report


def judge_read(
    read: Sequence[Construction | Unresolved | MethodUse],
    report: Report,
    options: Options | None = None,
) -> None:
    """Note in a report what is to be said of what was read in one file.

    What was read stays as it is: it may be judged again, with other options.
    """
    from optport.findings import judge_file
    from optport.options import default_options

    judged = judge_file(read, options or default_options())
    distinct: dict[tuple[Place, str], Checked] = {}
    for construction, judgements in judged.constructions:  # a function's may be met once a call
        key = construction.place, construction.api
        distinct.setdefault(key, Checked(construction, judgements))
    report.constructions += distinct.values()
    report.uses += judged.uses
    report.unresolved += judged.unresolved
    report.findings += judged.findings
    report.findings.sort(key=lambda finding: (finding.place.span, finding.code))
