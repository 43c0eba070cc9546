"""The values that generated calls give to the parameters of torch's optimizers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conformance.runner import DEFAULT_TORCH
from optport.signatures import Signature, family

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


def parameters(optimizer: str) -> list[str]:
    """The names of an optimizer's parameters, without ``params``."""
    return [name for name in signature(optimizer).by_name if name != "params"]


def of(optimizer: str, name: str, known: Mapping[str, Any]) -> Any:
    """What one of the tables here has for a parameter; None for nothing."""
    return known.get(f"{optimizer}.{name}", known.get(name))
