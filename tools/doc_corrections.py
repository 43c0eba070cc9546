"""The page of corrections: statements of the official tables that the runs do not bear out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from doc_evidence import code, deviation, figure, literal, newest_targets, records
from doc_figures import data_path, lines
from doc_pages import page

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
_DID = ("literal", "instead")
HEAD = ["page", "torch", "it says", "measured", "case: names looked up only, port"]


def correction_pages() -> Mapping[str, str]:
    """Return the text of the page, by path below docs/."""
    entries = list(_entries())
    wrong = [one for one in entries if not _right(one[1])]
    text = page(
        "corrections.md",
        wrong=len(wrong),
        head=HEAD,
        frameworks={
            name: [_row(*one, name) for one in wrong if one[1].page.startswith(name)]
            for name in FRAMEWORKS
        },
        right=[_row(*one, one[1].page.partition(",")[0]) for one in entries if _right(one[1])],
    )
    return {"corrections.md": text}


def _entries() -> Iterator[tuple[str, Correction]]:
    for name in (name for kind in ApiKind for name in api_names(kind)):
        one = api_table(name)
        for correction in one.corrections if one is not None else ():
            yield name, correction


def _right(correction: Correction) -> bool:
    return correction.measured.startswith("Right")


def _row(optimizer: str, correction: Correction, framework: str) -> list[str]:
    of = "methods" if kind_of(optimizer) is ApiKind.METHOD else optimizer
    return [
        correction.page.partition(", ")[2] or correction.page,
        f"[{optimizer}](mapping/{of}.md)",
        correction.says,
        correction.measured,
        "<br>".join(_case(text, framework) for text in correction.evidence),
    ]


def _case(evidence: str, framework: str) -> str:
    kind, _, name = evidence.partition(": ")
    if kind == "schedule":
        # How far the rates of its two ports are from torch's.
        found = _recorded(read_recorded(), f"{DEFAULT}; {SCHEDULERS}.{name}", framework)
        ports = (f"{of} {_off(one['literal'])}, {_off(one['port'])}" for of, one in found)
        return f"{code(name)}: {'; '.join(ports)}"
    if kind == "member":
        # What its program did, and what to write instead.
        found = _recorded(_members(), name, framework)
        did = (f"{of} {', '.join(one[key] for key in _DID if key in one)}" for of, one in found)
        return f"{name}: {'; '.join(did)}"
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


def _recorded(runs: Mapping[str, Mapping[str, Any]], name: str, framework: str) -> Iterator[Any]:
    """Yield the targets of a framework with what is recorded there under a name."""
    for target in newest_targets():
        entry = runs.get(f"{target.name}=={target.version}", {}).get(name)
        if target.family.framework == FRAMEWORKS.get(framework) and entry is not None:
            yield target.name, entry


def _off(value: float | str | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return "raises" if value.endswith("Error") else value
    return figure(value, value >= SAME_BELOW)


@cache
def _members() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(RECORDED.read_text("utf-8"))
    return found
