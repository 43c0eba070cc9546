"""What the driver asks a worker to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases import ALSO, NEGATE_LOSS, STEP_SCHEDULER


@dataclass(frozen=True)
class Job:
    """One optimizer to construct and run.

    Attributes:
        id: names the job in the events.
        call: expression that makes the optimizer.
        setup: statements executed before.
        also: words of :data:`conformance.cases.ALSO`.
        sparse: run the sparse problem.
        together: give all copies to one optimizer; else each has one of its own.
        steps: how many steps to run.
        reference: .npy file of torch's trajectory to compare with; None on torch's side.
        trajectory: .npy file to write the trajectory to; None on the target's side.
        maximized: per copy, whether torch's optimizer maximizes: the loss is then negated on
            both sides, so that there is an optimum to reach.
        double: run in float64 (torch's side only).
        series: the copy whose loss and distance are reported for every step, too.
        copies: how many copies of the weights there are.
    """

    id: str
    call: str
    setup: tuple[str, ...]
    also: tuple[str, ...]
    sparse: bool
    together: bool
    steps: int
    reference: str | None
    trajectory: str | None
    maximized: tuple[bool, ...] = (False, False, False, False)
    double: bool = False
    series: str | None = None
    copies: int = 3

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """Which copies (0, 1, 2, and 3 with groups) share an optimizer."""
        copies = tuple(range(self.copies))
        return (copies,) if self.together else tuple((copy,) for copy in copies)

    def sign(self, copy: int) -> float:
        """1.0, or -1.0 if the loss of copy 0, 1, 2 or 3 is negated on the target's side."""
        return -1.0 if self.maximized[copy] != (NEGATE_LOSS in self.also) else 1.0

    def construct(self, names: dict[str, Any]) -> tuple[Any, Callable[[], object]]:
        """The optimizer, and what to call after each of its steps.

        ``names`` is what ``setup`` and ``call`` see; ``setup`` adds to it. Raises whatever these
        raise, ValueError for an unknown word in ``also``, NameError when a scheduler is to be
        stepped and ``setup`` made none.
        """
        unknown = sorted(set(self.also) - ALSO)
        if unknown:
            raise ValueError(f"unknown words in 'also': {', '.join(unknown)}")
        for statement in self.setup:
            exec(statement, names)
        optimizer = eval(self.call, names)
        if STEP_SCHEDULER not in self.also:
            return optimizer, lambda: None
        if "scheduler" not in names:
            raise NameError(f"{STEP_SCHEDULER}: no name 'scheduler' after the setup")
        scheduler = names["scheduler"]
        # Looked up for every step: some schedulers replace their own method while they run.
        return optimizer, lambda: scheduler.step()
