"""Command line: ``python -m conformance COMMAND``; ``--help`` lists the commands."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from conformance.cases import Case, CaseError, Result, read_lines
from conformance.draws import Groups, draw_calls
from conformance.environments import CACHE_VARIABLE, EnvironmentFailure, Version, default_cache
from conformance.evidence import compare_evidence, record_evidence
from conformance.explore import drawn_optimizers, run_random
from conformance.pool import WorkerFailure
from conformance.runner import CASE_TIMEOUT, DEFAULT_TORCH, Setting, measure
from conformance.sample import run_sample
from conformance.trajectories import record_trajectories
from optport.versions import UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    0: done, and what was compared agrees; 1: something disagrees, or a framework can't be run;
    2: the command line or the case file is wrong.
    """
    asked = _parser().parse_args(arguments)
    try:
        return max([_timed(asked, version) for version in asked.versions])
    except (CaseError, UsageError, OSError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 1


def _timed(asked: argparse.Namespace, version: Version) -> int:
    started = time.monotonic()
    setting = Setting(
        version,
        asked.cache.resolve(),
        asked.torch,
        asked.timeout,
        max(1, asked.workers),
        only=asked.target,
    )
    failed: int = asked.run(asked, setting)
    print(f"conformance: {asked.command}: {time.monotonic() - started:.0f} seconds")
    return failed


def _run(asked: argparse.Namespace, setting: Setting) -> int:
    cases = read_lines(asked.cases.read_text(encoding="utf-8").splitlines(), str(asked.cases))
    verdicts: Counter[str] = Counter()

    def show(case: Case, result: Result) -> None:
        verdicts[result.verdict] += 1
        print(result.to_json(case.call), flush=True)

    measure([case for case in cases if case.framework == setting.target.framework], setting, show)
    print(", ".join(f"{n} {verdict}" for verdict, n in verdicts.items()), file=sys.stderr)
    return 0


def _evidence(asked: argparse.Namespace, setting: Setting) -> int:
    record_evidence(setting, asked.again)
    return 0


def _compare(asked: argparse.Namespace, setting: Setting) -> int:
    return int(not compare_evidence(setting, asked.against))


def _random(asked: argparse.Namespace, setting: Setting) -> int:
    calls = draw_calls(asked.draws, asked.seed, asked.only or drawn_optimizers(), asked.groups)
    return int(run_random(setting, calls, not asked.no_shrink) > 0)


def _ci(asked: argparse.Namespace, setting: Setting) -> int:
    return run_sample(setting)


def _trajectories(asked: argparse.Namespace, setting: Setting) -> int:
    record_trajectories(setting)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: object, text: str, versions: bool = True
    ) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.set_defaults(run=run, versions=[Version("torch", DEFAULT_TORCH)], target=None)
        if versions:
            found.add_argument("versions", nargs="+", type=_version, metavar="FRAMEWORK==VERSION")
            found.add_argument(
                "--target", help="of its targets this one only, such as mindspore.nn"
            )
        where = f"where the environments are or will be built (default: ${CACHE_VARIABLE})"
        found.add_argument("--cache", type=Path, default=default_cache(), metavar="DIR", help=where)
        cores = os.cpu_count() or 1
        found.add_argument("--workers", type=int, default=cores, help="processes (default: cores)")
        found.add_argument("--torch", default=DEFAULT_TORCH, metavar="VERSION", help="reference")
        found.add_argument("--timeout", type=float, default=CASE_TIMEOUT, help="seconds a case")
        return found

    one = command("run", _run, "run the cases of a JSON-lines file, print results as JSON lines")
    one.add_argument("--cases", type=Path, required=True, metavar="CASES.jsonl")
    one = command("evidence", _evidence, "run what is not recorded yet, and record it")
    one.add_argument("--again", action="store_true", help="run what is recorded already, too")
    one = command("compare", _compare, "run everything, write nothing, print what differs")
    one.add_argument("--against", metavar="VERSION", help="compare with this version's evidence")
    one = command("random", _random, "run random calls, print where linter and runs disagree")
    one.add_argument("--draws", type=int, default=500, help="calls (default: %(default)s)")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--groups", choices=get_args(Groups), default="some")
    one.add_argument("--only", action="append", metavar="OPTIMIZER", help="draw these only")
    one.add_argument("--no-shrink", action="store_true", help="leave the calls as drawn")
    command("ci", _ci, "run the sample and compare it with the evidence", versions=False)
    command("trajectories", _trajectories, "record the data of the pictures", versions=False)
    return parser


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
