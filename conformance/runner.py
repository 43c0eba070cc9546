"""Measures cases: torch first, once per distinct call, then the target against it."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from conformance.cases import STEADY, UNSCHEDULED, Case, CaseError, Result
from conformance.environments import Version, interpreter
from conformance.jobs import Job
from conformance.pool import Outcome, run_jobs

#: The torch release that the facts about torch were measured with.
DEFAULT_TORCH: Final = "2.13.0"

#: Seconds that one construction and its steps may take, and that a framework may take to load.
CASE_TIMEOUT: Final = 120.0
START_TIMEOUT: Final = 300.0

#: Modules that can't be run on a CPU: they raise or, worse, leave the weights alone.
NOT_RUN: Final = ("mindspore.mint.",)

#: Frameworks that know no parameter without gradient: they are handed zeros, and so is torch then.
_WITHOUT_GAPS: Final = frozenset({"mindspore"})

OnResult = Callable[[Case, Result], object]


@dataclass(frozen=True)
class Setting:
    """What a run needs beside its cases.

    Attributes:
        target: the framework and version to run, such as ``paddle==3.3.1``.
        cache: directory of the environments; missing ones are built there (minutes).
        torch: version of torch to compare with.
        timeout: seconds after which a case counts as hanging.
        workers: how many processes share the cases.
        progress: whether progress goes to standard error.
        only: the target that evidence is run of, by name; None for all of the framework.
    """

    target: Version
    cache: Path
    torch: str = DEFAULT_TORCH
    timeout: float = CASE_TIMEOUT
    workers: int = 1
    progress: bool = True
    only: str | None = None


def measure(
    cases: Sequence[Case], setting: Setting, on_result: OnResult | None = None
) -> dict[str, Result]:
    """Runs the cases and returns the results by case id, each told to ``on_result`` at once.

    Raises CaseError for a case of another framework or a target that can't be run,
    EnvironmentFailure when pip fails, WorkerFailure when a framework does not load.
    """
    for case in cases:
        if case.framework != setting.target.framework or case.call.startswith(NOT_RUN):
            raise CaseError(f"{case.call}: can't be run with {setting.target}")
    results: dict[str, Result] = {}
    lock = threading.Lock()

    def run(share: Sequence[Case]) -> None:
        with tempfile.TemporaryDirectory(prefix="conformance-") as directory:
            for case, result in _Share(share, setting, Path(directory)).results():
                with lock:
                    results[case.id] = result
                    if on_result is not None:
                        on_result(case, result)

    if cases:
        # Before the shares start: two of them must not build the same environment.
        for version in (Version("torch", setting.torch), setting.target):
            interpreter(version, setting.cache)
    shares = _shares(cases, setting.workers)
    with ThreadPoolExecutor(max_workers=max(1, len(shares))) as pool:
        for future in [pool.submit(run, share) for share in shares]:
            future.result()
    return results


def _shares(cases: Sequence[Case], workers: int) -> list[list[Case]]:
    """Deal the cases out; those of one torch call stay together, it runs only once then."""
    by_call: dict[str, list[Case]] = defaultdict(list)
    for case in {case.id: case for case in cases}.values():
        by_call[case.torch].append(case)
    shares: list[list[Case]] = [[] for _ in range(max(1, workers))]
    for number, group in enumerate(by_call.values()):
        shares[number % len(shares)].extend(group)
    return [share for share in shares if share]


class _Share:
    """The cases of one pair of processes: torch's, then the target's."""

    def __init__(self, cases: Sequence[Case], setting: Setting, workdir: Path) -> None:
        self._cases = cases
        self._setting = setting
        self._workdir = workdir

    def results(self) -> Iterator[tuple[Case, Result]]:
        """Run them all."""
        torch = Version("torch", self._setting.torch)
        first = {case.torch: case for case in self._cases}
        jobs = [self._torch_job(case, str(number)) for number, case in enumerate(first.values())]
        references: dict[str, tuple[Job, Outcome]] = {}
        for (call, job), outcome in zip(
            zip(first, jobs, strict=True), self._run(torch, jobs), strict=True
        ):
            references[call] = job, outcome
        # Arguments without effect leave torch's weights as they are, bit for bit: one run of the
        # target is enough for all such calls.
        alike: dict[tuple[object, ...], list[Case]] = defaultdict(list)
        for case in self._cases:
            job, outcome = references[case.torch]
            if outcome.error is not None:
                yield case, Result(torch_error=outcome.error)
            else:
                key = replace(case, torch=outcome.values["digest"])
                alike[(key, str(outcome.values["maximized"]))].append(case)
        groups = list(alike.values())
        todo = [
            self._target_job(group[0], str(number), *references[group[0].torch])
            for number, group in enumerate(groups)
        ]
        for group, outcome in zip(groups, self._run(self._setting.target, todo), strict=True):
            for case in group:
                yield case, _result(outcome, references[case.torch][1].values["noise"])

    def _run(self, version: Version, jobs: Sequence[Job]) -> Iterator[Outcome]:
        if not jobs:
            return
        found = run_jobs(
            interpreter(version, self._setting.cache),
            f"conformance.worker_{version.framework}",
            jobs,
            self._workdir,
            timeout=self._setting.timeout,
            start_timeout=START_TIMEOUT,
        )
        for count, outcome in enumerate(found, 1):
            yield outcome
            if self._setting.progress and (count == len(jobs) or count % 25 == 0):
                print(
                    f"conformance: {version}: {count} of {len(jobs)}", file=sys.stderr, flush=True
                )

    def _torch_job(self, case: Case, number: str) -> Job:
        return Job(
            id=number,
            call=case.torch,
            layout=case.layout,
            grouped=case.grouped,
            whole=case.framework not in _WITHOUT_GAPS,
            steady=case.optimizer in STEADY or (case.optimizer, case.framework) in UNSCHEDULED,
            trajectory=str(self._workdir / f"{number}.npz"),
        )

    def _target_job(self, case: Case, number: str, torch: Job, outcome: Outcome) -> Job:
        return replace(
            torch,
            id=number,
            call=case.call,
            setup=case.setup,
            also=case.also,
            maximized=outcome.values["maximized"],
            series=case.series,
        )


def _result(outcome: Outcome, noise: dict[str, Any]) -> Result:
    if outcome.error is not None:
        return Result(noise=noise, error=outcome.error)
    return Result(noise=noise, **outcome.values)
