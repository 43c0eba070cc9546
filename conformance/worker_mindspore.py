"""Runs MindSpore optimizers (mindspore.nn and mindspore.experimental.optim)."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from conformance.cases import Layout, one_line
from conformance.jobs import Answer, Job, Made, construct
from conformance.problem import np
from conformance.worker import Framework

mindspore: Any = importlib.import_module("mindspore")


class MindSpore(Framework):
    """MindSpore on the CPU in PyNative mode; gradients are handed over, not computed by it."""

    def __init__(self) -> None:
        super().__init__()
        mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target="CPU")
        self._warm_up()

    def names(self, arrays: list[Any]) -> dict[str, Any]:
        model = mindspore.nn.Cell()
        params = []
        for number, array in enumerate(arrays):
            parameter = mindspore.Parameter(mindspore.Tensor(np.asarray(array)), name=f"p{number}")
            model.insert_param_to_cell(f"p{number}", parameter)
            params.append(parameter)
        # Cells name these otherwise; calls that were ported name by name say it as torch does.
        object.__setattr__(model, "parameters", model.get_parameters)
        object.__setattr__(model, "named_parameters", model.parameters_and_names)
        own = {"mindspore": mindspore, "ms": mindspore, "np": np, "math": math}
        return {"params": params, "model": model, **own}

    def tensor(self, array: Any, sparse: bool = False) -> Any:
        return mindspore.Tensor(np.asarray(array))

    def step(self, made: Made, gradients: list[Any]) -> None:
        if made.ordered:
            if "order" not in made.names:
                # By identity: a setup may have given the parameters other names.
                place = {id(one): number for number, one in enumerate(made.names["params"])}
                made.names["order"] = [place[id(one)] for one in made.optimizer.parameters]
            gradients = [gradients[number] for number in made.names["order"]]
        made.optimizer(tuple(gradients))

    def ask(self, made: Made, closure: Callable[[], tuple[float, list[Any]]]) -> None:
        """No optimizer of MindSpore does that."""
        raise NotImplementedError("MindSpore has no optimizer that takes a closure")

    def read(self, parameter: Any) -> Any:
        return np.array(parameter.asnumpy(), dtype=np.float32)

    def write(self, parameter: Any, array: Any) -> None:
        mindspore.ops.assign(parameter, mindspore.Tensor(array))

    def give(self, params: list[Any], gradients: list[Any]) -> None:
        """They go to the optimizer's call."""

    def set_rate(self, made: Made, factor: float) -> None:
        for rate, base in made.names.setdefault("made with", list(_rates(made.optimizer))):
            if isinstance(rate, mindspore.Parameter):
                # Not set_data: after the first step, an optimizer goes on with the old rate.
                mindspore.ops.assign(rate, mindspore.Tensor(base * factor, mindspore.float32))
            else:
                rate.learning_rate = base * factor

    def outcome(self, job: Job) -> Answer:
        """Run a job, and see what becomes of a parameter without dimension."""
        outcome = super().outcome(job)
        if job.layout in (Layout.FLAT, Layout.SHAPED) and not job.grouped:
            names = self.names([np.asarray(1.0, np.float32)])
            try:
                made = construct(replace(job, also=()), names)
                for _ in range(2):
                    made.optimizer((mindspore.Tensor(np.asarray(0.1, np.float32)),))
            except Exception as error:
                return {**outcome, "scalar": one_line(f"{type(error).__name__}: {error}")}
        return outcome

    def _warm_up(self) -> None:
        # With numpy 2: what fails here does not fail any more when the first case runs.
        for call in ("nn.Adam(params)", "experimental.optim.Adam(params)"):
            for _ in range(3):
                try:
                    names = self.names([np.ones(3, np.float32)])
                    made = construct(Job(f"mindspore.{call}"), names)
                    made.optimizer((mindspore.Tensor(np.ones(3, np.float32)),))
                    break
                except Exception:
                    continue


def _rates(optimizer: Any) -> list[tuple[Any, Any]]:
    """Every learning rate of an optimizer, a parameter or a schedule, with its value."""
    if hasattr(optimizer, "param_groups"):
        rates = [group["lr"] for group in optimizer.param_groups]
    else:
        rate = optimizer.learning_rate
        several = isinstance(rate, (mindspore.ParameterTuple, mindspore.nn.CellList))
        rates = list(rate) if several else [rate]
    # With groups of several forms, a constant one is a cell around the parameter.
    inner = [getattr(one, "learning_rate", None) for one in rates]
    parameters = [one if isinstance(one, mindspore.Parameter) else None for one in inner]
    rates = [one if mine is None else mine for one, mine in zip(rates, parameters, strict=True)]
    # One parameter may be the rate of several groups.
    found = {id(one): one for one in rates}
    return [(one, _value(one)) for one in found.values()]


def _value(rate: Any) -> float:
    return float(rate.asnumpy() if isinstance(rate, mindspore.Parameter) else rate.learning_rate)


FRAMEWORK: Final = MindSpore
