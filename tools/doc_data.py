"""The data files of the mapping pages: every executed call of an optimizer, with its figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache

from doc_evidence import newest_targets, records
from doc_sizes import data_path

from conformance.cases import RUNS
from conformance.records import Part, Record
from optport.signatures import ApiKind
from optport.table import api_names
from optport.targets import Target

HEAD = ("torch", "target", "version", "part", "call", "lost", "fidelity", "verdict", *RUNS, "error")


def data_files() -> Mapping[str, str]:
    """Return the text of every data file, by path below docs/."""
    found = {}
    for name in api_names(ApiKind.OPTIMIZER):
        rows = _rows(name)
        if rows:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
            found[data_path(name)] = text.getvalue()
    return found


@cache
def _rows(optimizer: str) -> list[tuple[str, ...]]:
    found = []
    for target in newest_targets():
        for call, record in records(target).items():
            if record.optimizer != optimizer:
                continue
            if record.torch_error is not None:
                torch = (call, target.name, target.version, "torch", "", "", "", "torch-error")
                found.append((*torch, *("" for _ in RUNS), record.torch_error))
                continue
            found += [tuple(_cells(target, record, part)) for part in record.runs]
    return sorted(found, key=lambda row: row[0])


def _cells(target: Target, record: Record, part: Part) -> Iterator[str]:
    run = record.runs[part]
    yield from (record.torch, target.name, target.version, part)
    yield from (run.call, ", ".join(run.lost), run.fidelity or "")
    yield record.verdict(part) or ""
    off = run.result.off if run.result is not None else {}
    for size in RUNS:
        value = off.get(size)
        yield "" if size not in off else "not finite" if value is None else f"{value:.1e}"
    yield (run.result.error or "") if run.result is not None else ""


@cache
def lines(optimizer: str) -> Mapping[str, int]:
    """The line of each call in the optimizer's file, counted from 1."""
    found: dict[str, int] = {}
    for number, row in enumerate(_rows(optimizer), 2):
        found.setdefault(row[0], number)
    return found
