"""What names of other modules of the user's own stand for."""

from __future__ import annotations

from dataclasses import field

from optport.lean import dataclass
from optport.reader.evaluation import Evaluation
from optport.values import UNKNOWN, Qualified, ValueSet, exactly
from pylint_optport.finder import TORCH, Finder, Source
from pylint_optport.names import absolute
from pylint_optport.reading import Reading
from pylint_optport.stars import Stars

MAX_CHAIN_DEPTH = 20
"""How many names are followed from module to module, one after the other."""


@dataclass
class Modules:
    """The modules that the linted files import, each read once and only as far as needed."""

    _finder: Finder = field(default_factory=Finder)
    _values: dict[str, ValueSet] = field(default_factory=dict)
    _reading: Reading = field(default_factory=Reading)
    _pending: list[str] = field(default_factory=list)
    evaluation: Evaluation = field(default_factory=Evaluation)
    """What the evaluators of all modules share."""
    _provisional: list[str] = field(default_factory=list)
    cut: bool = False
    """Whether a cycle or a long chain kept something from being followed to its end."""

    def __post_init__(self) -> None:
        """Have star imports looked up in the same modules."""
        self._stars = Stars(self._finder, self._reading)

    def seen_from(self, name: str, package: bool) -> View:
        """Return what the module of that name sees of the others; `package` for a package."""
        inside = name if package else name.rpartition(".")[0]
        return View(self, inside, home=inside.partition(".")[0])

    def find(self, name: str, home: str) -> Source | None:
        """Return a module of the user's own by its full name."""
        return self._finder.find(name, home)

    def value(self, name: str, home: str) -> ValueSet:
        """Return what a full name stands for; `UNKNOWN` for modules and what can't be told.

        What was cut short is not kept, so that the order of the questions changes no answer.
        """
        if name in self._values:
            return self._values[name]
        owner, _, last = name.rpartition(".")
        source = self._finder.find(owner, home) if owner else None
        if source is None or not source.outline.may_hold(last):
            return UNKNOWN
        if self._pending and self._pending[-1] == name:
            return UNKNOWN  # a package that imports its own module of that name
        if name in self._pending or len(self._pending) >= MAX_CHAIN_DEPTH:
            self.cut = True
            return UNKNOWN
        self._pending.append(name)
        try:
            found = self._held(source, last, home)
        finally:
            self._pending.pop()
        self._values[name] = found
        if self.cut:
            self._settle(name)
        return found

    def _held(self, source: Source, name: str, home: str) -> ValueSet:
        """Return what a module has under a name: its own, or from its star imports."""
        if source.outline.has_star and name not in self._reading.summary(source).names:
            definers = self._stars.definers(source, name, home)
            values = [self.value(f"{one.name}.{name}", home) for one in definers]
            return self._stars.value(source, name, home, values)
        return self._reading.exported(source, name, self.seen_from(source.name, source.package))

    def _settle(self, name: str) -> None:
        """Forget what was cut short, at the end of the question that it was met in."""
        if self._pending:
            self._provisional.append(name)
            return
        for one in self._provisional:
            self._values.pop(one, None)
        self._provisional.clear()
        self._reading.forget()
        self.cut = False


@dataclass(frozen=True)
class View:
    """The other modules as one module sees them.

    `package` is what its relative imports start at, `home` the top-level package. A module
    outside of any package sees its neighbours where Python looks for modules.
    """

    modules: Modules
    package: str
    home: str
    _resolved: dict[str, ValueSet] = field(default_factory=dict)

    @property
    def evaluation(self) -> Evaluation:
        """What the evaluators of all modules share."""
        return self.modules.evaluation

    def resolve(self, name: str) -> ValueSet:
        """Return what an imported name stands for, as far as other modules say."""
        found = self._resolved.get(name)
        if found is None:
            full = absolute(name, self.package)
            found = self.modules.value(full, self.home)
            if not found.known and full != name and self._is_below_home(full):
                found = exactly(Qualified(full))  # a name that means the same in any module
            if not self.modules.cut:
                self._resolved[name] = found
        return found

    def may_bring(self, name: str) -> bool:
        """Whether an optimizer may come with an imported name: a module's, or from a module."""
        full = absolute(name, self.package)
        if full.endswith(".*"):
            return self._may_export(full[:-2])
        return self.modules.value(full, self.home).known or self._may_export(full)

    def _may_export(self, module: str) -> bool:
        source = self.modules.find(module, self.home)
        return source is not None and (source.outline.may_export or "*" in source.outline.imported)

    def _is_below_home(self, name: str) -> bool:
        return bool(self.home) and name.startswith(f"{self.home}.") and self.home != TORCH
