"""Makes a call that shows a disagreement simpler, step by step."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

_SIMPLE: Final = ("0.1", "0.01", "0.001", "1.0", "0.9", "0.5", "0.0", "True")


def simpler(call: str) -> Iterator[str]:
    """Yield calls that are simpler than this one, the simplest first.

    An argument is dropped, a positional one gets its place in the keywords only by that, a
    number becomes a rounder one. The same goes for the options of a parameter group.
    """
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    name, args = ast.unparse(tree.func), [ast.unparse(node) for node in tree.args]
    keywords = [(keyword.arg, ast.unparse(keyword.value)) for keyword in tree.keywords]
    for number in range(len(keywords)):
        yield _spelled(name, args, keywords[:number] + keywords[number + 1 :])
    grouped = bool(tree.args) and _is_groups(tree.args[0])
    if grouped:
        for groups in _simpler_groups(tree.args[0]):
            yield _spelled(name, [groups, *args[1:]], keywords)
    if len(args) > grouped:
        yield _spelled(name, args[:-1], keywords)
    for number, text in enumerate(args):
        for value in _values(text):
            yield _spelled(name, [*args[:number], value, *args[number + 1 :]], keywords)
    for number, (word, text) in enumerate(keywords):
        for value in _values(text):
            changed = [*keywords[:number], (word, value), *keywords[number + 1 :]]
            yield _spelled(name, args, changed)


def _is_groups(node: ast.expr) -> bool:
    return isinstance(node, ast.List) and all(isinstance(one, ast.Dict) for one in node.elts)


def _simpler_groups(node: ast.expr) -> Iterator[str]:
    groups = _options(node)
    for number, group in enumerate(groups):
        for key, text in group.items():
            if key != "params":
                fewer = {word: one for word, one in group.items() if word != key}
                yield _listed([*groups[:number], fewer, *groups[number + 1 :]])
                for value in _values(text):
                    yield _listed([*groups[:number], group | {key: value}, *groups[number + 1 :]])


def _options(node: ast.expr) -> list[dict[str, str]]:
    """The groups of a list display: the text of each option by its key."""
    assert isinstance(node, ast.List)
    return [
        {
            ast.literal_eval(key): ast.unparse(value)
            for key, value in zip(group.keys, group.values, strict=True)
            if key is not None
        }
        for group in node.elts
        if isinstance(group, ast.Dict)
    ]


def _listed(groups: list[dict[str, str]]) -> str:
    shown = (", ".join(f"{key!r}: {text}" for key, text in group.items()) for group in groups)
    return "[" + ", ".join(f"{{{items}}}" for items in shown) + "]"


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
    if tree.args and _is_groups(tree.args[0]):
        keys = sorted({key for group in _options(tree.args[0]) for key in group} - {"params"})
        words[0] = f"[{', '.join(keys)}]"
    return f"{ast.unparse(tree.func)}({', '.join(words)})"
