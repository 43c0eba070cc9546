"""What calls give to the parameters of torch's optimizers, generated ones and drawn ones.

The values stand in ``values.toml``, which says what is what.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

from conformance.cases import LAYOUTS, Layout
from conformance.runner import DEFAULT_TORCH
from optport.signatures import ApiKind, Signature, family
from optport.table import api_names, api_table

Arguments = dict[str, str]

_FRACTIONS: Final = ("0.9", "0.5", "0.99", "0.999", "0.0", "0.95")
_USUAL_RATES: Final = ("0.1", "0.01", "0.001", "0.02")
_ODD_RATES: Final = ("1", "0.0", "0", "1e-08", "10.0", "2")


@dataclass(frozen=True)
class Values:
    """What a parameter is given; the fields are those of ``values.toml``."""

    draw: Sequence[Any]
    typical: str = ""
    tried: Sequence[str] = ()
    grouped: Sequence[str] = ()
    other: str | None = None
    needs: Mapping[str, str] = field(default_factory=dict)

    def drawn(self, random: Random) -> str:
        """A random value."""
        if isinstance(self.draw[0], str):
            return _drawn(random, *self.draw)
        one, other = (_drawn(random, *strategy) for strategy in self.draw)
        display = "({}, {})" if random.random() < 0.8 else "[{}, {}]"
        return display.format(one, other)


def _drawn(random: Random, usual: str, *others: str) -> str:
    """Mostly what the strategy gives, now and then one of the others."""
    if others and random.random() < 0.2:
        return random.choice(others)
    kind, *words = usual.split()
    if kind == "flag":
        return random.choice(("True", "False", "False", "0", "1"))
    if kind == "fraction":
        return random.choice((*_FRACTIONS, _number(random.randint(1, 39) / 40)))
    if kind == "rate":
        return _rate(random)
    if kind == "between":
        return _number(random.uniform(float(words[0]), float(words[1])))
    if kind == "scale":
        return _scale(random, int(words[0]), int(words[1]))
    return random.choice(words[1:])  # "one of ..."


def _number(value: float) -> str:
    return repr(float(f"{value:.3g}"))


def _scale(random: Random, low: int, high: int) -> str:
    """A float of three digits, or a power of ten, anywhere between two powers of ten."""
    exact = random.random() < 0.5
    return _number(10.0 ** (random.randint(low, high) if exact else random.uniform(low, high)))


def _rate(random: Random) -> str:
    kind = random.randrange(10)
    if kind < 6:
        return _scale(random, -4, 0)
    if kind == 6:
        return f"torch.tensor({_scale(random, -3, 0)})"
    return random.choice(_ODD_RATES if kind == 7 else _USUAL_RATES)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def values_of(optimizer: str, name: str) -> Values:
    """The values of one parameter. Raises KeyError for one that has none."""
    return Values(**_table().get(optimizer, {}).get(name) or _table()[name])


def parameters(optimizer: str) -> dict[str, Values]:
    """The values of an optimizer's parameters by name, as far as there are, without ``lr``."""
    known = (_table().keys() | _table().get(optimizer, {}).keys()) - {"lr"}
    names = [name for name in signature(optimizer).by_name if name in known]
    return {name: values_of(optimizer, name) for name in names}


def typical(optimizer: str) -> dict[str, Values]:
    """Those of :func:`parameters` that have a typical value."""
    return {name: one for name, one in parameters(optimizer).items() if one.typical}


def rate(optimizer: str) -> str:
    """The learning rate that generated calls give an optimizer."""
    rates = _table()["rates"]
    return str(rates.get(optimizer, rates["else"]))


def signature(optimizer: str) -> Signature:
    """The signature that the runs use: that of :data:`DEFAULT_TORCH`.

    Raises ValueError for a name that torch does not have at that version.
    """
    found = family("torch.optim").signature(optimizer, DEFAULT_TORCH)
    if found is None:
        raise ValueError(f"torch {DEFAULT_TORCH} has no optimizer {optimizer}")
    return found


def takes_groups(optimizer: str) -> bool:
    """Whether torch's optimizer takes parameter groups."""
    return LAYOUTS.get(optimizer) is not Layout.CLOSURE


def needed(optimizer: str, values: Values) -> Arguments:
    """What else an optimizer has to be given for the values to have an effect."""
    known = signature(optimizer).by_name
    return dict(values.needs) if all(name in known for name in values.needs) else {}


def spelled(optimizer: str, arguments: Mapping[str, str], groups: str | None = None) -> str:
    """Spell a call, without its parameters or with groups: ``Adam(lr=0.02, eps=0.001)``."""
    words = [f"{name}={text}" for name, text in arguments.items()]
    return f"{optimizer}({', '.join([groups, *words] if groups is not None else words)})"


#: Which of the drawn calls hand over parameter groups.
Groups = Literal["none", "some", "all"]

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


def drawn_optimizers() -> list[str]:
    """The optimizers that some target has a counterpart of."""
    tables = map(api_table, api_names(ApiKind.OPTIMIZER))
    return [
        one.name for one in tables if one and any(row.counterpart for row in one.correspondences)
    ]


def draw_calls(
    count: int | None, seed: int, optimizers: Sequence[str] | None = None, groups: Groups = "some"
) -> list[str]:
    """Draw `count` (or 500) different calls, without their parameters; the same for the same seed.

    Of all optimizers that can be drawn, if none are given. With `groups`, the parameters are there,
    in groups: in some of the calls or in all of them.
    """
    random = Random(seed)
    optimizers = optimizers or drawn_optimizers()
    if groups == "all":
        optimizers = [name for name in optimizers if takes_groups(name)]
    found: dict[str, None] = {}
    while len(found) < (count or 500):
        found[_call(random, random.choice(optimizers), groups)] = None
    return list(found)


def _value(random: Random, optimizer: str, name: str) -> str:
    return values_of(optimizer, name).drawn(random)


def _call(random: Random, optimizer: str, groups: Groups) -> str:
    known = signature(optimizer)
    positional = random.choice([0, 0, 0, 1, 1, 2, 3, 4])
    leading = [name for name in known.positional if name != "params"][:positional]
    names = [name for name in known.by_name if name != "params" and name not in leading]
    given = [name for name in names if random.random() < (0.6 if name == "lr" else 0.25)]
    random.shuffle(given)
    share = {"none": 0.0, "some": 0.25, "all": 1.0}[groups]
    grouped = takes_groups(optimizer) and random.random() < share
    words = [_groups(random, optimizer)] if grouped else []
    words += [_value(random, optimizer, name) for name in leading]
    words += [f"{name}={_value(random, optimizer, name)}" for name in given]
    return f"{optimizer}({', '.join(words)})"


def _groups(random: Random, optimizer: str) -> str:
    """Parameter groups, with options that the optimizer has, or seldom one that none has."""
    names = [name for name in signature(optimizer).by_name if name not in ("params", "lr")]
    written = []
    for params in random.choice(_SPLITS):
        given = random.sample(names, random.choice([0, 1, 1, 2]))
        if random.random() < 0.5:
            given = ["lr", *given]
        if random.random() < 0.3 and "weight_decay" in names and "weight_decay" not in given:
            given.append("weight_decay")
        items = [f"'params': {params}"]
        items += [f"{name!r}: {_value(random, optimizer, name)}" for name in given]
        if random.random() < 0.05:
            items.append("'name': 'head'")
        written.append("{" + ", ".join(items) + "}")
    return f"[{', '.join(written)}]"
