"""Running whole processes by turns, from a process that is small itself.

A child of a large process is accounted that process's memory, so commands are started from
``python benchmarks/launch.py``, which reads its task from standard input and answers in JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TO_MIB = 1024 if sys.platform == "linux" else 1024 * 1024
"""What the system counts memory in: KiB on Linux, bytes on macOS."""


class CommandFailed(RuntimeError):
    """A command that is measured ended in a way that was not expected."""


@dataclass(frozen=True, slots=True)
class Process:
    """What one process took: seconds on the clock and of CPU, and at most so many MiB."""

    wall: float
    cpu: float
    memory: float


def measure(
    commands: Mapping[str, Sequence[str]], rounds: int, statuses: Sequence[int] = (0,)
) -> dict[str, list[Process]]:
    """Run each command once a round, after a round that does not count.

    Raises `CommandFailed` when one ends with a status that is not among `statuses`.
    """
    task = {name: list(command) for name, command in commands.items()}
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(Path(__file__))],
        input=json.dumps({"commands": task, "rounds": rounds, "statuses": list(statuses)}),
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    if done.returncode:
        raise CommandFailed(done.stderr.strip().splitlines()[-1])
    answer = json.loads(done.stdout)
    return {name: [Process(*figures) for figures in answer[name]] for name in commands}


def _run(command: list[str], statuses: Sequence[int]) -> tuple[float, float, float]:
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in statuses:
        shown = " ".join(command[:6])
        raise CommandFailed(f"{shown} … ended with {os.waitstatus_to_exitcode(status)}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / _TO_MIB


def main() -> None:
    """Do the task on standard input."""
    task = json.load(sys.stdin)
    commands: dict[str, list[str]] = task["commands"]
    figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    for r in range(task["rounds"] + 1):
        names = list(commands)
        for name in names[r % len(names) :] + names[: r % len(names)]:
            taken = _run(commands[name], task["statuses"])
            if r:
                figures[name].append(taken)
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
