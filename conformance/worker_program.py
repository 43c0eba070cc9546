"""Runs :class:`conformance.programs.Program` jobs in one framework (worker side).

What a program sees, whatever the framework: ``w1`` and ``w2``, weights of one element at zero;
``params``, both; ``total_steps``; ``np`` and ``math``; ``rates(optimizer, scheduler, loop)``.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.cases import one_line

TOTAL_STEPS = 40


def main() -> None:
    """Run the jobs of ``sys.argv[1]`` in order, reporting to ``sys.argv[2]``."""
    jobs = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    with Path(sys.argv[2]).open("a", encoding="utf-8") as events:

        def report(**event: object) -> None:
            print(json.dumps(event, allow_nan=True), file=events, flush=True)

        names = _FRAMEWORKS[jobs[0]["framework"]]
        names()
        report(event="ready")
        for job in jobs:
            report(event="start", id=job["id"])
            try:
                space = names()
                exec(job["source"], space)
                outcome = {"result": space["result"]}
                json.dumps(outcome)
            except Exception as error:
                outcome = {"error": one_line(f"{type(error).__name__}: {error}")}
            report(event="done", id=job["id"], **outcome)


def _rates(
    step: Callable[[Any], list[float]], optimizer: Any, scheduler: Any, loop: dict[str, Any]
) -> list[float]:
    """How far each weight moves in each step under a gradient of 1, all numbers in one list.

    `optimizer` and `scheduler` may be lists. `loop`: ``cadence`` (optimizer steps to a
    scheduler's), ``first`` (the scheduler before the optimizer), ``epoch`` (``step(number)``),
    ``metric`` (a list of metrics for a plateau).
    """
    optimizers = optimizer if isinstance(optimizer, list) else [optimizer]
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

    for number in range(TOTAL_STEPS):
        if loop.get("first"):
            advance(number)
        moves += step(optimizers)
        if not loop.get("first"):
            advance(number)
    return moves


def _torch() -> dict[str, Any]:
    torch = importlib.import_module("torch")
    importlib.import_module("torch.optim.swa_utils")
    importlib.import_module("warnings").simplefilter("ignore")
    torch.set_num_threads(1)
    params = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]

    def step(optimizers: list[Any]) -> list[float]:
        for weight in params:
            weight.grad = torch.ones(1)
            weight.data.zero_()
        for one in optimizers:
            one.step()
        return [-weight.item() for weight in params]

    return _names(params, step, torch=torch)


def _paddle() -> dict[str, Any]:
    paddle = importlib.import_module("paddle")
    paddle.set_device("cpu")
    zero = paddle.nn.initializer.Constant(0.0)
    params = [paddle.create_parameter([1], "float32", default_initializer=zero) for _ in range(2)]

    def step(optimizers: list[Any]) -> list[float]:
        for weight in params:
            weight.clear_gradient(set_to_zero=False)
            weight.set_value(paddle.zeros([1]))
        (params[0] + params[1]).sum().backward()
        for one in optimizers:
            one.step()
        return [-weight.item() for weight in params]

    return _names(params, step, paddle=paddle)


def _mindspore() -> dict[str, Any]:
    mindspore = importlib.import_module("mindspore")
    importlib.import_module("mindspore.experimental.optim")
    mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target="CPU")

    def zero() -> Any:
        # A new array each time: a tensor may go on using the memory of the one it is made from.
        return mindspore.Tensor(np.zeros(1, np.float32))

    params = [mindspore.Parameter(zero(), name=name) for name in ("w1", "w2")]
    one_gradient = mindspore.Tensor(np.ones(1, np.float32))

    def step(optimizers: list[Any]) -> list[float]:
        for weight in params:
            mindspore.ops.assign(weight, zero())
        for one in optimizers:
            one(tuple(one_gradient for _ in one.parameters))
        return [-float(weight.asnumpy()[0]) for weight in params]

    return _names(params, step, mindspore=mindspore, ms=mindspore, nn=mindspore.nn)


def _names(
    params: list[Any], step: Callable[[list[Any]], list[float]], **more: Any
) -> dict[str, Any]:
    return {
        "w1": params[0],
        "w2": params[1],
        "params": params,
        "total_steps": TOTAL_STEPS,
        "np": np,
        "math": math,
        "rates": lambda optimizer, scheduler, **loop: _rates(step, optimizer, scheduler, loop),
        **more,
    }


np: Any = importlib.import_module("numpy")

_FRAMEWORKS: dict[str, Callable[[], dict[str, Any]]] = {
    "torch": _torch,
    "paddle": _paddle,
    "mindspore": _mindspore,
}

if __name__ == "__main__":
    main()
