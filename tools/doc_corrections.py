"""The page of corrections: statements of the official tables that the runs do not bear out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache

from doc_data import lines
from doc_evidence import code, deviation, literal, newest_targets, records, table
from doc_sizes import data_path

from conformance.members import RECORDED
from conformance.records import Part
from conformance.schedule_calls import SCHEDULERS
from conformance.schedules import SAME_BELOW, read_recorded
from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.table.load import kind_of
from optport.table.model import Correction

FRAMEWORKS = {"Paddle": "paddle", "MindSpore": "mindspore"}
DEFAULT = "torch.optim.SGD(params, lr=0.5)"
HEAD = ["page", "torch", "it says", "measured", "case: names looked up only, port"]


def correction_pages() -> Mapping[str, str]:
    """Return the text of the page, by path below docs/."""
    entries = list(_entries())
    wrong = [one for one in entries if not _right(one[1])]
    parts = [
        "# Corrections to the official tables\n",
        f"Statements of the official torch mapping tables of PaddlePaddle and MindSpore that were "
        f"found wrong or stale ({len(wrong)}), with what was measured instead. The figures are "
        "relative deviations of the weights from torch's on the reference problem "
        "([how they are measured](conformance.md)); from 1e-3 on (bold) training differs. Each "
        "links to the case in the optimizer's data file. A scheduler's are those of its rates from "
        "torch's over 40 steps, and a method's say what its program did.\n",
    ]
    for framework in FRAMEWORKS:
        rows = [_row(*one, framework) for one in wrong if _of(one[1], framework)]
        parts.append(f"## {framework}\n\n" + table(HEAD, rows))
    right = [_row(*one, one[1].page.partition(",")[0]) for one in entries if _right(one[1])]
    parts.append(
        "## Borne out\n\nStatements that were doubted and turned out right.\n\n"
        + table(HEAD, right)
    )
    return {"corrections.md": "\n".join(parts)}


def _entries() -> Iterator[tuple[str, Correction]]:
    for name in (name for kind in ApiKind for name in api_names(kind)):
        one = api_table(name)
        for correction in one.corrections if one is not None else ():
            yield name, correction


def _right(correction: Correction) -> bool:
    return correction.measured.startswith("Right")


def _of(correction: Correction, framework: str) -> bool:
    return correction.page.startswith(framework)


def _row(optimizer: str, correction: Correction, framework: str) -> list[str]:
    cases = [_case(text, framework) for text in correction.evidence]
    return [
        correction.page.partition(", ")[2] or correction.page,
        f"[{optimizer}](mapping/{_page_of(optimizer)}.md)",
        correction.says,
        correction.measured,
        "<br>".join(cases),
    ]


def _page_of(name: str) -> str:
    return "methods" if kind_of(name) is ApiKind.METHOD else name


def _case(evidence: str, framework: str) -> str:
    kind, _, name = evidence.partition(": ")
    if kind == "schedule":
        return f"{code(name)}: " + "; ".join(_rates(f"{DEFAULT}; {SCHEDULERS}.{name}", framework))
    if kind == "member":
        return f"{name}: " + "; ".join(_outcomes(name, framework))
    if not evidence.endswith(")") or ": " in evidence.partition("(")[0]:
        return "the recorded signatures" if evidence == "signature" else evidence
    optimizer = evidence.partition("(")[0]
    line = lines(optimizer).get(evidence)
    link = code(evidence)
    if line is not None:
        link = f"[{link}]({data_path(optimizer)}#L{line})"
    shown = []
    for target in newest_targets():
        record = records(target).get(evidence)
        if target.family.framework != FRAMEWORKS.get(framework) or record is None:
            continue
        if Part.LITERAL in record.runs:
            shown.append(f"{target.name} {literal(record)}, {deviation(record)}")
    return f"{link}: {'; '.join(shown)}" if shown else link


def _rates(schedule: str, framework: str) -> Iterator[str]:
    """How far the rates of a scheduler's two ports are from torch's."""
    for target in newest_targets():
        entry = read_recorded().get(f"{target.name}=={target.version}", {}).get(schedule)
        if target.family.framework == FRAMEWORKS.get(framework) and entry is not None:
            yield f"{target.name} {_off(entry['literal'])}, {_off(entry['port'])}"


def _off(value: float | str | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return "raises" if value.endswith("Error") else value
    shown = f"{value:.0e}" if value else "0"
    return f"**{shown}**" if value >= SAME_BELOW else shown


def _outcomes(program: str, framework: str) -> Iterator[str]:
    """What the program of a method did, and what to write instead."""
    for target in newest_targets():
        entry = _members().get(f"{target.name}=={target.version}", {}).get(program)
        if target.family.framework == FRAMEWORKS.get(framework) and entry is not None:
            yield ", ".join([f"{target.name} {entry['literal']}", *_instead(entry)])


def _instead(entry: Mapping[str, str]) -> Iterator[str]:
    if "instead" in entry:
        yield entry["instead"]


@cache
def _members() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(RECORDED.read_text("utf-8"))
    return found
