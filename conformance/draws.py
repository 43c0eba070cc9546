"""Random torch optimizer calls, as Hypothesis strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final, Literal

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.generate_groups import UNGROUPED
from conformance.values import signature

#: Which of the drawn calls hand over parameter groups.
Groups = Literal["none", "some", "all"]


def _number(value: float) -> str:
    return repr(float(f"{value:.3g}"))


def _scales(low: int, high: int) -> SearchStrategy[str]:
    """Floats of three digits, spread evenly over the powers of ten from `low` to `high`."""
    exponents = st.floats(low, high, allow_nan=False)
    return st.one_of(
        exponents.map(lambda exponent: _number(10.0**exponent)),
        st.integers(low, high).map(lambda exponent: _number(10.0**exponent)),
    )


def _fractions() -> SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(["0.9", "0.5", "0.99", "0.999", "0.0", "0.95"]),
        st.sampled_from([_number(number / 40) for number in range(1, 40)]),
    )


def _rare(usual: SearchStrategy[str], *others: str) -> SearchStrategy[str]:
    """Mostly `usual`, now and then one of the others."""
    return st.integers(0, 4).flatmap(lambda n: usual if n else st.sampled_from(others))


@st.composite
def _pair(draw: DrawFn, one: SearchStrategy[str], other: SearchStrategy[str]) -> str:
    first, second = draw(one), draw(other)
    return draw(st.sampled_from(["({}, {})"] * 4 + ["[{}, {}]"])).format(first, second)


def _tensors(values: SearchStrategy[str]) -> SearchStrategy[str]:
    return values.map("torch.tensor({})".format)


_RATES: Final = st.integers(0, 9).flatmap(
    lambda n: (
        _scales(-4, 0)
        if n < 6
        else _tensors(_scales(-3, 0))
        if n == 6
        else st.sampled_from(["1", "0.0", "0", "1e-08", "10.0", "2"])
        if n == 7
        else st.sampled_from(["0.1", "0.01", "0.001", "0.02"])
    )
)
_FLAGS: Final = st.sampled_from(["True", "False", "False", "0", "1"])

#: ``Optimizer.parameter`` or parameter -> the values to draw.
STRATEGIES: Final[Mapping[str, SearchStrategy[str]]] = {
    "alpha": _fractions(),
    "amsgrad": _FLAGS,
    "ASGD.alpha": _rare(_fractions(), "1", "0"),
    "beta2_decay": _rare(st.floats(-0.99, -0.05).map(_number), "-1", "-1.0", "-0.8"),
    "betas": _pair(_rare(_fractions(), "0", "0.9"), _rare(_fractions(), "0.0", "0.999")),
    "capturable": st.just("False"),
    "centered": _FLAGS,
    "d": _rare(st.floats(1.0, 5.0).map(_number), "1", "2", "1.0"),
    "dampening": _rare(_fractions(), "0", "0.0", "1"),
    "decoupled_weight_decay": _FLAGS,
    "differentiable": st.just("False"),
    "eps": _rare(_scales(-12, 0), "0", "0.0", "1", "1e-08"),
    "Adafactor.eps": _pair(_rare(_scales(-30, -1), "None", "1"), _rare(_scales(-6, 0), "1")),
    "etas": _pair(
        st.floats(0.05, 0.95).map(_number), _rare(st.floats(1.01, 2.0).map(_number), "2")
    ),
    "foreach": st.sampled_from(["True", "False", "None"]),
    "fused": st.sampled_from(["True", "False", "None"]),
    "history_size": st.sampled_from(["1", "3", "10", "100"]),
    "initial_accumulator_value": _rare(_scales(-8, 1), "0", "0.0", "1"),
    "lambd": _rare(_scales(-6, -1), "0", "0.0"),
    "line_search_fn": st.sampled_from(["None", "'strong_wolfe'"]),
    "lr": _RATES,
    "lr_decay": _rare(_scales(-5, 0), "0", "0.0", "1"),
    "max_eval": st.sampled_from(["2", "5", "25", "None"]),
    "max_iter": st.sampled_from(["1", "2", "5", "20"]),
    "maximize": _FLAGS,
    "momentum": _rare(_fractions(), "0", "1", "0.9"),
    "momentum_decay": _rare(_scales(-4, 0), "0", "0.0"),
    "nesterov": _FLAGS,
    "rho": _rare(_fractions(), "0", "1", "0.9"),
    "step_sizes": _pair(_rare(_scales(-8, -3), "0.0", "1e-06"), _rare(_scales(-1, 2), "50", "1")),
    "t0": _rare(_scales(0, 7), "1", "0", "100"),
    "tolerance_change": _scales(-9, -2),
    "tolerance_grad": _scales(-9, -2),
    "weight_decay": _rare(_scales(-5, 0), "0", "0.0", "1"),
}


#: Ways to hand four parameters over in groups.
_SPLITS: Final = (
    ("params[:3]", "params[3:]"),
    ("params[:3]", "params[3:]"),
    ("params[3:]", "params[:3]"),
    ("params[:1]", "params[1:]"),
    ("tuple(params[:3])", "params[3:]"),
    ("params[:3]", "(one for one in params[3:])"),
    ("params[2:]", "params[:1]", "params[1:2]"),
    ("params",),
)


@st.composite
def _groups(draw: DrawFn, optimizer: str) -> str:
    """Parameter groups, with options that the optimizer has, or seldom one that none has."""
    names = [name for name in signature(optimizer).by_name if name not in ("params", "lr")]
    written = []
    for params in draw(st.sampled_from(_SPLITS)):
        given = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        if draw(st.booleans()):
            given = ["lr", *given]
        if draw(st.integers(0, 2)) == 0 and "weight_decay" in names:
            given = [*(name for name in given if name != "weight_decay"), "weight_decay"]
        items = [f"{name!r}: {draw(_strategy(optimizer, name))}" for name in given]
        if draw(st.integers(0, 19)) == 0:
            items.append("'name': 'head'")
        written.append("{" + ", ".join([f"'params': {params}", *items]) + "}")
    return f"[{', '.join(written)}]"


@st.composite
def constructions(draw: DrawFn, optimizers: Sequence[str], groups: Groups = "some") -> str:
    """A call of one of the optimizers, without its parameters: ``Adam(0.02, eps=1e-3)``.

    With `groups`, the parameters are there, in groups: in some of the calls or in all of them.
    """
    optimizer = draw(st.sampled_from(optimizers))
    known = signature(optimizer)
    names = [name for name in known.by_name if name != "params"]
    positional = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4]))
    leading = [name for name in known.positional if name != "params"][:positional]
    given_names = [name for name in names if name not in leading and draw(st.integers(0, 3)) == 0]
    if "lr" not in leading and draw(st.booleans()):
        given_names = ["lr", *(name for name in given_names if name != "lr")]
    values = {name: draw(_strategy(optimizer, name)) for name in (*leading, *given_names)}
    grouped = optimizer not in UNGROUPED and (groups == "all" or draw(st.integers(0, 3)) == 0)
    words = [draw(_groups(optimizer))] if grouped and groups != "none" else []
    words += [values[name] for name in leading]
    words += [f"{name}={values[name]}" for name in draw(st.permutations(given_names))]
    return f"{optimizer}({', '.join(words)})"


def _strategy(optimizer: str, name: str) -> SearchStrategy[str]:
    special = f"{optimizer}.{name}"
    return STRATEGIES[special if special in STRATEGIES else name]


def draw_calls(
    count: int, number: int, optimizers: Sequence[str], groups: Groups = "some"
) -> list[str]:
    """Draw `count` different calls; the same ones for the same `number` as seed."""
    if groups == "all":
        optimizers = [name for name in optimizers if name not in UNGROUPED]
    found: dict[str, None] = {}

    @seed(number)
    @settings(
        max_examples=4 * count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(constructions(optimizers, groups))
    def collect(call: str) -> None:
        found[call] = None

    collect()
    # Hypothesis varies what it drew before: neighbours resemble each other.
    return Random(number).sample(list(found), min(count, len(found)))
