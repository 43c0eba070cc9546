"""Runs whole scripts in one framework: JSON lines in, JSON lines out (worker side only).

A job is ``{"text", "scale", "negate"}``, and ``"kind"`` where the weights are not of float32, which
only torch takes; the answer ``{"weights", "start"}`` or ``{"error"}``.
The script is executed with a module ``problem`` whose ``net`` has two parts with a weight each;
then its ``optimizer`` is stepped, and after each step its ``scheduler``, if it leaves one, and its
function ``after_step`` is called with the number of the step.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
from typing import Any, Final

from conformance.problem import Squares, np

STEPS: Final = 50
_PARTS: Final = {"body": False, "head": True}
"""The net's parts, and whether each is the second of the two least squares."""


class _Torch:
    def __init__(self) -> None:
        self.torch: Any = importlib.import_module("torch")
        self.torch.set_num_threads(1)
        self._limit_as_float32()

    def _limit_as_float32(self) -> None:
        """Adafactor's default eps hangs on the type: that is no matter of rounding."""
        limits = self.torch.finfo(self.torch.float32)
        self.torch.finfo = lambda kind=None: limits

    def net(self, start: Any) -> Any:
        net = self.torch.nn.Module()
        for part in _PARTS:
            inner = self.torch.nn.Module()
            inner.weight = self.torch.nn.Parameter(self.torch.from_numpy(start.copy()))
            net.add_module(part, inner)
        return net

    def weights(self, net: Any) -> list[Any]:
        return [getattr(net, part).weight.detach().numpy().copy() for part in _PARTS]

    def step(self, net: Any, optimizer: Any, gradients: Any) -> None:
        def closure() -> float:
            losses, found = gradients(self.weights(net))
            for part, gradient in zip(_PARTS, found, strict=True):
                weight = self.torch.from_numpy(gradient)
                if isinstance(optimizer, self.torch.optim.SparseAdam):
                    weight = weight.to_sparse(1)
                getattr(net, part).weight.grad = weight
            return float(losses)

        if isinstance(optimizer, self.torch.optim.LBFGS):
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()


class _Paddle:
    def __init__(self) -> None:
        self.paddle: Any = importlib.import_module("paddle")
        self.paddle.set_device("cpu")

    def net(self, start: Any) -> Any:
        net = self.paddle.nn.Layer()
        assign = self.paddle.nn.initializer.Assign(start)
        for part in _PARTS:
            inner = self.paddle.nn.Layer()
            inner.weight = inner.create_parameter(list(start.shape), default_initializer=assign)
            net.add_sublayer(part, inner)
        return net

    def weights(self, net: Any) -> list[Any]:
        return [np.array(getattr(net, part).weight.numpy()) for part in _PARTS]

    def step(self, net: Any, optimizer: Any, gradients: Any) -> None:
        def closure() -> Any:
            losses, found = gradients(self.weights(net))
            pairs = [
                (getattr(net, part).weight, self.paddle.to_tensor(gradient))
                for part, gradient in zip(_PARTS, found, strict=True)
            ]
            # Linear in the weights at this point, with the loss's own value and gradient.
            linear = sum((weight * gradient).sum() for weight, gradient in pairs)
            for weight, _ in pairs:
                weight.clear_gradient(set_to_zero=False)
            loss = linear + (losses - float(linear))
            loss.backward()
            return loss

        if type(optimizer).__name__ == "LBFGS":
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()


class _MindSpore:
    def __init__(self) -> None:
        self.mindspore: Any = importlib.import_module("mindspore")
        ms = self.mindspore
        ms.set_context(mode=ms.PYNATIVE_MODE, device_target="CPU")
        for _ in range(3):  # with numpy 2 the first operations of a process can fail
            try:
                (ms.Tensor([1.0]) + ms.Tensor([1.0])).asnumpy()
                break
            except SystemError:
                continue

    def net(self, start: Any) -> Any:
        net = self.mindspore.nn.Cell()
        for part in _PARTS:
            inner = self.mindspore.nn.Cell()
            value = self.mindspore.Tensor(start.copy())
            inner.weight = self.mindspore.Parameter(value, name=f"{part}.weight")
            net.insert_child_to_cell(part, inner)
        return net

    def weights(self, net: Any) -> list[Any]:
        return [np.array(getattr(net, part).weight.asnumpy()) for part in _PARTS]

    def step(self, net: Any, optimizer: Any, gradients: Any) -> None:
        _, found = gradients(self.weights(net))
        by_weight = {
            id(getattr(net, part).weight): gradient
            for part, gradient in zip(_PARTS, found, strict=True)
        }
        ordered = [by_weight[id(parameter)] for parameter in optimizer.parameters]
        optimizer(tuple(self.mindspore.Tensor(gradient) for gradient in ordered))


FRAMEWORKS: Final = {"torch": _Torch, "paddle": _Paddle, "mindspore": _MindSpore}


def _run(framework: Any, job: dict[str, Any]) -> dict[str, Any]:
    problems = [Squares("1", other) for other in _PARTS.values()]
    start = problems[0].start.astype(job.get("kind", "float32"))
    net = framework.net(start)
    scale = np.float32(job["scale"] * (-1 if job["negate"] else 1))

    def gradients(weights: list[Any]) -> tuple[float, list[Any]]:
        pairs = list(zip(problems, weights, strict=True))
        losses = sum(problem.loss(one) for problem, one in pairs)
        return float(scale * losses), [
            np.ascontiguousarray(scale * problem.gradient(0, one, False)) for problem, one in pairs
        ]

    module = types.ModuleType("problem")
    module.net = net  # type: ignore[attr-defined]
    sys.modules["problem"] = module
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(job["text"], "script.py", "exec"), names)
    for number in range(STEPS):
        framework.step(net, names["optimizer"], gradients)
        if "scheduler" in names:
            names["scheduler"].step()
        if "after_step" in names:
            names["after_step"](number)
    weights = [array.tolist() for array in framework.weights(net)]
    return {"weights": weights, "start": [start.tolist()] * len(weights)}


def main() -> None:
    """Answer the jobs of standard input; the framework's name is the only argument."""
    out, sys.stdout = sys.stdout, sys.stderr  # frameworks print
    framework = FRAMEWORKS[sys.argv[1]]()
    for line in sys.stdin:
        try:
            answer = _run(framework, json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0][:300]}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
