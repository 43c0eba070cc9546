"""The pages of the codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from doc_evidence import code, deviation, literal, newest_targets, records
from doc_pages import page
from doc_plots import pictures

from conformance.judgement import ground
from conformance.records import literal_parts, torch_call
from optport.catalogue import CATALOGUE, Kind
from optport.check import Report, check_source
from optport.cli.rule_pages import HEAD, introduction, pylint_id
from optport.edits import apply_edits
from optport.finding import Finding
from optport.hazards.hazard import Port
from optport.options import make_options
from optport.versions import UsageError

MOST_CASES = 12

Found = tuple[str, str, Finding]
"""A call, the target that it was executed on, and a finding there."""


def rule_pages() -> Mapping[str, str]:
    """Return the text of every rule page and of their index, by path below docs/."""
    cases = _cases()
    found = {f"rules/{kind.code}.md": _page(kind, cases) for kind in CATALOGUE.values()}
    rows = [
        [f"[{kind.code}]({kind.code}.md)", kind.name, pylint_id(kind), kind.summary]
        for kind in CATALOGUE.values()
    ]
    return {**found, "rules/README.md": page("rules-index.md", rows=rows)}


def _page(kind: Kind, cases: list[Found]) -> str:
    report = check_source(f"{HEAD}{kind.bad}\n", make_options(kind.targets, notes=True))
    shown = next((one for one in report.findings if one.code == kind.code), None)
    mine = [case for case in cases if case[2].code == kind.code]
    return page(
        "rule.md",
        kind=kind,
        head=HEAD,
        introduction=introduction(kind, [] if shown is None else [shown.message]),
        # What trains as before, else the ports.
        mended=shown and shown.fix and apply_edits(f"{HEAD}{kind.bad}\n", shown.fix.edits),
        ports=[] if shown is None else list(_ports(report, shown)),
        pictures=pictures(kind.code),
        executed=list(_executed(mine)),
        optimizers=sorted({finding.optimizer.rpartition(".")[2] for _, _, finding in mine}),
    )


def _ports(report: Report, shown: Finding) -> Iterator[str]:
    for one in report.constructions:
        if one.construction.place in shown.calls:
            yield from (_block(port) for port in one.ports.values() if port.call)


def _block(port: Port) -> str:
    also = f"; also: {', '.join(port.also)}" if port.also else ""
    also += "".join(f"; {text}" for text in port.deviations)
    lines = [*port.setup, *([] if port.call is None else [port.call])]
    return f"# {port.fidelity}{also}\n" + _laid_out("\n".join(lines))


@cache
def _laid_out(code: str) -> str:
    """Code as a formatter has it."""
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"]
    done = subprocess.run(ruff, input=code, capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n")


def _cases() -> list[Found]:
    """Every executed call with every finding that it gives on the target it was executed on."""
    found: list[Found] = []
    for target in newest_targets():
        try:
            options = make_options(target.info.short)
        except UsageError:
            continue
        for call in records(target):
            report = check_source(f"import torch\n{torch_call(call)}\n", options)
            found.extend((call, target.name, finding) for finding in report.findings)
    return found


def _executed(cases: list[Found]) -> Iterator[list[str]]:
    """Rows of measured cases: the simplest telling one of each optimizer, target and argument."""
    by_name = {target.name: target for target in newest_targets()}
    best: dict[tuple[str, str, str | None], tuple[tuple[bool, int], str]] = {}
    for call, name, finding in cases:
        record = records(by_name[name])[call]
        telling = any(ground(record, part) for part in literal_parts(record))
        rank = (not telling, call.count("="))
        key = finding.optimizer, name, finding.argument
        if key not in best or rank < best[key][0]:
            best[key] = rank, call
    for (_, name, _), (_, call) in list(best.items())[:MOST_CASES]:
        record = records(by_name[name])[call]
        yield [code(call), name, literal(record), deviation(record)]
