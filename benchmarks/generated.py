"""Files of any size, to see how the cost grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

_HEAD = "import torch\nfrom torch import nn, optim\n\n"
_CALLS = (
    "optim.SGD(model.parameters(), lr=rate, momentum=0.9)",
    "optim.Adam(model.parameters(), rate, weight_decay=decay)",
    "torch.optim.AdamW([{'params': model.parameters(), 'lr': rate}], eps=1e-6)",
    "optim.RMSprop(model.parameters(), **settings)",
    "torch.optim.ASGD(params=model.parameters())",
)
_CLASS = '''
class Layer{n}(nn.Module):
    """One of many layers."""

    def __init__(self, width: int = {n}, depth: int = 4) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.scale = {{"first": 1.0, "second": [2.0, 3.0, width], "third": (depth, None)}}

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x) * self.scale["first"] + x
            if mask is not None and x.shape[0] != mask.shape[0]:
                raise ValueError(f"{{x.shape}} does not go with {{mask.shape}} in {n}")
        return x if mask is None else x[mask]
'''


def _function(n: int) -> str:
    return (
        f"def make_{n}(model, decay=0.01):\n"
        f"    rate = 0.{n % 9 + 1}\n"
        "    settings = dict(lr=rate, momentum=0.5)\n"
        f"    return {_CALLS[n % len(_CALLS)]}\n\n"
    )


def in_functions(count: int) -> str:
    """A file with so many constructions, each in a function with its own values."""
    return _HEAD + "".join(map(_function, range(count)))


def in_one_scope(count: int) -> str:
    """A script with so many constructions, which all assign the same few names again."""
    return f"{_HEAD}model, decay = nn.Linear(2, 2), 0.01\n" + "".join(
        f"rate = 0.{n % 9 + 1}\n"
        "settings = dict(lr=rate, momentum=0.5)\n"
        f"optimizer = {_CALLS[n % len(_CALLS)]}\n"
        for n in range(count)
    )


def among_classes(count: int) -> str:
    """A file of so many classes, and a function with a construction after every twentieth."""
    return _HEAD + "".join(
        _CLASS.format(n=n) + ("\n" + _function(n // 20) if n % 20 == 19 else "")
        for n in range(count)
    )


SERIES: Sequence[tuple[str, Callable[[int], str], Sequence[int]]] = (
    ("constructions in functions", in_functions, (500, 1000, 5000)),
    ("constructions in one scope", in_one_scope, (500, 1000, 5000)),
    ("classes, few constructions", among_classes, (1000, 5000)),
)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The power of the size that the cost grows by, from the first size to the last."""
    return math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])
