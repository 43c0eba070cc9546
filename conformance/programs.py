"""Programs run in a framework: what a schedule's rates are, what a method does.

A program is Python source that leaves something in `result`, a list of numbers for the most part.
It sees the framework under its usual names and what :mod:`conformance.worker_program` gives.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.environments import Version, interpreter
from conformance.jobs import Program
from conformance.pool import run_jobs

#: Seconds that one program may take, and that a framework may take to load.
PROGRAM_TIMEOUT: Final = 60.0
START_TIMEOUT: Final = 300.0


@dataclass(frozen=True)
class Ran:
    """What became of a program: what it left in `result`, or what it raised."""

    id: str
    result: Any = None
    error: str | None = None


def run_programs(
    programs: Sequence[Program],
    version: str,
    cache: Path,
    *,
    timeout: float = PROGRAM_TIMEOUT,
) -> dict[str, Ran]:
    """Run the programs with `version` (``paddle==3.3.1``) in one process; results by id.

    A program that hangs or crashes costs only itself. Raises ValueError for a program of another
    framework, EnvironmentFailure when pip fails, WorkerFailure when the framework does not load.
    """
    wanted = Version.parse(version)
    for program in programs:
        if program.framework != wanted.framework:
            raise ValueError(f"{program.id!r} is for {program.framework}, not for {wanted}")
    with tempfile.TemporaryDirectory(prefix="programs-") as directory:
        outcomes = run_jobs(
            interpreter(wanted, cache),
            "conformance.worker_program",
            list(programs),
            Path(directory),
            timeout=timeout,
            start_timeout=START_TIMEOUT,
        )
        return {
            outcome.id: Ran(outcome.id, outcome.values.get("result"), outcome.error)
            for outcome in outcomes
        }


def numbers(value: Any) -> list[float]:
    """All numbers in a list of lists, in order; what is none is left out."""
    if isinstance(value, list):
        return [number for one in value for number in numbers(one)]
    try:
        return [float(value)]
    except (TypeError, ValueError):
        return []


def deviation(reference: Sequence[float], other: Sequence[float]) -> float | None:
    """The largest difference of two sequences, relative to the largest of the first.

    None where their lengths differ or a number is not finite.
    """
    if len(reference) != len(other):
        return None
    largest = max((abs(value) for value in reference), default=0.0)
    apart = max(
        (abs(one - two) for one, two in zip(reference, other, strict=True)),
        default=0.0,
    )
    found = apart / largest if largest else apart
    return found if found == found and found != float("inf") else None
