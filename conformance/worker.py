"""What the three framework workers have in common: the job loop and the events they report.

A worker is started by the driver as ``python -m conformance.worker_NAME JOBS EVENTS``. JOBS is
read once: JSON lines, one
:class:`conformance.jobs.Job` each. EVENTS is appended to, one JSON line per event, so
that the driver knows what ran when the process dies. Standard output belongs to the framework.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from conformance.cases import COPIES, one_line
from conformance.jobs import Job
from conformance.problem import deviation, growth, is_frozen, np, series


@dataclass(frozen=True)
class Run:
    """What an optimizer did.

    Attributes:
        weights: before the first and after each step, one array per copy.
        maximized: on torch's side, per copy whether the optimizer maximizes.
    """

    weights: list[list[Any]]
    maximized: tuple[bool, ...] = ()


class Framework(Protocol):
    """A framework that can run a job."""

    def run(self, job: Job, copies: tuple[int, ...]) -> Run:
        """Makes an optimizer for the copies (numbers 0 to 3) and takes ``job.steps`` steps.

        Raises whatever the framework raises.
        """


def main(make: Callable[[], Framework]) -> None:
    """Runs the jobs of ``sys.argv[1]`` in order, reporting to ``sys.argv[2]``."""
    jobs = [
        Job(**_tuples(json.loads(line)))
        for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    ]
    with Path(sys.argv[2]).open("a", encoding="utf-8") as events:

        def report(**event: object) -> None:
            print(json.dumps(event, allow_nan=False), file=events, flush=True)

        framework = make()
        report(event="ready")
        for job in jobs:
            report(event="start", id=job.id)
            try:
                outcome = _run(framework, job)
            except Exception as error:
                outcome = {"error": one_line(f"{type(error).__name__}: {error}")}
            report(event="done", id=job.id, **outcome)


def _run(framework: Framework, job: Job) -> dict[str, object]:
    runs = [framework.run(job, copies) for copies in job.batches]
    # Steps x copies x rows x columns.
    trajectory = np.concatenate(
        [np.stack([np.stack(weights) for weights in run.weights]) for run in runs], axis=1
    )
    if job.trajectory is not None:
        np.save(job.trajectory, trajectory)
    if job.reference is None:
        return {
            "maximized": [flag for run in runs for flag in run.maximized],
            "grown": growth(trajectory[:, 0]),
        }
    # Torch may have run more steps than this target: its first ones are the comparison.
    reference = np.load(job.reference)[: len(trajectory)]
    outcome: dict[str, object] = {
        name: deviation(reference[:, copy], trajectory[:, copy])
        for copy, name in enumerate(COPIES[: job.copies])
    }
    outcome["frozen"] = is_frozen(reference[:, 0], trajectory[:, 0])
    if job.series is not None:
        copy = COPIES.index(job.series)
        outcome["series"] = series(copy, reference[:, copy], trajectory[:, copy])
    return outcome


def _tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in record.items()
    }
