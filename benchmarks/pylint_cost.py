"""Stage ``pylint``: pylint on a fixed sample of files, with and without optport."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.corpus import Corpus, Stratum
from benchmarks.launch import measure
from benchmarks.report import Section, table
from benchmarks.timing import differences, ratios, spread

_LARGEST = 600
"""Lines of the largest file taken: pylint takes seconds for one of some thousand."""
_ANY_STATUS = range(32)
"""pylint says by its status which kinds of message there were; 32 is a usage error."""


def run(directory: Path, corpus: Corpus, files: int, rounds: int) -> Section:
    """Measure on so many files of every stratum, copied to `directory` under numbers.

    Where they came from, pylint would spend its time on the packages that they import.
    """
    print(f"pylint: {rounds} rounds", file=sys.stderr)
    drawn = [
        one
        for stratum in Stratum
        for one in [
            one for one in corpus.sample(stratum, 10 * files) if one.found.lines <= _LARGEST
        ][:files]
    ]
    plain = [sys.executable, "-m", "pylint", "--rcfile=", "--jobs=1"]
    paths = []
    for number, one in enumerate(drawn):
        path = directory / f"file_{number}.py"
        path.write_text(one.text, encoding="utf-8")
        paths.append(str(path))
    loading = "--load-plugins=pylint_optport"
    taken = measure(
        {"without": [*plain, *paths], "with": [*plain, loading, *paths]}, rounds, _ANY_STATUS
    )
    rows = []
    for shown, figure in (("clock, s", "wall"), ("CPU, s", "cpu"), ("peak memory, MiB", "memory")):
        without = [getattr(one, figure) for one in taken["without"]]
        ours = [getattr(one, figure) for one in taken["with"]]
        rows.append(
            (
                shown,
                str(spread(without)),
                str(spread(ours)),
                str(spread(differences(ours, without))),
                str(spread(ratios(ours, without))),
            )
        )
    return Section(
        "pylint",
        [],
        [
            f"`pylint --jobs=1` with its defaults on {len(paths)} files, up to {files} of each "
            f"kind above with at most {_LARGEST} lines "
            f"({sum(one.found.lines for one in drawn) / 1000:.1f} kLOC in all), copied out of "
            "their packages, without and with "
            f"`--load-plugins=pylint_optport`: whole processes by turns, {rounds} rounds after one "
            "that does not count.",
            table(("", "pylint", "with optport", "added", "ratio"), rows),
        ],
    )
