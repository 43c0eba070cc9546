"""Stage ``startup``: flake8 on an empty file, with optport, with other plugins, without any."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Goal, Section, table
from benchmarks.timing import differences, rotated, spread

ROOT = Path(__file__).resolve().parent.parent
MOST = 5.0
"""Milliseconds that optport may add to the start of flake8."""
BARE = "flake8"
OURS = "with optport"


class Failed(RuntimeError):
    """A command ended in another way than was expected, or an environment holds something else."""


@dataclass(frozen=True, slots=True)
class Process:
    """What one process took: seconds on the clock, and of CPU."""

    wall: float
    cpu: float


def run(directory: Path, plugins: Sequence[str], rounds: int) -> Section:
    """Measure with optport and each of the other plugins; environments are made in `directory`."""
    print(f"startup: {rounds} rounds", file=sys.stderr)
    empty = directory / "empty.py"
    empty.touch()
    pythons = {BARE: flake8_with(directory / "bare", None)}
    pythons[OURS] = flake8_with(directory / "optport", "optport")
    for plugin in plugins:
        pythons[f"with {plugin}"] = flake8_with(directory / plugin, plugin)
    flags = "-P", "-m", "flake8", "--isolated", "--jobs=1", str(empty)
    taken = measure({name: [str(python), *flags] for name, python in pythons.items()}, rounds)
    return _section(taken, rounds)


def measure(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[Process]]:
    """Run each command once a round, by turns, after a round that does not count.

    Raises `Failed` when one ends with another status than 0.
    """
    taken: dict[str, list[Process]] = {name: [] for name in commands}
    for r in range(rounds + 1):
        for name in rotated(list(commands), r):
            process = _timed(list(commands[name]))
            if r:
                taken[name].append(process)
    return taken


def _timed(command: list[str]) -> Process:
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        shown = " ".join(command[:6])
        raise Failed(f"{shown} … ended with {os.waitstatus_to_exitcode(status)}")
    return Process(wall, used.ru_utime + used.ru_stime)


def flake8_with(directory: Path, plugin: str | None) -> Path:
    """Make an environment with flake8 and at most one plugin, and return its Python.

    Raises `Failed` when flake8 does not name exactly that
    plugin as installed.
    """
    venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    wanted = [str(ROOT) if plugin == "optport" else plugin] if plugin else []
    install = "-m", "pip", "install", "-q", "--disable-pip-version-check", "flake8"
    _output(python, *install, *wanted)
    said = _output(python, "-P", "-m", "flake8", "--isolated", "--version")
    named = {name.lower() for name in re.findall(r"([\w-]+): ", said)}
    if named - {"mccabe", "pycodestyle", "pyflakes"} != ({plugin} if plugin else set()):
        raise Failed(f"flake8 with {plugin or 'no plugin'} says: {said.strip()}")
    return python


def _output(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        raise Failed(done.stderr.strip())
    return done.stdout


def _section(taken: Mapping[str, list[Process]], rounds: int) -> Section:
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
    goal = Goal("flake8 on an empty file", f"≤ +{MOST:.0f} ms", "ms", spread(more[OURS]), MOST)
    return Section(
        "Start-up",
        [goal],
        [
            f"`flake8 --isolated --jobs=1` on an empty file: whole processes, {rounds} rounds "
            "after one that does not count, by turns, each in an environment with flake8 and at "
            "most that one plugin installed. What is added is taken round by round.",
            table(("", "clock, ms", "added, ms", "CPU, ms", "added, ms"), rows),
        ],
    )
