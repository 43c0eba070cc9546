"""What is measured: real files, whole commands, start-up, and growth."""

from __future__ import annotations

import ast
import logging
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flake8.options.parse_args import parse_args
from flake8.processor import FileProcessor

from benchmarks import generated
from benchmarks.corpus import BUILDS, PLAIN, TORCH, Source, sample
from benchmarks.report import Section, Target, table
from benchmarks.timing import by_turns, cpu, ratio, spread, wall
from optport.check import check_tree
from optport.options import default_options
from optport.parsing import parse_source

ROOT = Path(__file__).resolve().parent.parent
_PARSE = "ast.parse"
_IDLE = "a plugin that does nothing"
_PLUGINS = ("optport", "pyflakes", "flake8-comprehensions")
_MOST = {PLAIN: 0.03, TORCH: 0.1}
"""Milliseconds for a file of a kind, above those of a plugin that does nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run measures on: trees, files of each kind, rounds, a place for what it makes."""

    sources: Sequence[Path]
    count: int
    seed: int
    rounds: int
    scratch: Path


def files(plan: Plan) -> Section:
    """What flake8 plugins cost on real files, beside ``ast.parse``, kind by kind."""
    chosen = sample([Path(sysconfig.get_path("stdlib")), *plan.sources], plan.count, plan.seed)
    plugins = _plugins()
    rows, targets = [], []
    for kind, sources in chosen.items():
        if not sources:
            continue
        timers = {_PARSE: cpu(*(partial(parse_source, source.text) for source in sources))}
        for name, prepare in plugins.items():
            timers[name] = cpu(*(prepare(source) for source in sources))
        taken = by_turns(timers, plan.rounds)
        each = {name: spread(rounds, 1000 / len(sources)) for name, rounds in taken.items()}
        shares = {name: ratio(rounds, taken[_PARSE]) for name, rounds in taken.items()}
        lines = sum(source.text.count("\n") for source in sources) / 1000
        rows.append((f"{kind}: {len(sources)} files, {lines:,.1f} kLOC", *map(str, each.values())))
        rows.append(("× `ast.parse`", *map(str, shares.values())))
        if kind is BUILDS:
            targets.append(Target(f"a file that {kind}", 0.5, "× `ast.parse`", shares["optport"]))
        elif kind in _MOST:
            more = [a - b for a, b in zip(taken["optport"], taken[_IDLE], strict=True)]
            added = spread(more, 1000 / len(sources))
            targets.append(Target(f"added to flake8 on a file, {kind}", _MOST[kind], "ms", added))
    method = (
        f"Up to {plan.count} files of each kind, drawn by a fixed seed; {plan.rounds} rounds. "
        "Plugins are made and run as flake8 does it, from a tree and lines that are there already. "
        "CPU milliseconds for the mean file."
    )
    return Section("Real files", [method, table(("", *timers), rows)], targets)


def _plugins() -> Mapping[str, Callable[[Source], Callable[[], None]]]:
    """The flake8 plugins at hand, each with what prepares a file for it."""
    logging.disable(logging.WARNING)
    loaded, options = parse_args(["--isolated"])
    idle = SimpleNamespace(obj=_Idle, parameters={"tree": True, "lines": True})
    found = {_IDLE: partial(_prepared, [idle], options)}
    for name in _PLUGINS:
        plugins = [one for one in loaded.checkers.tree if one.plugin.package.lower() == name]
        if plugins:
            found[name] = partial(_prepared, plugins, options)
    return found


class _Idle:
    """What flake8 itself costs with any plugin that takes a tree and lines, as ours does."""

    def __init__(self, tree: ast.Module, lines: list[str]) -> None:
        """Take what flake8 hands over."""

    def run(self) -> Iterator[object]:
        """Find nothing."""
        yield from ()


def _prepared(plugins: Sequence[Any], options: Any, source: Source) -> Callable[[], None]:
    lines = source.text.splitlines(keepends=True)
    processor = FileProcessor(str(source.path), options, lines=lines)
    given = {"tree": source.tree}

    def work() -> None:
        for plugin in plugins:
            # What flake8 does with a plugin and a file, except for collecting the results.
            others = processor.keyword_arguments_for(plugin.parameters, given)
            for _ in plugin.obj(**given, **others).run():
                pass

    return work


def commands(plan: Plan) -> Section:
    """Whole trees through ``optport check`` and, where it is installed, ``ruff check``."""
    programs = Path(sys.executable).parent
    ruff = shutil.which("ruff", path=str(programs)) or shutil.which("ruff")
    rows, targets = [], []
    for number, directory in enumerate(plan.sources, 1):
        count = sum(1 for _ in directory.rglob("*.py"))
        timers = {}
        for name, program in (("optport", str(programs / "optport")), ("ruff", ruff)):
            if program is not None:
                command = [program, "check", "--isolated", "--exit-zero", str(directory)]
                kept = f"--cache-dir={plan.scratch / name}"
                # Trouble with a file (2) is the tree's own: the files are read all the same.
                timers[name] = wall([*command, "--no-cache"], (0, 2))
                timers[f"{name} again"] = wall([*command, kept], (0, 2))
        taken = by_turns(timers, plan.rounds)  # the first round, which does not count, fills caches
        for row, ending in ((f"tree {number}: {count:,} files", ""), ("unchanged", " again")):
            figures = [taken[name + ending] for name in ("optport", "ruff") if name in taken]
            cells = [str(spread(rounds, 1000)) for rounds in figures]
            if ruff:
                times = ratio(*figures)
                cells.append(str(times))
                if not ending:
                    targets.append(Target(f"`optport check`, tree {number}", 2.5, "× ruff", times))
            rows.append((row, *cells))
    method = (
        "`optport check DIR` beside `ruff check DIR`, both with their defaults: whole processes, "
        "milliseconds on the clock. In the first line of a tree both run with `--no-cache`, in the "
        "second with what a run before has kept of the same files."
    )
    head = ("", "optport", *(("ruff", "ratio") if ruff else ()))
    return Section("Whole trees", [method, table(head, rows)] if rows else [method], targets)


def startup(plan: Plan) -> Section:
    """One small file: ``optport check``, and flake8 with and without the plugin."""
    empty = plan.scratch / "empty.py"
    empty.touch()
    flake8 = ["-P", "-m", "flake8", "--isolated", "--jobs=1", str(empty)]
    bare = _environment(plan.scratch / "bare", "flake8")
    with_us = _environment(plan.scratch / "with", "flake8", str(ROOT))
    timers = {
        "python -c pass": wall([str(bare), "-c", "pass"]),
        "optport check": wall([str(with_us), "-m", "optport", "check", "--isolated", str(empty)]),
        "flake8": wall([str(bare), *flake8]),
        "flake8 with optport": wall([str(with_us), *flake8]),
    }
    taken = by_turns(timers, plan.rounds * 3)
    shown = {name: spread(rounds, 1000) for name, rounds in taken.items()}
    pairs = zip(taken["flake8 with optport"], taken["flake8"], strict=True)
    more = spread((a - b for a, b in pairs), 1000)
    method = (
        "An empty file, whole processes, milliseconds on the clock; packages are installed in "
        "fresh environments."
    )
    return Section(
        "Start-up",
        [method, table(("", "ms"), [(name, str(figure)) for name, figure in shown.items()])],
        [
            Target("`optport check` of an empty file", 80, "ms", shown["optport check"]),
            Target("added to flake8 on an empty file", 5, "ms", more),
        ],
    )


def _environment(directory: Path, *packages: str) -> Path:
    venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    install = "-m", "pip", "install", "-q", "--disable-pip-version-check"
    subprocess.run([python, *install, *packages], check=True)
    return python


def growth(plan: Plan) -> Section:
    """Whether the cost grows as the file does, on generated files."""
    options = default_options()
    rows, targets = [], []
    for title, make, counts in generated.SERIES:
        costs: list[list[float]] = []
        for count in counts:
            text = make(count)
            tree = parse_source(text)
            timers = {
                _PARSE: cpu(partial(parse_source, text)),
                "optport": cpu(partial(check_tree, tree, text, options)),
            }
            taken = by_turns(timers, min(plan.rounds, 5))
            costs.append(taken["optport"])
            each = spread(taken["optport"], 1000 / count)
            times = ratio(taken["optport"], taken[_PARSE])
            rows.append((f"{title}: {count:,} ({len(text) / 1e6:.2f} MB)", str(each), str(times)))
        sizes = counts[0], counts[-1]
        powers = [generated.exponent(sizes, pair) for pair in zip(costs[0], costs[-1], strict=True)]
        targets.append(Target(f"growth, {title}", 1.1, "(exponent; 1 is linear)", spread(powers)))
    method = (
        "Generated files, checked from a tree that is there already; CPU time. The exponent is the "
        "power of the size that the cost grows by from the first row to the last."
    )
    head = ("", "ms for each", "× `ast.parse`")
    return Section("Growth", [method, table(head, rows)], targets)


STAGES: dict[str, Callable[[Plan], Section]] = {
    "files": files,
    "commands": commands,
    "startup": startup,
    "growth": growth,
}
