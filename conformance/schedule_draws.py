"""Scheduler constructions drawn at random, as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from conformance.schedule_calls import DRAWS, SCHEDULERS, Schedule

_OPTIMIZERS: Final = (
    *("torch.optim.SGD(params, lr=0.5)", "torch.optim.SGD(params, 0.1)"),
    *("torch.optim.SGD(params, lr=1)", "torch.optim.SGD(params)"),
    "torch.optim.SGD(params, lr=0.1, momentum=0.9)",
    "torch.optim.SGD([{'params': [w1]}, {'params': [w2]}], lr=0.05)",
    "torch.optim.SGD([{'params': [w1], 'lr': 0.02}, {'params': [w2]}], lr=0.2)",
)
_PARTS: Final = ("ConstantLR", "LinearLR", "ExponentialLR", "StepLR", "PolynomialLR")
"""The classes that parts of others are of."""


def draw_schedules(count: int, seed: int) -> list[Schedule]:
    """Draw distinct constructions; the same for the same seed."""
    random = Random(seed)
    found: dict[str, Schedule] = {}
    while len(found) < count:
        call = _drawn(random, random.choice(_KINDS))
        loop: dict[str, Any] = {}
        if "ReduceLROnPlateau" in call:
            loop = {"steps": _LONG, "metric": _metric(random, falls="max" not in call)}
        elif "total_steps=100" in call:
            loop = {"steps": 99}
        elif random.random() < 0.1:
            loop = {"cadence": random.choice((2, 5))}
        one = Schedule(call, random.choice(_OPTIMIZERS), loop)
        found[one.id] = one
    return list(found.values())


_LONG: Final = 120
"""Steps after which a metric has had every plateau that a scheduler of the draws may wait for."""


def _metric(random: Random, *, falls: bool) -> list[float]:
    """A metric that gets better and better, with noise and long pauses."""
    best = 1.0
    found: list[float] = []
    while len(found) < _LONG:
        best *= random.uniform(0.8, 0.99)
        pause = random.choice((0, 1, 2, 5, 12))
        found += [best, *(best * random.uniform(1.0, 1.3) for _ in range(pause))]
    return [round(one if falls else -one, 6) for one in found[:_LONG]]


def _drawn(random: Random, kind: str) -> str:
    """A call of a class, or of several in each other."""
    if kind in _JOINED:
        return f"{SCHEDULERS}.{_JOINED[kind](random)}"
    options = dict(DRAWS[kind])
    needed = options.pop("needed", {})
    given = [name for name in options if random.random() < 0.6]
    chosen = {**needed, **{name: options[name] for name in given}}
    words = [
        f"{name}={random.choice(values)}" if name else random.choice(values)
        for name, values in chosen.items()
    ]
    where = "torch.optim.swa_utils" if kind == "SWALR" else SCHEDULERS
    return f"{where}.{kind}({', '.join(['optimizer', *words])})"


def _several(random: Random, count: int, *more: str) -> str:
    """Calls of different kinds, in brackets."""
    kinds = random.sample([*_PARTS, *more], count)
    return f"[{', '.join(_drawn(random, kind) for kind in kinds)}]"


def _sequence(random: Random) -> str:
    first = f"{SCHEDULERS}.LinearLR(optimizer, start_factor=0.1, total_iters=5)"
    kinds = (*_PARTS, "CosineAnnealingLR", "CosineAnnealingWarmRestarts")
    rest = _drawn(random, random.choice([kind for kind in kinds if kind != "LinearLR"]))
    return f"SequentialLR(optimizer, schedulers=[{first}, {rest}], milestones=[5])"


def _three(random: Random) -> str:
    inner = _several(random, 3, "CosineAnnealingLR", "chain")
    milestones = random.choice(("[4, 11]", "[10, 20]", "[1, 30]"))
    return f"SequentialLR(optimizer, {inner}, milestones={milestones})"


def _chain_of_sequence(random: Random) -> str:
    parts = _drawn(random, "sequence"), _drawn(random, random.choice(("ExponentialLR", "StepLR")))
    given = random.choice(("", ", optimizer=optimizer"))
    return f"ChainedScheduler([{', '.join(parts)}]{given})"


_JOINED: Final[Mapping[str, Callable[[Random], str]]] = {
    "sequence": _sequence,
    "chain": lambda random: f"ChainedScheduler({_several(random, 2)})",
    "three": _three,
    "chain of sequence": _chain_of_sequence,
}
_KINDS: Final = (*DRAWS, *_JOINED)
