"""The pictures: one a recorded trajectory, and the overview of optimizers and targets."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from doc_evidence import code, newest_targets, records
from doc_sizes import drawings
from svg import curve, document, label, rectangle, straight

from conformance.cases import EXACT_BELOW
from conformance.records import Part, Record
from conformance.trajectories import read_trajectories
from optport.signatures import ApiKind
from optport.table import api_names
from optport.targets import Target

COLOURS = {"torch": "#8b949e", "literal": "#d9534f", "port": "#1f9e89"}
WIDTH, HEIGHT = 640, 290
TOP, BOTTOM = 46, 214
PANELS = ((46, 306), (372, 632))
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
    found = {path(number): _plot(one) for number, one in enumerate(_trajectories())}
    found["plots/overview.svg"] = _overview()
    found |= drawings()
    return found


@cache
def _trajectories() -> list[dict[str, Any]]:
    return read_trajectories()


def path(number: int) -> str:
    """The drawing of a recorded trajectory, below docs/."""
    one = _trajectories()[number]
    optimizer = one["torch"].partition("(")[0]
    same = [i for i, other in enumerate(_trajectories()) if other["code"] == one["code"]]
    return f"plots/{one['code']}-{same.index(number) + 1}-{optimizer}.svg"


def pictures(hazard: str) -> Iterator[str]:
    """Yield the Markdown of each picture of a code, for a page in a folder of docs/."""
    for number, one in enumerate(_trajectories()):
        if one["code"] == hazard:
            yield _embedded(number, one)


def pictures_of(optimizer: str) -> Iterator[str]:
    """Yield the Markdown of each picture of an optimizer, for a page in a folder of docs/."""
    for number, one in enumerate(_trajectories()):
        if one["torch"].partition("(")[0] == optimizer:
            yield _embedded(number, one)


def _embedded(number: int, one: Trajectory) -> str:
    return (
        f"{code(one['torch'])} on {one['target']} {one['version']}, {one['code']}:\n\n"
        f"![{_described(one)}](../{path(number)})\n"
    )


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
    parts = [
        label(PANELS[0][0] - 40, 18, _shortened(one["torch"]), "head"),
        label(PANELS[1][1], 18, f"{one['target']} {one['version']}", "end"),
        *_loss_panel(one),
        *_distance_panel(one),
        *_legend(one),
    ]
    return document(WIDTH, HEIGHT, f"{one['torch']}, {one['code']}", _described(one), parts)


def _shortened(call: str) -> str:
    """A call with groups without saying what is in them, to leave room for the target."""
    return re.sub(r"params\[[:\d]+\]", "…", call)


def _legend(one: Trajectory) -> Iterator[str]:
    apart = one["port"]["call"] != one["literal"]["call"]
    entries = (
        ("torch", "torch", 4, ""),
        ("literal", LITERAL[one["literal"]["part"]], 2, ""),
        ("port", f"port ({one['port']['fidelity']}{'' if apart else ', the same'})", 2, "5 3"),
    )
    x = PANELS[0][0]
    for name, text, width, dash in entries:
        yield curve([(x, 268), (x + 24, 268)], COLOURS[name], width, dash)
        yield label(x + 30, 272, text)
        x += 60 + 7 * len(text)


def _across(panel: tuple[int, int], count: int) -> list[float]:
    left, right = panel
    return [left + (right - left) * step / max(1, count - 1) for step in range(count)]


def _frame(panel: tuple[int, int], steps: int, title: str) -> Iterator[str]:
    left, right = panel
    yield label(left, 38, title)
    yield straight([(left, TOP), (left, BOTTOM), (right, BOTTOM)], "axis")
    for step in (0, steps // 2, steps):
        x = left + (right - left) * step / steps
        yield label(x, BOTTOM + 16, str(step), "mid")
    yield label((left + right) / 2, BOTTOM + 32, "steps", "mid")


def _loss_panel(one: Trajectory) -> Iterator[str]:
    lines = {"torch": one["loss"], "literal": one["literal"]["loss"], "port": one["port"]["loss"]}
    # A loss that explodes is cut off, so that the others stay readable.
    usual = [value for value in lines["torch"] if value is not None]
    known = [value for values in lines.values() for value in values if value is not None]
    low: float = min(known)
    high: float = min(max(known), 2 * max(usual))
    low = min(low, min(usual))
    span = (high - low) or 1.0

    def place(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (min(value, high) - low) / span

    yield from _frame(PANELS[0], len(one["loss"]) - 1, "loss")
    for value in (low, (low + high) / 2, high):
        yield label(PANELS[0][0] - 4, place(value) + 4, f"{value:.2g}", "end")
        yield straight([(PANELS[0][0], place(value)), (PANELS[0][1], place(value))], "grid")
    for name, width, dash in (("torch", 4, ""), ("literal", 2, ""), ("port", 2, "5 3")):
        yield from _curves(PANELS[0], lines[name], place, COLOURS[name], width, dash)


def _distance_panel(one: Trajectory) -> Iterator[str]:
    top = max(1.0, *(v for s in ("literal", "port") for v in one[s]["distance"] if v is not None))
    most = math.ceil(math.log10(top))
    least = math.log10(LEAST)

    def place(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (math.log10(max(value, LEAST)) - least) / (most - least)

    yield from _frame(PANELS[1], len(one["loss"]) - 1, "distance to torch, relative")
    for power in range(int(least), most + 1, 2):
        y = place(10.0**power)
        yield label(PANELS[1][0] - 4, y + 4, f"1e{power}" if power else "1", "end")
        yield straight([(PANELS[1][0], y), (PANELS[1][1], y)], "grid")
    limit = place(EXACT_BELOW)
    yield straight([(PANELS[1][0], limit), (PANELS[1][1], limit)], "limit")
    yield label(PANELS[1][1], limit + 14, "trains differently from here", "end")
    for name, dash in (("literal", ""), ("port", "5 3")):
        yield from _curves(PANELS[1], one[name]["distance"], place, COLOURS[name], 2, dash)


def _curves(
    panel: tuple[int, int],
    values: Sequence[float | None],
    place: Any,
    colour: str,
    width: float,
    dash: str,
) -> Iterator[str]:
    across = _across(panel, len(values))
    points = [(x, place(v)) for x, v in zip(across, values, strict=True) if v is not None]
    yield curve(points, colour, width, dash)


# The overview: for every optimizer and target, two bars of the shares of all executed calls.

KINDS = {
    "same": ("#1f9e89", "trains as torch"),
    "small": ("#8fc9a9", "leaves torch a little with small gradients"),
    "apart": ("#e8954a", "trains differently"),
    "fails": ("#d9534f", "raises, or has no place for an argument"),
    "none": ("#8b949e", "no counterpart"),
}
BAR = 130
COLUMN = 190
ROW = 34


def _overview() -> str:
    executed = [target for target in newest_targets() if target.info.executed]
    names = api_names(ApiKind.OPTIMIZER)
    width, height = 130 + COLUMN * len(executed), 76 + ROW * len(names) + 20 * len(KINDS)
    parts = []
    for column, target in enumerate(executed):
        left = 96 + COLUMN * column
        parts.append(label(left, 18, f"{target.name}", "head"))
        parts.append(label(left, 34, f"{target.version}"))
    for row, name in enumerate(names):
        top = 46 + ROW * row
        parts.append(label(0, top + 17, name, "head"))
        for column, target in enumerate(executed):
            parts += _cell(96 + COLUMN * column, top, _counts(name, target))
    foot = 58 + ROW * len(names)
    parts.append(label(96, foot, "upper bar: names looked up only; lower bar: the port"))
    for number, (fill, text) in enumerate(KINDS.values()):
        y = foot + 10 + 20 * number
        parts += [rectangle(96, y, 12, 12, fill), label(114, y + 10, text)]
    return document(width, height, "Optimizers and targets", overview_text(), parts)


def _cell(left: float, top: float, counts: tuple[Counter[str], Counter[str]]) -> Iterator[str]:
    for number, bars in enumerate(counts):
        x, y = left, top + 12 * number
        total = sum(bars.values())
        for kind, (fill, _) in KINDS.items():
            share = BAR * bars[kind] / total
            if share:
                yield rectangle(x, y, share, 10, fill)
            x += share
        yield label(left + BAR + 5, y + 9, _share(bars))


def _share(bars: Counter[str]) -> str:
    if set(bars) == {"none"}:
        return "none"
    return f"{100 * (bars['same'] + bars['small']) / sum(bars.values()):.0f} %"


@cache
def _counts(optimizer: str, target: Target) -> tuple[Counter[str], Counter[str]]:
    """How many executed calls fared how, with the literal port and with the port."""
    literal: Counter[str] = Counter()
    port: Counter[str] = Counter()
    for record in records(target).values():
        if record.optimizer == optimizer and record.torch_error is None:
            literal[_kind(record, Part.LITERAL)] += 1
            port[_kind(record, Part.PORT)] += 1
    # Until a new version has been run, nothing is known of it.
    return literal or Counter(none=1), port or Counter(none=1)


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
            literal: Counter[str] = Counter()
            port: Counter[str] = Counter()
            for name in api_names(ApiKind.OPTIMIZER):
                mine = _counts(name, target)
                literal += mine[0]
                port += mine[1]
            parts.append(f"{target.name}: {_share(literal)} literal, {_share(port)} port")
    return "Share of the executed calls that train as torch does; " + "; ".join(parts)
