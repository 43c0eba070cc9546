"""Command line: ``python -m conformance run CASES.jsonl ...`` and ``python -m conformance ci``."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from conformance.cases import VERDICTS, CaseError, Result, read_cases, read_results
from conformance.environments import (
    CACHE_VARIABLE,
    EnvironmentFailure,
    Version,
    default_cache,
)
from conformance.pool import WorkerFailure
from conformance.runner import CASE_TIMEOUT, DEFAULT_TORCH, measure
from conformance.sample import run_sample


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status.

    0: every case has a result, whatever the results say; 1: some could not be run at all, or the
    sample of ``ci`` disagrees with the evidence; 2: the command line or the case file is wrong.
    """
    options = _parser().parse_args(arguments)
    try:
        if options.command == "ci":
            cache = (options.cache or default_cache()).resolve()
            return run_sample(cache, options.workers)
        return _run(options)
    except (CaseError, OSError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the cases of a JSON-lines file")
    run.add_argument("cases", type=Path, metavar="CASES.jsonl")
    run.add_argument(
        "--target-version",
        type=_version,
        action="append",
        required=True,
        dest="versions",
        metavar="FRAMEWORK==VERSION",
        help="paddle==... or mindspore==...; once per framework that the cases name",
    )
    run.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="RESULTS.jsonl",
        help="appended to; cases that have a result there are not run again",
    )
    run.add_argument(
        "--torch",
        default=DEFAULT_TORCH,
        metavar="VERSION",
        help="torch to compare with (default: %(default)s)",
    )
    run.add_argument(
        "--timeout",
        type=float,
        default=CASE_TIMEOUT,
        metavar="SECONDS",
        help="per case (default: %(default)g)",
    )
    ci = commands.add_parser("ci", help="run the sample and compare it with the evidence")
    for command in (run, ci):
        command.add_argument(
            "--cache",
            type=Path,
            default=None,
            metavar="DIR",
            help="where the frameworks' environments are or will be built "
            f"(default: ${CACHE_VARIABLE} or ~/.cache/optport-conformance)",
        )
        command.add_argument(
            "--workers", type=int, default=os.cpu_count() or 1, help="processes (default: cores)"
        )
    return parser


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _run(options: argparse.Namespace) -> int:
    versions: dict[str, Version] = {}
    for version in options.versions:
        if version.framework in versions or version.framework == "torch":
            raise CaseError(f"--target-version {version}: one paddle and one mindspore at most")
        versions[version.framework] = version
    cases = read_cases(options.cases)
    missing = {case.framework for case in cases} - set(versions)
    if missing:
        raise CaseError(f"no --target-version for {', '.join(sorted(missing))}")
    results = read_results(options.out, mend=True)
    with options.out.open("a", encoding="utf-8") as out:

        def write(result: Result) -> None:
            print(result.to_json(), file=out, flush=True)

        for framework, version in versions.items():
            todo = [c for c in cases if c.framework == framework and c.id not in results]
            if todo:
                cache = (options.cache or default_cache()).resolve()
                measure(
                    todo,
                    str(version),
                    cache,
                    torch=options.torch,
                    timeout=options.timeout,
                    on_result=write,
                    progress=True,
                    workers=options.workers,
                )
    verdicts = Counter(result.verdict for result in read_results(options.out).values())
    summary = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in VERDICTS)
    print(f"conformance: {options.out}: {summary}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
