"""Runs :class:`conformance.programs.Program` jobs in one framework (worker side).

What a program sees, whatever the framework: ``w1`` and ``w2``, weights of one element at zero;
``params``, both; ``values()``, ``gradients(size)``, ``move(optimizer)``;
``rates(optimizer, scheduler, **loop)``; ``total_steps``; ``np`` and ``math``.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any, Final

from conformance.cases import GROUPS_ORDER, Layout
from conformance.jobs import Job, Made, Program
from conformance.problem import np
from conformance.serving import Outcome, serve
from conformance.worker import Framework, load

TOTAL_STEPS: Final = 40
_MORE: Final = {
    "torch": ("torch.optim.swa_utils",),
    "paddle": (),
    "mindspore": ("mindspore.experimental.optim",),
}
"""Modules that are not there before they are imported."""


def main() -> None:
    """Run the jobs that the driver wrote."""
    serve(lambda record: Program(**record), _start)


def _start(first: Program) -> Callable[[Program], Outcome]:
    framework = load(first.framework)
    warnings.simplefilter("ignore")
    for module in _MORE[first.framework]:
        importlib.import_module(module)
    return lambda program: {"result": _result(framework, program)}


def _result(framework: Framework, program: Program) -> Any:
    for again in (True, False):
        names = _names(framework, program.framework)
        try:
            exec(program.source, names)
            break
        except SystemError:
            # With numpy 2, the first call of an operation can fail inside MindSpore.
            if not again:
                raise
    return names["result"]


def _names(framework: Framework, name: str) -> dict[str, Any]:
    known = framework.names([np.zeros(1, np.float32) for _ in range(2)])
    params, module = known["params"], known[name]
    given: list[Any] = []

    def values() -> list[float]:
        return [framework.read(one).item() for one in params]

    def gradients(size: float = 1.0) -> None:
        """Give each weight a gradient of that size."""
        given[:] = [framework.tensor(np.full(1, size, np.float32), False) for _ in params]
        framework.give(params, given)

    def move(optimizer: Any, at: float = 0.0) -> list[float]:
        """How far a step with gradients of 1 moves the weights from a value, downwards."""
        for one in params:
            framework.write(one, np.full(1, at, np.float32))
        gradients()
        for one in optimizer if isinstance(optimizer, list) else [optimizer]:
            framework.step(_FLAT, Made(one, {"params": params}), given)
        return [at - value for value in values()]

    return {
        **known,
        **{word: getattr(module, word) for word in ("amp", "nn")},
        "w1": params[0],
        "w2": params[1],
        "total_steps": TOTAL_STEPS,
        "values": values,
        "gradients": gradients,
        "move": move,
        "rates": lambda optimizer, scheduler, **loop: _rates(move, optimizer, scheduler, loop),
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


_FLAT: Final = Job("", "", Layout.FLAT, "", also=(GROUPS_ORDER,))


if __name__ == "__main__":
    main()
