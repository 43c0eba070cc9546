"""The pictures: one a recorded trajectory, and the overview of optimizers and targets."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import zip_longest
from typing import Any

from doc_evidence import code, newest_targets, records
from doc_figures import drawings
from doc_pages import drawing

from conformance.cases import EXACT_BELOW
from conformance.records import Part, Record
from conformance.trajectories import read_trajectories
from optport.signatures import ApiKind
from optport.table import api_names
from optport.targets import Target

LITERAL = {
    "literal": "names looked up only",
    "named": "names looked up only",
    "kept": "groups left as they are",
}
LEAST = 1e-8
"""Distances below this are drawn here: the scale is logarithmic."""

Trajectory = Mapping[str, Any]


def plot_pages() -> Mapping[str, str]:
    """Return every drawing by its path below docs/."""
    found = {path: _plot(one) for path, one in _trajectories().items()}
    return {**found, "plots/overview.svg": _overview(), **drawings()}


@cache
def _trajectories() -> Mapping[str, Trajectory]:
    """The recorded trajectories by the paths of their drawings below docs/."""
    numbers: Counter[str] = Counter()
    found = {}
    for one in read_trajectories():
        numbers[one["code"]] += 1
        found[f"plots/{one['code']}-{numbers[one['code']]}-{_optimizer(one)}.svg"] = one
    return found


def _optimizer(one: Trajectory) -> str:
    return str(one["torch"]).partition("(")[0]


def pictures(of: str) -> list[str]:
    """Return the Markdown of the pictures of a code or an optimizer, for a folder of docs/."""
    return [
        f"{code(one['torch'])} on {one['target']} {one['version']}, {one['code']}:\n\n"
        f"![{_described(one)}](../{path})\n"
        for path, one in _trajectories().items()
        if of in (one["code"], _optimizer(one))
    ]


def _furthest(side: Trajectory) -> str:
    known = [one for one in side["distance"] if one is not None]
    return f"{max(known):.0e}" if len(known) == len(side["distance"]) else "beyond all numbers"


def _described(one: Trajectory) -> str:
    steps = len(one["loss"]) - 1
    kept = ", its groups as they are," if one["literal"]["part"] == "kept" else ""
    return (
        f"Loss and distance to torch over {steps} steps: the literal port{kept} leaves torch's "
        f"weights by up to {_furthest(one['literal'])} of their way, the "
        f"{one['port']['fidelity']} port by up to {_furthest(one['port'])}"
    )


def _plot(one: Trajectory) -> str:
    apart = one["port"]["call"] != one["literal"]["call"]
    literal = LITERAL[one["literal"]["part"]]
    port = f"port ({one['port']['fidelity']}{'' if apart else ', the same'})"
    lines = {"torch": {"loss": one["loss"]}, literal: one["literal"], port: one["port"]}
    # A loss that explodes is cut off, so that the others stay readable.
    high = 2 * max(loss for loss in one["loss"] if loss is not None)
    points: list[dict[str, Any]] = [
        {
            "line": name,
            "step": step,
            "loss": None if loss is None else min(loss, high),
            "distance": None if distance is None else max(distance, LEAST),
        }
        for name, line in lines.items()
        for step, (loss, distance) in enumerate(zip_longest(line["loss"], line.get("distance", ())))
    ]
    top = max(1.0, *(point["distance"] or 0.0 for point in points))
    most = math.ceil(math.log10(top))
    return drawing(
        "trajectory",
        f"{one['torch']}, {one['code']}",
        _described(one),
        # What is in groups is left out.
        heading=re.sub(r"params\[[:\d]+\]", "…", one["torch"]),
        on=f"{one['target']} {one['version']}",
        names=list(lines),
        points=points,
        powers=[10.0**power for power in range(round(math.log10(LEAST)), most + 1, 2)],
        most=10.0**most,
        exact=EXACT_BELOW,
    )


# The overview: for every optimizer and target, two bars of the shares of all executed calls.

KINDS = {
    "same": "trains as torch",
    "small": "leaves torch a little with small gradients",
    "apart": "trains differently",
    "fails": "raises, or has no place for an argument",
    "none": "no counterpart",
}


def _overview() -> str:
    executed = [target for target in newest_targets() if target.info.executed]
    titles = [f"{target.name} {target.version}" for target in executed]
    return drawing(
        "overview",
        "Optimizers and targets",
        overview_text(),
        below="upper bar: names looked up only; lower bar: the port",
        targets=titles,
        kinds=list(KINDS.values()),
        bars=[
            {"target": title, "optimizer": name, "part": part, **bar}
            for name in api_names(ApiKind.OPTIMIZER)
            for title, target in zip(titles, executed, strict=True)
            for part, counts in enumerate(_counts(name, target))
            for bar in _bar(counts)
        ],
    )


def _bar(counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Yield the pieces of a bar; the first one says what is written beside it."""
    shown = _share(counts)
    for order, (kind, text) in enumerate(KINDS.items()):
        if counts[kind]:
            yield {"order": order, "kind": text, "calls": counts[kind], "shown": shown}
            shown = ""


def _share(bars: Counter[str]) -> str:
    if set(bars) == {"none"}:
        return "none"
    return f"{100 * (bars['same'] + bars['small']) / sum(bars.values()):.0f} %"


@cache
def _counts(optimizer: str, target: Target) -> tuple[Counter[str], Counter[str]]:
    """How many executed calls fared how, with the literal port and with the port."""
    run = [
        record
        for record in records(target).values()
        if record.optimizer == optimizer and record.torch_error is None
    ]
    literal, port = (
        # Until a new version has been run, nothing is known of it.
        Counter(_kind(record, part) for record in run) or Counter(none=1)
        for part in (Part.LITERAL, Part.PORT)
    )
    return literal, port


def _kind(record: Record, part: Part) -> str:
    run, measured = record.runs.get(part), record.measured(part)
    if run is None or measured is None:
        return "none"
    if run.lost or measured == "none":
        return "fails"
    if record.parting(part):
        return "apart"
    return "same" if measured == "exact" else "small"


def overview_text() -> str:
    """The overview in words."""
    parts = []
    for target in newest_targets():
        if target.info.executed:
            counts = [_counts(name, target) for name in api_names(ApiKind.OPTIMIZER)]
            literal, port = (sum(bars, Counter[str]()) for bars in zip(*counts, strict=True))
            parts.append(f"{target.name}: {_share(literal)} literal, {_share(port)} port")
    return "Share of the executed calls that train as torch does; " + "; ".join(parts)
