"""Runs :class:`conformance.jobs.Program` jobs in one framework (worker side).

What a program sees, whatever the framework: ``w1`` and ``w2``, weights of one element at zero;
``params``, both; ``values()``, ``gradients(size)``, ``move(optimizer)``;
``rates(optimizer, scheduler, **loop)``; ``total_steps``; ``np`` and ``math``; and
``train(script, …)``, which trains with a whole script that sees nothing of all this.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
import warnings
from functools import partial
from typing import Any, Final

from conformance.jobs import Made
from conformance.problem import SQUARES_STEPS, Squares, np
from conformance.worker import Framework

TOTAL_STEPS: Final = 40
_MORE: Final = {
    "torch": ("torch.optim.swa_utils",),
    "paddle": (),
    "mindspore": ("mindspore.experimental.optim",),
}
"""Modules that are not there before they are imported."""
_PARTS: Final = {"body": False, "head": True}
"""The parts of a script's net, and whether each is the second of the two least squares."""


class Programs:
    """The programs of one framework."""

    def __init__(self, framework: Framework, name: str) -> None:
        self._framework = framework
        self._name = name
        warnings.simplefilter("ignore")
        for module in _MORE[name]:
            importlib.import_module(module)

    def result(self, source: str) -> Any:
        """What a program leaves in `result`."""
        names = self._names()
        exec(source, names)
        return names["result"]

    def _names(self) -> dict[str, Any]:
        framework = self._framework
        known = framework.names([np.zeros(1, np.float32) for _ in range(2)])
        params, module = known["params"], known[self._name]
        given: list[Any] = []

        def values() -> list[float]:
            return [framework.read(one).item() for one in params]

        def gradients(size: float = 1.0) -> None:
            """Give each weight a gradient of that size."""
            given[:] = [framework.tensor(np.full(1, size, np.float32)) for _ in params]
            framework.give(params, given)

        def move(optimizer: Any, at: float = 0.0) -> list[float]:
            """How far a step with gradients of 1 moves the weights from a value, downwards."""
            for one in params:
                framework.write(one, np.full(1, at, np.float32))
            gradients()
            for one in _several(optimizer):
                framework.step(Made(one, {"params": params}), given)
            return [at - value for value in values()]

        def rates(optimizer: Any, scheduler: Any, **loop: Any) -> list[float]:
            """How far each weight moves in each step under a gradient of 1, in one list.

            Several optimizers or schedulers are a list. `loop`: ``cadence`` (optimizer steps to a
            scheduler's), ``first`` (the scheduler before the optimizer), ``epoch``
            (``step(number)``), ``metric`` (of a plateau, a list), ``steps`` (of the optimizer).
            """
            moves = []
            for number in range(loop.get("steps", TOTAL_STEPS)):
                if loop.get("first"):
                    _advance(scheduler, number, loop)
                moves += move(optimizer)
                if not loop.get("first"):
                    _advance(scheduler, number, loop)
            return moves

        known |= {word: getattr(module, word) for word in ("amp", "nn")}
        known |= {"w1": params[0], "w2": params[1], "total_steps": TOTAL_STEPS}
        known |= {"values": values, "gradients": gradients, "move": move, "rates": rates}
        return known | {"train": partial(_train, framework)}


def _several(one: Any) -> list[Any]:
    return one if isinstance(one, list) else [one]


def _advance(scheduler: Any, number: int, loop: dict[str, Any]) -> None:
    """Take the schedulers' step after the optimizer's of that number, if there is one."""
    cadence = loop.get("cadence", 1)
    if (number + 1) % cadence:
        return
    for one in _several(scheduler):
        if not hasattr(one, "step"):
            continue
        if "metric" in loop:
            one.step(loop["metric"][number])
        elif loop.get("epoch"):
            one.step((number + 1) // cadence)
        else:
            one.step()


def _train(
    framework: Framework,
    script: str,
    scale: float = 1.0,
    negate: bool = False,
    kind: str = "float32",
) -> dict[str, Any]:
    """Train with a script; returns the ``weights`` at the end, and at the ``start``.

    It is executed with a module ``problem`` whose ``net`` has two parts with a weight each; then
    its ``optimizer`` is stepped, and after each step its ``scheduler``, if it leaves one, and its
    function ``after_step`` is called with the number of the step. Gradients are multiplied with
    `scale`, and negated, as a port may ask for, with `negate`. `kind`: of the weights.
    """
    problems = [Squares("1", other) for other in _PARTS.values()]
    framework.kind = kind
    factor = np.float32(-scale if negate else scale)
    names: dict[str, Any] = {"__name__": "script"}
    try:
        start = problems[0].start.astype(kind)
        params = _problem(framework, start)

        def asked(sparse: bool = False) -> tuple[float, list[Any]]:
            weights = [framework.read(one) for one in params]
            pairs = list(zip(problems, weights, strict=True))
            gradients = [factor * one.gradient(0, weight, False) for one, weight in pairs]
            tensors = [framework.tensor(np.ascontiguousarray(one), sparse) for one in gradients]
            return float(factor * sum(one.loss(weight) for one, weight in pairs)), tensors

        with framework.limits():
            exec(compile(script, "script.py", "exec"), names)
            for number in range(SQUARES_STEPS):
                made = Made(names["optimizer"], {"params": params})
                used = type(made.optimizer).__name__
                if used == "LBFGS":
                    framework.ask(made, asked)
                else:
                    framework.step(made, asked(used == "SparseAdam")[1])
                if "scheduler" in names:
                    names["scheduler"].step()
                if "after_step" in names:
                    names["after_step"](number)
        weights = [framework.read(one).tolist() for one in params]
    finally:
        framework.kind = "float32"
    return {"weights": weights, "start": [start.tolist()] * len(weights)}


def _problem(framework: Framework, start: Any) -> list[Any]:
    """Leave a module ``problem`` with a net to be imported; returns the net's weights."""
    known = framework.names([start.copy() for _ in _PARTS])
    weights, module = known["params"], type(known["model"])
    sys.modules["problem"] = problem = types.ModuleType("problem")
    problem.net = module()  # type: ignore[attr-defined]
    for part, weight in zip(_PARTS, weights, strict=True):
        inner = module()
        inner.weight = weight
        setattr(problem.net, part, inner)
        with contextlib.suppress(AttributeError):  # torch's tensors take no name
            weight.name = f"{part}.weight"
    return list(weights)
