"""What the driver asks a worker to do, and how the worker answers.

A worker is started as ``python -m conformance.worker FRAMEWORK FD``: a connection over which jobs
come one by one, a JSON object each. Standard output belongs to the framework.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases import ALSO, GROUPS_ORDER, STEP_SCHEDULER, Layout, one_line

Answer = Mapping[str, object]


@dataclass(frozen=True)
class Job:
    """One optimizer to construct and run.

    Attributes:
        call: expression that makes the optimizer.
        setup: statements executed before.
        also: words of :data:`conformance.cases.ALSO`.
        layout: a :class:`conformance.cases.Layout`.
        grouped: whether the parameters go into groups.
        whole: see :func:`conformance.problem.problems`.
        steady: whether a schedule does not reach the optimizer.
        trajectory: .npz file of torch's trajectories: written on torch's side, else compared with.
        maximized: by problem and parameter, whether torch's optimizer maximizes: gradients are
            then negated on both sides, so that there is an optimum to reach. Not on torch's side.
        series: the run whose loss and distance are reported for every step, too.
    """

    call: str
    layout: str = Layout.FLAT
    trajectory: str = ""
    grouped: bool = False
    whole: bool = True
    steady: bool = False
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    maximized: tuple[tuple[bool, ...], ...] = ()
    series: str | None = None


@dataclass(frozen=True)
class Program:
    """Python source to execute; see :mod:`conformance.worker_program`."""

    source: str


@dataclass
class Made:
    """An optimizer, with the names that its call saw."""

    optimizer: Any
    names: dict[str, Any] = field(default_factory=dict)
    after_step: Callable[[], object] = lambda: None
    ordered: bool = True
    """Whether gradients are handed over in the order of the optimizer's own parameters."""


def construct(job: Job, names: dict[str, Any]) -> Made:
    """Make the optimizer; ``names`` is what ``setup`` and ``call`` see, ``setup`` adds to it.

    Raises whatever these raise, ValueError for an unknown word in ``also``, NameError when a
    scheduler is to be stepped and ``setup`` made none.
    """
    unknown = sorted(set(job.also) - ALSO)
    if unknown:
        raise ValueError(f"unknown words in 'also': {', '.join(unknown)}")
    for statement in job.setup:
        exec(statement, names)
    made = Made(eval(job.call, names), names, ordered=GROUPS_ORDER in job.also)
    if STEP_SCHEDULER in job.also:
        if "scheduler" not in names:
            raise NameError(f"{STEP_SCHEDULER}: no name 'scheduler' after the setup")
        # Looked up for every step: some schedulers replace their own method while they run.
        made.after_step = lambda: names["scheduler"].step()
    return made


def serve(load: Callable[[], Callable[[dict[str, Any]], Answer]]) -> None:
    """Answers the jobs that come over the connection that the driver names, until it ends.

    `load` loads what runs a job. That it did so is the first answer.
    """
    place = int(sys.argv[-1])
    os.set_inheritable(place, False)
    back = os.dup(place)
    with os.fdopen(place, encoding="utf-8") as asked, os.fdopen(back, "w", encoding="utf-8") as out:
        run = load()
        print("{}", file=out, flush=True)
        for line in asked:
            try:
                answer = json.dumps(run(json.loads(line)))
            except Exception as error:
                answer = json.dumps({"error": one_line(f"{type(error).__name__}: {error}")})
            print(answer, file=out, flush=True)
