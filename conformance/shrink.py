"""Makes a call that shows a disagreement simpler, step by step."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

_SIMPLE: Final = ("0.1", "0.01", "0.001", "1.0", "0.9", "0.5", "0.0", "True")


def simpler(call: str) -> Iterator[str]:
    """Yield calls that are simpler than this one, the simplest first.

    An argument is dropped, a positional one gets its place in the keywords only by that, a
    number becomes a rounder one.
    """
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    name, args = ast.unparse(tree.func), [ast.unparse(node) for node in tree.args]
    keywords = [(keyword.arg, ast.unparse(keyword.value)) for keyword in tree.keywords]
    for number in range(len(keywords)):
        yield _spelled(name, args, keywords[:number] + keywords[number + 1 :])
    if args:
        yield _spelled(name, args[:-1], keywords)
    for number, text in enumerate(args):
        for value in _values(text):
            yield _spelled(name, [*args[:number], value, *args[number + 1 :]], keywords)
    for number, (word, text) in enumerate(keywords):
        for value in _values(text):
            changed = [*keywords[:number], (word, value), *keywords[number + 1 :]]
            yield _spelled(name, args, changed)


def _spelled(name: str, args: list[str], keywords: list[tuple[str | None, str]]) -> str:
    return f"{name}({', '.join([*args, *(f'{word}={text}' for word, text in keywords)])})"


def _values(text: str) -> Iterator[str]:
    """Simpler values in place of `text`, never one that is as simple already."""
    try:
        value = ast.literal_eval(text)
    except ValueError:
        return
    if isinstance(value, (tuple, list)):
        display = ("({})", "[{}]")[isinstance(value, list)]
        for number, element in enumerate(value):
            for simple in _values(repr(element)):
                parts = [repr(one) for one in value]
                parts[number] = simple
                yield display.format(", ".join(parts))
        if isinstance(value, list):
            yield repr(tuple(value))
    elif isinstance(value, float):
        rounded = repr(float(f"{value:.0e}"))
        power = repr(10.0 ** round(float(f"{value:e}".partition("e")[2]))) if value else text
        candidates = (power, rounded) if text not in _SIMPLE else ()
        yield from dict.fromkeys(one for one in candidates if one != text and len(one) <= len(text))


def shape(call: str) -> str:
    """A call without its values, for telling causes apart: ``Adam(_, eps)``."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    words = ["_" for _ in tree.args] + sorted(str(keyword.arg) for keyword in tree.keywords)
    return f"{ast.unparse(tree.func)}({', '.join(words)})"
