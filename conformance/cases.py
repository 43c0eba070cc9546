"""The cases to run, what running them gave, and what follows from that."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Final

#: The reference runs, by the size of their gradients, and the two that replay those of a real
#: network; see :mod:`conformance.problem`.
SIZES: Final = ("1", "1e-2", "1e-4", "1e-6")
RUNS: Final = (*SIZES, "replay", "rates")

#: Relative deviation from which on a port has left torch, by reference run. Gradients of 1e-6 are
#: shown and decide nothing.
LIMITS: Final[Mapping[str, float]] = {
    "1": 1e-3,
    "1e-2": 5e-2,
    "1e-4": 5e-2,
    "replay": 5e-2,
    "rates": 5e-2,
}

#: Below the first a port is exact, below the second close, on every run of :data:`LIMITS`.
EXACT_BELOW: Final = 1e-3
CLOSE_BELOW: Final = 5e-2

#: A deviation counts beyond so many times that of torch's own float32 from its float64.
TIMES_NOISE: Final = 3.0

#: What a case may ask the runner to do on the target's side beside making the optimizer.
NEGATE_LOSS: Final = "negate-loss"
STEP_SCHEDULER: Final = "step-scheduler-each-step"
GROUPS_ORDER: Final = "groups-order"
SCALARS: Final = "scalars-of-shape-1"
ALSO: Final = frozenset({NEGATE_LOSS, STEP_SCHEDULER, GROUPS_ORDER, SCALARS})

Figures = Mapping[str, float | None]


class Layout(enum.StrEnum):
    """How an optimizer has to be given the reference problems."""

    FLAT = "flat"  # it treats all elements of a parameter alike
    SHAPED = "shaped"  # it looks at whole rows, columns or parameters
    SPARSE = "sparse"  # it wants sparse gradients
    CLOSURE = "closure"  # it asks for the gradients itself, and looks at all parameters together


#: torch optimizer -> its layout, where that is not :attr:`Layout.FLAT`.
LAYOUTS: Final[Mapping[str, Layout]] = {
    "Adafactor": Layout.SHAPED,
    "Muon": Layout.SHAPED,
    "SparseAdam": Layout.SPARSE,
    "LBFGS": Layout.CLOSURE,
}


#: torch optimizers that read their learning rate once: no schedule reaches them.
STEADY: Final = frozenset({"Rprop"})

#: Optimizers and frameworks whose port is another one under a schedule than without.
UNSCHEDULED: Final = frozenset({("ASGD", "paddle")})


class CaseError(ValueError):
    """A case that can't be run; the message says which one and why."""


@dataclass(frozen=True)
class Case:
    """One optimizer construction in torch and its port.

    Attributes:
        torch: Python expression that makes the torch optimizer from ``params`` (at least four
            parameters where there are groups) or from ``model``; may use ``torch``, ``np`` and
            ``math``.
        call: Python expression that makes the target's optimizer and begins with its full name; as
            ``torch``, with ``paddle`` or ``mindspore`` in place of it, and what ``setup`` defined.
        setup: statements to execute before ``call``.
        also: words of :data:`ALSO`.
        series: the run of least squares whose loss and distance are wanted for every step.
    """

    torch: str
    call: str
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    series: str | None = None

    @cached_property
    def id(self) -> str:
        """Made of what is run: equal runs have equal ids."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:24]

    @property
    def framework(self) -> str:
        """Where the call leads: ``"paddle"`` or ``"mindspore"``."""
        return self.call.partition(".")[0]

    @property
    def optimizer(self) -> str:
        """The torch optimizer."""
        return self.torch.partition("(")[0].rpartition(".")[2]

    @property
    def layout(self) -> Layout:
        """How torch's optimizer is given the problems."""
        return LAYOUTS.get(self.optimizer, Layout.FLAT)

    @property
    def grouped(self) -> bool:
        """Whether the call hands over parameter groups."""
        return is_grouped(self.torch)


@dataclass(frozen=True)
class Result:
    """What one case did.

    Attributes:
        off: by reference run, the largest distance between torch's and the target's weights over
            the trajectory, relative to the largest distance that torch's weights move; None:
            finite on one side only. A run that was not made is missing: the optimizer has none, or
            the port had left torch before.
        noise: the same for torch in float64 against torch in float32.
        error: one line, if the target raised, hung or crashed.
        torch_error: one line, if torch did.
        frozen: whether the target raised nothing and left the weights where they were although
            torch moved them.
        scalar: one line, if the target raised for a parameter without dimension, and only then.
        series: for a case that asks for it: ``torch`` (loss), ``loss`` (the port's) and
            ``distance``, a number for the start and for every step.
    """

    off: Figures = field(default_factory=dict)
    noise: Figures = field(default_factory=dict)
    error: str | None = None
    torch_error: str | None = None
    frozen: bool = False
    scalar: str | None = None
    series: Mapping[str, list[float | None]] | None = None

    def to_json(self, case: str) -> str:
        """One JSON object on one line, with the id of its case."""
        return json.dumps({"id": case} | asdict(self), ensure_ascii=False, allow_nan=False)

    @property
    def verdict(self) -> str:
        """``"same"``, ``"parts"``, ``"error"`` or ``"torch-error"``."""
        if self.torch_error is not None:
            return "torch-error"
        if self.error is not None:
            return "error"
        return "parts" if parting(self.off, self.noise) else "same"


def _beyond(run: str, limit: float, off: Figures, noise: Figures) -> bool:
    value, own = off[run], [noise.get(one, 0.0) for one in _no_smaller(run)]
    known = [one for one in own if one is not None]
    if len(known) < len(own):
        return False  # torch itself overflows, or not, by rounding alone
    return value is None or (value >= limit and value > TIMES_NOISE * max(known))


def _no_smaller(run: str) -> tuple[str, ...]:
    """The runs of least squares with gradients at least that large: small ones round no better."""
    return SIZES[: SIZES.index(run) + 1] if run in SIZES else (run,)


def parting(off: Figures, noise: Figures) -> list[str]:
    """The reference runs on which the deviations say that a port has left torch."""
    return [run for run in LIMITS if run in off and _beyond(run, LIMITS[run], off, noise)]


def fidelity(off: Figures, noise: Figures) -> str:
    """``"exact"``, ``"close"`` or ``"approximate"``: what the deviations let a port be called."""
    for name, limit in (("exact", EXACT_BELOW), ("close", CLOSE_BELOW)):
        if not any(run in off and _beyond(run, limit, off, noise) for run in LIMITS):
            return name
    return "approximate"


def furthest(off: Figures) -> float | None:
    """The largest deviation of the runs that decide; None where a weight is finite on one side."""
    values = [off[run] for run in LIMITS if run in off]
    known = [value for value in values if value is not None]
    return max(known, default=0.0) if len(known) == len(values) else None


def is_grouped(torch: str) -> bool:
    """Whether a torch call hands over parameter groups."""
    return "[{" in torch


def one_line(text: str, limit: int = 160) -> str:
    """``text`` on one line without runs of blanks, cut to ``limit`` characters."""
    joined = " ".join(text.split())
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"
