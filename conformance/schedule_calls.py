"""The scheduler constructions that the table's rows for schedulers rest on.

Each is two statements, an optimizer and its scheduler, and how the loop steps them. They cover
every class, every parameter with typical and edge values, and what optimizers and groups change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

SCHEDULERS: Final = "torch.optim.lr_scheduler"

_SGD: Final = "torch.optim.SGD(params, lr=0.5)"
_GROUPS: Final = "torch.optim.SGD([{'params': [w1], 'lr': 0.1}, {'params': [w2]}], lr=0.5)"

#: A metric with best values at every distance from each other, also while a scheduler cools down.
METRIC: Final = [
    *(1.0, 0.9, 0.95, 0.92, 0.91, 0.93, 0.94, 0.8, 0.85, 0.86),
    *(0.87, 0.7, 0.75, 0.74, 0.73, 0.76, 0.72, 0.71, 0.705, 0.706),
] * 2


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


_ARGUMENTS: Final = {
    "StepLR": (
        *("step_size=4", "step_size=4, gamma=0.5", "step_size=30", "step_size=1, gamma=0.9"),
        *("step_size=4, gamma=1", "step_size=4, gamma=1.0", "step_size=10, gamma=1.5"),
        *("step_size=10, gamma=0", "step_size=10, gamma=0.0", "step_size=10, gamma=-0.5"),
        *("step_size=4.0", "step_size=2.5, gamma=0.5", "step_size=4, last_epoch=-1"),
    ),
    "MultiStepLR": (
        *("milestones=[5, 12]", "milestones=[5, 12], gamma=0.5", "milestones=(5, 12), gamma=0.5"),
        *("milestones=[5, 5, 12], gamma=0.5", "milestones=[12, 5], gamma=0.5", "milestones=[]"),
        *("milestones=[5], gamma=1.0", "milestones=[5, 12], gamma=2", "milestones=[0, 5]"),
        *("milestones=[5.0, 12.0]", "milestones=[4.5, 12], gamma=0.5"),
        *("milestones=range(5, 20, 5), gamma=0.5", "milestones=[5, 12], gamma=0"),
    ),
    "ExponentialLR": ("gamma=0.9", "gamma=0.99", "gamma=1.0", "gamma=1.05", "gamma=1", "gamma=0"),
    "LambdaLR": (
        *("lr_lambda=lambda e: 0.95 ** e", "lr_lambda=lambda e: min(1.0, (e + 1) / 10)"),
        *("lr_lambda=[lambda e: 0.95 ** e]", "lr_lambda=lambda e: [1.0, 0.5, 0.1][min(e // 9, 2)]"),
        "lr_lambda=lambda e: {'0': 1.0}.get(str(e), 0.5)",
    ),
    "MultiplicativeLR": (
        *("lr_lambda=lambda e: 0.95", "lr_lambda=lambda e: 1 - 0.01 * e"),
        "lr_lambda=[lambda e: 0.95]",
    ),
    "ConstantLR": (
        *("", "factor=0.5, total_iters=3", "factor=1", "factor=0.5, total_iters=0"),
        "factor=0.5, total_iters=4.0",
    ),
    "LinearLR": (
        *("", "total_iters=5", "start_factor=0.1, end_factor=1.0, total_iters=10", "0.1, 1.0, 10"),
        *("start_factor=1, end_factor=0, total_iters=20", "start_factor=1e-3, total_iters=8"),
        *("start_factor=0.1, total_iters=10.0", "start_factor=0.1, total_iters=0"),
    ),
    "PolynomialLR": (
        *("", "total_iters=10, power=2.0", "total_iters=10, power=2", "total_iters=10, power=0.5"),
        *("total_iters=10, power=0.0", "total_iters=10.0", "total_iters=50, power=0.9"),
    ),
    "CosineAnnealingLR": (
        *("T_max=40", "T_max=30, eta_min=0.01", "T_max=10", "T_max=10, eta_min=0.01"),
        *("T_max=40, eta_min=0", "T_max=20, eta_min=0.8", "T_max=20.0", "T_max=12.5", "T_max=1"),
    ),
    "CosineAnnealingWarmRestarts": ("T_0=5", "T_0=4, T_mult=2, eta_min=0.01", "T_0=100"),
    "CyclicLR": (
        *("base_lr=0.01, max_lr=0.1", "base_lr=0.01, max_lr=0.1, step_size_up=4"),
        *(
            f"base_lr=0.01, max_lr=0.1, {more}, cycle_momentum=False"
            for more in (
                *("step_size_up=4", "step_size_up=2000", "step_size_up=4.0"),
                "step_size_up=4, step_size_down=6, mode='triangular2'",
                *("step_size_up=4, mode='exp_range', gamma=0.95", "mode='exp_range', gamma=1"),
                "step_size_up=4, scale_fn=lambda x: 0.5 ** (x - 1)",
                "step_size_up=4, scale_fn=lambda x: 0.99 ** x, scale_mode='iterations'",
            )
        ),
        "base_lr=0.01, max_lr=0.1, cycle_momentum=False",
        "base_lr=[0.01], max_lr=[0.1], step_size_up=4, cycle_momentum=False",
        "base_lr=0.1, max_lr=0.01, step_size_up=4, cycle_momentum=False",
    ),
    "OneCycleLR": (
        "max_lr=0.1, total_steps=41",
        *(
            f"{more}, cycle_momentum=False"
            for more in (
                *("max_lr=0.1, total_steps=41", "max_lr=1e-3, total_steps=41"),
                "max_lr=0.1, total_steps=41, anneal_strategy='linear'",
                *("max_lr=0.1, total_steps=41, three_phase=True", "max_lr=[0.1], total_steps=41"),
                "max_lr=0.1, epochs=6, steps_per_epoch=7",
                "max_lr=0.1, total_steps=41, three_phase=True, pct_start=0.5",
                "max_lr=0.1, total_steps=41, div_factor=10.0, final_div_factor=100.0",
                *("max_lr=0.1, total_steps=41, div_factor=10", "0.1, 41, pct_start=0.1"),
            )
        ),
    ),
    "ReduceLROnPlateau": (
        *("", "patience=2, factor=0.5", "mode='max', patience=2, factor=0.5", "'min', 0.5, 2"),
        "patience=2, factor=0.5, cooldown=2, threshold=0.05, threshold_mode='abs'",
        *("patience=1, factor=0.5, cooldown=3", "patience=1, factor=0.5, threshold=0.2"),
        *("patience=2, factor=0.5, min_lr=0.2", "patience=2, factor=0.5, min_lr=[0.2]"),
        *("patience=2, factor=0.5, eps=0.2", "patience=0, factor=0.5", "patience=2, factor=0"),
    ),
}

_INNER: Final = {
    "warm-up": f"{SCHEDULERS}.LinearLR(optimizer, start_factor=0.1, total_iters=5)",
    "long warm-up": f"{SCHEDULERS}.LinearLR(optimizer, start_factor=0.1, total_iters=8)",
    "constant": f"{SCHEDULERS}.ConstantLR(optimizer, factor=0.1, total_iters=5)",
    "cosine": f"{SCHEDULERS}.CosineAnnealingLR(optimizer, T_max=35)",
    "cosine to 0.01": f"{SCHEDULERS}.CosineAnnealingLR(optimizer, T_max=35, eta_min=0.01)",
    "steps": f"{SCHEDULERS}.StepLR(optimizer, step_size=10, gamma=0.5)",
    "exponential": f"{SCHEDULERS}.ExponentialLR(optimizer, gamma=0.9)",
    "polynomial": f"{SCHEDULERS}.PolynomialLR(optimizer, total_iters=35, power=0.9)",
    "restarts": f"{SCHEDULERS}.CosineAnnealingWarmRestarts(optimizer, T_0=10)",
    "factors": f"{SCHEDULERS}.MultiplicativeLR(optimizer, lambda e: 0.95)",
    "milestones": f"{SCHEDULERS}.MultiStepLR(optimizer, milestones=[3, 9], gamma=0.5)",
    "functions": f"{SCHEDULERS}.LambdaLR(optimizer, lambda e: 0.95 ** e)",
    "long restarts": f"{SCHEDULERS}.CosineAnnealingWarmRestarts(optimizer, T_0=5, T_mult=2)",
    "cycles": f"{SCHEDULERS}.CyclicLR(optimizer, 0.05, 0.3, 4, cycle_momentum=False)",
    "one cycle": f"{SCHEDULERS}.OneCycleLR(optimizer, 0.3, 60, cycle_momentum=False)",
    "averaging": "torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05, anneal_epochs=6)",
}

_SEQUENCES: Final = (
    *((("warm-up", other), [5]) for other in ("cosine", "cosine to 0.01", "steps", "polynomial")),
    *((("warm-up", "restarts"), [5]), (("long warm-up", "cosine"), [5])),
    *((("constant", "exponential"), [5]), (("constant", "exponential", "steps"), [5, 20])),
    *((("warm-up", other), [5]) for other in ("factors", "milestones", "functions", "cycles")),
    *((("warm-up", other), [5]) for other in ("long restarts", "one cycle", "averaging")),
    *(((first, "steps"), [7]) for first in ("factors", "milestones", "restarts", "averaging")),
    *(((first, "cosine"), [7]) for first in ("cycles", "one cycle")),
)

_CHAINS: Final = (
    ("constant", "exponential"),
    ("warm-up", "steps"),
    ("warm-up", "cosine"),
    ("warm-up", "cosine to 0.01"),
    *(("steps", "restarts"), ("functions", "exponential"), ("factors", "milestones")),
    *(("one cycle", "exponential"), ("exponential", "cycles"), ("polynomial", "averaging")),
)

_OPTIMIZERS: Final = {
    "torch.optim.SGD(params, lr=1)": "StepLR(optimizer, step_size=4)",
    "torch.optim.SGD(params)": "StepLR(optimizer, step_size=4)",
    "torch.optim.SGD(params, lr=torch.tensor(0.5))": "StepLR(optimizer, step_size=4)",
    "torch.optim.SGD(params, lr=0.5, momentum=0.9)": "ExponentialLR(optimizer, gamma=0.9)",
    "torch.optim.Adam(params, lr=0.5)": "StepLR(optimizer, step_size=4, gamma=0.5)",
    "torch.optim.SGD(params, lr=1e-3)": "PolynomialLR(optimizer, total_iters=10, power=2.0)",
}

_OVER_GROUPS: Final = (
    *("StepLR(optimizer, step_size=4, gamma=0.5)", "CosineAnnealingLR(optimizer, T_max=20)"),
    "CosineAnnealingLR(optimizer, T_max=20, eta_min=0.05)",
    "OneCycleLR(optimizer, max_lr=0.3, total_steps=41, cycle_momentum=False)",
    "OneCycleLR(optimizer, max_lr=[0.1, 0.3], total_steps=41, cycle_momentum=False)",
    "CyclicLR(optimizer, base_lr=0.01, max_lr=0.1, step_size_up=4, cycle_momentum=False)",
    *("ReduceLROnPlateau(optimizer, patience=2, factor=0.5)", "ExponentialLR(optimizer, 0.9)"),
    "ReduceLROnPlateau(optimizer, patience=2, factor=0.5, min_lr=0.05)",
    "LambdaLR(optimizer, lr_lambda=[lambda e: 0.95 ** e, lambda e: 0.9 ** e])",
    "LambdaLR(optimizer, lr_lambda=lambda e: 0.95 ** e)",
    "PolynomialLR(optimizer, total_iters=10)",
    "CosineAnnealingWarmRestarts(optimizer, T_0=5, eta_min=0.05)",
    *(
        f"SequentialLR(optimizer, schedulers=[{warm_up}, {fade}], milestones=[5])"
        for warm_up, fade in (
            (_INNER["warm-up"], _INNER["cosine"]),
            (_INNER["warm-up"], _INNER["cosine to 0.01"]),
        )
    ),
)

_CADENCE: Final = {"cadence": 5}
_BY_EPOCH: Final = (
    *("StepLR(optimizer, 4, 0.5)", "CosineAnnealingLR(optimizer, T_max=10)"),
    *("LambdaLR(optimizer, lambda e: 0.95 ** e)", "MultiStepLR(optimizer, [5, 12], 0.5)"),
    *("ExponentialLR(optimizer, 0.9)", "CosineAnnealingWarmRestarts(optimizer, T_0=8, T_mult=2)"),
    "CosineAnnealingWarmRestarts(optimizer, T_0=8)",
)


def pairs() -> Iterator[Schedule]:
    """Every kind of scheduler after and with every other one."""
    for first, second in product(_INNER.values(), repeat=2):
        inner = f"[{first}, {second}]"
        yield _scheduler(f"SequentialLR(optimizer, schedulers={inner}, milestones=[7])")
        yield _scheduler(f"ChainedScheduler({inner})")


def schedules() -> list[Schedule]:
    """All of them, each once."""
    return list({one.id: one for one in _all()}.values())


def _all() -> Iterator[Schedule]:
    for name, calls in _ARGUMENTS.items():
        for arguments in calls:
            yield _scheduler(f"{name}({', '.join(filter(None, ('optimizer', arguments)))})")
    for arguments in ("swa_lr=0.05", "swa_lr=0.05, anneal_epochs=5, anneal_strategy='linear'"):
        yield Schedule(f"torch.optim.swa_utils.SWALR(optimizer, {arguments})")
    yield Schedule("torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05, anneal_epochs=0)")
    for names, milestones in _SEQUENCES:
        inner = ", ".join(_INNER[name] for name in names)
        yield _scheduler(f"SequentialLR(optimizer, schedulers=[{inner}], milestones={milestones})")
    for chain in _CHAINS:
        whole = f"ChainedScheduler([{', '.join(_INNER[name] for name in chain)}])"
        yield _scheduler(whole)
        if chain == _CHAINS[0]:
            inner = f"[{SCHEDULERS}.{whole}, {_INNER['exponential']}]"
            yield _scheduler(f"SequentialLR(optimizer, schedulers={inner}, milestones=[5])")
    for optimizer, call in _OPTIMIZERS.items():
        yield _scheduler(call, optimizer)
    momentum = "torch.optim.SGD(params, lr=0.5, momentum=0.9)"
    cyclic = "CyclicLR(optimizer, base_lr=0.01, max_lr=0.1, step_size_up=4"
    yield _scheduler(f"{cyclic})", momentum)
    yield _scheduler(f"{cyclic}, base_momentum=0.9, max_momentum=0.9)", momentum)
    for call in _OVER_GROUPS:
        yield _scheduler(call, _GROUPS)
    for call in ("StepLR(optimizer, step_size=2, gamma=0.5)", "ExponentialLR(optimizer, 0.8)"):
        yield _scheduler(call, loop=_CADENCE)
        yield _scheduler(call, loop={"first": True})
    for call in _BY_EPOCH:
        yield _scheduler(call, loop={"epoch": True})
    for call in ("StepLR(optimizer, 4)", "LinearLR(optimizer, 0.1, total_iters=10)"):
        yield _scheduler(call, loop={"cadence": 1000})


def _scheduler(call: str, optimizer: str = _SGD, loop: dict[str, Any] | None = None) -> Schedule:
    more = {"metric": METRIC} if call.startswith("ReduceLROnPlateau") else {}
    return Schedule(f"{SCHEDULERS}.{call}", optimizer, {**(loop or {}), **more})
