"""Timing work by turns, and what a list of rounds comes to."""

from __future__ import annotations

import gc
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from subprocess import DEVNULL

Timer = Callable[[], float]
"""What does some work once and returns the seconds that it took."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of a figure over rounds, in the figure's own unit."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write it as ``1.20 (1.15 to 1.31)``, to about three digits of the median."""
        digits = sum(abs(self.median) < limit for limit in (100, 10, 1, 0.1))
        return f"{self.median:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


def spread(figures: Iterable[float], times: float = 1) -> Spread:
    """Return the median and quartiles of figures, multiplied; raises `ValueError` for none."""
    known = [figure * times for figure in figures]
    if not known:
        raise ValueError("no figures")
    if len(known) == 1:
        known *= 2
    low, median, high = statistics.quantiles(known, n=4, method="inclusive")
    return Spread(median, low, high)


def ratio(figures: Sequence[float], others: Sequence[float]) -> Spread:
    """Return the spread of how many times as large the figures are, round by round."""
    return spread(a / b for a, b in zip(figures, others, strict=True))


def by_turns(timers: Mapping[str, Timer], rounds: int) -> dict[str, list[float]]:
    """Run every timer once a round, each round beginning with another; seconds by round.

    The first round warms up and does not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in timers}
    names = list(timers)
    for r in range(rounds + 1):
        start = r % len(names)
        for name in names[start:] + names[:start]:
            seconds = timers[name]()
            if r:
                taken[name].append(seconds)
    return taken


def cpu(*work: Callable[[], object]) -> Timer:
    """Time the CPU that this process takes for all of `work`, without garbage collection."""

    def timer() -> float:
        gc.collect()
        gc.disable()
        started = time.process_time()
        for one in work:
            one()
        seconds = time.process_time() - started
        gc.enable()
        return seconds

    return timer


def wall(command: list[str], statuses: Sequence[int] = (0,)) -> Timer:
    """Time a whole process on the clock; raises `RuntimeError` at another exit status."""

    def timer() -> float:
        started = time.perf_counter()
        done = subprocess.run(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=False)
        seconds = time.perf_counter() - started
        if done.returncode not in statuses:
            raise RuntimeError(f"{' '.join(command[:6])} … ended with {done.returncode}")
        return seconds

    return timer
