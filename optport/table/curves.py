"""The closed form of a learning-rate schedule, as a row file states it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from optport.table.conditions import Condition, Lookup
from optport.table.templates import Hole, Template
from optport.table.toml import Row, TableError
from optport.values import Certainty

BASE_RATE = "lr"
"""What templates of schedulers call the rate of the optimizer."""

_OPERAND = re.compile(r"[\w.]+\Z|\[[^\[\]]*\]\Z|\([^()]*\)\Z")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A text that holds under a condition, or else (None) whatever the arguments are."""

    when: Condition | None
    text: Template


@dataclass(frozen=True, slots=True)
class Curve:
    """Texts by name, of which the first alternative that holds counts.

    `factor` gives what the base rate is multiplied by after ``e`` steps of the scheduler, `rate`
    the rate itself; the others are parts of them. The holes are torch's parameters, ``lr`` (the
    base rate), and parts.
    """

    parts: Mapping[str, tuple[Alternative, ...]]

    def written(self, name: str, spell: Callable[[Hole], str | None], lookup: Lookup) -> str | None:
        """Return `factor` or `rate` as an expression over ``e``.

        `spell` gives what stands in a hole that is no part, None where that can't be told, and
        `lookup` a parameter's value. None where the curve has no such part under these values.
        """
        chosen = self._chosen(name, lookup)
        if chosen is None:
            return None
        filled: dict[Hole, str] = {}
        for hole in chosen.holes:
            part = hole.name in self.parts and hole.name != name
            text = self.written(hole.name, spell, lookup) if part else spell(hole)
            if text is None:
                return None
            filled[hole] = text if part else operand(text)
        return chosen.render(lambda hole: filled[hole])

    def _chosen(self, name: str, lookup: Lookup) -> Template | None:
        for alternative in self.parts.get(name, ()):
            if alternative.when is None or alternative.when.holds(lookup) is Certainty.CERTAIN:
                return alternative.text
        return None


def operand(text: str) -> str:
    """Return an expression as an operand: in parentheses unless it needs none."""
    return text if _OPERAND.match(text) else f"({text})"


def read_curve(data: Mapping[str, Any], where: str) -> Curve:
    """Read the table `[curve]`; raises `TableError` that names file and part."""
    if not data.keys() & {"factor", "rate"}:
        raise TableError(f"{where}: a curve has a factor or a rate")
    parts = {}
    for name, value in data.items():
        items = value if isinstance(value, list) else [{"text": value}]
        parts[name] = tuple(_alternative(item, f"{where}: {name}") for item in items)
    return Curve(parts)


def _alternative(data: Any, where: str) -> Alternative:
    row = Row(data, where)
    found = Alternative(row.condition("when"), row.need_template("text"))
    row.finish()
    return found
