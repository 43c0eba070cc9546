"""The scheduler constructions that the table's rows for schedulers rest on: ``schedules.toml``.

Each is two statements, an optimizer and its scheduler, and how the loop steps them. They cover
every class, every parameter with typical and edge values, and what optimizers and groups change.
Others are drawn at random, as people write them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

SCHEDULERS: Final = "torch.optim.lr_scheduler"

_SGD: Final = "torch.optim.SGD(params, lr=0.5)"
_DATA: Final = tomllib.loads(Path(__file__).with_name("schedules.toml").read_text("utf-8"))

#: A metric with best values at every distance from each other, also while a scheduler cools down.
METRIC: Final = _DATA["loops"]["metric"] * 2

#: What drawn calls of each class give their arguments.
DRAWS: Final[dict[str, dict[str, Any]]] = _DATA["draws"]

#: Calls by what they do, to stand in others.
_INNER: Final[dict[str, str]] = _DATA["inner"]


@dataclass(frozen=True)
class Schedule:
    """One scheduler construction: torch's statements, and how the loop goes."""

    scheduler: str
    optimizer: str = _SGD
    loop: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its name among others."""
        loop = "".join(f" [{key}={value}]" for key, value in self.loop.items() if key != "metric")
        return f"{self.optimizer}; {self.scheduler}{loop}"

    @property
    def statements(self) -> str:
        """What a torch program says."""
        return f"optimizer = {self.optimizer}\nscheduler = {self.scheduler}"


def all_pairs() -> list[Schedule]:
    """Every kind of scheduler after and with every other one."""
    found = []
    for first, second in product(_INNER.values(), repeat=2):
        found.append(_sequence(first, second, at=[7]))
        found.append(_scheduler(f"ChainedScheduler([{first}, {second}])"))
    return found


def schedules() -> list[Schedule]:
    """All of them, each once: alone, joined, and with other optimizers, groups and loops."""
    found = [
        _scheduler(f"{name}({', '.join(filter(None, ('optimizer', arguments)))})")
        for name, calls in _DATA["arguments"].items()
        for arguments in calls
    ]
    joined = _DATA["joined"]
    for one in joined["sequences"]:
        found.append(_sequence(*(_INNER[part] for part in one["parts"]), at=one["milestones"]))
    for number, chain in enumerate(joined["chains"]):
        found.append(_scheduler(f"ChainedScheduler([{', '.join(_INNER[name] for name in chain)}])"))
        if number == 0:
            found.append(_sequence(found[-1].scheduler, _INNER["exponential"], at=[5]))
    for one in _DATA["around"]:
        for call, loop in product(one["calls"], one.get("loops", [{}])):
            found.append(_scheduler(call, one.get("optimizer", _SGD), loop))
    return list({one.id: one for one in found}.values())


def _sequence(*inner: str, at: Sequence[int]) -> Schedule:
    schedulers = f"[{', '.join(inner)}]"
    return _scheduler(f"SequentialLR(optimizer, schedulers={schedulers}, milestones={[*at]})")


def _scheduler(call: str, optimizer: str = _SGD, loop: Mapping[str, Any] | None = None) -> Schedule:
    more = {"metric": METRIC} if call.startswith("ReduceLROnPlateau") else {}
    return Schedule(_named(call), optimizer, {**(loop or {}), **more})


def _named(call: str) -> str:
    where = "torch.optim.swa_utils" if call.startswith("SWALR") else SCHEDULERS
    return f"{where}.{call}"


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
        return _named(_JOINED[kind](random))
    options = dict(DRAWS[kind])
    needed = options.pop("needed", {})
    given = [name for name in options if random.random() < 0.6]
    chosen = {**needed, **{name: options[name] for name in given}}
    words = [
        f"{name}={random.choice(values)}" if name else random.choice(values)
        for name, values in chosen.items()
    ]
    return _named(f"{kind}({', '.join(['optimizer', *words])})")


def _several(random: Random, count: int, *more: str) -> str:
    """Calls of different kinds, in brackets."""
    kinds = random.sample([*_PARTS, *more], count)
    return f"[{', '.join(_drawn(random, kind) for kind in kinds)}]"


def _warmed_up(random: Random) -> str:
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
    "sequence": _warmed_up,
    "chain": lambda random: f"ChainedScheduler({_several(random, 2)})",
    "three": _three,
    "chain of sequence": _chain_of_sequence,
}
_KINDS: Final = (*DRAWS, *_JOINED)
