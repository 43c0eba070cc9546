"""The gate: whether a source is worth a look, told from its text at next to no cost.

Front ends import this before anything else of the core, and the rest when a file passes.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NAMESPACE = re.compile(r"\boptim\b")


@lru_cache(maxsize=1)
def _telling() -> re.Pattern[str]:
    """What a text with a construction has: a class's name, or a way to get at one by its name."""
    from optport.signatures import torch_optimizers

    return re.compile(rf"\b(?:{'|'.join(sorted(torch_optimizers()))}|getattr|vars|__dict__)\b")


def concerns_us(text: str) -> bool:
    """Whether a source can hold a construction at all: a scan of its text, nothing more."""
    named = "torch" in text and "optim" in text and _NAMESPACE.search(text) is not None
    return (named or "import *" in text) and _telling().search(text) is not None
