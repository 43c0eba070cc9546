"""The scheduler constructions that the table's rows for schedulers rest on: ``schedules.toml``.

Each is two statements, an optimizer and its scheduler, and how the loop steps them. They cover
every class, every parameter with typical and edge values, and what optimizers and groups change.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

SCHEDULERS: Final = "torch.optim.lr_scheduler"

_SGD: Final = "torch.optim.SGD(params, lr=0.5)"
_MOMENTUM: Final = "torch.optim.SGD(params, lr=0.5, momentum=0.9)"
_GROUPS: Final = "torch.optim.SGD([{'params': [w1], 'lr': 0.1}, {'params': [w2]}], lr=0.5)"
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
        found.append(_sequence(first, second, milestones=[7]))
        found.append(_scheduler(f"ChainedScheduler([{first}, {second}])"))
    return found


def schedules() -> list[Schedule]:
    """All of them, each once."""
    return list({one.id: one for one in _all()}.values())


def _all() -> Iterator[Schedule]:
    yield from _alone()
    yield from _joined()
    yield from _around()


def _alone() -> Iterator[Schedule]:
    """Each class, with all of its arguments."""
    for name, calls in _DATA["arguments"].items():
        for arguments in calls:
            yield _scheduler(f"{name}({', '.join(filter(None, ('optimizer', arguments)))})")
    swa = "torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05{})"
    for more in ("", ", anneal_epochs=5, anneal_strategy='linear'", ", anneal_epochs=0"):
        yield Schedule(swa.format(more))


def _joined() -> Iterator[Schedule]:
    """Several, one after the other or all at once."""
    for one in _DATA["joined"]["sequences"]:
        yield _sequence(*(_INNER[name] for name in one["parts"]), milestones=one["milestones"])
    for number, chain in enumerate(_DATA["joined"]["chains"]):
        whole = f"ChainedScheduler([{', '.join(_INNER[name] for name in chain)}])"
        yield _scheduler(whole)
        if number == 0:
            yield _sequence(f"{SCHEDULERS}.{whole}", _INNER["exponential"])


def _around() -> Iterator[Schedule]:
    """With other optimizers, groups and loops."""
    for optimizer, call in _DATA["optimizers"].items():
        yield _scheduler(call, optimizer)
    cyclic = "CyclicLR(optimizer, base_lr=0.01, max_lr=0.1, step_size_up=4{})"
    for more in ("", ", base_momentum=0.9, max_momentum=0.9"):
        yield _scheduler(cyclic.format(more), _MOMENTUM)
    for call in _DATA["loops"]["over_groups"]:
        yield _scheduler(call, _GROUPS)
    for fade in ("cosine", "cosine to 0.01"):
        yield _sequence(_INNER["warm-up"], _INNER[fade], optimizer=_GROUPS)
    for call in ("StepLR(optimizer, step_size=2, gamma=0.5)", "ExponentialLR(optimizer, 0.8)"):
        yield _scheduler(call, loop={"cadence": 5})
        yield _scheduler(call, loop={"first": True})
    for call in _DATA["loops"]["by_epoch"]:
        yield _scheduler(call, loop={"epoch": True})
    for call in ("StepLR(optimizer, 4)", "LinearLR(optimizer, 0.1, total_iters=10)"):
        yield _scheduler(call, loop={"cadence": 1000})


def _sequence(*inner: str, milestones: Sequence[int] = (5,), optimizer: str = _SGD) -> Schedule:
    schedulers = f"[{', '.join(inner)}]"
    call = f"SequentialLR(optimizer, schedulers={schedulers}, milestones={[*milestones]})"
    return _scheduler(call, optimizer)


def _scheduler(call: str, optimizer: str = _SGD, loop: dict[str, Any] | None = None) -> Schedule:
    more = {"metric": METRIC} if call.startswith("ReduceLROnPlateau") else {}
    return Schedule(f"{SCHEDULERS}.{call}", optimizer, {**(loop or {}), **more})
