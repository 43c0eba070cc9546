"""Stage ``memory``: how much more flake8 holds with optport."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.corpus import Corpus, Stratum
from benchmarks.environments import flake8_with
from benchmarks.launch import measure
from benchmarks.loading import FILES, probes
from benchmarks.probe import STEPS
from benchmarks.report import Goal, Section, table
from benchmarks.timing import differences, spread

MOST = 2.0
"""MiB that optport may add to flake8 until it meets a construction."""
_LARGEST = 2000
"""Lines of the largest file taken: a peak is made by one file, ours would hide behind it."""


def run(directory: Path, corpus: Corpus, files: int, rounds: int) -> Section:
    """Measure on an empty file and on samples; environments are made in `directory`."""
    print(f"memory: {rounds} rounds", file=sys.stderr)
    bare = flake8_with(directory / "memory-bare", None)
    ours = flake8_with(directory / "memory-optport", "optport")
    peaks = _peaks(bare, ours, _runs(directory, corpus, files), rounds)
    held = probes(ours, "memory", rounds)
    rows, goals = [], []
    for name, (without, with_optport) in peaks.items():
        more = spread(differences(with_optport, without))
        rows.append((name, str(spread(without)), str(spread(with_optport)), str(more)))
        if "with constructions" not in name:
            goals.append(Goal(f"memory, {name}", f"≤ +{MOST:.0f} MB", "MiB", more, MOST))
    return Section(
        "Memory",
        goals,
        [
            f"Peak memory (maximum resident set) of `flake8 --isolated --jobs=1`, {rounds} rounds "
            "after one that does not count, by turns, with and without optport, in MiB. The files "
            f"are drawn as above, none longer than {_LARGEST:,} lines. A peak depends on how the "
            "allocator lays things out, and moves by up to 2 MiB for that alone.",
            table(("", "flake8", "with optport", "added"), rows),
            "What Python holds for optport after each step in a fresh process that has loaded "
            f"flake8, in KiB as `tracemalloc` counts it; {rounds} processes each:",
            table(
                ("after", *FILES.values()),
                (
                    (_AFTER[step], *(str(spread(held[which][step])) for which in FILES))
                    for step in STEPS
                    if step in _AFTER
                ),
            ),
        ],
    )


_AFTER: Mapping[str, str] = {
    "plain": "a file without torch",
    "core": "the gate, and importing the check",
    "reader": "importing the reader, for a file that names an optimizer",
    "second": "a file with constructions",
}


def _runs(directory: Path, corpus: Corpus, files: int) -> dict[str, list[Path]]:
    empty = directory / "empty.py"
    empty.touch()
    runs = {"an empty file": [empty]}
    for stratum in Stratum:
        drawn = [f.found for f in corpus.sample(stratum, 4 * files)]
        paths = [found.path for found in drawn if found.lines <= _LARGEST][:files]
        if paths:
            runs[f"{len(paths)} files {stratum.value}"] = paths
    return runs


def _peaks(
    bare: Path, ours: Path, runs: Mapping[str, Sequence[Path]], rounds: int
) -> dict[str, tuple[list[float], list[float]]]:
    peaks = {}
    for name, paths in runs.items():
        arguments = ["-P", "-m", "flake8", "--isolated", "--jobs=1", *map(str, paths)]
        commands = {"bare": [str(bare), *arguments], "ours": [str(ours), *arguments]}
        taken = measure(commands, rounds, statuses=(0, 1))
        peaks[name] = (
            [one.memory for one in taken["bare"]],
            [one.memory for one in taken["ours"]],
        )
    return peaks
