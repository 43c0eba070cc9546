"""Runs MindSpore optimizers (mindspore.nn and mindspore.experimental.optim)."""

from __future__ import annotations

import importlib
import math
from typing import Any

from conformance.cases import COPIES, GROUPS_ORDER
from conformance.jobs import Job
from conformance.problem import LeastSquares, SparseLookup, np
from conformance.worker import Run, main

mindspore: Any = importlib.import_module("mindspore")


class MindSpore:
    """MindSpore on the CPU in PyNative mode; gradients are handed over, not computed by it."""

    def __init__(self) -> None:
        mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target="CPU")
        self._dense = LeastSquares()
        self._sparse = SparseLookup()
        self._warm_up()

    def run(self, job: Job, copies: tuple[int, ...]) -> Run:
        """See :class:`conformance.worker.Framework`."""
        try:
            return self._run(job, copies)
        except SystemError:
            # With numpy 2, the first call of an operation can fail inside MindSpore ("returned a
            # result with an exception set") where every later one works.
            return self._run(job, copies)

    def _run(self, job: Job, copies: tuple[int, ...]) -> Run:
        start = (self._sparse if job.sparse else self._dense).start
        model = mindspore.nn.Cell()
        params = []
        for copy in copies:
            parameter = mindspore.Parameter(mindspore.Tensor(start.copy()), name=COPIES[copy])
            model.insert_param_to_cell(COPIES[copy], parameter)
            params.append(parameter)
        # Cells name these otherwise; calls that were ported name by name say it as torch does.
        object.__setattr__(model, "parameters", model.get_parameters)
        object.__setattr__(model, "named_parameters", model.parameters_and_names)
        names = {
            "params": params,
            "model": model,
            "mindspore": mindspore,
            "ms": mindspore,
            "np": np,
            "math": math,
        }
        optimizer, after_step = job.construct(names)
        order = list(range(len(params)))
        if GROUPS_ORDER in job.also:
            # By identity: a setup may have given the parameters other names.
            place = {id(parameter): number for number, parameter in enumerate(params)}
            order = [place[id(parameter)] for parameter in optimizer.parameters]
        weights = [_weights(params)]
        for step in range(job.steps):
            gradients = [
                np.float32(job.sign(copies[number]))
                * self._gradient(job, copies[number], step, weights[-1][number])
                for number in order
            ]
            optimizer(tuple(mindspore.Tensor(gradient) for gradient in gradients))
            after_step()
            weights.append(_weights(params))
        return Run(weights)

    def _gradient(self, job: Job, copy: int, step: int, weights: Any) -> Any:
        if job.sparse:
            return self._sparse.gradient(copy, step, weights)
        return self._dense.gradient(copy, weights)

    def _warm_up(self) -> None:
        # See run(): what fails here does not fail any more when the first case runs.
        for call in ("nn.Adam(params)", "experimental.optim.Adam(params)"):
            job = Job("", f"mindspore.{call}", (), (), False, True, 2, None, None)
            for _ in range(3):
                try:
                    self._run(job, (0, 1, 2))
                    break
                except Exception:
                    continue


def _weights(params: list[Any]) -> list[Any]:
    return [np.array(parameter.asnumpy(), dtype=np.float32) for parameter in params]


if __name__ == "__main__":
    main(MindSpore)
