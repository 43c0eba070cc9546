"""Measures cases, torch first, once per distinct call, then the target against it; runs programs.

A program is Python source that leaves something in `result`, a list of numbers for the most part.
What it sees under its usual names and beside: :mod:`conformance.worker_program`.
"""

from __future__ import annotations

import math
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from conformance.cases import STEADY, UNSCHEDULED, Case, CaseError, Result
from conformance.environments import Version, interpreter
from conformance.jobs import Job, Program
from conformance.pool import Outcome, run_jobs
from optport.table import targets
from optport.targets import Target, parse_target
from optport.versions import UsageError

#: The torch release that the facts about torch were measured with.
DEFAULT_TORCH: Final = "2.13.0"
TORCH: Final = Version("torch", DEFAULT_TORCH)

#: Seconds that one construction and its steps may take, or a program.
CASE_TIMEOUT: Final = 120.0

#: Modules that can't be run on a CPU: they raise or, worse, leave the weights alone.
NOT_RUN: Final = ("mindspore.mint.",)

#: Frameworks that know no parameter without gradient: they are handed zeros, and so is torch then.
_WITHOUT_GAPS: Final = frozenset({"mindspore"})

OnResult = Callable[[Case, Result], object]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Setting:
    """What a run needs beside its cases.

    Attributes:
        target: the framework and version to run, such as ``paddle==3.3.1``.
        cache: directory of the environments; missing ones are built there (minutes).
        torch: version of torch to compare with.
        timeout: seconds after which a case counts as hanging.
        workers: how many processes share the cases.
        only: the target that evidence is run of, by name; None for all of the framework.
    """

    target: Version
    cache: Path
    torch: str = DEFAULT_TORCH
    timeout: float = CASE_TIMEOUT
    workers: int = 1
    only: str | None = None

    @property
    def targets(self) -> list[Target]:
        """The framework's targets at that version that can be executed, or the one asked for.

        Raises UsageError for a version that no signatures are recorded of, and for another target.
        """
        version, found = self.target.version, []
        for info in targets().values():
            framework = parse_target(info.short).family.framework
            wanted = self.only in (None, info.name)
            if wanted and info.executed and framework == self.target.framework:
                found.append(parse_target(f"{info.short}=={version}"))
        if not found:
            raise UsageError(f"{self.only} is no target of {self.target} that can be run")
        return found


def version_of(target: Target) -> Version:
    """The framework of a target at its version."""
    return Version(target.family.framework, target.version)


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
            for case, result in _run_share(share, setting, Path(directory)):
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


def _run_share(
    cases: Sequence[Case], setting: Setting, folder: Path
) -> Iterator[tuple[Case, Result]]:
    """Run the cases of one pair of processes: torch's, then the target's."""
    first = {case.torch: case for case in cases}
    jobs = [_torch_job(case, folder / f"{n}.npz") for n, case in enumerate(first.values())]
    ran = _run(jobs, Version("torch", setting.torch), setting)
    references = {call: (job, outcome) for call, job, outcome in zip(first, jobs, ran, strict=True)}
    # Arguments without effect leave torch's weights as they are, bit for bit: one run of the
    # target is enough for all such calls.
    alike: dict[tuple[object, ...], list[Case]] = defaultdict(list)
    for case in cases:
        outcome = references[case.torch][1]
        if outcome.error is not None:
            yield case, Result(torch_error=outcome.error)
        else:
            key = replace(case, torch=outcome.values["digest"])
            alike[key, str(outcome.values["maximized"])].append(case)
    groups = list(alike.values())
    todo = [_target_job(group[0], *references[group[0].torch]) for group in groups]
    for group, outcome in zip(groups, _run(todo, setting.target, setting), strict=True):
        for case in group:
            noise = references[case.torch][1].values["noise"]
            yield case, Result(noise=noise, error=outcome.error, **outcome.values)


def _run(jobs: Sequence[Job], version: Version, setting: Setting) -> Iterator[Outcome]:
    found = run_jobs(jobs, version, setting.cache, timeout=setting.timeout)
    for count, outcome in enumerate(found, 1):
        yield outcome
        if count == len(jobs) or count % 25 == 0:
            print(f"conformance: {version}: {count} of {len(jobs)}", file=sys.stderr, flush=True)


def _torch_job(case: Case, trajectory: Path) -> Job:
    return Job(
        call=case.torch,
        layout=case.layout,
        grouped=case.grouped,
        whole=case.framework not in _WITHOUT_GAPS,
        steady=case.optimizer in STEADY or (case.optimizer, case.framework) in UNSCHEDULED,
        trajectory=str(trajectory),
    )


def _target_job(case: Case, torch: Job, outcome: Outcome) -> Job:
    return replace(
        torch,
        call=case.call,
        setup=case.setup,
        also=case.also,
        maximized=outcome.values["maximized"],
        series=case.series,
    )


def run_programs(programs: Mapping[Key, str], version: Version, cache: Path) -> dict[Key, Outcome]:
    """Run programs in one process; what became of each, under its key.

    Raises as :func:`conformance.pool.run_jobs`.
    """
    jobs = map(Program, programs.values())
    return dict(zip(programs, run_jobs(jobs, version, cache, timeout=CASE_TIMEOUT), strict=True))


def numbers(value: Any) -> list[float]:
    """All numbers in a list of lists, in order; what is none is left out."""
    if isinstance(value, list):
        return [number for one in value for number in numbers(one)]
    try:
        return [float(value)]
    except (TypeError, ValueError):
        return []


def largest_apart(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest difference of two sequences of one length."""
    return max((abs(a - b) for a, b in zip(one, other, strict=True)), default=0.0)


def deviation(reference: Sequence[float], other: Sequence[float]) -> float | None:
    """The largest difference of two sequences, relative to the largest of the first.

    None where their lengths differ or a number is not finite.
    """
    if len(reference) != len(other):
        return None
    largest = max(map(abs, reference), default=0.0)
    apart = largest_apart(reference, other)
    found = apart / largest if largest else apart
    return found if math.isfinite(found) else None
