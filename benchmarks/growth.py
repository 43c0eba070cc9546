"""Stage ``growth``: whether the cost grows as the file does, on generated files."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from benchmarks.corpus import parse
from benchmarks.report import Goal, Section, table
from benchmarks.timing import Spread, cpu_seconds, quiet_collector, ratios, spread
from optport.check import check_tree
from optport.options import default_options

MOST_EXPONENT = 1.1
"""Cost ~ size ** exponent: what still counts as linear (at ten times the size, 1.26 × each)."""
COUNTS = (500, 1000, 2500, 5000)
MEGABYTES = (1.25, 5.0)
LARGE_ROUNDS = 3
"""Counted rounds of the large files, which take seconds each."""

Maker = Callable[[int], str]
"""What writes a file with so many constructions."""

_HEAD = "import torch\nfrom torch import nn, optim\n\n"
_CALLS = (
    "optim.SGD(model.parameters(), lr=rate, momentum=0.9)",
    "optim.Adam(model.parameters(), rate, weight_decay=decay)",
    "torch.optim.AdamW([{'params': model.parameters(), 'lr': rate}], eps=1e-6)",
    "optim.RMSprop(model.parameters(), **settings)",
    "torch.optim.ASGD(params=model.parameters())",
)
_FILLER = '''
class Layer{n}(nn.Module):
    """One of many layers."""

    def __init__(self, width: int = {n}, depth: int = 4) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.scale = {{"first": 1.0, "second": [2.0, 3.0, width], "third": (depth, None)}}

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x) * self.scale["first"] + x
            if mask is not None and x.shape[0] != mask.shape[0]:
                raise ValueError(f"{{x.shape}} does not go with {{mask.shape}} in {n}")
        return x if mask is None else x[mask]
'''


def in_functions(count: int) -> str:
    """A file with so many constructions, each in a function with its own values."""
    return _HEAD + "".join(
        f"def make_{n}(model, decay=0.01):\n"
        f"    rate = 0.{n % 9 + 1}\n"
        "    settings = dict(lr=rate, momentum=0.5)\n"
        f"    return {_CALLS[n % len(_CALLS)]}\n\n"
        for n in range(count)
    )


def in_one_scope(count: int) -> str:
    """A script with so many constructions, which all assign the same few names again."""
    return f"{_HEAD}model, decay = nn.Linear(2, 2), 0.01\n" + "".join(
        f"rate = 0.{n % 9 + 1}\n"
        "settings = dict(lr=rate, momentum=0.5)\n"
        f"optimizer = {_CALLS[n % len(_CALLS)]}\n"
        for n in range(count)
    )


def large(megabytes: float) -> str:
    """A file of so many MB, 10^6 characters each: classes, and after every twentieth a function
    with a construction.
    """
    parts, size, n = [_HEAD], len(_HEAD), 0
    while size < megabytes * 1e6:
        parts.append(_FILLER.format(n=n))
        if n % 20 == 19:
            call = _CALLS[n // 20 % len(_CALLS)]
            parts.append(
                f"\ndef make_{n}(model, decay=0.1, rate=0.1):\n"
                "    settings = dict(lr=rate, momentum=0.5)\n"
                f"    return {call}\n"
            )
        size += sum(map(len, parts[-2:] if n % 20 == 19 else parts[-1:]))
        n += 1
    return "".join(parts)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The power of the size that the cost grows by, from the least size to the greatest."""
    return math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])


@dataclass
class Case:
    """One generated file: its size in the unit of its series, and what was measured, by round."""

    size: float
    text: str
    constructions: int = 0
    parse: list[float] = field(default_factory=list)
    check: list[float] = field(default_factory=list)


def measure(texts: Sequence[tuple[float, str]], rounds: int) -> list[Case]:
    """Time parsing and checking of each text by turns."""
    cases = [Case(size, text) for size, text in texts]
    options = default_options()
    trees = [parse(case.text) for case in cases]
    with quiet_collector():
        for r in range(rounds + 1):
            for case, tree in zip(cases, trees, strict=True):
                parsing = cpu_seconds(partial(parse, case.text))
                gc.collect()
                checking = cpu_seconds(partial(check_tree, tree, case.text, options))
                gc.collect()
                if r:
                    case.parse.append(parsing)
                    case.check.append(checking)
    for case, tree in zip(cases, trees, strict=True):
        case.constructions = len(check_tree(tree, case.text, options).constructions)
    return cases


def run(rounds: int) -> Section:
    """Measure all series and report."""
    section = Section("Growth")
    section.blocks.append(
        f"Generated files, checked from a tree that is there already; CPU time, {rounds} rounds, "
        f"of the large files {LARGE_ROUNDS}, after one that does not count; the garbage collector "
        "is off, and run by hand in between. The exponent is the power of the size that the cost "
        "grows by from the first row to the last; 1 is linear."
    )
    several = "constructions"
    series: list[tuple[str, str, list[tuple[float, str]], int]] = [
        (f"{several}, each in a function", several, [(n, in_functions(n)) for n in COUNTS], rounds),
        (f"{several} in one scope", several, [(n, in_one_scope(n)) for n in COUNTS], rounds),
        ("a large file", "MB", [(mb, large(mb)) for mb in MEGABYTES], LARGE_ROUNDS),
    ]
    for title, unit, texts, times in series:
        print(f"growth: {title}", file=sys.stderr)
        cases = measure(texts, times)
        section.goals.append(_goal(title, unit, cases))
        section.blocks += [f"### {title[0].upper()}{title[1:]}", _table(unit, cases)]
    return section


def _power(cases: Sequence[Case], costs: Callable[[Case], list[float]]) -> Spread:
    sizes = [case.size for case in cases]
    by_round = zip(*(costs(case) for case in cases), strict=True)
    return spread([exponent(sizes, costs_now) for costs_now in by_round])


def _checking(case: Case) -> list[float]:
    return case.check


def _parsing(case: Case) -> list[float]:
    return case.parse


def _goal(title: str, unit: str, cases: Sequence[Case]) -> Goal:
    power = _power(cases, _checking)
    return Goal(
        f"growth, {title}, {cases[0].size:,g} to {cases[-1].size:,g} {unit}",
        f"linear: exponent ≤ {MOST_EXPONENT}",
        "",
        power,
        MOST_EXPONENT,
    )


def _table(unit: str, cases: Sequence[Case]) -> str:
    rows = [
        (
            f"{case.size:,g}",
            f"{case.constructions:,}",
            f"{len(case.text) / 1e6:.2f}",
            str(spread(case.parse).scaled(1000)),
            str(spread(case.check).scaled(1000)),
            str(spread(ratios(case.check, case.parse))),
            str(spread(case.check).scaled(1e3 / case.size)),
        )
        for case in cases
    ]
    powers = ("exponent", "", "", str(_power(cases, _parsing)), str(_power(cases, _checking)))
    head = (unit, "found", "MB", "`ast.parse`, ms", "optport, ms", "ratio")
    one = "construction" if unit == "constructions" else unit
    return table((*head, f"optport, ms per {one}"), [*rows, (*powers, "", "")])
