"""Stage ``files``: the cost of tools on real files, class by class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.corpus import (
    CLASSES,
    CONSTRUCTS,
    PLAIN,
    SCRIPTS,
    TORCH,
    Corpus,
    FileClass,
    Sampled,
    Stratum,
)
from benchmarks.report import Goal, Section, table
from benchmarks.timing import Spread, quantile, ratios, spread
from benchmarks.timings import Timings, measure
from benchmarks.tools import CORE, GATE, OURS, PARSE, TORCHFIX, WALK, Tool, tools

_EVERY_FILE = {PARSE, WALK, GATE, CORE, OURS}
MOST_PER_FILE = {PLAIN: 0.03, TORCH: 0.1}
"""Milliseconds a file that optport may cost where nothing is constructed."""
MOST_OF_PARSE = 0.5
"""How much of ``ast.parse`` optport may cost on files with constructions."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many files of each stratum are measured: by the cheap, by most, by the slowest."""

    ours: int
    others: int
    slowest: int

    def of(self, tool: str) -> int:
        """How many files of each stratum a tool gets."""
        if tool == TORCHFIX:
            return self.slowest
        return self.ours if tool in _EVERY_FILE else self.others


def sample(corpus: Corpus, count: int) -> list[Sampled]:
    """Choose so many files of every stratum."""
    return [file for stratum in Stratum for file in corpus.sample(stratum, count)]


def run(corpus: Corpus, sizes: Sizes, rounds: int) -> Section:
    """Measure on a corpus and report."""
    chosen, absent = tools()
    timings = measure(sample(corpus, sizes.ours), chosen, sizes.of, rounds)
    return Section(
        "Real files",
        _goals(timings),
        [
            _method(rounds, sizes),
            _corpus_table(corpus, timings),
            "### As multiples of `ast.parse` of the same files",
            _multiples(timings, chosen),
            *_remarks(timings, absent),
            "### What optport adds to a run of flake8",
            _costs(timings),
            "“Gate alone” is the scan of the text that decides whether a file is looked at; a "
            "file that it stops costs nothing more. The means of (a) and (b) hold the few files "
            "that it lets pass, at their share.",
            _by_stratum(timings),
        ],
    )


def _mean_ms(timings: Timings, tool: str, group: FileClass) -> Spread:
    return spread(timings.means(tool, timings.within(group, tool))).scaled(1000)


def _multiple(timings: Timings, tool: str, group: FileClass) -> Spread:
    over = timings.within(group, tool)
    return spread(ratios(timings.totals(tool, over), timings.totals(PARSE, over)))


def _goals(timings: Timings) -> list[Goal]:
    goals = []
    for group, most in MOST_PER_FILE.items():
        if timings.within(group, OURS):
            cost = _mean_ms(timings, OURS, group)
            goals.append(
                Goal(
                    f"{group.name}: the mean file",
                    f"≤ {most} ms over flake8's own cost",
                    "ms",
                    cost,
                    most,
                )
            )
    for group in (CONSTRUCTS, SCRIPTS):
        if timings.within(group, OURS):
            goals.append(
                Goal(
                    f"{group.name}: all files",
                    f"≤ {MOST_OF_PARSE} × `ast.parse`",
                    "×",
                    _multiple(timings, OURS, group),
                    MOST_OF_PARSE,
                )
            )
    return goals


def _method(rounds: int, sizes: Sizes) -> str:
    return (
        f"Of every row of the next table up to {sizes.ours} files are drawn by a fixed seed; "
        f"the other linters get the first {sizes.others} of them, TorchFix {sizes.slowest}. On "
        "each file every tool is run by turns, beginning with another in every round: "
        f"{rounds} rounds, after one that does not count. Plugins are made and run as flake8 does "
        "it, from a tree and lines that are there already. Times are CPU times of one process; "
        "the garbage collector is off, and run by hand between files. A drawn file counts for as "
        "many as it was drawn from, so that sums and means are those of all files found."
    )


def _kloc(lines: Iterable[int]) -> str:
    return f"{sum(lines) / 1000:,.1f}"


def _corpus_table(corpus: Corpus, timings: Timings) -> str:
    rows = []
    for stratum in Stratum:
        found = corpus.of(stratum)
        taken = [file.found for file in timings.files if file.found.stratum is stratum]
        sizes = (_kloc(file.lines for file in files) for files in (found, taken))
        of_all, of_taken = sizes
        rows.append((stratum.value, f"{len(found):,}", of_all, str(len(taken)), of_taken))
    return table(("files", "found", "kLOC", "measured", "kLOC"), rows)


def _multiples(timings: Timings, chosen: Sequence[Tool]) -> str:
    rows = []
    for tool in chosen:
        measured = [len(timings.within(group, tool.name)) for group in CLASSES]
        rows.append(
            [
                f"{tool.name} {tool.version}".strip(),
                " / ".join(map(str, measured)),
                *(
                    str(_multiple(timings, tool.name, group)) if count else "–"
                    for group, count in zip(CLASSES, measured, strict=True)
                ),
            ]
        )
    return table(("", "files", *(group.name for group in CLASSES)), rows)


def _remarks(timings: Timings, absent: Sequence[str]) -> list[str]:
    said = [
        f"{name} raised on {count} of the files drawn, which are left out for it."
        for name, count in timings.failed.items()
    ]
    return said + [f"{name} is not installed here and was not measured." for name in absent]


def _costs(timings: Timings) -> str:
    rows = []
    for group in CLASSES:
        over = timings.within(group, OURS)
        if not over:
            continue
        cells = [group.name]
        for tool in (OURS, GATE):
            total = spread(timings.totals(tool, over)).scaled(1000)
            per_line = total.scaled(1 / timings.thousands_of_lines(over))
            cells += [str(_mean_ms(timings, tool, group)), str(per_line)]
        rows.append(cells)
    head = ("", "ms a file", "ms per kLOC", "gate alone: ms a file", "ms per kLOC")
    return table(head, rows)


def _by_stratum(timings: Timings) -> str:
    rows = []
    for stratum in Stratum:
        group = FileClass(stratum.value, (stratum,))
        over = timings.within(group, OURS)
        if not over:
            continue
        costs = [spread(timings.of[OURS][n]).median * 1000 for n in over]
        shares = [spread(ratios(timings.of[OURS][n], timings.of[PARSE][n])).median for n in over]
        rows.append(
            (
                stratum.value,
                str(_mean_ms(timings, OURS, group)),
                *(f"{quantile(costs, at):.3f}" for at in (0.5, 0.9, 1)),
                *(f"{quantile(shares, at):.2f}" for at in (0.5, 0.9, 1)),
            )
        )
    head = ("files drawn", "mean ms", "median", "90 %", "most")
    return table((*head, "median × `ast.parse`", "90 %", "most"), rows)
