"""Recorded signatures: which parameters an API had, in which order, with which defaults.

One JSON file a family (`torch.optim`, `paddle.optimizer`, …), written by
``tools/record_signatures.py`` from the released packages. Only changes are stored: an entry holds
from its version until the next entry of the same name; ``null`` says that the name is gone.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from optport.lean import dataclass
from optport.parsing import literal
from optport.resources import read
from optport.versions import parse_version

_HERE = Path(__file__).parent


class ApiKind(enum.StrEnum):
    """What a recorded name is."""

    OPTIMIZER = "optimizer"
    SCHEDULER = "scheduler"  # sets learning rates: a class, or a function that makes a list of them
    METHOD = "method"  # of an optimizer or a scheduler: "Optimizer.step"
    BASE = "base"  # a class that optimizers or schedulers derive from
    CLASS = "class"  # any other


@dataclass(frozen=True)
class Parameter:
    """One parameter of a recorded signature.

    `kind` is `inspect`'s name in lower case; `default` is the default's source text, or None for a
    parameter that has to be given.
    """

    name: str
    kind: str
    default: str | None

    @property
    def required(self) -> bool:
        """Whether a call has to give it."""
        return self.default is None and not self.kind.startswith("var_")

    @cached_property
    def value(self) -> Any:
        """The default as a Python value; None both for no default and for a default of None.

        Raises `ValueError` when the recorded text is no literal.
        """
        return None if self.default is None else literal(self.default)


@dataclass(frozen=True)
class Signature:
    """The parameters of one API at one version, in order."""

    name: str
    parameters: tuple[Parameter, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        """The parameters under their names."""
        return MappingProxyType({parameter.name: parameter for parameter in self.parameters})

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """The names that positional arguments bind to, in order."""
        return tuple(p.name for p in self.parameters if p.kind == "positional_or_keyword")


class Family:
    """All recorded signatures of one API family."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name = name
        self.framework: str = data["framework"]
        self.versions: tuple[str, ...] = tuple(data["versions"])
        self._entries: Mapping[str, list[tuple[str, list[list[Any]] | None]]] = data["signatures"]
        self._names: Mapping[str, list[str]] = data["kinds"]
        self._signatures: dict[tuple[str, str], Signature | None] = {}
        self._ever: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[str]:
        """Iterate over every name that any version has."""
        return iter(self._entries)

    def names(self, kind: ApiKind) -> tuple[str, ...]:
        """Return every name of a kind that any version has, in alphabetical order."""
        return tuple(self._names.get(kind, ()))

    def kind(self, name: str) -> ApiKind | None:
        """Return what `name` is, None where no version has it."""
        return next((ApiKind(kind) for kind, names in self._names.items() if name in names), None)

    def signature(self, name: str, version: str) -> Signature | None:
        """Return the signature of `name` at a known `version`, or None where there is none."""
        key = name, version
        if key not in self._signatures:
            at = parse_version(version)
            found = None
            for since, parameters in self._entries.get(name, ()):
                if parse_version(since) <= at:
                    found = parameters
            self._signatures[key] = (
                None if found is None else Signature(name, tuple(Parameter(*row) for row in found))
            )
        return self._signatures[key]

    def since(self, name: str, parameter: str | None = None) -> str | None:
        """Return the first known version that has `name` (with `parameter`), None if none has."""
        for since, parameters in self._entries.get(name, ()):
            if parameters is not None and (
                parameter is None or any(row[0] == parameter for row in parameters)
            ):
                return since
        return None

    def nearest(self, name: str, version: str) -> Signature | None:
        """Return the signature at `version`, or the first recorded one if `name` came later."""
        found = self.signature(name, version)
        first = self.since(name)
        return found if found is not None or first is None else self.signature(name, first)

    def parameters_ever(self, name: str) -> tuple[str, ...]:
        """Return every parameter that any version of `name` had, in order of appearance."""
        if name not in self._ever:
            names: dict[str, None] = {}
            for _, parameters in self._entries.get(name, ()):
                names.update((row[0], None) for row in parameters or ())
            self._ever[name] = tuple(names)
        return self._ever[name]


@cache
def family(name: str) -> Family:
    """Load the recorded signatures of the family `name`, once a process.

    Raises `FileNotFoundError` for a family that was never recorded.
    """
    return Family(name, json.loads(read(_HERE / f"{name}.json")))


def known_names(kind: ApiKind) -> tuple[str, ...]:
    """Every name of a kind that any recorded torch has: ``Adam``, ``lr_scheduler.StepLR``."""
    return family("torch.optim").names(kind)
