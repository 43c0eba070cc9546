"""What is recorded: families of names, each the public names of a few modules."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from optport.signatures import ApiKind


@dataclass(frozen=True)
class Part:
    """A module whose public names belong to a family, with a ``prefix`` there.

    ``what`` selects among the public names: classes derived from a class called ``Optimizer``, all
    classes, or functions; all but optimizers are schedulers. ``also`` names classes to record
    although they are not public. ``base`` is the class whose methods are recorded, its former names
    following its present one (under which the methods are recorded in any version). ``others`` are
    classes that are not of the kind.
    """

    module: str
    prefix: str = ""
    what: Literal["optimizers", "classes", "functions"] = "classes"
    also: Sequence[str] = ()
    others: Sequence[str] = ()
    base: Sequence[str] = ()

    @property
    def kind(self) -> ApiKind:
        """What the selected names are."""
        return ApiKind.OPTIMIZER if self.what == "optimizers" else ApiKind.SCHEDULER

    @property
    def methods(self) -> Sequence[str]:
        """The methods that are recorded of a base class."""
        methods: Sequence[str] = _DATA["methods"][self.kind]
        return methods

    def kind_of(self, name: str) -> ApiKind:
        """Return what the class or function ``name`` (str) of the module is."""
        if name in self.base:
            return ApiKind.BASE
        return ApiKind.CLASS if name in self.others else self.kind


@dataclass(frozen=True)
class Family:
    """The names recorded together in ``<name>.json``."""

    name: str
    framework: str
    parts: Sequence[Part]


_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
FAMILIES = tuple(
    Family(one["name"], one["framework"], [Part(**part) for part in one["parts"]])
    for one in _DATA["families"]
)


def package_list() -> str:
    """Return all families' names (str), to go after "neither"."""
    names = [family.name for family in FAMILIES]
    return ", ".join(names[:-1]) + " nor " + names[-1]
