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

FRAMEWORKS = {"Paddle": "paddle", "MindSpore": "mindspore"}
DEFAULT = "torch.optim.SGD(params, lr=0.5)"
_DID = ("literal", "instead")


def correction_pages() -> Mapping[str, str]:
    """Return the text of the page, by path below docs/."""
    tables = [api_table(name) for kind in ApiKind for name in api_names(kind)]
    said = [(one, entry) for one in tables if one is not None for entry in one.corrections]
    wrong = sum(not entry.measured.startswith("Right") for _, entry in said)
    known = {"said": said, "wrong": wrong, "frameworks": FRAMEWORKS, "case": _case}
    return {"corrections.md": page("corrections.md", **known)}


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
