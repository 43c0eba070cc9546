"""Measure what optport costs: ``python -m benchmarks [--sources DIR …] [--write FILE]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import render
from benchmarks.stages import STAGES, Plan


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _directory(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a directory")
    return path.absolute()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    sources = "trees to measure on, beside the standard library"
    add("--sources", nargs="+", default=[], type=_directory, metavar="DIR", help=sources)
    add("--only", nargs="+", choices=STAGES, metavar="STAGE", help=f"only: {', '.join(STAGES)}")
    add("--write", type=Path, metavar="FILE", help="write the page there, of all stages")
    add("--seed", type=int, default=1, help="draws the files (default: %(default)s)")
    add("--rounds", type=_positive, default=7, help="counted rounds (default: %(default)s)")
    add("--files", type=_positive, default=60, help="files of each kind (default: %(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stages and print or write the page; returns 1 if a target is missed, else 0."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write and options.only:
        parser.error("--write wants all stages: figures of several runs don't make one page")
    sections = []
    with tempfile.TemporaryDirectory(prefix="optport-benchmarks-") as scratch:
        sizes = options.files, options.seed, options.rounds
        plan = Plan(options.sources, *sizes, Path(scratch))
        for name in options.only or STAGES:
            print(name, file=sys.stderr)
            sections.append(STAGES[name](plan))
    page = render(sections, _command(options))
    if options.write:
        options.write.write_text(page, encoding="utf-8")
    else:
        print(page, end="")
    return int(not all(target.met for section in sections for target in section.targets))


def _command(options: argparse.Namespace) -> str:
    """The command without the machine's paths."""
    sources = " --sources DIR …" if options.sources else ""
    only = f" --only {' '.join(options.only)}" if options.only else ""
    numbers = f"--seed {options.seed} --rounds {options.rounds} --files {options.files}"
    return f"python -m benchmarks{sources}{only} {numbers}"


if __name__ == "__main__":
    sys.exit(main())
