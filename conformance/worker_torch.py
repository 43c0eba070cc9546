"""Runs torch optimizers: the reference side."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import math
from collections.abc import Callable, Iterator
from typing import Any

from conformance.jobs import Job, Made, construct
from conformance.problem import deviations, np, problems
from conformance.worker import Framework, Outcome, main

torch: Any = importlib.import_module("torch")


class Torch(Framework):
    """torch on the CPU, with one thread: the problem is too small for more."""

    def __init__(self) -> None:
        super().__init__()
        torch.set_num_threads(1)

    def names(self, arrays: list[Any]) -> dict[str, Any]:
        """See :class:`conformance.worker.Framework`."""
        model = torch.nn.Module()
        for number, array in enumerate(arrays):
            tensor = torch.from_numpy(np.asarray(array)).to(getattr(torch, self.kind))
            model.register_parameter(f"p{number}", torch.nn.Parameter(tensor))
        params = list(model.parameters())
        return {"params": params, "model": model, "torch": torch, "np": np, "math": math}

    def tensor(self, array: Any, sparse: bool) -> Any:
        """See :class:`conformance.worker.Framework`."""
        if not sparse:
            return torch.from_numpy(np.asarray(array))
        rows = np.flatnonzero(array.any(axis=1))
        places, values = torch.from_numpy(rows)[None], torch.from_numpy(array[rows])
        return torch.sparse_coo_tensor(places, values, array.shape)

    def step(self, job: Job, made: Made, gradients: list[Any]) -> None:
        """See :class:`conformance.worker.Framework`."""
        for parameter, gradient in zip(made.names["params"], gradients, strict=True):
            parameter.grad = gradient
        made.optimizer.step()

    def ask(self, made: Made, closure: Callable[[], tuple[float, list[Any]]]) -> None:
        """See :class:`conformance.worker.Framework`."""

        def asked() -> float:
            loss, gradients = closure()
            for parameter, gradient in zip(made.names["params"], gradients, strict=True):
                parameter.grad = gradient
            return loss

        made.optimizer.step(asked)

    def read(self, parameter: Any) -> Any:
        """See :class:`conformance.worker.Framework`."""
        return parameter.detach().numpy().copy()

    def set_rate(self, made: Made, factor: float) -> None:
        """See :class:`conformance.worker.Framework`."""
        for group in made.optimizer.param_groups:
            group["lr"] = group.setdefault("made with", group["lr"]) * factor

    def signs(self, job: Job, made: Made, number: int) -> list[float]:
        """As torch is told to minimise or to maximize each."""
        flags = {
            id(parameter): bool(group.get("maximize", False))
            for group in made.optimizer.param_groups
            for parameter in group["params"]
        }
        # A parameter that is in no group does not move either way.
        return [-1.0 if flags.get(id(one)) else 1.0 for one in made.names["params"]]

    def outcome(self, job: Job) -> Outcome:
        """Record the trajectories in float32, and how far float64 leaves them."""
        asked = problems(job.kind, job.grouped, job.whole)
        kept: dict[str, Any] = {}
        noise: dict[str, float | None] = {}
        for number, problem in enumerate(asked):
            for run in ("replay", "rates")[: 1 + problem.replays]:
                found = {}
                for self.kind in ("float64", "float32"):
                    with _float32_limits():
                        found[self.kind] = self.run(job, problem, number, run == "rates")
                kept[f"{run}{number}"] = found["float32"]
                noise |= deviations(problem, run, found["float32"], found["float64"])
        np.savez(job.trajectory, **kept)
        digest = hashlib.sha256(b"".join(one.tobytes() for one in kept.values())).hexdigest()
        maximized = [self._maximized(job, number) for number in range(len(asked))]
        return {"noise": noise, "maximized": maximized, "digest": digest}

    def _maximized(self, job: Job, number: int) -> list[bool]:
        problem = problems(job.kind, job.grouped, job.whole)[number]
        made = construct(job, self.names([one.start.copy() for one in problem.parameters]))
        return [sign < 0 for sign in self.signs(job, made, number)]


@contextlib.contextmanager
def _float32_limits() -> Iterator[None]:
    """Let float64 be rounding's only difference: Adafactor's default eps hangs on the type."""
    known, limits = torch.finfo, torch.finfo(torch.float32)
    torch.finfo = lambda kind=None: limits
    try:
        yield
    finally:
        torch.finfo = known


if __name__ == "__main__":
    main(Torch)
