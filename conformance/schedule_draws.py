"""Scheduler constructions drawn at random, as people write them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from conformance.schedule_calls import SCHEDULERS, Schedule

_OPTIMIZERS: Final = (
    *("torch.optim.SGD(params, lr=0.5)", "torch.optim.SGD(params, 0.1)"),
    *("torch.optim.SGD(params, lr=1)", "torch.optim.SGD(params)"),
    "torch.optim.SGD(params, lr=0.1, momentum=0.9)",
    "torch.optim.SGD([{'params': [w1]}, {'params': [w2]}], lr=0.05)",
    "torch.optim.SGD([{'params': [w1], 'lr': 0.02}, {'params': [w2]}], lr=0.2)",
)
_FUNCTIONS: Final = (
    *("lambda e: 0.95 ** e", "lambda e: 1 / (1 + 0.1 * e)", "lambda e: min(1.0, (e + 1) / 8)"),
    *("lambda e: 1.0 if e < 10 else 0.1", "lambda e: [1.0, 0.5, 0.2][min(e // 15, 2)]"),
)


def draw_schedules(count: int, seed: int) -> list[Schedule]:
    """Draw distinct constructions; the same for the same seed."""
    random = Random(seed)
    found: dict[str, Schedule] = {}
    while len(found) < count:
        call = random.choice(_CALLS)(random)
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


def _call(random: Random, name: str, required: str, **options: tuple[str, ...]) -> str:
    """A call with some of the options, each with one of its values."""
    chosen = [
        f"{option}={random.choice(values)}"
        for option, values in options.items()
        if random.random() < 0.6
    ]
    where = "torch.optim.swa_utils" if name == "SWALR" else SCHEDULERS
    return f"{where}.{name}({', '.join(filter(None, ['optimizer', required, *chosen]))})"


_GAMMAS: Final = ("0.1", "0.5", "0.9", "1.0", "1.2", "1", "0")
_COUNTS: Final = ("1", "3", "5", "10", "50", "8.0")


def _step(random: Random) -> str:
    size = random.choice((*_COUNTS, "2.5"))
    return _call(random, "StepLR", f"step_size={size}", gamma=_GAMMAS, last_epoch=("-1",))


def _multi_step(random: Random) -> str:
    values = ("[5, 12]", "(5, 12)", "[12, 5]", "[5, 5]", "[]", "[4.0]", "[4.5]", "range(5, 20, 5)")
    return _call(random, "MultiStepLR", f"milestones={random.choice(values)}", gamma=_GAMMAS)


def _exponential(random: Random) -> str:
    return _call(random, "ExponentialLR", f"gamma={random.choice(_GAMMAS[:-1])}")


def _lambda(random: Random) -> str:
    function = random.choice(_FUNCTIONS)
    return _call(random, "LambdaLR", random.choice((function, f"lr_lambda={function}")))


def _multiplicative(random: Random) -> str:
    return _call(random, "MultiplicativeLR", f"lr_lambda=lambda e: {random.choice(_GAMMAS[1:5])}")


def _constant(random: Random) -> str:
    return _call(random, "ConstantLR", "", factor=("0.5", "1", "0.1"), total_iters=_COUNTS)


def _linear(random: Random) -> str:
    ends = ("1.0", "0.0", "0.5")
    factors = ("0.1", "1e-3", "1")
    return _call(random, "LinearLR", "", start_factor=factors, end_factor=ends, total_iters=_COUNTS)


def _polynomial(random: Random) -> str:
    return _call(random, "PolynomialLR", "", total_iters=_COUNTS, power=("1.0", "2", "0.5", "0.0"))


def _cosine(random: Random) -> str:
    size = random.choice(("10", "40", "100", "12.5", "20.0"))
    return _call(random, "CosineAnnealingLR", f"T_max={size}", eta_min=("0", "0.0", "0.01", "1e-6"))


def _restarts(random: Random) -> str:
    options = {"T_mult": ("1", "2"), "eta_min": ("0", "0.01")}
    return _call(random, "CosineAnnealingWarmRestarts", f"T_0={random.choice('2357')}", **options)


def _cyclic(random: Random) -> str:
    rates = f"base_lr=0.01, max_lr={random.choice(('0.1', '0.3'))}"
    return _call(
        random,
        "CyclicLR",
        rates + random.choice(("", ", cycle_momentum=False", ", cycle_momentum=False")),
        step_size_up=("3", "5", "4.0"),
        step_size_down=("2", "6"),
        mode=("'triangular'", "'triangular2'", "'exp_range'"),
        gamma=("0.9", "1"),
    )


def _one_cycle(random: Random) -> str:
    total = random.choice(("total_steps=41", "total_steps=100", "epochs=6, steps_per_epoch=7"))
    rest = random.choice(("", ", cycle_momentum=False", ", cycle_momentum=False"))
    return _call(
        random,
        "OneCycleLR",
        f"max_lr={random.choice(('0.1', '1e-3'))}, {total}{rest}",
        pct_start=("0.1", "0.5"),
        anneal_strategy=("'cos'", "'linear'"),
        div_factor=("10.0", "25"),
        final_div_factor=("100.0", "1e3"),
        three_phase=("True", "False"),
    )


def _plateau(random: Random) -> str:
    return _call(
        random,
        "ReduceLROnPlateau",
        "",
        mode=("'min'", "'max'"),
        factor=("0.5", "0.2"),
        patience=("0", "1", "3"),
        threshold=("1e-2", "0"),
        cooldown=("0", "2"),
        min_lr=("0", "0.05", "[0.01]"),
    )


def _swa(random: Random) -> str:
    strategies = ("'cos'", "'linear'")
    return _call(
        random, "SWALR", "swa_lr=0.05", anneal_epochs=("0", "5", "20"), anneal_strategy=strategies
    )


def _sequence(random: Random) -> str:
    first = _call(random, "LinearLR", "start_factor=0.1, total_iters=5")
    rest = random.choice((_cosine, _step, _exponential, _polynomial, _restarts, _constant))(random)
    return f"{SCHEDULERS}.SequentialLR(optimizer, schedulers=[{first}, {rest}], milestones=[5])"


def _chain(random: Random) -> str:
    kinds = (_constant, _linear, _exponential, _step, _polynomial)
    inner = ", ".join(one(random) for one in random.sample(kinds, 2))
    return f"{SCHEDULERS}.ChainedScheduler([{inner}])"


def _three(random: Random) -> str:
    """A sequence of three, whose parts may be chains."""
    kinds = (_constant, _linear, _exponential, _step, _polynomial, _cosine, _chain)
    inner = ", ".join(one(random) for one in random.sample(kinds, 3))
    milestones = random.choice(("[4, 11]", "[10, 20]", "[1, 30]"))
    return f"{SCHEDULERS}.SequentialLR(optimizer, [{inner}], milestones={milestones})"


def _chain_of_sequence(random: Random) -> str:
    whole = f"[{_sequence(random)}, {random.choice((_exponential, _step))(random)}]"
    given = random.choice(("", ", optimizer=optimizer"))
    return f"{SCHEDULERS}.ChainedScheduler({whole}{given})"


_CALLS: Final[tuple[Callable[[Random], str], ...]] = (
    *(_step, _multi_step, _exponential, _lambda, _multiplicative, _constant, _linear, _polynomial),
    *(_cosine, _restarts, _cyclic, _one_cycle, _plateau, _swa, _sequence, _chain),
    *(_three, _chain_of_sequence),
)
