"""What the three framework workers have in common: how an optimizer is made and steps."""

from __future__ import annotations

import importlib
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from conformance.cases import CLOSE_BELOW, LIMITS, NEGATE_LOSS, Layout
from conformance.jobs import Answer, Job, Made, construct, serve
from conformance.problem import (
    Problem,
    Squares,
    is_frozen,
    note_deviations,
    np,
    problems,
    rate_factor,
    series,
)


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
    def tensor(self, array: Any, sparse: bool = False) -> Any:
        """A gradient; dense, with zero rows, where sparse ones are of no use."""

    @abstractmethod
    def read(self, parameter: Any) -> Any:
        """The weights of a parameter, as an array that stays as it is."""

    @abstractmethod
    def write(self, parameter: Any, array: Any) -> None:
        """Set the weights of a parameter."""

    @abstractmethod
    def give(self, params: list[Any], gradients: list[Any]) -> None:
        """Leave the gradients where an optimizer looks for them, if it does."""

    @abstractmethod
    def set_rate(self, made: Made, factor: float) -> None:
        """Let every learning rate be ``factor`` times what the optimizer was made with."""

    def step(self, made: Made, gradients: list[Any]) -> None:
        """One step with a gradient for each of the parameters; None for one without."""
        self.give(made.names["params"], gradients)
        made.optimizer.step()

    def ask(self, made: Made, closure: Callable[[], tuple[float, list[Any]]]) -> None:
        """One step of an optimizer that asks for the loss and the gradients itself."""

        def asked() -> Any:
            loss, gradients = closure()
            self.give(made.names["params"], gradients)
            return self.loss(loss)

        made.optimizer.step(asked)

    def loss(self, value: float) -> Any:
        """What a closure returns."""
        return value

    def limits(self) -> AbstractContextManager[None]:
        """While weights may be of another type than float32."""
        return nullcontext()

    def run(self, job: Job, problem: Problem, number: int, changing: bool) -> Any:
        """Make the optimizer and let it step; returns the trajectory: looks x weights, flat.

        With ``changing``, the learning rate changes, and gradients are replayed only.
        """
        made = construct(job, self.names([one.start.copy() for one in problem.parameters]))
        params = made.names["params"]
        signs = self.signs(job, made, number)
        key = (job.layout, job.grouped, job.whole, number, self.kind, changing, *signs)

        def gradients(step: int, weights: list[Any]) -> list[Any]:
            found = []
            for parameter, mine, sign in zip(problem.parameters, weights, signs, strict=True):
                one = parameter.gradient(step, mine.astype(self.computed), changing)
                if one is not None:
                    one = self.tensor((one * sign).astype(self.kind), job.layout == Layout.SPARSE)
                found.append(one)
            return found

        def replayed(step: int) -> list[Any]:
            """Those that do not depend on the weights are made once."""
            if (*key, step) not in self._gradients:
                starts = [one.start.astype(self.kind) for one in problem.parameters]
                self._gradients[*key, step] = gradients(step, starts)
            found: list[Any] = self._gradients[*key, step]
            return found

        def asked() -> tuple[float, list[Any]]:
            weights = [self.read(one) for one in params]
            losses = [
                sign * piece.loss(mine)
                for parameter, mine, sign in zip(problem.parameters, weights, signs, strict=True)
                for piece, _ in parameter.places
                if isinstance(piece, Squares)
            ]
            return sum(losses), gradients(0, weights)

        looks = [self._flat(params)]
        steps = problem.steps_of(changing)
        for step in range(steps):
            if changing:
                self.set_rate(made, rate_factor(step, steps))
            if job.layout == Layout.CLOSURE:
                self.ask(made, asked)
            elif step < problem.closed_until and not changing:
                self.step(made, gradients(step, [self.read(one) for one in params]))
            else:
                self.step(made, replayed(step))
            made.after_step()
            if problem.looks(step, changing):
                looks.append(self._flat(params))
        return np.stack(looks)

    def signs(self, job: Job, made: Made, number: int) -> list[float]:
        """What the gradients of each parameter are multiplied with, on the target's side."""
        negated = NEGATE_LOSS in job.also
        return [-1.0 if maximized != negated else 1.0 for maximized in job.maximized[number]]

    def _flat(self, params: list[Any]) -> Any:
        return np.concatenate([self.read(one).reshape(-1) for one in params])

    def outcome(self, job: Job) -> Answer:
        """Run a job and compare it with the recorded trajectories."""
        asked = problems(job.layout, job.grouped, job.whole)
        off: dict[str, float | None] = {}
        outcome: dict[str, object] = {"off": off, "frozen": True}
        with np.load(job.trajectory) as reference:
            for number, problem in enumerate(asked):
                theirs, mine = reference[f"replay{number}"], self.run(job, problem, number, False)
                note_deviations(problem, "replay", theirs, mine, off)
                outcome["frozen"] = outcome["frozen"] and is_frozen(theirs, mine)
                if job.series is not None and any(job.series in p.runs for p in problem.pieces):
                    outcome["series"] = series(problem, job.series, theirs, mine)
            # What has left torch anyway is not run with other rates, too.
            known = [off[run] for run in LIMITS if run in off]
            left = any(value is None or value >= CLOSE_BELOW for value in known)
            for number, problem in enumerate(asked):
                if problem.replays and not left and not job.steady:
                    mine = self.run(job, problem, number, True)
                    note_deviations(problem, "rates", reference[f"rates{number}"], mine, off)
        return outcome


def load(name: str) -> Callable[[dict[str, Any]], Answer]:
    """Load the framework of that name, such as ``"paddle"``; returns what runs a job in it."""
    module = importlib.import_module(f"conformance.worker_{name}")
    framework: Framework = module.FRAMEWORK()
    programs = importlib.import_module("conformance.worker_program").Programs(framework, name)

    def run(job: dict[str, Any]) -> Answer:
        if "source" in job:
            return {"result": programs.result(job["source"])}
        return framework.outcome(Job(**job))

    def twice(job: dict[str, Any]) -> Answer:
        try:
            return run(job)
        except SystemError:
            # With numpy 2, the first call of an operation can fail inside MindSpore ("returned a
            # result with an exception set") where every later one works.
            return run(job)

    return twice


if __name__ == "__main__":
    serve(lambda: load(sys.argv[-2]))
