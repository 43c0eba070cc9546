"""Runs torch optimizers: the reference side."""

from __future__ import annotations

import importlib
import math
from typing import Any

from conformance.cases import COPIES
from conformance.jobs import Job
from conformance.problem import SCALES, LeastSquares, SparseLookup, np
from conformance.worker import Run, main

torch: Any = importlib.import_module("torch")


class Torch:
    """torch on the CPU, with one thread: the problem is too small for more."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._dense = LeastSquares()
        self._sparse = SparseLookup()
        # Both precisions: see Job.double.
        self._features = {
            kind: [torch.from_numpy(array).to(kind) for array in self._dense.features]
            for kind in (torch.float32, torch.float64)
        }
        self._targets = torch.from_numpy(self._dense.targets)

    def run(self, job: Job, copies: tuple[int, ...]) -> Run:
        """See :class:`conformance.worker.Framework`."""
        start = (self._sparse if job.sparse else self._dense).start
        model = torch.nn.Module()
        for copy in copies:
            values = torch.from_numpy(start.copy())
            parameter = torch.nn.Parameter(values.double() if job.double else values)
            model.register_parameter(COPIES[copy], parameter)
        params = list(model.parameters())
        names = {"params": params, "model": model, "torch": torch, "np": np, "math": math}
        optimizer, after_step = job.construct(names)
        maximized = _maximized(optimizer, params)
        problem = [
            (copy, -1.0 if flag else 1.0) for copy, flag in zip(copies, maximized, strict=True)
        ]
        weights = [_weights(params)]
        for step in range(job.steps):
            if job.sparse:
                self._sparse_gradients(params, problem, step)
                optimizer.step()
            elif isinstance(optimizer, torch.optim.LBFGS):
                optimizer.step(lambda: self._backward(params, problem))
            else:
                self._backward(params, problem)
                optimizer.step()
            after_step()
            weights.append(_weights(params))
        return Run(weights, maximized)

    def _backward(self, params: list[Any], problem: list[tuple[int, float]]) -> Any:
        loss = sum(
            sign * SCALES[copy] * self._squares(copy, weights).mean()
            for weights, (copy, sign) in zip(params, problem, strict=True)
        )
        for parameter in params:
            parameter.grad = None
        loss.backward()
        return loss

    def _squares(self, copy: int, weights: Any) -> Any:
        return (self._features[weights.dtype][copy] @ weights - self._targets) ** 2

    def _sparse_gradients(
        self, params: list[Any], problem: list[tuple[int, float]], step: int
    ) -> None:
        for parameter, (copy, sign) in zip(params, problem, strict=True):
            rows = self._sparse.rows(copy, step)
            values = self._sparse.row_gradient(copy, step, parameter.detach().numpy())
            gradient = torch.from_numpy(np.float32(sign) * values)
            parameter.grad = torch.sparse_coo_tensor(
                torch.from_numpy(rows)[None], gradient, parameter.shape
            )


def _maximized(optimizer: Any, params: list[Any]) -> tuple[bool, ...]:
    flags = {
        id(parameter): bool(group.get("maximize", False))
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    # A parameter that is in no group does not move either way.
    return tuple(flags.get(id(parameter), False) for parameter in params)


def _weights(params: list[Any]) -> list[Any]:
    return [parameter.detach().numpy().copy() for parameter in params]


if __name__ == "__main__":
    main(Torch)
