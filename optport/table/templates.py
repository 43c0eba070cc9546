"""Texts of ports with holes: ``{gamma} ** 2``, ``{betas[1]}``; a brace itself is written twice."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import cache

from optport.lean import dataclass

_HOLE = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?\Z")

_NUMBER = r"\d[\w.]*(?:(?<=e)[+-]\d+)?"
_CHAIN = r"[\w.]*(?:\([^()]*\)|\[[^\[\]]*\])*"
_OPERAND = re.compile(rf"(?:{_NUMBER}|{_CHAIN})\Z")


def operand(text: str) -> str:
    """Return an expression as an operand: in parentheses unless it needs none."""
    return text if _OPERAND.match(text) else f"({text})"


@dataclass(frozen=True, slots=True)
class Hole:
    """What a template has to be given: a torch parameter, or one element of it."""

    name: str
    element: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text of source code over torch's parameters, and over what else its place says."""

    text: str
    parts: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """All holes, in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))

    @property
    def names(self) -> frozenset[str]:
        """The names of all holes."""
        return frozenset(hole.name for hole in self.holes)

    def render(self, spell: Callable[[Hole], str]) -> str:
        """Return the text with every hole filled by what `spell` gives for it."""
        return "".join(part if isinstance(part, str) else spell(part) for part in self.parts)


@cache
def parse_template(text: str) -> Template:
    """Read a template; raises `ValueError` that shows the hole that is not understood."""
    parts: list[str | Hole] = []
    try:
        pieces = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"template {text!r}: {error}") from None
    for literal, name, spec, conversion in pieces:
        if literal:
            parts.append(literal)
        if name is None:
            continue
        match = _HOLE.match(name)
        if match is None or spec or conversion:
            raise ValueError(f"template {text!r}: {{{name}}} is no parameter or element of one")
        found, element = match.groups()
        parts.append(Hole(found, None if element is None else int(element)))
    return Template(text, tuple(parts))
