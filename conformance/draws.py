"""Random torch optimizer calls."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, Literal

from conformance.generate_groups import takes_groups
from conformance.values import signature, values_of
from optport.signatures import ApiKind
from optport.table import api_names, api_table

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
