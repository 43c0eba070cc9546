"""The closed form of a learning-rate schedule, as a row file states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optport.table.conditions import Condition
from optport.table.templates import Template
from optport.table.toml import Row


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


def read_curve(data: Mapping[str, Any], where: str) -> Curve:
    """Read the table `[curve]`; raises `TableError` that names file and part."""
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
