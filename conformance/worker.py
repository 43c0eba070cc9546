"""What the three framework workers have in common: how an optimizer is made and steps."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from conformance.cases import CLOSE_BELOW, LIMITS, Layout
from conformance.jobs import Job, Made, construct
from conformance.problem import (
    Problem,
    Squares,
    deviations,
    is_frozen,
    np,
    problems,
    rate_factor,
    series,
)
from conformance.serving import Outcome, serve


class Framework(ABC):
    """A framework that can run a job. Whatever it raises is the outcome of the job."""

    def __init__(self) -> None:
        self._gradients: dict[tuple[object, ...], Any] = {}
        #: The type of the weights, and the one that gradients are computed in.
        self.kind = self.computed = "float32"

    @abstractmethod
    def names(self, arrays: list[Any]) -> dict[str, Any]:
        """What a call sees: ``params`` that start at ``arrays``, ``model`` and the modules."""

    @abstractmethod
    def tensor(self, array: Any, sparse: bool) -> Any:
        """A gradient."""

    @abstractmethod
    def step(self, job: Job, made: Made, gradients: list[Any]) -> None:
        """One step with a gradient for each of the parameters; None for one without."""

    @abstractmethod
    def ask(self, made: Made, closure: Callable[[], tuple[float, list[Any]]]) -> None:
        """One step of an optimizer that asks for the loss and the gradients itself."""

    @abstractmethod
    def read(self, parameter: Any) -> Any:
        """The weights of a parameter, as an array that stays as it is."""

    @abstractmethod
    def write(self, parameter: Any, array: Any) -> None:
        """Set the weights of a parameter."""

    @abstractmethod
    def give(self, params: list[Any], gradients: list[Any]) -> None:
        """Leave the gradients where an optimizer looks for them, if it does."""

    def limits(self) -> AbstractContextManager[None]:
        """While weights may be of another type than float32."""
        return nullcontext()

    @abstractmethod
    def set_rate(self, made: Made, factor: float) -> None:
        """Let every learning rate be ``factor`` times what the optimizer was made with."""

    def run(self, job: Job, problem: Problem, number: int, changing: bool) -> Any:
        """Make the optimizer and let it step; returns the trajectory: looks x weights, flat.

        With ``changing``, the learning rate changes, and gradients are replayed only.
        """
        made = construct(job, self.names([one.start.copy() for one in problem.parameters]))
        params = made.names["params"]
        signs = self.signs(job, made, number)
        looks = [self._flat(params)]
        steps = problem.steps_of(changing)
        for step in range(steps):
            if changing:
                self.set_rate(made, rate_factor(step, steps))
            if job.kind is Layout.CLOSURE:
                self.ask(made, lambda: self._asked(job, problem, params, signs))
            else:
                self.step(job, made, self._at(job, problem, number, step, params, signs, changing))
            made.after_step()
            if problem.looks(step, changing):
                looks.append(self._flat(params))
        return np.stack(looks)

    def signs(self, job: Job, made: Made, number: int) -> list[float]:
        """What the gradients of each parameter are multiplied with."""
        return [job.sign(number, place) for place in range(len(made.names["params"]))]

    def _at(
        self,
        job: Job,
        problem: Problem,
        number: int,
        step: int,
        params: list[Any],
        signs: list[float],
        changing: bool,
    ) -> list[Any]:
        """The gradients of a step; those that do not depend on the weights are made once."""
        if step < problem.closed_until and not changing:
            return self._made(job, problem, step, [self.read(one) for one in params], signs, False)
        key = (job.layout, job.grouped, job.whole, number, self.kind, changing, step, *signs)
        if key not in self._gradients:
            starts = [one.start.astype(self.kind) for one in problem.parameters]
            made = self._made(job, problem, step, starts, signs, changing)
            self._gradients[key] = made
        found: list[Any] = self._gradients[key]
        return found

    def _made(
        self,
        job: Job,
        problem: Problem,
        step: int,
        weights: list[Any],
        signs: list[float],
        changing: bool,
    ) -> list[Any]:
        found = []
        for parameter, mine, sign in zip(problem.parameters, weights, signs, strict=True):
            gradient = parameter.gradient(step, mine.astype(self.computed), changing)
            if gradient is not None:
                signed = (gradient * sign).astype(self.kind)
                gradient = self.tensor(signed, job.kind is Layout.SPARSE)
            found.append(gradient)
        return found

    def _asked(
        self, job: Job, problem: Problem, params: list[Any], signs: list[float]
    ) -> tuple[float, list[Any]]:
        """The loss of least squares, and the gradients."""
        weights = [self.read(one) for one in params]
        losses = [
            sign * piece.loss(mine)
            for parameter, mine, sign in zip(problem.parameters, weights, signs, strict=True)
            for piece in parameter.pieces
            if isinstance(piece, Squares)
        ]
        return sum(losses), self._made(job, problem, 0, weights, signs, False)

    def _flat(self, params: list[Any]) -> Any:
        return np.concatenate([self.read(one).reshape(-1) for one in params])

    def outcome(self, job: Job) -> Outcome:
        """Run a job and compare it with the recorded trajectories."""
        asked = problems(job.kind, job.grouped, job.whole)
        off: dict[str, float | None] = {}
        outcome: dict[str, object] = {"off": off, "frozen": True}
        with np.load(job.trajectory) as reference:
            for number, problem in enumerate(asked):
                theirs, mine = reference[f"replay{number}"], self.run(job, problem, number, False)
                off |= deviations(problem, "replay", theirs, mine)
                outcome["frozen"] = outcome["frozen"] and is_frozen(theirs, mine)
                if job.series is not None and any(job.series in p.runs for p in problem.pieces):
                    outcome["series"] = series(problem, job.series, theirs, mine)
            # What has left torch anyway is not run with other rates, too.
            known = [off[run] for run in LIMITS if run in off]
            left = any(value is None or value >= CLOSE_BELOW for value in known)
            for number, problem in enumerate(asked):
                if problem.replays and not left and not job.steady:
                    mine = self.run(job, problem, number, True)
                    off |= deviations(problem, "rates", reference[f"rates{number}"], mine)
        return outcome


def load(name: str) -> Framework:
    """The framework of that name, such as ``"paddle"``."""
    module = importlib.import_module(f"conformance.worker_{name}")
    kind = {"torch": "Torch", "paddle": "Paddle", "mindspore": "MindSpore"}[name]
    found: Framework = getattr(module, kind)()
    return found


def main(make: Callable[[], Framework]) -> None:
    """Runs the jobs that the driver wrote in the framework that `make` makes."""
    serve(Job.read, lambda _: make().outcome)
