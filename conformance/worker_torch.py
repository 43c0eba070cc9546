"""Runs torch optimizers: the reference side."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import math
from collections.abc import Iterator
from typing import Any, Final

from conformance.jobs import Answer, Job, Made, construct
from conformance.problem import Problem, note_deviations, np, problems
from conformance.worker import Framework

torch: Any = importlib.import_module("torch")


#: The type of weights and that of the computed gradients; and how float32 might have rounded.
_FLOAT32: Final = ("float32", "float32")
_OTHERWISE: Final = (("float64", "float64"), ("float32", "float64"))


class Torch(Framework):
    """torch on the CPU, with one thread: the problem is too small for more."""

    def __init__(self) -> None:
        super().__init__()
        torch.set_num_threads(1)

    def names(self, arrays: list[Any]) -> dict[str, Any]:
        model = torch.nn.Module()
        for number, array in enumerate(arrays):
            tensor = torch.from_numpy(np.asarray(array)).to(getattr(torch, self.kind))
            model.register_parameter(f"p{number}", torch.nn.Parameter(tensor))
        params = list(model.parameters())
        return {"params": params, "model": model, "torch": torch, "np": np, "math": math}

    def tensor(self, array: Any, sparse: bool = False) -> Any:
        if not sparse:
            return torch.from_numpy(np.asarray(array))
        rows = np.flatnonzero(array.any(axis=1))
        places, values = torch.from_numpy(rows)[None], torch.from_numpy(array[rows])
        return torch.sparse_coo_tensor(places, values, array.shape)

    def read(self, parameter: Any) -> Any:
        return parameter.detach().numpy().copy()

    def write(self, parameter: Any, array: Any) -> None:
        parameter.data.copy_(torch.from_numpy(array))

    def give(self, params: list[Any], gradients: list[Any]) -> None:
        for parameter, gradient in zip(params, gradients, strict=True):
            parameter.grad = gradient

    @contextlib.contextmanager
    def limits(self) -> Iterator[None]:
        """Let float64 be rounding's only difference: Adafactor's default eps hangs on the type."""
        known, limits = torch.finfo, torch.finfo(torch.float32)
        torch.finfo = lambda kind=None: limits
        try:
            yield
        finally:
            torch.finfo = known

    def set_rate(self, made: Made, factor: float) -> None:
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

    def outcome(self, job: Job) -> Answer:
        """Record the trajectories in float32, and how far other roundings leave them."""
        asked = problems(job.layout, job.grouped, job.whole)
        kept: dict[str, Any] = {}
        noise: dict[str, float | None] = {}
        for number, problem in enumerate(asked):
            for run in ("replay", "rates")[: 1 + (problem.replays and not job.steady)]:
                trajectories = [
                    self._rounded(job, problem, number, run == "rates", *kinds)
                    for kinds in (_FLOAT32, *_OTHERWISE)
                ]
                kept[f"{run}{number}"] = trajectories[0]
                for other in trajectories[1:]:
                    note_deviations(problem, run, trajectories[0], other, noise)
        np.savez(job.trajectory, **kept)
        digest = hashlib.sha256(b"".join(one.tobytes() for one in kept.values())).hexdigest()
        maximized = [self._maximized(job, *one) for one in enumerate(asked)]
        return {"noise": noise, "maximized": maximized, "digest": digest}

    def _rounded(
        self, job: Job, problem: Problem, number: int, changing: bool, kind: str, computed: str
    ) -> Any:
        """A trajectory with weights of one type and gradients computed in another."""
        self.kind, self.computed = kind, computed
        with self.limits():
            return self.run(job, problem, number, changing)

    def _maximized(self, job: Job, number: int, problem: Problem) -> list[bool]:
        self.kind = "float32"
        made = construct(job, self.names([one.start.copy() for one in problem.parameters]))
        return [sign < 0 for sign in self.signs(job, made, number)]


FRAMEWORK: Final = Torch
