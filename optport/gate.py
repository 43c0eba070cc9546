"""The gate: whether a source is worth a look, told from its text at next to no cost.

Front ends import this before anything else of the core, and the rest when a file passes.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

REFLECTING = ("getattr", "vars", "__dict__")
"""How a class is had whose name is not in the text; then only the notes say something."""


@lru_cache(maxsize=2)
def telling_words(notes: bool) -> frozenset[str]:
    """Return the words one of which every file with a finding holds: the optimizers' names.

    With `notes` so are the ways around a name.
    """
    from optport.signatures import torch_optimizers

    return frozenset([*torch_optimizers(), *(REFLECTING if notes else ())])


@lru_cache(maxsize=2)
def telling_word_ends(notes: bool) -> re.Pattern[str]:
    """Return the pattern of `word_ends` for the telling words."""
    return word_ends(sorted(telling_words(notes)))


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


def concerns_us(text: str, notes: bool = False, tree: ast.Module | None = None) -> bool:
    """Whether a source can hold a finding at all: a scan of its text, nothing more.

    Where the `tree` is there already, it tells quicker than the text about star imports.
    """
    named = "optim" in text and "torch" in text and _holds(text, _OPTIM)
    if not named and not (_has_star(text) if tree is None else imports_star(tree)):
        return False
    return _holds(text, telling_word_ends(notes))


def _has_star(text: str) -> bool:
    return "import *" in text or "import*" in text


def imports_star(tree: ast.Module) -> bool:
    """Whether a module has a star import, also in a branch; only the module itself may have one."""
    bodies: list[list[ast.stmt]] = [tree.body]
    for body in bodies:  # grows while it is gone through
        for node in body:
            if isinstance(node, ast.ImportFrom):
                if node.names[0].name == "*":
                    return True
            elif type(node) in _BRANCHING:
                bodies += [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
                arms = (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))
                bodies += [arm.body for arm in arms]
    return False


_BRANCHING = frozenset(
    {ast.If, ast.Try, ast.TryStar, ast.For, ast.While, ast.With, ast.Match, ast.AsyncFor}
    | {ast.AsyncWith}
)


def _holds(text: str, pattern: re.Pattern[str]) -> bool:
    return any(begins_word(text, match.start()) for match in pattern.finditer(text))
