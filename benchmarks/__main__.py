"""Measure what optport costs: ``python -m benchmarks [--sources DIR …] [--write FILE]``."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from benchmarks import files, growth, machine, startup
from benchmarks.corpus import Corpus, find, standard_library, versions
from benchmarks.report import Section, render
from benchmarks.timing import ROUNDS

STAGES = ("files", "startup", "growth")
_OTHER_PLUGINS = ("flake8-comprehensions", "flake8-bugbear", "torchfix")


class Run:
    """One run with its options; the corpus is read when the first stage wants it."""

    def __init__(self, options: argparse.Namespace, directory: Path) -> None:
        self.options = options
        self.directory = directory
        self.sources = [standard_library(), *options.sources]

    @cached_property
    def corpus(self) -> Corpus:
        """All files of the sources, classified."""
        print("corpus: reading and classifying", file=sys.stderr)
        return Corpus(list(find(self.sources)), self.options.seed)

    def stage(self, name: str) -> Section:
        """Do one stage."""
        rounds, process_rounds = self.options.rounds, self.options.process_rounds
        sizes = files.Sizes(self.options.files, self.options.others, self.options.slowest)
        installed = machine.installed(_OTHER_PLUGINS)
        others = [plugin for plugin in _OTHER_PLUGINS if installed[plugin] != "not installed"]
        stages: dict[str, Callable[[], Section]] = {
            "files": lambda: files.run(self.corpus, sizes, rounds),
            "startup": lambda: startup.run(self.directory, others, process_rounds),
            "growth": lambda: growth.run(rounds),
        }
        return stages[name]()


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
    add(
        "--sources",
        nargs="+",
        default=[],
        type=_directory,
        metavar="DIR",
        help="take files from these as well as from the standard library: site-packages, packages",
    )
    add("--only", nargs="+", choices=STAGES, metavar="STAGE", help=f"only: {', '.join(STAGES)}")
    add("--write", type=Path, metavar="FILE", help="write the report there, of all stages")
    add("--seed", type=int, default=1, help="draws the files (default: %(default)s)")
    add("--rounds", type=_positive, default=ROUNDS, help="counted rounds (default: %(default)s)")
    add(
        "--process-rounds",
        type=_positive,
        default=21,
        help="counted rounds of start-up (default: %(default)s)",
    )
    add("--files", type=_positive, default=60, help="files of each kind (default: %(default)s)")
    add("--others", type=_positive, default=12, help="of these for other linters (%(default)s)")
    add("--slowest", type=_positive, default=2, help="of these for TorchFix (%(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stages and print or write the report; returns 1 if a target is missed, else 0."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write and options.only:
        parser.error("--write wants all stages: figures of several runs don't make one page")
    load_at_start = machine.load()
    sections = []
    with tempfile.TemporaryDirectory(prefix="optport-benchmarks-") as directory:
        run = Run(options, Path(directory))
        for name in options.only or STAGES:
            started = time.perf_counter()
            sections.append(run.stage(name))
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
        packages = run.corpus.packages() if "corpus" in vars(run) else {}
    made_with = machine.described(load_at_start, packages, versions(run.sources))
    page = render(sections, made_with, _command(options))
    if options.write:
        options.write.write_text(page, encoding="utf-8")
    else:
        print(page, end="")
    return int(not all(goal.met for section in sections for goal in section.goals))


def _command(options: argparse.Namespace) -> str:
    """The command without the machine's paths."""
    words = ["python", "-m", "benchmarks"]
    if options.sources:
        words += ["--sources", "DIR …"]
    if options.only:
        words += ["--only", *options.only]
    for name in ("seed", "rounds", "process_rounds", "files", "others", "slowest"):
        words += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    if options.write:
        words += ["--write", options.write.name]
    return " ".join(word if word == "DIR …" else shlex.quote(word) for word in words)


if __name__ == "__main__":
    sys.exit(main())
