"""The reference problems every optimizer is run on, in numpy (worker side only).

Three copies of the same weights sit in one optimizer (LBFGS, whose step length depends on all
the weights it has, gets one optimizer per copy):

``base``
    plain least squares, ``mean((X @ W - Y) ** 2)``;
``small``
    the same loss times 1e-6: gradients of about 1e-7, which show where epsilon enters;
``dead``
    the last column of X is zero: that row of W has a gradient of exactly zero;
``other``
    least squares with another X; only where there are parameter groups, for the group that the
    first three are not in, and so that a gradient in the wrong place shows.

If torch's optimizer is told to maximize, the loss is negated on both sides.

The sparse problem replaces W by an embedding table of which each step looks up some rows; its
``dead`` copy never looks up one row.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

# numpy is not a dependency of the driver, and type checkers shall not need it: hence no import
# statement. Arrays are Any in this package.
np: Any = importlib.import_module("numpy")

#: What the loss of each copy is multiplied with.
SCALES: Final = (1.0, 1e-6, 1.0, 1.0)

#: Below this torch's weights count as not moved, so that 0/0 does not become a deviation.
_LEAST_MOVE: Final = 1e-12

_SPARSE_ROWS: Final = 10
_SPARSE_LOOKUPS: Final = 4


class LeastSquares:
    """X (32x4), Y (32x3), W (4x3), float32, always the same values."""

    def __init__(self) -> None:
        random = np.random.RandomState(0)
        # The order of these draws is part of the problem: another order gives other data.
        features = random.randn(32, 4)
        targets = random.randn(32, 3)
        self.start = random.randn(4, 3).astype(np.float32)
        self.targets = targets.astype(np.float32)
        dead = features.copy()
        dead[:, 3] = 0.0
        other = random.randn(32, 4)
        self.features = [array.astype(np.float32) for array in (features, features, dead, other)]

    def gradient(self, copy: int, weights: Any) -> Any:
        """Gradient (4x3, float32) of the loss of copy 0, 1, 2 or 3 at ``weights`` (4x3)."""
        features = self.features[copy]
        residual = features @ weights - self.targets
        scale = np.float32(SCALES[copy]) * np.float32(2.0 / residual.size)
        return (features.T @ residual) * scale

    def loss(self, copy: int, weights: Any) -> float | None:
        """Plain loss of copy 0, 1, 2 or 3 at ``weights`` (4x3); None if not finite."""
        return _number(((self.features[copy] @ weights - self.targets) ** 2).mean())


class SparseLookup:
    """A table (10x3) of which every step looks up four rows; float32, always the same values."""

    def __init__(self) -> None:
        random = np.random.RandomState(0)
        self.targets = random.randn(_SPARSE_ROWS, 3).astype(np.float32)
        self.start = random.randn(_SPARSE_ROWS, 3).astype(np.float32)
        self._order = [random.permutation(_SPARSE_ROWS) for _ in range(64)]

    def rows(self, copy: int, step: int) -> Any:
        """The distinct rows (int64, sorted) that copy 0, 1, 2 or 3 looks up in step 0, 1, ..."""
        # The fourth copy looks other rows up, as it has other data in the dense problem.
        order = self._order[(step + copy // 3) % len(self._order)]
        if copy == 2:
            order = order[order != _SPARSE_ROWS - 1]
        return np.sort(order[:_SPARSE_LOOKUPS])

    def row_gradient(self, copy: int, step: int, weights: Any) -> Any:
        """Gradient (rows x 3, float32) of the rows looked up in ``step`` at ``weights`` (10x3)."""
        rows = self.rows(copy, step)
        residual = weights[rows] - self.targets[rows]
        return residual * (np.float32(SCALES[copy]) * np.float32(2.0 / residual.size))

    def gradient(self, copy: int, step: int, weights: Any) -> Any:
        """As :meth:`row_gradient`, for the whole table (10x3): other rows are zero."""
        gradient = np.zeros_like(self.start)
        gradient[self.rows(copy, step)] = self.row_gradient(copy, step, weights)
        return gradient


def deviation(reference: Any, ported: Any) -> float | None:
    """How far ``ported`` leaves ``reference`` (both: steps+1 x rows x columns), relative.

    ``max|reference - ported| / max|reference - start|`` over the whole trajectory. Entries that
    are finite on neither side are left out; None if an entry is finite on one side only.
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


def growth(trajectory: Any) -> float | None:
    """How many times its size at the start the largest weight becomes; None if not finite."""
    if not np.isfinite(trajectory).all():
        return None
    return float(np.abs(trajectory).max() / np.abs(trajectory[0]).max())


def series(copy: int, reference: Any, ported: Any) -> dict[str, list[float | None]]:
    """The loss on both sides and the distance, for every step from the start on.

    Losses are those of plain least squares, without the copy's scale; the distance is relative
    to how far the reference moves in all, as in :func:`deviation`.
    """
    problem = LeastSquares()
    moved = max(float(np.abs(reference - reference[0]).max()), _LEAST_MOVE)
    return {
        "torch": [problem.loss(copy, weights) for weights in reference],
        "loss": [problem.loss(copy, weights) for weights in ported],
        "distance": [
            _number(np.abs(one - other).max() / moved)
            for one, other in zip(reference, ported, strict=True)
        ],
    }


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def is_frozen(reference: Any, ported: Any) -> bool:
    """Whether ``ported`` never leaves its start although ``reference`` does."""
    return bool((ported == ported[0]).all() and not (reference == reference[0]).all())
