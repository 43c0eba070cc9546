"""Where a name may come from that a module has from star imports, through any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from optport.lean import dataclass
from optport.values import UNKNOWN, ValueSet, union
from pylint_optport.names import absolute

if TYPE_CHECKING:
    from pylint_optport.finder import Finder, Source
    from pylint_optport.reading import Reading

MAX_STAR_MODULES = 1024
"""Modules that are looked at behind one module's star imports."""
MAX_DEFINERS = 64
"""Modules that a name may come from, the last ones met."""


@dataclass(frozen=True, slots=True)
class Behind:
    """All that star imports lead to from one module."""

    sources: tuple[Source, ...]
    elsewhere: tuple[str, ...]
    """Modules that can't be followed, by their full names."""
    sole: bool
    """Whether there is one way only, and all of it was seen: what has the name is what gives it."""


@dataclass
class Stars:
    """The star imports of modules of the user's own; each module is looked at once."""

    _finder: Finder
    _reading: Reading
    _behind: dict[tuple[str, str], Behind] = field(default_factory=dict)
    _seen: dict[Behind, Behind] = field(default_factory=dict)
    _definers: dict[tuple[int, str], tuple[Source, ...]] = field(default_factory=dict)

    def definers(self, source: Source, name: str, home: str) -> tuple[Source, ...]:
        """Return the modules behind one's star imports that bind a name."""
        behind = self._all_behind(source, home)
        key = id(behind), name
        if key not in self._definers:
            self._definers[key] = tuple(self._binding(behind.sources, name))
        return self._definers[key]

    def value(self, source: Source, name: str, home: str, found: Iterable[ValueSet]) -> ValueSet:
        """Return what a name may be of which the definers say `found`."""
        from optport.reader.torch_names import star_exports

        behind = self._all_behind(source, home)
        told = [*found, *(star_exports(module, name) for module in behind.elsewhere)]
        known = [value for value in told if value.known]
        sure = behind.sole and len(known) == len(told)
        return union(known) if sure else union(known) | UNKNOWN

    def _binding(self, sources: Iterable[Source], name: str) -> Iterator[Source]:
        named = [one for one in sources if name in one.words]
        for one in named[-MAX_DEFINERS:]:
            if name in self._reading.summary(one).names:
                yield one

    def _all_behind(self, source: Source, home: str) -> Behind:
        key = source.name, home
        if key not in self._behind:
            behind = self._walk(source, home)
            # Modules in a ring have the same behind them: what is found for one holds for all.
            self._behind[key] = self._seen.setdefault(behind, behind)
        return self._behind[key]

    def _walk(self, source: Source, home: str) -> Behind:
        found = {source.name: source}
        elsewhere: dict[str, None] = {}
        pending = [source]
        sole = True
        while pending:
            one = pending.pop()
            if not one.outline.has_star:
                continue
            stars = self._reading.summary(one).stars
            sole = sole and len(stars) == 1
            for star in stars:
                full = absolute(star, one.inside)
                target = self._finder.find(full, home)
                if target is None:
                    elsewhere[full or star] = None
                elif target.name not in found and len(found) < MAX_STAR_MODULES:
                    found[target.name] = target
                    pending.append(target)
                else:
                    sole = False
        ordered = sorted(found.values(), key=lambda one: one.name)
        return Behind(tuple(ordered), tuple(sorted(elsewhere)), sole)
