"""The gate: whether a source is worth a look, told from its text at next to no cost.

Front ends import this before anything else of the core, and the rest when a file passes.
"""

from __future__ import annotations

import re
from functools import lru_cache

_REFLECTING = ("getattr", "vars", "__dict__")
"""How a class is had whose name is not in the text; then only the notes say something."""


@lru_cache(maxsize=2)
def _telling(reflecting: bool) -> re.Pattern[str]:
    """What a text with a construction has: an optimizer's name, or a way around it."""
    from optport.signatures import torch_optimizers

    names = [*torch_optimizers(), *(_REFLECTING if reflecting else ())]
    return word_ends(names)


def word_ends(words: list[str]) -> re.Pattern[str]:
    r"""Return a pattern for what ends in one of `words`.

    Whether it is the whole word, `begins_word` tells. A ``\b`` in front makes the search five
    times slower, since `re` can't skip ahead to the first letters any more.
    """
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})\b")


def begins_word(text: str, at: int) -> bool:
    """Whether no word goes on at this place of a text."""
    before = text[at - 1 : at]
    return not (before.isalnum() or before == "_")


_OPTIM = word_ends(["optim"])


def concerns_us(text: str, notes: bool = False) -> bool:
    """Whether a source can hold a finding at all: a scan of its text, nothing more."""
    named = "torch" in text and "optim" in text and _holds(text, _OPTIM)
    return (named or "import *" in text) and _holds(text, _telling(notes))


def _holds(text: str, pattern: re.Pattern[str]) -> bool:
    return any(begins_word(text, match.start()) for match in pattern.finditer(text))
