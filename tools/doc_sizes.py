"""How far ports are from torch, by the size of gradients: numbers and one picture an optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doc_evidence import code, newest_targets, records, table
from doc_pages import drawing

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

PARTS = {Part.PORT: "port", Part.LITERAL: "names looked up only"}


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


def _described(optimizer: str) -> str:
    said = []
    for (target, part), points in _lines(optimizer).items():
        said.append(
            f"{target}, {PARTS[part]}: " + ", ".join(f"{v:.0e} at {s:g}" for s, v in points)
        )
    return f"Deviation of {optimizer}() by the size of gradients; " + "; ".join(said)


def _drawing(optimizer: str) -> str:
    return drawing(
        "sizes",
        f"{optimizer}, by the size of gradients",
        _described(optimizer),
        heading=f"{optimizer}(), deviation from torch",
        sizes=[float(size) for size in SIZES],
        targets=[target.name for target in _targets()],
        parts=list(PARTS.values()),
        limits={"exact below": EXACT_BELOW, "close below": CLOSE_BELOW},
        points=[
            {"target": target, "part": PARTS[part], "size": size, "off": value}
            for (target, part), points in _lines(optimizer).items()
            for size, value in points
        ],
    )
