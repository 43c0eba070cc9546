"""What a file builds of torch: its optimizers and schedulers, and what is done with them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from optport.reader.arguments import ArgumentBinder
from optport.reader.behind import methods_behind
from optport.reader.built import Built
from optport.reader.callee import CalleeResolver, ResolvedCall
from optport.reader.classes import Instance
from optport.reader.evaluate import Evaluator
from optport.reader.evaluation import Foreign
from optport.reader.index import Index
from optport.reader.methods import MethodFinder
from optport.reader.model import Construction, MethodUse, Unresolved
from optport.reader.objects import NAMESPACE, elements_of
from optport.reader.ownership import Ownership
from optport.reader.param_groups import ParameterReader
from optport.reader.scopes import Point
from optport.reader.source import SourceText
from optport.reader.texts import texts_of_classes
from optport.reader.torch_names import kind_of, star_exports
from optport.reader.tracked_names import TrackedNames
from optport.signatures import ApiKind, Signature, family
from optport.table import roles
from optport.table.model import Role
from optport.values import UNKNOWN, Certainty, Value, ValueSet

MAX_INNER = 8
"""Schedulers that are looked into, one inside the other."""
MAX_PARTS = 16
"""Schedulers that one is made of, with what those are made of; one of more is unknown inside."""


def find_constructions(
    tree: ast.Module,
    source: SourceText,
    torch_version: str,
    foreign: Foreign | None = None,
    everywhere: bool = False,
) -> Iterator[Construction | Unresolved | MethodUse]:
    """Yield what `Reading.find` does."""
    return Reading(tree, source, torch_version, foreign).find(everywhere)


class Reading:
    """What is read of one file: kept for what is asked of its constructions later on."""

    def __init__(
        self,
        tree: ast.Module,
        source: SourceText,
        torch_version: str,
        foreign: Foreign | None = None,
    ) -> None:
        """Take a module and its source.

        Arguments are bound as in `torch_version`, the newest one known if it is empty. `foreign`
        says what names of other modules are.
        """
        self.tree = tree
        self._version = torch_version or family(NAMESPACE).versions[-1]
        self._follows = foreign is not None
        self._evaluator = Evaluator(Index(tree, source.lines), star_exports, foreign)
        self._reader = ParameterReader(self._evaluator, source)
        self._search: _Search | None = None

    def find(self, everywhere: bool = False) -> Iterator[Construction | Unresolved | MethodUse]:
        """Yield the constructions of the module in source order, then the uses of their methods.

        A call that may build one of several classes is yielded once for each, as possible. Calls
        are looked for where names tell that they may matter; with `everywhere`, or where other
        modules are followed, in all places.
        """
        search = self._search = _Search(self._reader, self._version)
        everywhere = everywhere or self._follows
        try:
            yield from search.constructions(everywhere)
            finder = MethodFinder(self._reader, self._version, search.found)
            yield from finder.find(search.tracked)
        finally:
            self._evaluator.evaluation.end()

    def ownership_of(self, constructions: Iterable[Construction]) -> Ownership | None:
        """Return what some constructions have together; None for no constructions."""
        sites = (one.site for one in constructions)
        nodes = [site.node for site in sites if site is not None]
        known = {} if self._search is None else self._search.calls
        calls = [(one, known[one][0]) for one in nodes if isinstance(one, ast.Call)]
        return Ownership(calls, self._evaluator.index, self._reader.source) if calls else None

    def methods_behind(
        self, constructions: Iterable[Construction], names: Collection[str]
    ) -> list[ast.Attribute]:
        """Return the methods called `names` that what some constructions train comes from."""
        sources = [source for one in constructions for source in one.parameters.sources]
        return methods_behind(sources, names, self._evaluator)

    def release(self) -> None:
        """Let go of all that was read: it is a web, which Python would have to search for cycles.

        Nothing can be asked of the constructions after that.
        """
        self._evaluator.release()


class _Search:
    """The constructions of one file; those that a scheduler is given come before it."""

    def __init__(self, reader: ParameterReader, version: str) -> None:
        self.found: dict[ast.Call, list[Construction]] = {}
        self._evaluator = reader.evaluator
        self._source = reader.source
        self._version = version
        self._reader = reader
        self.calls: dict[ast.Call, tuple[Point, list[ResolvedCall]]] = {}
        self.tracked: TrackedNames | None = None

    def constructions(self, everywhere: bool) -> Iterator[Construction | Unresolved]:
        """Yield what is built, in source order."""
        resolver = CalleeResolver(self._evaluator, everywhere)
        self.tracked = resolver.tracked
        evaluation, size = self._evaluator.evaluation, len(self._source.text)
        calls = self._evaluator.index.calls(resolver.lines)
        evaluation.begin(size, len(calls))
        for call, at in calls:
            evaluation.ask()
            resolved = resolver.resolved(call, at)
            if resolved:
                self.calls[call] = at, resolved
        evaluation.begin(size, sum(len(resolved) for _, resolved in self.calls.values()))
        for call, (_, resolved) in self.calls.items():
            if any(one.api is None for one in resolved):
                yield Unresolved(self._source.place(call))
            yield from self._built(call)
        for text in texts_of_classes(self._evaluator.index):
            yield Unresolved(self._source.place(text))

    def _built(self, call: ast.Call, depth: int = 0) -> list[Construction]:
        """Return what a call builds."""
        if call not in self.found and call in self.calls and depth < MAX_INNER:
            self.found[call] = []  # what a circle sees of itself
            at, resolved = self.calls[call]
            for one in resolved:
                if not depth:
                    self._evaluator.evaluation.ask()
                signature = family(NAMESPACE).nearest(one.api or "", self._version)
                if one.api is not None and signature is not None:
                    construction = self._construction(call, at, one, one.api, signature, depth)
                    self.found[call].append(construction)
        return self.found.get(call, [])

    def _construction(
        self,
        call: ast.Call,
        at: Point,
        resolved: ResolvedCall,
        api: str,
        signature: Signature,
        depth: int,
    ) -> Construction:
        ownership = Ownership([(call, at)], self._evaluator.index, self._source)
        binder = ArgumentBinder(signature, self._reader, ownership)
        for one in resolved.sources:
            binder.take(one)
        kind = kind_of(api)
        construction = Construction(
            api=api,
            kind=kind,
            signature=signature,
            arguments=binder.arguments,
            place=self._source.place(call),
            certainty=Certainty.CERTAIN if resolved.sure else Certainty.POSSIBLE,
            complete=resolved.complete,
            parameters=binder.parameters,
            hidden=binder.hidden,
            also_hidden=tuple(binder.also_hidden),
            handed_on=any(one.prefix for one in resolved.sources),
            site=binder.site(call),
        )
        if kind is ApiKind.OPTIMIZER:
            return construction
        parts = roles(kind)
        inner = self._inner(binder.values.get(parts[Role.INNER], UNKNOWN), depth)
        given = binder.values.get(parts[Role.OPTIMIZER], UNKNOWN)
        built_with = [one for value in given.values for one in self._object(value, depth)]
        if not built_with and inner:
            built_with = list(inner[0].built_with)
        weight = 1 + sum(one.weight for one in inner)
        return replace(construction, built_with=tuple(built_with), inner=inner, weight=weight)

    def _object(self, value: Value, depth: int) -> list[Construction]:
        """Return the constructions that an object may be from."""
        if isinstance(value, Instance):
            return [] if value.call is None else self._built(value.call, depth + 1)
        if not isinstance(value, Built) or value.call is None:
            return []
        return [one for one in self._built(value.call, depth + 1) if one.api == value.api]

    def _inner(self, schedulers: ValueSet, depth: int) -> tuple[Construction, ...]:
        """Return the schedulers in a list, none unless each of them is known, and they are few."""
        only = schedulers.exact
        elements = None if only is None else elements_of(only)
        found = []
        for element in elements or ():
            one = element.exact
            constructions = [] if one is None else self._object(one, depth)
            if len(constructions) != 1:
                return ()
            found += constructions
        return tuple(found) if sum(one.weight for one in found) <= MAX_PARTS else ()
