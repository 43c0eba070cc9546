"""Measures cases: torch first, once per distinct call, then the target against it."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from conformance.cases import SAME_BELOW, Case, CaseError, Result, Verdict
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

    Raises CaseError for a case of another framework or a repeated id, ValueError for a malformed
    version, EnvironmentFailure when pip fails, WorkerFailure when a framework does not load.
    """
    target = Version.parse(version)
    if target.framework not in STEPS:
        raise ValueError(f"{version!r}: the target must be one of {', '.join(STEPS)}")
    _check(cases, target)
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="conformance-") as directory:
        for result in _results(cases, target, cache, torch, timeout, Path(directory), progress):
            results[result.id] = result
            if on_result is not None:
                on_result(result)
    return results


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
    # One trajectory per distinct call, however many cases compare with it.
    reference_of = {case.id: _digest(case) for case in runnable}
    jobs = {
        reference_of[case.id]: _torch_job(case, reference_of[case.id], workdir) for case in runnable
    }
    torch_errors: dict[str, str] = {}
    reference_python = interpreter(Version("torch", torch), cache)
    for count, outcome in enumerate(
        run_jobs(
            reference_python,
            "conformance.worker_torch",
            list(jobs.values()),
            workdir,
            timeout=timeout,
            start_timeout=START_TIMEOUT,
        ),
        1,
    ):
        if outcome.error is not None:
            torch_errors[outcome.id] = outcome.error
        else:
            jobs[outcome.id] = replace(
                jobs[outcome.id], maximized=tuple(outcome.values["maximized"])
            )
        if progress:
            _progress(f"torch=={torch}", count, len(jobs))
    target_jobs: list[Job] = []
    for case in runnable:
        error = torch_errors.get(reference_of[case.id])
        if error is not None:
            yield _failed(case.id, "torch-error", error)
        else:
            target_jobs.append(_target_job(case, jobs[reference_of[case.id]]))
    if not target_jobs:
        return
    target_python = interpreter(target, cache)
    for count, outcome in enumerate(
        run_jobs(
            target_python,
            f"conformance.worker_{target.framework}",
            target_jobs,
            workdir,
            timeout=timeout,
            start_timeout=START_TIMEOUT,
        ),
        1,
    ):
        yield _result(outcome)
        if progress:
            _progress(str(target), count, len(target_jobs))


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
    )


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
    )


def _result(outcome: Outcome) -> Result:
    if outcome.error is not None:
        return _failed(outcome.id, "error", outcome.error)
    base: float | None = outcome.values["base"]
    if base is None:
        error, same = "the weights are finite on one side only", False
    else:
        error, same = None, base < SAME_BELOW
    return Result(
        id=outcome.id,
        base=base,
        small=outcome.values["small"],
        dead=outcome.values["dead"],
        verdict="same" if same else "diverges",
        error=error,
        frozen=outcome.values["frozen"],
    )


def _failed(case_id: str, verdict: Verdict, error: str) -> Result:
    return Result(case_id, None, None, None, verdict, error)


def _progress(what: str, count: int, total: int) -> None:
    if count == total or count % 25 == 0:
        print(f"conformance: {what}: {count} of {total}", file=sys.stderr, flush=True)
