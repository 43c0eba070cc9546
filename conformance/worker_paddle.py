"""Runs PaddlePaddle optimizers."""

from __future__ import annotations

import importlib
import math
from typing import Any, Final

from conformance.jobs import Made
from conformance.problem import np
from conformance.worker import Framework

paddle: Any = importlib.import_module("paddle")

#: Whether a gradient can be taken away again.
_TAKES_NONE: Final = not paddle.__version__.startswith(("2.", "3.0."))


class Paddle(Framework):
    """Paddle on the CPU, dynamic graph."""

    def __init__(self) -> None:
        super().__init__()
        paddle.set_device("cpu")

    def names(self, arrays: list[Any]) -> dict[str, Any]:
        model = paddle.nn.Layer()
        for number, array in enumerate(arrays):
            assign = paddle.nn.initializer.Assign(np.asarray(array))
            shape = list(array.shape)
            parameter = model.create_parameter(shape, default_initializer=assign)
            model.add_parameter(f"p{number}", parameter)
        params = list(model.parameters())
        return {"params": params, "model": model, "paddle": paddle, "np": np, "math": math}

    def tensor(self, array: Any, sparse: bool = False) -> Any:
        return paddle.to_tensor(np.asarray(array))

    def loss(self, value: float) -> Any:
        return paddle.to_tensor(value)

    def give(self, params: list[Any], gradients: list[Any]) -> None:
        for parameter, gradient in zip(params, gradients, strict=True):
            if gradient is None and not _TAKES_NONE:
                parameter.stop_gradient = True  # the optimizer passes it over just the same
            else:
                parameter.stop_gradient = False
                parameter.grad = gradient

    def read(self, parameter: Any) -> Any:
        return np.array(parameter.numpy())

    def write(self, parameter: Any, array: Any) -> None:
        parameter.set_value(paddle.to_tensor(array))

    def set_rate(self, made: Made, factor: float) -> None:
        scheduler = made.names.get("scheduler")
        if scheduler is not None:
            scheduler.last_lr = scheduler.get_lr() * factor
            return
        base = made.names.setdefault("made with", made.optimizer.get_lr())
        made.optimizer.set_lr(base * factor)


FRAMEWORK: Final = Paddle
