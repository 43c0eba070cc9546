"""The values that generated and drawn calls give to the parameters of torch's optimizers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from conformance.runner import DEFAULT_TORCH
from optport.signatures import Signature, family

Arguments = dict[str, str]
Draw = Callable[[Random], str]


def _number(value: float) -> str:
    return repr(float(f"{value:.3g}"))


def choice(*texts: str) -> Draw:
    """One of some texts."""
    return lambda random: random.choice(texts)


def scales(low: int, high: int) -> Draw:
    """Floats of three digits, or powers of ten, spread evenly over those from `low` to `high`."""

    def draw(random: Random) -> str:
        if random.random() < 0.5:
            return _number(10.0 ** random.uniform(low, high))
        return _number(10.0 ** random.randint(low, high))

    return draw


def between(low: float, high: float) -> Draw:
    """Floats of three digits."""
    return lambda random: _number(random.uniform(low, high))


def rare(usual: Draw, *others: str) -> Draw:
    """Mostly `usual`, now and then one of the others."""
    return lambda random: usual(random) if random.random() < 0.8 else random.choice(others)


def pair(one: Draw, other: Draw) -> Draw:
    """A tuple of two, seldom a list."""
    return lambda random: random.choice(["({}, {})"] * 4 + ["[{}, {}]"]).format(
        one(random), other(random)
    )


_FLAG: Final = choice("True", "False", "False", "0", "1")
_FRACTION: Final = rare(choice("0.9", "0.5", "0.99", "0.999", "0.0", "0.95"), "0.025", "0.3", "0.7")


def _tensor(random: Random) -> str:
    return f"torch.tensor({scales(-3, 0)(random)})"


def _rate(random: Random) -> str:
    draws = [scales(-4, 0)] * 6 + [choice("0.1", "0.01", "0.001", "0.02")] * 2
    return random.choice([*draws, _tensor, choice("1", "0.0", "0", "1e-08", "10.0", "2")])(random)


@dataclass(frozen=True)
class Values:
    """What a parameter is given.

    Attributes:
        draw: a random value.
        typical: what stands for it in pairs, and in groups.
        tried: values that it is given alone.
        grouped: values that a group is given, beside the typical one.
        other: what the optimizer itself has while a group has the typical value.
        needs: what else has to be given for it to have an effect.
    """

    draw: Draw
    typical: str | None = None
    tried: tuple[str, ...] = ()
    grouped: tuple[str, ...] = ()
    other: str | None = None
    needs: Mapping[str, str] = field(default_factory=dict)


_FALSE: Final = Values(choice("False"), tried=("False",))
_LAYOUT: Final = Values(choice("True", "False", "None"), tried=("True", "False"))


#: ``Optimizer.parameter`` or parameter -> its values.
VALUES: Final[Mapping[str, Values]] = {
    "alpha": Values(_FRACTION, "0.9", ("0.9", "0.5")),
    "ASGD.alpha": Values(
        rare(_FRACTION, "1", "0"),
        "0.5",
        ("0.5", "0.75", "1", "0.0"),
        other="0.75",
        needs={"lambd": "0.1"},
    ),
    # The largest second moment matters only while the gradient shrinks fast.
    "amsgrad": Values(
        _FLAG,
        "True",
        ("True", "False", "1"),
        ("1",),
        "False",
        {"lr": "0.5", "betas": "(0.9, 0.9)"},
    ),
    "beta2_decay": Values(
        rare(between(-0.99, -0.05), "-1", "-1.0", "-0.8"),
        "-0.5",
        ("-0.5", "-0.8", "-1.0", "-1"),
        other="-0.8",
    ),
    "betas": Values(
        pair(rare(_FRACTION, "0", "0.9"), rare(_FRACTION, "0.0", "0.999")),
        "(0.8, 0.99)",
        (
            "(0.9, 0.999)",
            "(0.8, 0.99)",
            "(0.5, 0.9)",
            "[0.9, 0.999]",
            "(0.0, 0.999)",
            "(0, 0.999)",
            "(0.9, 0.0)",
        ),
        ("[0.8, 0.99]", "(0, 0.99)"),
    ),
    "capturable": _FALSE,
    "centered": Values(_FLAG, "True", ("True", "False", "1"), ("1",), "False"),
    "d": Values(rare(between(1, 5), "1", "2", "1.0"), "2.0", ("1.0", "2.0", "2")),
    "dampening": Values(
        rare(_FRACTION, "0", "0.0", "1"),
        "0.5",
        ("0.5", "0.9", "0", "0.0"),
        needs={"momentum": "0.9"},
    ),
    "decoupled_weight_decay": Values(
        _FLAG, "True", ("True", "False"), other="False", needs={"weight_decay": "0.1"}
    ),
    "differentiable": _FALSE,
    "eps": Values(
        rare(scales(-12, 0), "0", "0.0", "1", "1e-08"),
        "0.001",
        (
            "1e-16",
            "1e-12",
            "1e-10",
            "1e-08",
            "1e-07",
            "1e-06",
            "1e-05",
            "0.0001",
            "0.001",
            "0.1",
            "0.0",
            "0",
            "1",
        ),
        ("1e-06", "0.1", "0"),
    ),
    "Adafactor.eps": Values(
        pair(rare(scales(-30, -1), "None", "1"), rare(scales(-6, 0), "1")),
        "(0.001, 0.001)",
        ("(None, 0.001)", "(None, 0.1)", "(1e-30, 0.001)", "(0.001, 0.001)"),
        ("(None, 0.001)",),
    ),
    "etas": Values(
        pair(between(0.05, 0.95), rare(between(1.01, 2), "2")),
        "(0.3, 1.5)",
        ("(0.5, 1.2)", "(0.3, 1.5)", "[0.5, 1.2]", "(0.5, 2)"),
        ("[0.3, 1.5]",),
    ),
    "foreach": _LAYOUT,
    "fused": _LAYOUT,
    "history_size": Values(choice("1", "3", "10", "100"), "2", ("2", "100")),
    "initial_accumulator_value": Values(
        rare(scales(-8, 1), "0", "0.0", "1"), "0.1", ("0", "0.0", "0.1", "1.0", "1")
    ),
    "lambd": Values(
        rare(scales(-6, -1), "0", "0.0"),
        "0.1",
        ("0.0", "0.0001", "0.01", "0.1", "0"),
        other="0.0001",
    ),
    "line_search_fn": Values(
        choice("None", "'strong_wolfe'"), "'strong_wolfe'", ("None", "'strong_wolfe'")
    ),
    "lr": Values(_rate),
    "lr_decay": Values(
        rare(scales(-5, 0), "0", "0.0", "1"), "0.1", ("0", "0.0", "0.001", "0.1", "1"), other="0"
    ),
    "max_eval": Values(choice("2", "5", "25", "None"), tried=("3", "25"), needs={"max_iter": "4"}),
    "max_iter": Values(choice("1", "2", "5", "20"), "2", ("2", "20")),
    "maximize": Values(_FLAG, "True", ("True", "False", "1"), ("1",), "False"),
    "momentum": Values(
        rare(_FRACTION, "0", "1", "0.9"), "0.9", ("0.9", "0.5", "0", "0.0", "1"), ("1",), "0.0"
    ),
    "momentum_decay": Values(rare(scales(-4, 0), "0", "0.0"), "0.1", ("0.004", "0.1", "0.0", "0")),
    "nesterov": Values(_FLAG, "True", ("True", "False", "1"), ("1",), "False", {"momentum": "0.9"}),
    "rho": Values(rare(_FRACTION, "0", "1", "0.9"), "0.95", ("0.9", "0.95", "0.5", "0"), ("0",)),
    "step_sizes": Values(
        pair(rare(scales(-8, -3), "0.0", "1e-06"), rare(scales(-1, 2), "50", "1")),
        "(0.001, 0.1)",
        ("(1e-06, 50)", "(1e-06, 50.0)", "(0.001, 0.1)", "[1e-06, 50.0]", "(0.0, 50.0)"),
        other="(1e-06, 50)",
    ),
    "t0": Values(
        rare(scales(0, 7), "1", "0", "100"), "1.0", ("1.0", "10", "1000000.0"), other="1000000.0"
    ),
    "tolerance_change": Values(scales(-9, -2), tried=("0.01", "1e-09")),
    "tolerance_grad": Values(scales(-9, -2), tried=("0.01", "1e-07")),
    "weight_decay": Values(
        rare(scales(-5, 0), "0", "0.0", "1"), "0.1", ("0", "0.0", "0.01", "0.1", "1")
    ),
}

#: A learning rate at which 50 steps move the weights of the reference problem well.
RATES: Final[Mapping[str, str]] = {
    "ASGD": "0.1",
    "Adadelta": "1.0",
    "Adafactor": "0.1",
    "Adagrad": "0.1",
    "LBFGS": "0.5",
    "Muon": "0.1",
    "NAdam": "0.01",
    "RMSprop": "0.01",
    "Rprop": "0.01",
    "SGD": "0.1",
    "SparseAdam": "0.05",
}


def rate(optimizer: str) -> str:
    """The learning rate that generated calls give an optimizer."""
    return RATES.get(optimizer, "0.02")


def signature(optimizer: str) -> Signature:
    """The signature that the runs use: that of :data:`DEFAULT_TORCH`.

    Raises ValueError for a name that torch does not have at that version.
    """
    found = family("torch.optim").signature(optimizer, DEFAULT_TORCH)
    if found is None:
        raise ValueError(f"torch {DEFAULT_TORCH} has no optimizer {optimizer}")
    return found


def parameters(optimizer: str) -> dict[str, Values]:
    """The values of an optimizer's parameters by name, without ``params`` and ``lr``."""
    return {
        name: values_of(optimizer, name)
        for name in signature(optimizer).by_name
        if name not in ("params", "lr")
    }


def values_of(optimizer: str, name: str) -> Values:
    """The values of one parameter."""
    return VALUES.get(f"{optimizer}.{name}") or VALUES[name]


def needed(optimizer: str, values: Values) -> Arguments:
    """What else an optimizer has to be given for the values to have an effect."""
    known = signature(optimizer).by_name
    if not all(name in known for name in values.needs):
        return {}
    return dict(values.needs)


def spelled(optimizer: str, arguments: Mapping[str, str], groups: str | None = None) -> str:
    """Spell a call, without its parameters or with groups: ``Adam(lr=0.02, eps=0.001)``."""
    words = [f"{name}={text}" for name, text in arguments.items()]
    return f"{optimizer}({', '.join([groups, *words] if groups is not None else words)})"
