"""Changes of real sources: lines and tokens gone, doubled and swapped, other code spliced in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from fuzzing.grammar import LITERALS, Writer

_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|\s+|[^\w\s]")
_INDENT = re.compile(r"[ \t]*")


def mutated(text: str, random: Random, writer: Writer, changes: int = 4) -> str:
    """Return the text after up to so many changes; it need not be valid Python any more."""
    for _ in range(random.randint(1, changes)):
        change = random.choice(_CHANGES)
        text = change(text, random, writer)
    return text


def _lines(text: str, random: Random, _: Writer) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(_changed(lines, range(len(lines)), random, most=20))


def _tokens(text: str, random: Random, _: Writer) -> str:
    tokens = _TOKEN.findall(text)
    places = [n for n, token in enumerate(tokens) if not token.isspace()]
    return "".join(_changed(tokens, places, random, most=1))


def _changed(pieces: list[str], places: Sequence[int], random: Random, most: int) -> list[str]:
    """Return the pieces with some of them gone, doubled, swapped, or another in their place."""
    if len(places) < 2:
        return pieces
    first, second = random.choice(places), random.choice(places)
    match random.randrange(4):
        case 0:
            del pieces[first : first + random.choice((1, random.randint(1, most)))]
        case 1:
            pieces.insert(second, pieces[first])
        case 2:
            pieces[first], pieces[second] = pieces[second], pieces[first]
        case _:
            pieces[first] = pieces[second]
    return pieces


def _names(text: str, random: Random, _: Writer) -> str:
    """Exchange two names wherever they stand."""
    names = sorted(set(re.findall(r"[^\W\d]\w*", text)))
    if len(names) < 2:
        return text
    one, other = random.sample(names, 2)
    words = re.compile(rf"\b(?:{one}|{other})\b")
    return words.sub(lambda match: other if match.group() == one else one, text)


def _splice(text: str, random: Random, writer: Writer) -> str:
    """Put a statement between two lines, indented as the line after it."""
    lines = text.splitlines(keepends=True)
    at = random.randrange(len(lines) + 1)
    indent = _INDENT.match(lines[at] if at < len(lines) else "")
    assert indent is not None
    added = [f"{indent.group()}{line}\n" for line in writer.statement(2).split("\n")]
    return "".join([*lines[:at], *added, *lines[at:]])


def _values(text: str, random: Random, writer: Writer) -> str:
    """Write another expression in the place of a number, string or name."""
    found = list(re.finditer(r"\b\d[\w.]*|'[^'\n]*'|(?<==)\w+|(?<=\()\w+", text))
    if not found:
        return text
    match = random.choice(found)
    new = repr(random.choice(LITERALS)) if random.random() < 0.5 else writer.expression(1)
    return text[: match.start()] + new + text[match.end() :]


def _nested(text: str, random: Random, _: Writer) -> str:
    """Put the whole text below a line that opens a block."""
    opening = random.choice(("if torch:", "for p in torch:", "def f(self):", "class C:", "try:"))
    closing = "finally:\n pass\n" if opening == "try:" else ""
    return (
        f"{opening}\n"
        + "".join(f" {line}" for line in text.splitlines(keepends=True))
        + (f"\n{closing}")
    )


_CHANGES = (_lines, _lines, _tokens, _names, _splice, _splice, _values, _values, _nested)
