"""Trains with whole scripts in one framework (worker side), :class:`conformance.jobs.ScriptJob` s.

A script is executed with a module ``problem`` whose ``net`` has two parts with a weight each; then
its ``optimizer`` is stepped, and after each step its ``scheduler``, if it leaves one, and its
function ``after_step`` is called with the number of the step.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from typing import Any, Final

from conformance.cases import GROUPS_ORDER, Layout
from conformance.jobs import Job, Made, ScriptJob
from conformance.problem import Squares, np
from conformance.serving import Outcome, serve
from conformance.worker import load

STEPS: Final = 50
_PARTS: Final = {"body": False, "head": True}
"""The net's parts, and whether each is the second of the two least squares."""
_MODULES: Final = {
    "torch": ("torch.nn", "Module", "add_module"),
    "paddle": ("paddle.nn", "Layer", "add_sublayer"),
    "mindspore": ("mindspore.nn", "Cell", "insert_child_to_cell"),
}
"""How a module is made of modules in each framework."""


def main() -> None:
    """Run the jobs that the driver wrote."""
    serve(lambda record: ScriptJob(**record), lambda first: _Scripts(first.framework).outcome)


class _Scripts:
    """The scripts of one framework."""

    def __init__(self, name: str) -> None:
        namespace, kind, self._add = _MODULES[name]
        self._framework = load(name)
        self._module = getattr(importlib.import_module(namespace), kind)

    def _net(self, start: Any) -> tuple[Any, list[Any]]:
        """A net with a weight in each part, and its weights."""
        weights = self._framework.names([start.copy() for _ in _PARTS])["params"]
        net = self._module()
        for part, weight in zip(_PARTS, weights, strict=True):
            inner = self._module()
            with contextlib.suppress(AttributeError):  # torch's tensors take no name
                weight.name = f"{part}.weight"
            inner.weight = weight
            getattr(net, self._add)(part, inner)
        return net, weights

    def outcome(self, job: ScriptJob) -> Outcome:
        """The weights that training ends with, and those that it starts with."""
        self._framework.kind = job.kind
        problems = [Squares("1", other) for other in _PARTS.values()]
        start = problems[0].start.astype(job.kind)
        net, params = self._net(start)
        scale = np.float32(-job.scale if job.negate else job.scale)
        sys.modules["problem"] = module = types.ModuleType("problem")
        module.net = net  # type: ignore[attr-defined]
        names: dict[str, Any] = {"__name__": "script"}

        def asked() -> tuple[float, list[Any]]:
            pairs = [
                (one, self._framework.read(weight))
                for one, weight in zip(problems, params, strict=True)
            ]
            gradients = [
                self._framework.tensor(
                    np.ascontiguousarray(scale * one.gradient(0, weight, False)), sparse
                )
                for one, weight in pairs
            ]
            return float(scale * sum(one.loss(weight) for one, weight in pairs)), gradients

        with self._framework.limits():
            exec(compile(job.text, "script.py", "exec"), names)
            for number in range(STEPS):
                made = Made(names["optimizer"], {"params": params})
                kind = type(made.optimizer).__name__
                sparse = kind == "SparseAdam"
                if kind == "LBFGS":
                    self._framework.ask(made, asked)
                else:
                    self._framework.step(_FLAT, made, asked()[1])
                if "scheduler" in names:
                    names["scheduler"].step()
                if "after_step" in names:
                    names["after_step"](number)
        weights = [self._framework.read(one).tolist() for one in params]
        return {"weights": weights, "start": [start.tolist()] * len(weights)}


_FLAT: Final = Job("", "", Layout.FLAT, "", also=(GROUPS_ORDER,))


if __name__ == "__main__":
    main()
