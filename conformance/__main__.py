"""Command line: ``python -m conformance COMMAND``; ``--help`` lists the commands."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from conformance.cases import CaseError
from conformance.draws import Groups, draw_calls, drawn_optimizers
from conformance.environments import CACHE_VARIABLE, EnvironmentFailure, Version, default_cache
from conformance.evidence import compare_evidence, record_evidence
from conformance.examples import run_examples
from conformance.explore import run_random
from conformance.fixes import run_fixes
from conformance.members import record_members
from conformance.pool import WorkerFailure
from conformance.runner import CASE_TIMEOUT, DEFAULT_TORCH, Setting
from conformance.sample import run_sample
from conformance.schedule_calls import pairs
from conformance.schedule_draws import draw_schedules
from conformance.schedules import record_schedules, try_schedules
from conformance.scripts import run_scripts
from conformance.trajectories import record_trajectories
from optport.targets import parse_target
from optport.versions import UsageError

Asked = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    0: done, and what was compared agrees; 1: something disagrees, or a framework can't be run;
    2: the command line is wrong.
    """
    asked = _parser().parse_args(arguments)
    asked.cache = asked.cache.resolve()
    try:
        return max([_timed(asked, version) for version in asked.versions])
    except (CaseError, UsageError, OSError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 1


def _timed(asked: Asked, version: Version) -> int:
    started = time.monotonic()
    failed: int = asked.run(asked, version)
    print(f"conformance: {asked.command}: {time.monotonic() - started:.0f} seconds")
    return failed


def _setting(asked: Asked, version: Version) -> Setting:
    workers = max(1, asked.workers)
    return Setting(version, asked.cache, asked.torch, asked.timeout, workers, only=asked.target)


def _evidence(asked: Asked, version: Version) -> int:
    record_evidence(_setting(asked, version), asked.again)
    return 0


def _compare(asked: Asked, version: Version) -> int:
    return int(not compare_evidence(_setting(asked, version), asked.against))


def _random(asked: Asked, version: Version) -> int:
    calls = draw_calls(asked.draws, asked.seed, asked.only or drawn_optimizers(), asked.groups)
    return int(run_random(_setting(asked, version), calls, not asked.no_shrink) > 0)


def _ci(asked: Asked, version: Version) -> int:
    return run_sample(_setting(asked, version))


def _trajectories(asked: Asked, version: Version) -> int:
    record_trajectories(_setting(asked, version))
    return 0


def _schedules(asked: Asked, version: Version) -> int:
    if asked.draws is not None:
        return try_schedules(Setting(version, asked.cache), draw_schedules(asked.draws, asked.seed))
    if asked.pairs:
        return try_schedules(Setting(version, asked.cache), list(pairs()))
    return record_schedules(Setting(version, asked.cache))


def _members(asked: Asked, version: Version) -> int:
    return record_members(Setting(version, asked.cache))


def _scripts(asked: Asked, version: Version) -> int:
    return run_scripts(asked.onto, asked.cache, asked.only, asked.show)


def _fixes(asked: Asked, version: Version) -> int:
    return run_fixes(asked.draws, asked.seed, asked.unsafe_fixes, asked.cache)


def _examples(asked: Asked, version: Version) -> int:
    return run_examples(asked.converter, asked.cache)


class _Parser(argparse.ArgumentParser):
    """A parser whose commands have options in common."""

    def __init__(self) -> None:
        super().__init__(prog="python -m conformance", description=__doc__)
        kind = argparse.ArgumentParser  # the commands' own
        self._commands = self.add_subparsers(
            dest="command", required=True, metavar="COMMAND", parser_class=kind
        )

    def command(
        self, name: str, run: Callable[[Asked, Version], int], text: str, versions: bool = False
    ) -> argparse.ArgumentParser:
        """A command, of the versions of frameworks that are named if it takes any."""
        found = self._commands.add_parser(name, help=text, description=text)
        found.set_defaults(run=run, versions=[Version("torch", DEFAULT_TORCH)])
        where = f"where the environments are or will be built (default: ${CACHE_VARIABLE})"
        found.add_argument("--cache", type=Path, default=default_cache(), metavar="DIR", help=where)
        if versions:
            found.add_argument("versions", nargs="+", type=_version, metavar="FRAMEWORK==VERSION")
        return found

    def cases(
        self, name: str, run: Callable[[Asked, Version], int], text: str, versions: bool = True
    ) -> argparse.ArgumentParser:
        """A command that runs cases beside torch."""
        found = self.command(name, run, text, versions)
        cores = os.cpu_count() or 1
        found.add_argument("--workers", type=int, default=cores, help="processes (default: cores)")
        found.add_argument("--torch", default=DEFAULT_TORCH, metavar="VERSION", help="reference")
        found.add_argument("--timeout", type=float, default=CASE_TIMEOUT, help="seconds a case")
        found.set_defaults(target=None)
        if versions:
            only = "of its targets this one only, such as mindspore.nn"
            found.add_argument("--target", help=only)
        return found


def _parser() -> argparse.ArgumentParser:
    parser = _Parser()
    one = parser.cases("evidence", _evidence, "run what is not recorded yet, and record it")
    one.add_argument("--again", action="store_true", help="run what is recorded already, too")
    one = parser.cases("compare", _compare, "run everything, write nothing, print what differs")
    one.add_argument("--against", metavar="VERSION", help="compare with this version's evidence")
    one = parser.cases("random", _random, "run random calls, print where linter and runs disagree")
    _drawing(one, 500)
    one.add_argument("--groups", choices=get_args(Groups), default="some")
    one.add_argument("--only", action="append", metavar="OPTIMIZER", help="draw these only")
    one.add_argument("--no-shrink", action="store_true", help="leave the calls as drawn")
    parser.cases("ci", _ci, "run the sample and compare it with the evidence", versions=False)
    parser.cases("trajectories", _trajectories, "record the data of the pictures", versions=False)
    one = parser.command("schedules", _schedules, "run schedulers and their ports", versions=True)
    _drawing(one, None)
    one.add_argument("--pairs", action="store_true", help="pairs of them; nothing is recorded")
    parser.command("members", _members, "run programs of methods and attributes", versions=True)
    one = parser.command("scripts", _scripts, "port whole scripts, train with both")
    one.add_argument("onto", type=parse_target, metavar="TARGET[==VERSION]")
    one.add_argument("--only", default="", metavar="TEXT", help="scripts whose name holds TEXT")
    one.add_argument("--show", action="store_true", help="print every port")
    one = parser.command("fixes", _fixes, "train with random calls before and after --fix")
    _drawing(one, 500)
    one.add_argument("--unsafe-fixes", action="store_true")
    one = parser.command("examples", _examples, "train with examples/ and with their ports")
    text = "scripts that PaConvert converts, or the snippets of its tests, from a clone"
    one.add_argument("--converter", nargs="?", const="", metavar="DIRECTORY", help=text)
    return parser


def _drawing(parser: argparse.ArgumentParser, draws: int | None) -> None:
    """Let a command draw; without a number by default, only when it is asked to."""
    how = "how many to draw (default: %(default)s)" if draws else "draw that many; none is recorded"
    parser.add_argument("--draws", type=int, default=draws, help=how)
    parser.add_argument("--seed", type=int, default=0)


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
