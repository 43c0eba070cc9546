"""Stages ``table`` and half of ``memory``: what is loaded when, in fresh processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.environments import flake8_with
from benchmarks.probe import OPTIMIZERS, STEPS
from benchmarks.report import Goal, Section, table
from benchmarks.timing import Spread, spread

MOST_MS = 15.0
"""Milliseconds that loading the table may take."""
_SHOWN = {
    "plugin": "import the plugin",
    "plain": "run it on a file without torch",
    "gate": "first file that passes the gate",
    "core": "import the safety net and the check",
    "reader": "import the reader, for a file that names an optimizer",
    "rules": "import the rules, for a construction",
    "options": "make the default options",
    "first": "first check",
    "second": "the same check again",
}
FILES = {
    "one": "one SGD",
    "all": f"{len(OPTIMIZERS)} optimizers, one call each",
}


def probe(python: Path, how: str, which: str) -> dict[str, float]:
    """Run the probe once; raises `CalledProcessError` when it fails."""
    command = [str(python), "-P", str(Path(__file__).with_name("probe.py")), how, which]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def probes(python: Path, how: str, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Run the probe so many times with either file, after a run that does not count."""
    taken: dict[str, dict[str, list[float]]] = {which: {s: [] for s in STEPS} for which in FILES}
    for r in range(rounds + 1):
        for which, steps in taken.items():
            for step, figure in probe(python, how, which).items():
                if r:
                    steps[step].append(figure)
    return taken


def table_load(steps: Mapping[str, list[float]]) -> Spread:
    """What loading the table takes: the first of everything, less what a repeated check takes."""
    rounds = zip(steps["gate"], steps["options"], steps["first"], steps["second"], strict=True)
    return spread([gate + options + first - second for gate, options, first, second in rounds])


def run(directory: Path, rounds: int) -> Section:
    """Measure the steps; the environment is made in `directory`."""
    print(f"table: {rounds} rounds", file=sys.stderr)
    taken = probes(flake8_with(directory / "table", "optport"), "time", rounds)
    loads = {which: table_load(steps) for which, steps in taken.items()}
    rows = [
        (shown, *(str(spread(taken[which][step])) for which in FILES))
        for step, shown in _SHOWN.items()
    ]
    rows.append(
        ("the table: gate, options and first check, less the second", *map(str, loads.values()))
    )
    goals = [
        Goal(
            f"loading the table, {FILES[which]}",
            f"≤ {MOST_MS:.0f} ms, once",
            "ms",
            load,
            MOST_MS,
        )
        for which, load in loads.items()
    ]
    method = (
        f"CPU milliseconds in a fresh process that has loaded flake8, {rounds} processes "
        "for each file, default targets; a built package, with the table prepared, and modules "
        "compiled already."
    )
    return Section("Loading", goals, [method, table(("step", *FILES.values()), rows)])
