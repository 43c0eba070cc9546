"""Stage ``startup``: flake8 on an empty file, with optport, with other plugins, without any."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import flake8_with
from benchmarks.launch import Process, measure
from benchmarks.report import Goal, Section, table
from benchmarks.timing import differences, spread

MOST = 5.0
"""Milliseconds that optport may add to the start of flake8."""
BARE = "flake8"
OURS = "with optport"


def run(directory: Path, plugins: Sequence[str], rounds: int) -> Section:
    """Measure with optport and each of the other plugins; environments are made in `directory`."""
    print(f"startup: {rounds} rounds", file=sys.stderr)
    empty = directory / "empty.py"
    empty.touch()
    pythons = {BARE: flake8_with(directory / "bare", None)}
    pythons[OURS] = flake8_with(directory / "optport", "optport")
    for plugin in plugins:
        pythons[f"with {plugin}"] = flake8_with(directory / plugin, plugin)
    taken = measure(
        {
            name: [str(python), "-P", "-m", "flake8", "--isolated", "--jobs=1", str(empty)]
            for name, python in pythons.items()
        },
        rounds,
    )
    return _section(taken, rounds)


def _section(taken: dict[str, list[Process]], rounds: int) -> Section:
    walls = {name: [one.wall * 1000 for one in processes] for name, processes in taken.items()}
    cpus = {name: [one.cpu * 1000 for one in processes] for name, processes in taken.items()}
    more = {name: differences(of, walls[BARE]) for name, of in walls.items()}
    rows = [
        (
            name,
            str(spread(walls[name])),
            "" if name == BARE else str(spread(more[name])),
            str(spread(cpus[name])),
            "" if name == BARE else str(spread(differences(cpus[name], cpus[BARE]))),
        )
        for name in taken
    ]
    ours = spread(more[OURS])
    goal = Goal("flake8 on an empty file", f"≤ +{MOST:.0f} ms", "ms", ours, MOST)
    return Section(
        "Start-up",
        [goal],
        [
            f"`flake8 --isolated --jobs=1` on an empty file: whole processes, {rounds} rounds "
            "after one that does not count, by turns, each in an environment that holds flake8 "
            "and at most that one plugin. What is added is taken round by round.",
            table(("", "clock, ms", "added, ms", "CPU, ms", "added, ms"), rows),
        ],
    )
