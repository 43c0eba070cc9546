"""Measuring tools on files by turns, and adding up what came of it."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.corpus import FileClass, Sampled
from benchmarks.timing import cpu_seconds, quiet_collector, rotated
from benchmarks.tools import Tool, Work


@dataclass
class Timings:
    """CPU seconds: of each tool, of each file that it managed, one figure a round.

    Sums and means are those of all files that the measured ones were drawn from: each counts for
    its share of its stratum.
    """

    files: Sequence[Sampled]
    rounds: int
    of: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)

    def within(self, group: FileClass, tool: str) -> list[int]:
        """The numbers of a class's files that a tool was measured on."""
        return [n for n in self.of[tool] if self.files[n].found.stratum in group.strata]

    def totals(self, tool: str, over: Sequence[int]) -> list[float]:
        """Seconds for all that the files stand for, by round."""
        weights = self._weights(over)
        return [
            sum(self.of[tool][n][r] * weight for n, weight in weights.items())
            for r in range(self.rounds)
        ]

    def means(self, tool: str, over: Sequence[int]) -> list[float]:
        """Seconds for the mean file, by round."""
        count = sum(self._weights(over).values())
        return [total / count for total in self.totals(tool, over)]

    def thousands_of_lines(self, over: Sequence[int]) -> float:
        """Thousands of lines that the files stand for."""
        return sum(self.files[n].found.lines * w for n, w in self._weights(over).items()) / 1000

    def _weights(self, over: Sequence[int]) -> Mapping[int, float]:
        taken = Counter(self.files[n].found.stratum for n in over)
        return {n: self.files[n].drawn_from / taken[self.files[n].found.stratum] for n in over}


def measure(
    files: Sequence[Sampled], tools: Sequence[Tool], most: Callable[[str], int], rounds: int
) -> Timings:
    """Time tools file by file, the tools by turns; `most` says how many of a stratum one gets."""
    timings = Timings(files, rounds, {tool.name: {} for tool in tools})
    works: list[list[tuple[str, Work]]] = []
    ranks: Counter[object] = Counter()
    print(f"files: {len(files)} files, preparing", file=sys.stderr)
    for number, file in enumerate(files):
        ranks[file.found.stratum] += 1
        works.append([])
        for tool in tools:
            if ranks[file.found.stratum] > most(tool.name):
                continue
            work = tool.prepare(file)
            if _manages(work):
                works[number].append((tool.name, work))
                timings.of[tool.name][number] = []
            else:
                timings.failed[tool.name] += 1
    for r in range(rounds):
        print(f"files: round {r + 1} of {rounds}", file=sys.stderr)
        with quiet_collector():
            for number, todo in enumerate(works):
                for name, work in rotated(todo, r):
                    timings.of[name][number].append(cpu_seconds(work))
                gc.collect()
    return timings


def _manages(work: Work) -> bool:
    """Try it once, which also makes what is made once only; tools raise what they like."""
    try:
        work()
    except Exception:
        return False
    return True
