"""The reference problems every optimizer is run on, in numpy (worker side only).

Parameters are made of pieces, and each piece shows something of its own; see :data:`RUNS`. An
optimizer that treats all elements alike gets the pieces in one flat parameter, so that a step costs
as little as possible; see :class:`Layout`.

``1``, ``1e-2``, ``1e-4``, ``1e-6``
    least squares, ``mean((X @ W - Y) ** 2)`` times that number: gradients of that size; 50 steps;
``replay``
    the gradients of a small real network, one batch after the other, whatever the weights are
    (:mod:`conformance.network`); 200 steps;
``rates``
    every second batch again, the learning rate warmed up and then lowered along a cosine.

If torch's optimizer is told to maximize, gradients are negated on both sides. The sparse problem
replaces W by an embedding table of which each step looks up some rows.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from conformance.cases import Layout

# numpy is not a dependency of the driver, and type checkers shall not need it: hence no import
# statement. Arrays are Any in this package.
np: Any = importlib.import_module("numpy")

GRADIENTS: Final = Path(__file__).with_name("gradients.npz")

SCALES: Final[Mapping[str, float]] = {"1": 1.0, "1e-2": 1e-2, "1e-4": 1e-4, "1e-6": 1e-6}

#: Steps of least squares; of a replay in full and in short; of LBFGS, which iterates in a step.
SQUARES_STEPS: Final = 50
REPLAY_STEPS: Final = 200
SHORT_STEPS: Final = 50
CLOSURE_STEPS: Final = 12

#: With a changing rate, every so many batches are replayed.
RATES_STRIDE: Final = 2

#: After the first so many steps, a replay is looked at every so many.
_LOOK_EVERY: Final = 10

#: Parameters of the network that some batches give no gradient, and that have no dimension.
_BRANCH: Final = "branch"
_SCALAR: Final = "scalar"

#: What an optimizer that looks at whole parameters is run on: every kind of shape once.
_SHAPES: Final = ("embedding", "norm", "convolution", _SCALAR)

#: Below this torch's weights count as not moved, so that 0/0 does not become a deviation.
_LEAST_MOVE: Final = 1e-12

_TABLE_ROWS: Final = 10
_LOOKUPS: Final = 4


class Piece:
    """Part of a parameter: where it starts, and its gradients."""

    def __init__(self, runs: tuple[str, ...], start: Any) -> None:
        self.runs = runs
        self.start = start

    def gradient(self, step: int, weights: Any, changing: bool) -> Any:
        """The gradient in ``step`` at ``weights``, as large as these; None for none at all."""
        raise NotImplementedError


class Squares(Piece):
    """Least squares of W (4x3) with one of two sets of data, always the same values."""

    def __init__(self, run: str, other: bool = False) -> None:
        random = np.random.RandomState(0)
        # The order of these draws is part of the problem: another order gives other data.
        features, targets = random.randn(32, 4), random.randn(32, 3)
        super().__init__((run,), random.randn(4, 3).astype(np.float32))
        if other:
            features = random.randn(32, 4)
        # What float32 makes of the data is the problem, in float64 too.
        data = [one.astype(np.float32) for one in (features, targets)]
        self._data = {kind: [one.astype(kind) for one in data] for kind in ("float32", "float64")}
        self._scale = SCALES[run]

    def gradient(self, step: int, weights: Any, changing: bool) -> Any:
        if step >= SQUARES_STEPS or changing:
            return np.zeros_like(self.start)
        features, targets = self._data[weights.dtype.name]
        residual = features @ weights.reshape(4, 3) - targets
        return (features.T @ residual) * (2.0 * self._scale / residual.size)

    def loss(self, weights: Any) -> float:
        """The loss at ``weights``, its scale included."""
        features, targets = self._data[weights.dtype.name]
        return float(self._scale * ((features @ weights.reshape(4, 3) - targets) ** 2).mean())


class Lookups(Piece):
    """A table (10x3) of which every step looks up four rows, always the same values."""

    def __init__(self, run: str, other: bool = False) -> None:
        random = np.random.RandomState(0)
        self._targets = random.randn(_TABLE_ROWS, 3).astype(np.float32)
        super().__init__((run,), random.randn(_TABLE_ROWS, 3).astype(np.float32))
        self._order = [random.permutation(_TABLE_ROWS) for _ in range(64)]
        self._later = int(other)
        self._scale = SCALES[run]

    def gradient(self, step: int, weights: Any, changing: bool) -> Any:
        """Rows that are not looked up are zero."""
        order = self._order[(step + self._later) % len(self._order)]
        rows = order[:_LOOKUPS]
        gradient = np.zeros_like(weights)
        residual = weights[rows] - self._targets[rows]
        gradient[rows] = residual * (2.0 * self._scale / residual.size)
        return gradient


class Recorded(Piece):
    """The recorded gradients of one parameter of the network."""

    def __init__(self, name: str, whole: bool) -> None:
        start, gradients = _recorded(name)
        super().__init__(("replay", "rates"), start)
        self._gradients = gradients if whole else np.nan_to_num(gradients)

    def gradient(self, step: int, weights: Any, changing: bool) -> Any:
        gradient = self._gradients[step * (RATES_STRIDE if changing else 1)]
        return None if np.isnan(gradient).any() else gradient


@cache
def _recorded(name: str) -> tuple[Any, Any]:
    with np.load(GRADIENTS) as file:
        scaled = file[f"{name}.gradients"].astype(np.float32)
        return file[f"{name}.start"], scaled * file[f"{name}.scale"]


def _names() -> list[str]:
    with np.load(GRADIENTS) as file:
        return [name.removesuffix(".start") for name in file.files if name.endswith(".start")]


def _places(pieces: Sequence[Piece]) -> list[tuple[Piece, slice]]:
    """Pieces in a row, flat, each with its place there."""
    ends = [*accumulate(piece.start.size for piece in pieces)]
    return [(one, slice(end - one.start.size, end)) for one, end in zip(pieces, ends, strict=True)]


class Parameter:
    """Pieces in a row: flat, or with their own shape where there is one, or as rows of a table."""

    def __init__(self, pieces: Sequence[Piece], rows: bool = False, whole: bool = True) -> None:
        starts = [piece.start for piece in pieces]
        if rows:
            self.start = np.concatenate(starts)
        elif len(starts) == 1 and (whole or starts[0].ndim):
            self.start = starts[0]
        else:
            self.start = np.concatenate([start.reshape(-1) for start in starts])
        self.places = _places(pieces)

    def gradient(self, step: int, weights: Any, changing: bool) -> Any:
        """The gradient in ``step`` at ``weights``, in their shape; None for none at all."""
        flat = weights.reshape(-1)
        found = []
        for piece, where in self.places:
            mine = flat[where].reshape(piece.start.shape)
            gradient = piece.gradient(step, mine, changing)
            if gradient is None:
                return None
            found.append(gradient.reshape(-1))
        joined = found[0] if len(found) == 1 else np.concatenate(found)
        return joined.astype(weights.dtype).reshape(weights.shape)


class Problem:
    """The parameters that one optimizer is given.

    Attributes:
        parameters: as handed over.
        steps: how many there are; see :meth:`steps_of`.
        closed_until: from this step on, gradients do not depend on the weights.
    """

    def __init__(self, parameters: Sequence[Parameter], steps: int) -> None:
        self.parameters = tuple(parameters)
        self.steps = steps
        self.pieces = [piece for parameter in parameters for piece, _ in parameter.places]
        #: Every piece with its place among all the weights, flat.
        self.places = _places(self.pieces)
        recorded = any(isinstance(piece, Recorded) for piece in self.pieces)
        self.closed_until = min(steps, SQUARES_STEPS) if recorded else steps
        self.replays = recorded

    def steps_of(self, changing: bool) -> int:
        """How many steps there are, with a changing rate or without."""
        return self.steps // RATES_STRIDE if changing else self.steps

    def looks(self, step: int, changing: bool) -> bool:
        """Whether the weights after ``step`` are part of the trajectory."""
        return (step < self.closed_until and not changing) or (step + 1) % _LOOK_EVERY == 0


def rate_factor(step: int, steps: int) -> float:
    """What the learning rate is multiplied with: warm-up for a tenth, then a cosine to 1/20."""
    warm = steps // 10
    if step < warm:
        return (step + 1) / warm
    return 0.05 + 0.475 * (1.0 + math.cos(math.pi * (step - warm) / (steps - warm)))


@cache
def problems(layout: str, grouped: bool, whole: bool) -> tuple[Problem, ...]:
    """The problems of a layout, each for an optimizer of its own.

    ``whole`` is False for a framework that knows no parameter without gradient (it gets zeros) and
    is not to get one without dimension (it gets one of shape 1).
    """
    squares: list[Piece] = [Squares(run) for run in SCALES]
    if layout == Layout.CLOSURE:
        return tuple(Problem([Parameter([one])], CLOSURE_STEPS) for one in squares)
    if layout == Layout.SPARSE:
        tables = [[run] for run in SCALES] if grouped else [list(SCALES)]
        parameters = [Parameter([Lookups(run) for run in runs], rows=True) for runs in tables[:3]]
        if grouped:
            parameters.append(Parameter([Lookups(run, True) for run in SCALES], rows=True))
        return (Problem(parameters, SQUARES_STEPS),)
    if layout == Layout.SHAPED:
        squares[1:1] = [Recorded(name, whole) for name in _SHAPES]
        return (Problem([Parameter([piece], whole=whole) for piece in squares], SHORT_STEPS),)
    apart = [Recorded(name, whole) for name in (_BRANCH, _SCALAR)]
    recorded = [Recorded(name, whole) for name in _names() if name not in (_BRANCH, _SCALAR)]
    if not grouped and not whole:
        return (Problem([Parameter([*squares, *recorded, *apart])], REPLAY_STEPS),)
    parameters = [Parameter([*squares, *recorded])]
    parameters += [Parameter([piece], whole=whole) for piece in apart]
    if not grouped:
        return (Problem(parameters, REPLAY_STEPS),)
    others = [Squares(run, other=True) for run in SCALES]
    return (Problem([*parameters, Parameter([*others, *recorded])], SHORT_STEPS),)


def note_deviations(
    problem: Problem, run: str, reference: Any, ported: Any, found: dict[str, float | None]
) -> None:
    """Note how far ``ported`` leaves ``reference`` (both: looks x weights), relative, by run.

    ``run`` is ``"replay"`` for the trajectories with a constant learning rate, which hold least
    squares too, and ``"rates"`` for the others. Of all that show the same run the furthest counts;
    None where a weight is finite on one side only.
    """
    for piece, where in problem.places:
        for name in piece.runs:
            if name == run or (run == "replay" and name in SCALES):
                until = problem.closed_until + 1 if name in SCALES else None
                value = deviation(reference[:until, where], ported[:until, where])
                known = found.get(name, 0.0)
                found[name] = None if value is None or known is None else max(known, value)


def deviation(reference: Any, ported: Any) -> float | None:
    """``max|reference - ported| / max|reference - start|`` over the whole trajectory.

    Entries that are finite on neither side are left out; None if one is finite on one side only.
    """
    # float64, because the difference of two float32 numbers shall not be rounded again.
    ours, theirs = reference.astype(np.float64), ported.astype(np.float64)
    finite = np.isfinite(ours)
    if not np.array_equal(finite, np.isfinite(theirs)):
        return None
    start = np.broadcast_to(ours[0], ours.shape)
    moved = np.abs(ours[finite] - start[finite]).max(initial=0.0)
    apart = np.abs(ours[finite] - theirs[finite]).max(initial=0.0)
    return float(apart / max(moved, _LEAST_MOVE))


def series(
    problem: Problem, run: str, reference: Any, ported: Any
) -> dict[str, list[float | None]]:
    """The loss on both sides and the distance, for every step of least squares and the start."""
    piece, where = next(one for one in problem.places if one[0].runs == (run,))
    assert isinstance(piece, Squares)
    ours, theirs = (one[: problem.closed_until + 1, where] for one in (reference, ported))
    moved = max(float(np.abs(ours - ours[0]).max()), _LEAST_MOVE)
    found = {
        "torch": map(piece.loss, ours),
        "loss": map(piece.loss, theirs),
        "distance": np.abs(ours - theirs).max(axis=1) / moved,
    }
    return {
        name: [float(one) if np.isfinite(one) else None for one in values]
        for name, values in found.items()
    }


def is_frozen(reference: Any, ported: Any) -> bool:
    """Whether ``ported`` never leaves its start although ``reference`` does."""
    return bool((ported == ported[0]).all() and not (reference == reference[0]).all())
