"""Timing callables side by side, and what a list of rounds comes to."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

_Item = TypeVar("_Item")

ROUNDS = 7
"""Counted rounds of everything that is timed in this process."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of a figure over rounds, all in the figure's own unit."""

    median: float
    low: float
    high: float

    def scaled(self, factor: float) -> Spread:
        """The same in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor)

    def __str__(self) -> str:
        """Write it as ``1.20 (1.15 to 1.31)``, to about three digits of the median."""
        digits = decimals(self.median)
        return f"{self.median:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


def decimals(figure: float) -> int:
    """How many decimals show a figure to about three digits, four decimals at most."""
    size = abs(figure)
    return sum(size < limit for limit in (100, 10, 1, 0.1))


def spread(figures: Sequence[float]) -> Spread:
    """Return the median and quartiles of at least one figure; raises `ValueError` for none."""
    if not figures:
        raise ValueError("no figures")
    if len(figures) == 1:
        return Spread(figures[0], figures[0], figures[0])
    low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
    return Spread(median, low, high)


def quantile(figures: Sequence[float], at: float) -> float:
    """The least of the figures that a share `at` of them, 0 to 1, does not exceed."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(at * len(ordered)) - 1))]


def ratios(tops: Sequence[float], bottoms: Sequence[float]) -> list[float]:
    """Divide round by round; raises `ValueError` when the rounds don't match."""
    return [top / bottom for top, bottom in zip(tops, bottoms, strict=True)]


def differences(tops: Sequence[float], bottoms: Sequence[float]) -> list[float]:
    """Subtract round by round; raises `ValueError` when the rounds don't match."""
    return [top - bottom for top, bottom in zip(tops, bottoms, strict=True)]


def cpu_seconds(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU that `work` takes; disposing of its result is not counted."""
    started = time.process_time()
    result = work()
    seconds = time.process_time() - started
    del result
    return seconds


def rotated(items: Sequence[_Item], by: int) -> list[_Item]:
    """Begin elsewhere, so that no item always follows the same neighbour's warm cache."""
    start = by % len(items) if items else 0
    return [*items[start:], *items[:start]]


@contextmanager
def quiet_collector() -> Iterator[None]:
    """A block without garbage collection but by hand; what lives at its start is left alone."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        gc.collect()
