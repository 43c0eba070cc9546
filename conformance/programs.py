"""Programs run in a framework, and how far what they leave is apart.

A program is Python source that leaves something in `result`, a list of numbers for the most part.
What it sees under its usual names and beside: :mod:`conformance.worker_program`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from conformance.environments import Version
from conformance.jobs import Program
from conformance.pool import Outcome, run_jobs
from conformance.runner import CASE_TIMEOUT, DEFAULT_TORCH

TORCH: Final = Version("torch", DEFAULT_TORCH)

Key = TypeVar("Key", bound=Hashable)


def run_programs(programs: Mapping[Key, str], version: Version, cache: Path) -> dict[Key, Outcome]:
    """Run programs in one process; what became of each, under its key.

    Raises as :func:`conformance.pool.run_jobs`.
    """
    jobs = map(Program, programs.values())
    return dict(zip(programs, run_jobs(jobs, version, cache, timeout=CASE_TIMEOUT), strict=True))


def numbers(value: Any) -> list[float]:
    """All numbers in a list of lists, in order; what is none is left out."""
    if isinstance(value, list):
        return [number for one in value for number in numbers(one)]
    try:
        return [float(value)]
    except (TypeError, ValueError):
        return []


def largest_apart(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest difference of two sequences of one length."""
    return max((abs(a - b) for a, b in zip(one, other, strict=True)), default=0.0)


def deviation(reference: Sequence[float], other: Sequence[float]) -> float | None:
    """The largest difference of two sequences, relative to the largest of the first.

    None where their lengths differ or a number is not finite.
    """
    if len(reference) != len(other):
        return None
    largest = max(map(abs, reference), default=0.0)
    apart = largest_apart(reference, other)
    found = apart / largest if largest else apart
    return found if math.isfinite(found) else None
