"""How far ports are from torch: an optimizer's table, its drawing, and the file of all figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache

from doc_evidence import code, figure, newest_targets, records, result_of
from doc_pages import drawing

from conformance.cases import CLOSE_BELOW, EXACT_BELOW, RUNS, SIZES
from conformance.records import Part, Record
from optport.signatures import ApiKind
from optport.table import api_names
from optport.targets import Target

_LEFT_OUT = ("OPT103", "OPT104")
"""Codes of what can be dropped, or raises at once: no call is shown for their sake."""

MOST_CALLS = 8
"""Calls whose deviations a page shows; all of them are in the data."""

PARTS = {Part.LITERAL: "names looked up only", Part.PORT: "port"}


def figures(optimizer: str) -> list[list[str]]:
    """The rows of an optimizer's table; none where no port of it was run."""
    return [row for call in _shown(optimizer) for row in _rows(call)]


def drawings() -> Mapping[str, str]:
    """The drawings by their path below docs/."""
    names = api_names(ApiKind.OPTIMIZER)
    return {f"plots/sizes-{name}.svg": _drawing(name) for name in names if _lines(name)}


def data_path(optimizer: str) -> str:
    """All figures of an optimizer, below docs/."""
    return f"mapping/evidence/{optimizer}.csv"


def _targets() -> list[Target]:
    return [one for one in newest_targets() if one.info.executed and records(one)]


def _shown(optimizer: str) -> list[str]:
    """The bare call, and the shortest call for each thing that is found on some target."""
    found: dict[tuple[str, ...], str] = {}
    for target in _targets():
        run = [one for one in records(target).values() if _is_plain(one, optimizer)]
        for record in sorted(run, key=lambda one: len(one.torch)):
            for cause in record.found or ("",):
                if cause.partition(" ")[0] not in _LEFT_OUT:
                    found.setdefault((target.name, cause), record.torch)
    bare = f"{optimizer}()"
    calls = sorted({*found.values()} - {bare}, key=lambda call: (len(call), call))
    return [bare, *calls][:MOST_CALLS]


def _is_plain(record: Record, optimizer: str) -> bool:
    """Whether a call of an optimizer was run, without groups."""
    plain = not any(text in record.torch for text in ("[", "model"))
    run = record.torch_error is None and not record.runs.keys().isdisjoint(PARTS)
    return record.optimizer == optimizer and plain and run


def _rows(call: str) -> Iterator[list[str]]:
    for target in _targets():
        record = records(target).get(call)
        for part, kind in PARTS.items():
            result = result_of(record, part)
            if record is None or record.torch_error is not None or result is None:
                continue
            shown = [
                figure(result.off[name], name in record.parting(part))
                if name in result.off
                else "–"
                for name in RUNS
            ]
            if result.error is not None:
                shown = ["raises", *("" for _ in RUNS[1:])]
            fidelity = f", {record.runs[part].fidelity}" if part is Part.PORT else ""
            yield [code(call), target.name, f"{kind}{fidelity}", *shown]


def _lines(optimizer: str) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """For the bare call on each target: sizes of gradients and deviations."""
    found = {}
    for target in _targets():
        for part, kind in PARTS.items():
            result = result_of(records(target).get(f"{optimizer}()"), part)
            off = {} if result is None else result.off
            points = [
                (float(size), value) for size in SIZES if (value := off.get(size)) is not None
            ]
            if len(points) > 1:
                found[target.name, kind] = points
    return found


def described(optimizer: str) -> str:
    """The drawing of an optimizer in words; empty where there is none."""
    said = [
        f"{target}, {kind}: " + ", ".join(f"{value:.0e} at {size:g}" for size, value in points)
        for (target, kind), points in _lines(optimizer).items()
    ]
    start = f"Deviation of {optimizer}() by the size of gradients; "
    return start + "; ".join(said) if said else ""


def _drawing(optimizer: str) -> str:
    return drawing(
        "sizes",
        f"{optimizer}, by the size of gradients",
        described(optimizer),
        heading=f"{optimizer}(), deviation from torch",
        sizes=[float(size) for size in SIZES],
        targets=[target.name for target in _targets()],
        parts=[PARTS[Part.PORT], PARTS[Part.LITERAL]],
        limits={"exact below": EXACT_BELOW, "close below": CLOSE_BELOW},
        points=[
            {"target": target, "part": kind, "size": size, "off": value}
            for (target, kind), points in _lines(optimizer).items()
            for size, value in points
        ],
    )


# The data files: every executed call of an optimizer, with its figures.

HEAD = ("torch", "target", "version", "part", "call", "lost", "fidelity", "verdict", *RUNS, "error")


def data_files() -> Mapping[str, str]:
    """Return the text of every data file, by path below docs/."""
    found = {}
    for name in api_names(ApiKind.OPTIMIZER):
        rows = _data(name)
        if rows:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
            found[data_path(name)] = text.getvalue()
    return found


@cache
def _data(optimizer: str) -> list[tuple[str, ...]]:
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
    for number, row in enumerate(_data(optimizer), 2):
        found.setdefault(row[0], number)
    return found
