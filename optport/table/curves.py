"""The closed form of a learning-rate schedule, as a row file states it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any

from optport.lean import dataclass
from optport.table.conditions import Condition
from optport.table.operands import Lookup
from optport.table.templates import Hole, Template, operand
from optport.table.toml import Row
from optport.values import Certainty

BASE_RATE = "lr"
"""What templates of schedulers call the rate of the optimizer."""


class Join(enum.StrEnum):
    """How a scheduler puts the schedulers together that it is made of."""

    SEQUENCE = "sequence"  # one after the other, each from its own start
    PRODUCT = "product"  # all at once: their factors multiply


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

    `whole_when` says for which arguments the rates are all that the scheduler sets.
    `multiplies` says that torch applies it as a factor from step to step, so that it multiplies
    with others; `continues` that it goes on from the rate in force wherever it starts. A scheduler
    that is made of others `joins` them, with the steps of changes in the parameter `at`.
    """

    parts: Mapping[str, tuple[Alternative, ...]]
    whole_when: Condition | None = None
    multiplies: bool = False
    continues: bool = False
    joins: Join | None = None
    at: str | None = None

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


def read_curve(data: Mapping[str, Any], where: str) -> Curve:
    """Read the table `[curve]`; raises `TableError` that names file and part."""
    row = Row(data, where)
    words = {
        "whole_when": row.condition("whole_when"),
        "multiplies": row.take("multiplies", bool, False),
        "continues": row.take("continues", bool, False),
        "joins": row.word("joins", Join),
        "at": row.take("at", str),
    }
    parts = {name: _alternatives(value, f"{where}: {name}") for name, value in row.data.items()}
    if (words["joins"] is None) is not bool(parts.keys() & {"factor", "rate"}):
        raise row.fail("a curve has a factor or a rate, unless it joins others")
    return Curve(parts, **words)


def _alternatives(data: Any, where: str) -> tuple[Alternative, ...]:
    items = data if isinstance(data, list) else [{"text": data}]
    return tuple(_alternative(Row(item, where)) for item in items)


def _alternative(row: Row) -> Alternative:
    found = Alternative(row.condition("when"), row.need_template("text"))
    row.finish()
    return found
