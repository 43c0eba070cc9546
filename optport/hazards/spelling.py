"""How values are spelled in advice and ports."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from optport.reader.source import parenthesised
from optport.values import UNREAD, Literal, Tensor, ValueSet

MAX_TEXT = 40
"""Characters of an argument's own expression that a message shows."""
MAX_ADVICE = 120
"""Characters of an expression that advice shows to be written."""


def shortened(text: str, longest: int = MAX_TEXT) -> str:
    """Return `text`, cut where it is too long for a message."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def as_float(value: Any) -> Any:
    """Return the value with every int in it as a float, tensors and bools left alone."""
    if type(value) is int:
        return float(value)
    if isinstance(value, (tuple, list)):
        return type(value)(as_float(element) for element in value)
    return value


def plain(value: ValueSet) -> Any:
    """Return the number, pair, … that a value surely is (inside of a tensor too), or `UNREAD`."""
    only = value.exact
    inside = only.value if isinstance(only, (Literal, Tensor)) else UNREAD
    return UNREAD if _unread_inside(inside) else inside


def _unread_inside(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(element is UNREAD for element in value)
    return value is UNREAD


def as_tuple(value: Any) -> Any:
    """Return a list or tuple as a tuple of floats."""
    return tuple(as_float(value)) if isinstance(value, (tuple, list)) else value


def as_positive(value: Any) -> Any:
    """Return the value as floats, with a number too small to matter in place of every zero."""
    if isinstance(value, (tuple, list)):
        return type(value)(as_positive(element) for element in value)
    return TINY if value == 0 else as_float(value)


TINY = 1e-30
"""Measured to train as 0.0 does where a counterpart takes no zero."""

REWRITINGS: dict[str, Callable[[Any], Any]] = {
    "float": as_float,
    "tuple": as_tuple,
    "positive": as_positive,
    "bool": bool,
}
"""How a rejection may ask for a value to be written instead, beside an element of another."""


def rewritten(write: str, value: Any) -> str | None:
    """Return the source of `value` written as `write` of `REWRITINGS` asks; None if unread."""
    return None if value is UNREAD else repr(REWRITINGS[write](value))


def as_float_text(text: str) -> str:
    """Spell an int literal as a float; any other expression as it is."""
    return repr(float(text)) if text.isdecimal() and len(text) < 100 else text


def default_spelled(text: str, like: str | None) -> str:
    """Spell torch's default `text` for a parameter whose own default is `like`.

    Counterparts that check types take a float where their own default is one.
    """
    if like is None:
        return text
    mine, theirs = ast.literal_eval(text), ast.literal_eval(like)
    floats = type(theirs) is float or (
        isinstance(theirs, tuple) and all(type(element) is float for element in theirs)
    )
    return repr(as_float(mine)) if floats else text


def element_texts(text: str, count: int) -> list[str]:
    """Spell the elements of a pair, one by one: those of the display where `text` is one."""
    try:
        display = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        display = None
    elements = display.elts if isinstance(display, (ast.Tuple, ast.List)) else []
    starred = any(isinstance(element, ast.Starred) for element in elements)
    if len(elements) == count and not starred:
        segments = [ast.get_source_segment(text, element) or "…" for element in elements]
        return list(map(parenthesised, segments, elements))
    simple = text.replace(".", "").isidentifier()
    return [f"{text if simple else f'({text})'}[{position}]" for position in range(count)]


def squared(value: float) -> str:
    """Return the square as a person would write it: 1e-16, not 1.0000000000000001e-16."""
    return repr(float(f"{float(value) ** 2:.12g}"))
