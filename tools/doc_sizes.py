"""How far ports are from torch, by the size of gradients: numbers and one picture an optimizer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from doc_evidence import code, newest_targets, records, table
from svg import curve, document, label, straight

from conformance.cases import CLOSE_BELOW, EXACT_BELOW, RUNS, SIZES
from conformance.records import Part, Record
from optport.signatures import ApiKind
from optport.table import api_names
from optport.targets import Target

MEANING = (
    "A port is **exact** when its weights stay within 1e-3 of torch's (of the way that these go) "
    "on every reference run: gradients of 1, 1e-2 and 1e-4, and those of a small network, at a "
    "constant and at a changing rate. It is **close** within 5e-2, where only gradients below 1 "
    "show 1e-3 or more, **approximate** beyond, and **incomplete** when something that it takes "
    "over and that can't be read has to be rewritten, too ([the runs](../conformance.md)). "
    "All of it is float32. In half precision torch keeps its moments in the parameters' type: in "
    "float16 an eps of 1e-8 is 0 and weights become non-finite, bfloat16 is 0.04 to 1 off float32; "
    "Paddle's Adam keeps float32 moments.\n"
)
"""What fidelities mean, at the top of the pages that use the words."""

_LEFT_OUT = ("OPT103", "OPT104")
"""Codes of what can be dropped, or raises at once: no call is shown for their sake."""

MOST_CALLS = 8
"""Calls whose deviations a page shows; all of them are in the data."""

COLOURS = ("#1f77b4", "#d9534f", "#1f9e89", "#e8954a")
WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 380, 30, 240
LEAST, MOST = 1e-7, 10.0


def section(optimizer: str) -> str | None:
    """The numbers and the picture of an optimizer; None where no port of it was run."""
    rows = [row for call in _shown(optimizer) for row in _rows(call)]
    if not rows:
        return None
    head = ["torch call", "target", "", *RUNS]
    text = (
        "## How far, by the size of gradients\n\n"
        "Largest deviation of the weights on each run (`replay`: a network's gradients, `rates`: "
        "these under a warm-up and a cosine; 1e-6 decides nothing). A run that is missing was not "
        "made: the port had left torch before, or no schedule reaches the optimizer. "
        f"{_data(optimizer)}\n\n" + table(head, rows)
    )
    if not _lines(optimizer):
        return text
    return text + f"\n![{_described(optimizer)}](../{path(optimizer)})\n"


def path(optimizer: str) -> str:
    """The drawing of an optimizer, below docs/."""
    return f"plots/sizes-{optimizer}.svg"


def drawings() -> Mapping[str, str]:
    """The drawings by their path below docs/."""
    drawn = (name for name in api_names(ApiKind.OPTIMIZER) if _lines(name))
    return {path(name): _drawing(name) for name in drawn}


def data_path(optimizer: str) -> str:
    """All figures of an optimizer, below docs/."""
    return f"mapping/evidence/{optimizer}.csv"


def _data(optimizer: str) -> str:
    return f"Of every executed call: [{optimizer}.csv](evidence/{optimizer}.csv)."


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
    run = Part.LITERAL in record.runs or Part.PORT in record.runs
    plain = (
        record.optimizer == optimizer and "[" not in record.torch and "model" not in record.torch
    )
    return run and plain and record.torch_error is None


def _rows(call: str) -> Iterator[list[str]]:
    for target in _targets():
        record = records(target).get(call)
        if record is None or record.torch_error is not None:
            continue
        for part, said in ((Part.LITERAL, "names looked up only"), (Part.PORT, "port")):
            run = record.runs.get(part)
            if run is None or run.result is None:
                continue
            if part is Part.PORT:
                said = f"port, {run.fidelity}"
            figures = [_figure(record, part, name) for name in RUNS]
            if run.result.error is not None:
                figures = ["raises", *("" for _ in RUNS[1:])]
            yield [code(call), target.name, said, *figures]


def _figure(record: Record, part: Part, name: str) -> str:
    result = record.runs[part].result
    if result is None or name not in result.off:
        return "–"
    value = result.off[name]
    shown = "not finite" if value is None else f"{value:.0e}" if value else "0"
    return f"**{shown}**" if name in record.parting(part) else shown


def _lines(optimizer: str) -> dict[tuple[str, Part], list[tuple[float, float]]]:
    """For the bare call on each target: sizes of gradients and deviations."""
    found = {}
    for target in _targets():
        record = records(target).get(f"{optimizer}()")
        for part in (Part.LITERAL, Part.PORT):
            run = None if record is None else record.runs.get(part)
            off = {} if run is None or run.result is None else run.result.off
            known = [(float(size), off[size]) for size in SIZES if off.get(size) is not None]
            points = [(size, value) for size, value in known if value is not None]
            if len(points) > 1:
                found[target.name, part] = points
    return found


def _x(size: float) -> float:
    return LEFT + (RIGHT - LEFT) * -math.log10(size) / 6


def _y(value: float) -> float:
    shown = min(max(value, LEAST), MOST)
    return BOTTOM - (BOTTOM - TOP) * math.log10(shown / LEAST) / math.log10(MOST / LEAST)


def _described(optimizer: str) -> str:
    said = []
    for (target, part), points in _lines(optimizer).items():
        kind = "port" if part is Part.PORT else "names looked up only"
        said.append(f"{target}, {kind}: " + ", ".join(f"{v:.0e} at {s:g}" for s, v in points))
    return f"Deviation of {optimizer}() by the size of gradients; " + "; ".join(said)


def _drawing(optimizer: str) -> str:
    parts = [
        label(LEFT - 40, 18, f"{optimizer}(), deviation from torch", "head"),
        straight([(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], "axis"),
        label((LEFT + RIGHT) / 2, BOTTOM + 36, "size of gradients", "mid"),
    ]
    parts += [label(_x(float(size)), BOTTOM + 18, size, "mid") for size in SIZES]
    for power in range(-7, 2, 2):
        y = _y(10.0**power)
        parts.append(label(LEFT - 6, y + 4, f"1e{power}", "end"))
        parts.append(straight([(LEFT, y), (RIGHT, y)], "grid"))
    for limit, name in ((EXACT_BELOW, "exact below"), (CLOSE_BELOW, "close below")):
        parts.append(straight([(LEFT, _y(limit)), (RIGHT, _y(limit))], "limit"))
        parts.append(label(RIGHT + 6, _y(limit) + 4, name))
    names = [target.name for target in _targets()]
    for (target, part), points in _lines(optimizer).items():
        dash = "" if part is Part.PORT else "5 3"
        width = 2 if part is Part.PORT else 3
        drawn = [(_x(size), _y(value)) for size, value in points]
        parts.append(curve(drawn, COLOURS[names.index(target)], width, dash))
    for number, name in enumerate(names):
        y = BOTTOM - 50 + 18 * number
        parts.append(curve([(RIGHT + 14, y - 4), (RIGHT + 34, y - 4)], COLOURS[number]))
        parts.append(label(RIGHT + 40, y, name))
    parts.append(label(LEFT, HEIGHT - 6, "whole lines: the port; dashed: names looked up only"))
    return document(
        WIDTH, HEIGHT, f"{optimizer}, by the size of gradients", _described(optimizer), parts
    )
