"""Reading other modules with the core: each is parsed once and evaluated as far as needed."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from optport.lean import dataclass
from optport.values import UNKNOWN, ValueSet

if TYPE_CHECKING:
    from optport.reader.evaluate import Evaluator
    from optport.reader.evaluation import Foreign
    from optport.reader.index import Index
    from optport.reader.scopes import Scope
    from pylint_optport.finder import Source

MAX_PARSED = 256
"""Modules that are kept parsed; of more, the oldest are parsed anew where they are needed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is kept of a module for good: the names that it binds, and its star imports."""

    names: frozenset[str] = frozenset()
    stars: tuple[str, ...] = ()


@dataclass
class Reading:
    """The modules read so far. The core is imported with the first of them."""

    _indexes: dict[str, Index | None] = field(default_factory=dict)
    _evaluators: dict[str, Evaluator] = field(default_factory=dict)
    _summaries: dict[str, Summary] = field(default_factory=dict)

    def summary(self, source: Source) -> Summary:
        """Return what a module binds; nothing for one that can't be read."""
        if source.name not in self._summaries:
            index = self._index(source)
            self._summaries[source.name] = Summary() if index is None else _summary(index.module)
        return self._summaries[source.name]

    def exported(self, source: Source, name: str, foreign: Foreign) -> ValueSet:
        """Return what a module's name stands for in other modules; it sees others by `foreign`."""
        from optport.reader.evaluate import Evaluator
        from optport.reader.objects import exported
        from optport.reader.torch_names import star_exports

        evaluator = self._evaluators.get(source.name)
        if evaluator is None:
            index = self._index(source)
            if index is None:
                return UNKNOWN
            evaluator = self._evaluators[source.name] = Evaluator(index, star_exports, foreign)
        return exported(evaluator.exported(name))

    def forget(self) -> None:
        """Forget all values, but not the modules themselves."""
        self._evaluators.clear()

    def _index(self, source: Source) -> Index | None:
        from optport.parsing import parse_source
        from optport.reader.index import Index
        from optport.reader.lines import LineIndex

        if source.name not in self._indexes:
            if len(self._indexes) >= MAX_PARSED:
                oldest = next(iter(self._indexes))
                del self._indexes[oldest]
                self._evaluators.pop(oldest, None)
            try:
                text = source.text()
                index = Index(parse_source(text), LineIndex(text))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                index = None
            self._indexes[source.name] = index
        return self._indexes[source.name]


def _summary(scope: Scope) -> Summary:
    names = frozenset([*scope.bindings, *scope.bound_from_outside])
    return Summary(names, tuple(dict.fromkeys(module for module, _ in scope.stars)))
