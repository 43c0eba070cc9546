"""The calls to execute, generated from the recorded signatures and the table.

For every torch optimizer: bare, the learning rate only, every parameter with several values
(neutral, small, large, edges, other types), both sides of every threshold that a row of the table
names, and pairs of arguments. Parameter groups are not generated yet: :func:`group_calls` is
where they go.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from conformance.runner import DEFAULT_TORCH
from optport.signatures import Signature, family
from optport.table import optimizer_table
from optport.table.conditions import Condition, Operand

#: A learning rate at which 25 steps move the weights of the reference problem well.
RATES: Final[Mapping[str, str]] = {
    "ASGD": "0.1",
    "Adadelta": "1.0",
    "Adafactor": "0.1",
    "Adagrad": "0.1",
    "Adam": "0.02",
    "AdamW": "0.02",
    "Adamax": "0.02",
    "LBFGS": "0.5",
    "Muon": "0.1",
    "NAdam": "0.01",
    "RAdam": "0.02",
    "RMSprop": "0.01",
    "Rprop": "0.01",
    "SGD": "0.1",
    "SparseAdam": "0.05",
}

#: Parameter -> values to give it. ``Optimizer.parameter`` comes before the parameter alone.
VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "alpha": ("0.9", "0.5"),
    "amsgrad": ("True", "False", "1"),
    "ASGD.alpha": ("0.5", "0.75", "1", "0.0"),
    "beta2_decay": ("-0.5", "-0.8", "-1.0", "-1"),
    "betas": (
        "(0.9, 0.999)",
        "(0.8, 0.99)",
        "(0.5, 0.9)",
        "[0.9, 0.999]",
        "(0.0, 0.999)",
        "(0, 0.999)",
        "(0.9, 0.0)",
    ),
    "capturable": ("False",),
    "centered": ("True", "False", "1"),
    "d": ("1.0", "2.0", "2"),
    "dampening": ("0.5", "0.9", "0", "0.0"),
    "decoupled_weight_decay": ("True", "False"),
    "differentiable": ("False",),
    "eps": ("1e-10", "1e-08", "1e-06", "1e-05", "0.0001", "0.001", "0.1", "0.0", "0", "1"),
    "Adafactor.eps": ("(None, 0.001)", "(None, 0.1)", "(1e-30, 0.001)", "(0.001, 0.001)"),
    "etas": ("(0.5, 1.2)", "(0.3, 1.5)", "[0.5, 1.2]", "(0.5, 2)"),
    "foreach": ("True", "False"),
    "fused": ("True", "False"),
    "history_size": ("2", "100"),
    "initial_accumulator_value": ("0", "0.0", "0.1", "1.0", "1"),
    "lambd": ("0.0", "0.0001", "0.01", "0.1", "0"),
    "line_search_fn": ("None", "'strong_wolfe'"),
    "lr_decay": ("0", "0.0", "0.001", "0.1", "1"),
    "max_eval": ("3", "25"),
    "max_iter": ("2", "20"),
    "maximize": ("True", "False", "1"),
    "momentum": ("0.9", "0.5", "0", "0.0", "1"),
    "momentum_decay": ("0.004", "0.1", "0.0", "0"),
    "nesterov": ("True", "False", "1"),
    "rho": ("0.9", "0.95", "0.5", "0"),
    "step_sizes": ("(1e-06, 50)", "(1e-06, 50.0)", "(0.001, 0.1)", "[1e-06, 50.0]", "(0.0, 50.0)"),
    "t0": ("1.0", "10", "1000000.0"),
    "tolerance_change": ("0.01", "1e-09"),
    "tolerance_grad": ("0.01", "1e-07"),
    "weight_decay": ("0", "0.0", "0.01", "0.1", "1"),
}

#: Parameter -> what else has to be given for it to have an effect.
CONTEXTS: Final[Mapping[str, str]] = {
    "amsgrad": "betas=(0.9, 0.9)",
    "ASGD.alpha": "lambd=0.1",
    "dampening": "momentum=0.9",
    "decoupled_weight_decay": "weight_decay=0.1",
    "max_eval": "max_iter=4",
    "nesterov": "momentum=0.9",
}

#: Parameter -> the value that stands for it in pairs.
TYPICAL: Final[Mapping[str, str]] = {
    "alpha": "0.9",
    "ASGD.alpha": "0.5",
    "amsgrad": "True",
    "beta2_decay": "-0.5",
    "betas": "(0.8, 0.99)",
    "centered": "True",
    "d": "2.0",
    "dampening": "0.5",
    "decoupled_weight_decay": "True",
    "eps": "0.001",
    "Adafactor.eps": "(0.001, 0.001)",
    "etas": "(0.3, 1.5)",
    "history_size": "2",
    "initial_accumulator_value": "0.1",
    "lambd": "0.1",
    "line_search_fn": "'strong_wolfe'",
    "lr_decay": "0.1",
    "max_iter": "2",
    "maximize": "True",
    "momentum": "0.9",
    "momentum_decay": "0.1",
    "nesterov": "True",
    "rho": "0.95",
    "step_sizes": "(0.001, 0.1)",
    "t0": "1.0",
    "weight_decay": "0.1",
}

Arguments = dict[str, str]


def signature(optimizer: str) -> Signature:
    """The signature that the runs use: that of :data:`DEFAULT_TORCH`.

    Raises ValueError for a name that torch does not have at that version.
    """
    found = family("torch.optim").signature(optimizer, DEFAULT_TORCH)
    if found is None:
        raise ValueError(f"torch {DEFAULT_TORCH} has no optimizer {optimizer}")
    return found


def spelled(optimizer: str, arguments: Mapping[str, str]) -> str:
    """Spell a call, without its parameters: ``Adam(lr=0.02, eps=0.001)``."""
    return f"{optimizer}({', '.join(f'{name}={text}' for name, text in arguments.items())})"


def generated_calls(optimizer: str) -> list[str]:
    """Every generated call of one torch optimizer, each once, simplest first."""
    table = optimizer_table(optimizer)
    if table is None or all(row.counterpart is None for row in table.correspondences):
        return [spelled(optimizer, {}), spelled(optimizer, _base(optimizer))]
    calls = itertools.chain(
        _plain(optimizer), _values(optimizer), _thresholds(optimizer), _pairs(optimizer)
    )
    spellings = (spelled(optimizer, arguments) for arguments in calls)
    return list(dict.fromkeys(itertools.chain(spellings, group_calls(optimizer))))


def group_calls(optimizer: str) -> Iterable[str]:
    """Calls with parameter groups: none yet."""
    return ()


def _parameters(optimizer: str) -> list[str]:
    return [name for name in signature(optimizer).by_name if name != "params"]


def _of(optimizer: str, name: str, known: Mapping[str, Any]) -> Any:
    return known.get(f"{optimizer}.{name}", known.get(name))


def _base(optimizer: str) -> Arguments:
    return {"lr": RATES[optimizer]}


def _plain(optimizer: str) -> Iterator[Arguments]:
    yield {}
    rate = RATES[optimizer]
    for text in (rate, repr(float(rate) / 100), "1", "0.0", f"torch.tensor({rate})"):
        yield {"lr": text}


def _values(optimizer: str) -> Iterator[Arguments]:
    for name in _parameters(optimizer):
        values = _of(optimizer, name, VALUES) or ()
        context = _context(optimizer, name)
        for text in values:
            if context:
                yield _base(optimizer) | context | {name: text}
        for text in values:
            # torch takes nesterov only together with a momentum.
            if (optimizer, name) != ("SGD", "nesterov") or text == "False":
                yield _base(optimizer) | {name: text}


def _context(optimizer: str, name: str) -> Arguments:
    text = _of(optimizer, name, CONTEXTS)
    other, _, value = (text or "").partition("=")
    if other not in signature(optimizer).by_name:
        return {}
    # The largest second moment matters only while the gradient shrinks fast.
    return {other: value} | ({"lr": "0.5"} if name == "amsgrad" else {})


def _thresholds(optimizer: str) -> Iterator[Arguments]:
    """Values on both sides of each number that a condition of the table compares with."""
    for name, number in _numbers(optimizer):
        if name in signature(optimizer).by_name:
            for value in (number / 2, number * 2):
                yield _base(optimizer) | {name: repr(float(f"{value:.12g}"))}


def _numbers(optimizer: str) -> Iterator[tuple[str, float]]:
    table = optimizer_table(optimizer)
    for row in table.correspondences if table is not None else ():
        for parameter in row.parameters.values():
            conditions = [parameter.neutral, parameter.equivalent_when]
            if parameter.placement is not None:
                conditions.append(parameter.placement.matters)
            for condition in conditions:
                yield from _compared(condition)


def _compared(condition: Condition | None) -> Iterator[tuple[str, float]]:
    for test in itertools.chain.from_iterable(condition.clauses if condition else ()):
        left, right = test.left, test.right
        if isinstance(right, Operand) and left.name is not None and left.element is None:
            value = right.constant
            if isinstance(value, float) and right.name is None and value > 0:
                yield left.name, value


def _pairs(optimizer: str) -> Iterator[Arguments]:
    names = [name for name in _parameters(optimizer) if _of(optimizer, name, TYPICAL)]
    typical = {name: _of(optimizer, name, TYPICAL) for name in names}
    for one, other in itertools.combinations(names, 2):
        wanted = {one: typical[one], other: typical[other]}
        if "nesterov" in wanted and {"dampening"} & set(wanted):
            continue  # torch: nesterov needs zero dampening
        if "nesterov" in wanted and "momentum" not in wanted:
            wanted = {"momentum": "0.9"} | wanted
        yield _base(optimizer) | wanted
    everything = {n: t for n, t in typical.items() if n != "dampening"}
    if everything:
        yield _base(optimizer) | everything
