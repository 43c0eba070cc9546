"""Measures cases: torch first, once per distinct call, then the target against it."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from conformance.cases import (
    COPIES,
    ORDINARY,
    SAME_BELOW,
    Case,
    CaseError,
    Regime,
    Result,
    Verdict,
)
from conformance.environments import Version, interpreter
from conformance.jobs import Job
from conformance.pool import Outcome, run_jobs

#: The torch release that the facts about torch were measured with.
DEFAULT_TORCH: Final = "2.13.0"

#: Steps per framework. MindSpore's are slow in PyNative mode, and LBFGS iterates inside a step.
STEPS: Final = {"paddle": 50, "mindspore": 25}
TORCH_STEPS: Final = max(STEPS.values())
LBFGS_STEPS: Final = 12

#: Seconds that one construction and its steps may take, and that a framework may take to load.
CASE_TIMEOUT: Final = 60.0
START_TIMEOUT: Final = 300.0

_DOUBLE: Final = "-double"
_ASCEND_ONLY: Final = "mindspore.mint.optim"


def measure(
    cases: Sequence[Case],
    version: str,
    cache: Path,
    *,
    torch: str = DEFAULT_TORCH,
    timeout: float = CASE_TIMEOUT,
    on_result: Callable[[Result], None] | None = None,
    progress: bool = False,
    workers: int = 1,
) -> dict[str, Result]:
    """Runs ``cases`` with the target at ``version`` and returns the results by case id.

    Args:
        cases: cases with distinct ids, all of the framework that ``version`` names.
        version: such as ``"paddle==3.3.1"`` or ``"mindspore==2.10.0"``.
        cache: directory of the environments; missing ones are built there (minutes).
        torch: version of torch to compare with.
        timeout: seconds after which a case counts as hanging.
        on_result: called with each result as soon as it is there.
        progress: write progress to standard error.
        workers: how many processes share the cases.

    Raises CaseError for a case of another framework or a repeated id, ValueError for a malformed
    version, EnvironmentFailure when pip fails, WorkerFailure when a framework does not load.
    """
    target = Version.parse(version)
    if target.framework not in STEPS:
        raise ValueError(f"{version!r}: the target must be one of {', '.join(STEPS)}")
    _check(cases, target)
    results: dict[str, Result] = {}
    lock = threading.Lock()

    def run(share: Sequence[Case]) -> None:
        with tempfile.TemporaryDirectory(prefix="conformance-") as directory:
            for result in _results(share, target, cache, torch, timeout, Path(directory), progress):
                with lock:
                    results[result.id] = result
                    if on_result is not None:
                        on_result(result)

    if cases:
        # Before the shares start: two of them must not build the same environment.
        for version_needed in (Version("torch", torch), target):
            interpreter(version_needed, cache)
    shares = _shares(cases, workers)
    with ThreadPoolExecutor(max_workers=max(1, len(shares))) as pool:
        for future in [pool.submit(run, share) for share in shares]:
            future.result()
    return results


def _shares(cases: Sequence[Case], workers: int) -> list[list[Case]]:
    """Deal the cases out; those of one torch call stay together, it runs only once then."""
    by_call: dict[str, list[Case]] = {}
    for case in cases:
        by_call.setdefault(case.torch, []).append(case)
    shares: list[list[Case]] = [[] for _ in range(max(1, workers))]
    for number, group in enumerate(by_call.values()):
        shares[number % len(shares)].extend(group)
    return [share for share in shares if share]


def _check(cases: Iterable[Case], target: Version) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.framework != target.framework:
            raise CaseError(f"case {case.id!r} is for {case.target}, not for {target}")
        if case.id in seen:
            raise CaseError(f"the id {case.id!r} is used twice")
        seen.add(case.id)


def _results(
    cases: Sequence[Case],
    target: Version,
    cache: Path,
    torch: str,
    timeout: float,
    workdir: Path,
    progress: bool,
) -> Iterator[Result]:
    runnable: list[Case] = []
    for case in cases:
        if case.target == _ASCEND_ONLY:
            # On a CPU these raise or, worse, leave the weights alone: no measurement either way.
            yield _failed(case.id, "error", f"not run: {_ASCEND_ONLY} works on Ascend only")
        else:
            runnable.append(case)
    if not runnable:
        return
    references = _References(runnable, interpreter(Version("torch", torch), cache))
    for count, total in references.run(workdir, timeout):
        if progress:
            _progress(f"torch=={torch}", count, total)
    target_jobs: list[Job] = []
    for case in runnable:
        error = references.errors.get(_digest(case))
        if error is not None:
            yield _failed(case.id, "torch-error", error)
        else:
            target_jobs.append(_target_job(case, references.jobs[_digest(case)]))
    if not target_jobs:
        return
    regime_of = {case.id: references.regimes.get(_digest(case), Regime()) for case in runnable}
    outcomes = run_jobs(
        interpreter(target, cache),
        f"conformance.worker_{target.framework}",
        target_jobs,
        workdir,
        timeout=timeout,
        start_timeout=START_TIMEOUT,
    )
    for count, outcome in enumerate(outcomes, 1):
        yield replace(_result(outcome), regime=regime_of[outcome.id])
        if progress:
            _progress(str(target), count, len(target_jobs))


class _References:
    """Torch's side of some cases: one run for each distinct call, and one more in float64.

    Attributes:
        jobs: by the digest of the call; with what the run said about maximizing.
        errors: what torch raised.
        regimes: what the runs in float32 and float64 say about the call.
    """

    def __init__(self, cases: Sequence[Case], python: Path) -> None:
        self._cases = cases
        self._python = python
        self.jobs: dict[str, Job] = {}
        self.errors: dict[str, str] = {}
        self.regimes: dict[str, Regime] = {}

    def run(self, workdir: Path, timeout: float) -> Iterator[tuple[int, int]]:
        """Run them all, yielding how many are done and how many there are."""
        for case in self._cases:
            self.jobs[_digest(case)] = _torch_job(case, _digest(case), workdir)
        pairs = [one for job in self.jobs.values() for one in (job, _double_job(job))]
        outcomes = run_jobs(
            self._python,
            "conformance.worker_torch",
            pairs,
            workdir,
            timeout=timeout,
            start_timeout=START_TIMEOUT,
        )
        for count, outcome in enumerate(outcomes, 1):
            digest = outcome.id.removesuffix(_DOUBLE)
            if digest == outcome.id:
                self._keep(digest, outcome)
            else:
                noise = {copy: outcome.values.get(copy) for copy in COPIES[: self._copies(digest)]}
                self.regimes[digest] = replace(self.regimes.get(digest, Regime()), noise=noise)
            yield count, len(pairs)

    def _copies(self, digest: str) -> int:
        return self.jobs[digest].copies

    def _keep(self, digest: str, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.errors[digest] = outcome.error
            return
        maximized = tuple(outcome.values["maximized"])
        self.jobs[digest] = replace(self.jobs[digest], maximized=maximized)
        self.regimes[digest] = Regime(grown=outcome.values["grown"])


def _digest(case: Case) -> str:
    return hashlib.sha256(case.torch.encode()).hexdigest()[:24]


def _torch_job(case: Case, digest: str, workdir: Path) -> Job:
    return Job(
        id=digest,
        call=case.torch,
        setup=(),
        also=(),
        sparse=case.is_sparse,
        together=not case.is_lbfgs,
        steps=LBFGS_STEPS if case.is_lbfgs else TORCH_STEPS,
        reference=None,
        trajectory=str(workdir / f"{digest}.npy"),
        copies=case.copies,
    )


def _double_job(job: Job) -> Job:
    return replace(job, id=job.id + _DOUBLE, reference=job.trajectory, trajectory=None, double=True)


def _target_job(case: Case, reference: Job) -> Job:
    return Job(
        id=case.id,
        call=case.call,
        setup=case.setup,
        also=case.also,
        sparse=case.is_sparse,
        together=not case.is_lbfgs,
        steps=min(reference.steps, STEPS[case.framework]),
        reference=reference.trajectory,
        trajectory=None,
        maximized=reference.maximized,
        series=case.series,
        copies=case.copies,
    )


def _result(outcome: Outcome) -> Result:
    if outcome.error is not None:
        return _failed(outcome.id, "error", outcome.error)
    ordinary = [outcome.values[copy] for copy in ORDINARY if copy in outcome.values]
    known = [value for value in ordinary if value is not None]
    same = len(known) == len(ordinary) and all(value < SAME_BELOW for value in known)
    error = None if len(known) == len(ordinary) else "the weights are finite on one side only"
    return Result(
        id=outcome.id,
        base=outcome.values["base"],
        small=outcome.values["small"],
        dead=outcome.values["dead"],
        verdict="same" if same else "diverges",
        error=error,
        frozen=outcome.values["frozen"],
        series=outcome.values.get("series"),
        other=outcome.values.get("other"),
    )


def _failed(case_id: str, verdict: Verdict, error: str) -> Result:
    return Result(case_id, None, None, None, verdict, error)


def _progress(what: str, count: int, total: int) -> None:
    if count == total or count % 25 == 0:
        print(f"conformance: {what}: {count} of {total}", file=sys.stderr, flush=True)
