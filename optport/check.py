"""Checking one source: the findings and the constructions with their ports."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from optport.gate import concerns_us
from optport.reader.constructions import Construction, Unresolved, find_constructions
from optport.reader.evaluate import Foreign, nothing_foreign
from optport.reader.source import SourceText

if TYPE_CHECKING:
    from optport.findings import Finding
    from optport.hazards.hazard import Port
    from optport.options import Options


@dataclass(frozen=True, slots=True)
class Checked:
    """One construction with its port to every target, by the target's full name."""

    construction: Construction
    ports: Mapping[str, Port]


@dataclass(slots=True)
class Report:
    """What a check of one source found."""

    findings: list[Finding] = field(default_factory=list)
    constructions: list[Checked] = field(default_factory=list)
    defect: str | None = None
    """What failed in optport itself, in one line, should that happen."""


def parse_source(text: str) -> ast.Module:
    """Parse a source text; raises `SyntaxError`, `ValueError`, … as `ast.parse` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the checked source: not ours to show
        return ast.parse(text)


def check_source(text: str, options: Options) -> Report:
    """Parse and check a source text; raises `SyntaxError` or `ValueError` as `ast.parse` does."""
    if not concerns_us(text, options.notes):
        return Report()
    return check_tree(parse_source(text), text, options)


def check_tree(
    tree: ast.Module,
    text: str,
    options: Options | None = None,
    foreign: Foreign = nothing_foreign,
) -> Report:
    """Check a parsed source. The tree is read, never changed.

    `options` are the defaults for None. `foreign` says what names of other modules stand for,
    where a front end can tell.
    """
    report = Report()
    source = SourceText(text)
    version = "" if options is None else options.torch_version
    for construction in find_constructions(tree, source, version, foreign):
        # Table and rules are half of the core; many a file that is read constructs nothing.
        from optport.findings import judged, unresolved_finding
        from optport.options import default_options

        options = options or default_options()
        if isinstance(construction, Unresolved):
            if options.notes:
                report.findings.append(unresolved_finding(construction.place, options.targets))
            continue
        ports, findings = judged(construction, options)
        report.constructions.append(Checked(construction, ports))
        report.findings += findings
    # Constructions that share groups or a partial have the same said of them: once is enough.
    said = {(one.place, one.code, one.message): one for one in report.findings}
    report.findings = [said[key] for key in sorted(said)]
    return report
