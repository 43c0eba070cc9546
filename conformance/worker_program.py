"""Runs :class:`conformance.programs.Program` jobs in one framework (worker side).

What a program sees, whatever the framework: ``w1`` and ``w2``, weights of one element at zero;
``params``, both; ``values()``, ``gradients(size)``, ``move(optimizer)``;
``rates(optimizer, scheduler, **loop)``; ``total_steps``; ``np`` and ``math``.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

from conformance.jobs import Program
from conformance.serving import Outcome, serve

TOTAL_STEPS = 40


def main() -> None:
    """Run the jobs that the driver wrote."""
    serve(lambda record: Program(**record), _start)


def _start(first: Program) -> Callable[[Program], Outcome]:
    framework = _FRAMEWORKS[first.framework]
    framework()
    return lambda program: {"result": _result(framework, program.source)}


def _result(framework: Callable[[], Any], source: str) -> Any:
    for again in (True, False):
        names = _names(framework())
        try:
            exec(source, names)
            break
        except SystemError:
            # With numpy 2, the first call of an operation can fail inside MindSpore.
            if not again:
                raise
    return names["result"]


def _names(framework: Any) -> dict[str, Any]:
    def move(optimizer: Any, at: float = 0.0) -> list[float]:
        """How far a step with gradients of 1 moves the weights from a value, downwards."""
        framework.set(at)
        framework.gradients()
        for one in optimizer if isinstance(optimizer, list) else [optimizer]:
            framework.step(one)
        return [at - value for value in framework.values()]

    return {
        "w1": framework.params[0],
        "w2": framework.params[1],
        "params": framework.params,
        "total_steps": TOTAL_STEPS,
        "np": np,
        "math": math,
        "values": framework.values,
        "gradients": framework.gradients,
        "move": move,
        "rates": lambda optimizer, scheduler, **loop: _rates(move, optimizer, scheduler, loop),
        **framework.names,
    }


def _rates(
    move: Callable[[Any], list[float]], optimizer: Any, scheduler: Any, loop: dict[str, Any]
) -> list[float]:
    """How far each weight moves in each step under a gradient of 1, all numbers in one list.

    `optimizer` and `scheduler` may be lists. `loop`: ``cadence`` (optimizer steps to a
    scheduler's), ``first`` (the scheduler before the optimizer), ``epoch`` (``step(number)``),
    ``metric`` (a list of metrics for a plateau), ``steps`` (of the optimizer).
    """
    schedulers = scheduler if isinstance(scheduler, list) else [scheduler]
    schedulers = [one for one in schedulers if hasattr(one, "step")]
    cadence = loop.get("cadence", 1)
    moves = []

    def advance(number: int) -> None:
        if (number + 1) % cadence:
            return
        for one in schedulers:
            if "metric" in loop:
                one.step(loop["metric"][number])
            elif loop.get("epoch"):
                one.step((number + 1) // cadence)
            else:
                one.step()

    for number in range(loop.get("steps", TOTAL_STEPS)):
        if loop.get("first"):
            advance(number)
        moves += move(optimizer)
        if not loop.get("first"):
            advance(number)
    return moves


class Torch:
    """torch on the CPU."""

    def __init__(self) -> None:
        self._torch = importlib.import_module("torch")
        importlib.import_module("torch.optim.swa_utils")
        importlib.import_module("warnings").simplefilter("ignore")
        self._torch.set_num_threads(1)
        self.names = {"torch": self._torch, "amp": self._torch.amp}
        self.params = [self._torch.nn.Parameter(self._torch.zeros(1)) for _ in range(2)]

    def values(self) -> list[float]:
        """What the weights are."""
        return [weight.item() for weight in self.params]

    def gradients(self, size: float = 1.0) -> None:
        """Give each weight a gradient of that size."""
        for weight in self.params:
            weight.grad = self._torch.full((1,), size)

    def set(self, value: float) -> None:
        """Set both weights."""
        for weight in self.params:
            weight.data.fill_(value)

    def step(self, optimizer: Any) -> None:
        """Take one step of an optimizer with the gradients that are there."""
        optimizer.step()


class Paddle:
    """Paddle on the CPU, dynamic graph."""

    def __init__(self) -> None:
        self._paddle = importlib.import_module("paddle")
        self._paddle.set_device("cpu")
        self.names = {"paddle": self._paddle, "amp": self._paddle.amp}
        zero = self._paddle.nn.initializer.Constant(0.0)
        self.params = [
            self._paddle.create_parameter([1], "float32", default_initializer=zero)
            for _ in range(2)
        ]

    def values(self) -> list[float]:
        """What the weights are."""
        return [weight.item() for weight in self.params]

    def gradients(self, size: float = 1.0) -> None:
        """Give each weight a gradient of that size."""
        for weight in self.params:
            weight.clear_gradient(set_to_zero=False)
        (size * (self.params[0] + self.params[1])).sum().backward()

    def set(self, value: float) -> None:
        """Set both weights."""
        for weight in self.params:
            weight.set_value(self._paddle.full([1], value))

    def step(self, optimizer: Any) -> None:
        """Take one step of an optimizer with the gradients that are there."""
        optimizer.step()


class MindSpore:
    """MindSpore on the CPU in PyNative mode; the gradients go to the optimizer's call."""

    def __init__(self) -> None:
        self._mindspore = importlib.import_module("mindspore")
        importlib.import_module("mindspore.experimental.optim")
        self._mindspore.set_context(mode=self._mindspore.PYNATIVE_MODE, device_target="CPU")
        nn, amp = self._mindspore.nn, self._mindspore.amp
        self.names = {"mindspore": self._mindspore, "ms": self._mindspore, "nn": nn, "amp": amp}
        self.params = [
            self._mindspore.Parameter(self._tensor(0.0), name=name) for name in ("w1", "w2")
        ]
        self._size = 1.0

    def _tensor(self, value: float) -> Any:
        # A new array each time: a tensor may go on using the memory of the one it is made from.
        return self._mindspore.Tensor(np.full(1, value, np.float32))

    def values(self) -> list[float]:
        """What the weights are."""
        return [float(weight.asnumpy()[0]) for weight in self.params]

    def gradients(self, size: float = 1.0) -> None:
        """Give each weight a gradient of that size at the next step."""
        self._size = size

    def set(self, value: float) -> None:
        """Set both weights."""
        for weight in self.params:
            self._mindspore.ops.assign(weight, self._tensor(value))

    def step(self, optimizer: Any) -> None:
        """Take one step of an optimizer with the gradients that are there."""
        optimizer(tuple(self._tensor(self._size) for _ in optimizer.parameters))


np: Any = importlib.import_module("numpy")

_FRAMEWORKS: dict[str, Callable[[], Any]] = {
    "torch": Torch,
    "paddle": Paddle,
    "mindspore": MindSpore,
}

if __name__ == "__main__":
    main()
