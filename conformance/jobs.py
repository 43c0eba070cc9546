"""What the driver asks a worker to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases import ALSO, NEGATE_LOSS, STEP_SCHEDULER, Layout


@dataclass(frozen=True)
class Job:
    """One optimizer to construct and run.

    Attributes:
        id: names the job among others.
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

    id: str
    call: str
    layout: str
    trajectory: str
    grouped: bool = False
    whole: bool = True
    steady: bool = False
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    maximized: tuple[tuple[bool, ...], ...] = ()
    series: str | None = None

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Job:
        """From the JSON object that the driver wrote."""
        flags = tuple(tuple(one) for one in record["maximized"])
        lists = {"setup": tuple(record["setup"]), "also": tuple(record["also"]), "maximized": flags}
        return cls(**(dict(record) | lists))

    @property
    def kind(self) -> Layout:
        """The layout, as one."""
        return Layout(self.layout)

    def sign(self, problem: int, parameter: int) -> float:
        """1.0, or -1.0 if the gradients of a parameter are negated on the target's side."""
        return -1.0 if self.maximized[problem][parameter] != (NEGATE_LOSS in self.also) else 1.0


@dataclass(frozen=True)
class Program:
    """One program: its id among others, the framework it is for, its source."""

    id: str
    framework: str
    source: str


@dataclass(frozen=True)
class ScriptJob:
    """One script to train with.

    Attributes:
        scale: what the gradients are multiplied with.
        negate: whether they are negated, as the port says.
        kind: the type of the weights; another one than float32 is torch's only.
        id, framework: filled in by who runs it.
    """

    text: str
    scale: float = 1.0
    negate: bool = False
    kind: str = "float32"
    id: str = ""
    framework: str = ""


@dataclass
class Made:
    """An optimizer, with the names that its call saw."""

    optimizer: Any
    names: dict[str, Any] = field(default_factory=dict)
    after_step: Callable[[], object] = lambda: None


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
    made = Made(eval(job.call, names), names)
    if STEP_SCHEDULER in job.also:
        if "scheduler" not in names:
            raise NameError(f"{STEP_SCHEDULER}: no name 'scheduler' after the setup")
        # Looked up for every step: some schedulers replace their own method while they run.
        made.after_step = lambda: names["scheduler"].step()
    return made
