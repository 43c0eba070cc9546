"""Runs PaddlePaddle optimizers."""

from __future__ import annotations

import importlib
import math
from typing import Any

from conformance.cases import COPIES
from conformance.jobs import Job
from conformance.problem import SCALES, LeastSquares, SparseLookup, np
from conformance.worker import Run, main

paddle: Any = importlib.import_module("paddle")


class Paddle:
    """Paddle on the CPU, dynamic graph."""

    def __init__(self) -> None:
        paddle.set_device("cpu")
        self._dense = LeastSquares()
        self._sparse = SparseLookup()
        self._features = [paddle.to_tensor(array) for array in self._dense.features]
        self._targets = paddle.to_tensor(self._dense.targets)

    def run(self, job: Job, copies: tuple[int, ...]) -> Run:
        """See :class:`conformance.worker.Framework`."""
        start = (self._sparse if job.sparse else self._dense).start
        assign = paddle.nn.initializer.Assign(start)
        model = paddle.nn.Layer()
        for copy in copies:
            parameter = model.create_parameter(list(start.shape), default_initializer=assign)
            model.add_parameter(COPIES[copy], parameter)
        params = list(model.parameters())
        names = {"params": params, "model": model, "paddle": paddle, "np": np, "math": math}
        optimizer, after_step = job.construct(names)
        weights = [_weights(params)]
        for step in range(job.steps):
            # By name, because the class is missing in early versions.
            if type(optimizer).__name__ == "LBFGS":
                optimizer.step(lambda now=step: self._backward(job, copies, params, now))
            else:
                self._backward(job, copies, params, step)
                optimizer.step()
            after_step()
            weights.append(_weights(params))
        return Run(weights)

    def _backward(self, job: Job, copies: tuple[int, ...], params: list[Any], step: int) -> Any:
        loss = sum(
            job.sign(copy) * self._loss(job, copy, weights, step)
            for weights, copy in zip(params, copies, strict=True)
        )
        for parameter in params:
            parameter.clear_gradient(set_to_zero=False)
        loss.backward()
        return loss

    def _loss(self, job: Job, copy: int, weights: Any, step: int) -> Any:
        if job.sparse:
            # The gradient of this is the array itself: dense, with zero rows.
            gradient = paddle.to_tensor(self._sparse.gradient(copy, step, weights.numpy()))
            return (weights * gradient).sum()
        return SCALES[copy] * ((self._features[copy] @ weights - self._targets) ** 2).mean()


def _weights(params: list[Any]) -> list[Any]:
    return [np.array(parameter.numpy()) for parameter in params]


if __name__ == "__main__":
    main(Paddle)
