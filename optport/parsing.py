"""Python's own parser, for one thread at a time: two may end in a `SystemError` (gh-106905)."""

from __future__ import annotations

import ast
import warnings
from _thread import allocate_lock
from typing import Any

_PARSING = allocate_lock()


def parse_source(text: str) -> ast.Module:
    """Parse a source text; raises `SyntaxError`, `ValueError`, … as `ast.parse` does."""
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the checked source: not ours to show
        return ast.parse(text)


def parse_expression(text: str) -> ast.expr:
    """Parse one expression; raises what `ast.parse` does."""
    with _PARSING:
        return ast.parse(text, mode="eval").body


def literal(text: str) -> Any:
    """Return the value of a literal; raises `ValueError` for what is none, and as above."""
    return ast.literal_eval(parse_expression(text.lstrip(" \t")))
