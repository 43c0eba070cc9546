"""Targets: API families at a version, as users ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from optport.lean import dataclass
from optport.signatures import Family, Signature, family
from optport.table import targets
from optport.table.model import TargetInfo
from optport.versions import UsageError, known_range, resolve_version


@dataclass(frozen=True, slots=True)
class Target:
    """One API family at one known version."""

    info: TargetInfo
    version: str

    @property
    def name(self) -> str:
        """The family's full name, such as ``mindspore.nn``."""
        return self.info.name

    @property
    def family(self) -> Family:
        """The family's recorded signatures."""
        return family(self.info.name)

    def signature(self, counterpart: str) -> Signature | None:
        """Return the counterpart's signature at this version, None where there is none."""
        return self.family.signature(counterpart, self.version)

    def qualified(self, counterpart: str) -> str:
        """The counterpart's full name, such as ``mindspore.nn.AdaMax``."""
        return f"{self.info.name}.{counterpart}"

    def at(self, name: str) -> Target:
        """Return a sibling family of the same framework at the same version."""
        return _at(name, self.version)


@lru_cache(maxsize=64)
def _at(name: str, version: str) -> Target:
    return Target(targets()[name], resolve_version(version, family(name).versions))


def known_targets() -> str:
    """Say in one line which targets and versions there are."""
    return ", ".join(
        f"{info.short} ({known_range(family(name).versions)})" for name, info in targets().items()
    )


def parse_target(text: str) -> Target:
    """Read ``paddle``, ``paddle.optimizer`` or ``mindspore==2.9.0``.

    Raises `UsageError` that names the known targets and versions.
    """
    name, equals, version = (part.strip() for part in text.partition("=="))
    for info in targets().values():
        if name in (info.short, info.name):
            versions = family(info.name).versions
            if not equals:
                return Target(info, versions[-1])
            try:
                return Target(info, resolve_version(version, versions))
            except UsageError as error:
                raise UsageError(f"{info.short}: {error}") from None
    raise UsageError(f"unknown target {text.strip()!r}; known: {known_targets()}")


def parse_targets(text: str | Iterable[str]) -> tuple[Target, ...]:
    """Read a comma-separated list of targets, in the table's order; raises `UsageError`."""
    words = text.split(",") if isinstance(text, str) else text
    chosen: dict[str, Target] = {}
    for word in words:
        if word.strip():
            target = parse_target(word)
            if chosen.get(target.name, target) != target:
                raise UsageError(f"{target.info.short} is asked for at two versions")
            chosen[target.name] = target
    if not chosen:
        raise UsageError(f"no target is given; known: {known_targets()}")
    return tuple(chosen[name] for name in targets() if name in chosen)


def default_targets() -> str:
    """The targets that are checked when none are asked for, as an option's text."""
    return ",".join(info.short for info in targets().values() if info.default)
