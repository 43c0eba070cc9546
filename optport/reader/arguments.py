"""Binding the arguments of calls to the parameters of a signature."""

from __future__ import annotations

import ast
from dataclasses import replace

from optport.places import Place
from optport.reader.call_sites import names_of
from optport.reader.callee import ArgumentSource
from optport.reader.classes import Instance, OwnFunction, decorators
from optport.reader.containers import Entry, ListValue, entries_of
from optport.reader.frames import Spot, is_rest, looked_through, rest_positions
from optport.reader.item_sites import ItemSite
from optport.reader.known_calls import Partial
from optport.reader.layout import Holder, HolderSite, Site
from optport.reader.model import Argument, Callee, Parameters
from optport.reader.names import sources_of
from optport.reader.objects import Object, elements_of
from optport.reader.ownership import Ownership
from optport.reader.param_groups import ParameterReader
from optport.reader.scopes import Function, Point, ScopeKind
from optport.signatures import Signature
from optport.values import ValueSet, literal, union


class ArgumentBinder:
    """Binds arguments to a signature's parameters as Python would, call after call."""

    def __init__(
        self,
        signature: Signature,
        reader: ParameterReader,
        ownership: Ownership,
    ) -> None:
        self._signature = signature
        self._reader = reader
        self._evaluator = reader.evaluator
        self._source = reader.source
        self._ownership = ownership
        self._prefix = ""
        self._sites: dict[Holder | ast.Subscript, Site] = {}
        self._position = 0
        self.arguments: dict[str, Argument] = {}
        self.values: dict[str, ValueSet] = {}
        """All that the arguments may be, objects too."""
        self.hidden: tuple[str, Place] | None = None
        self.also_hidden: list[str] = []
        self.parameters = Parameters()

    def site(self, holder: Holder) -> Site:
        """Return a call or display as a place to write arguments into."""
        site = self._sites.get(holder)
        if site is None:
            owns = self._ownership.owns
            site = self._sites[holder] = HolderSite(holder, self._source, owns, self._prefix)
        return site

    def _item_site(self, target: ast.Subscript, value: ast.expr) -> Site:
        """Return the assignment of an item as a place of an argument."""
        site = self._sites.get(target)
        if site is None:
            owns = self._ownership.owns
            site = self._sites[target] = ItemSite(target, value, self._source, owns)
        return site

    def take(self, source: ArgumentSource) -> None:
        """Bind the arguments that one call brings; later keywords win, as in a partial."""
        self._prefix = source.prefix
        call = source.call
        if not self._evaluator.evaluation.spend(2 * (len(call.args) + len(call.keywords))):
            self._hide(self._source.expression(call), self._source.place(call))
            return
        if not source.prefix:
            for node in source.call.args[source.skip :]:
                if not self._take_positional(node, source):
                    break
        for keyword in source.call.keywords:
            if keyword.arg is None:
                self._expand(keyword, source)
            elif keyword.arg not in source.without and keyword.arg.startswith(source.prefix):
                self._take_keyword(keyword, keyword.arg.removeprefix(source.prefix), source)

    def _take_keyword(self, keyword: ast.keyword, name: str, source: ArgumentSource) -> None:
        spot = looked_through(Spot(keyword.value, source.at, source.call, source.frame))
        if spot.node is not keyword.value:
            self._take(name, spot, keyword.value, source)
            return
        node = keyword.value
        value = self._evaluator.value(node, source.at)
        text, place = self._source.expression(node), self._source.place(keyword)
        site = self.site(source.call)
        argument = Argument(
            name, value.readable, text, place, node=node, site=site, functions=_functions(value)
        )
        self._bind(argument, value, node, source.at)

    def _take(self, name: str, spot: Spot, node: ast.expr, source: ArgumentSource) -> None:
        """Bind what stands somewhere, and that `node` hands on in a call, to a parameter."""
        value = self._evaluator.value(spot.node, spot.at)
        argument = self._argument(name, value, spot.node, spot.holder)
        if spot.node is not node:
            argument = replace(argument, handed=(node, self.site(source.call)))
        self._bind(argument, value, spot.node, spot.at)
        if spot.node is not node and name == self._reader.name:
            sources = (*self.parameters.sources, (node, source.at))
            self.parameters = replace(self.parameters, sources=sources)

    def _take_positional(self, node: ast.expr, source: ArgumentSource) -> bool:
        """Bind a positional argument, or the elements of ``*args``; False if they can't be read."""
        evaluator = self._evaluator
        if not isinstance(node, ast.Starred):
            name = self._next_positional()
            if name is not None:
                spot = looked_through(Spot(node, source.at, source.call, source.frame))
                self._take(name, spot, node, source)
            return True
        given = rest_positions(node.value, source.frame)
        if given is not None and source.frame is not None:
            site, outer = source.frame.site, source.frame.outer
            inner = ArgumentSource(site.call, site.at, frame=outer)
            return all(self._take_positional(one, inner) for one in given)
        only = evaluator.value(node.value, source.at).exact
        several = isinstance(only, ListValue) and only.many  # of which no number is known
        elements = None if only is None or several else elements_of(only)
        place = self._source.place(node)
        if elements is None:
            self._hide("*" + self._source.expression(node.value), place)
            return False
        for position, element in enumerate(elements):
            name = self._next_positional()
            if name is not None:
                text = self._source.element(node.value, position)
                whole = ast.Subscript(node.value, ast.Constant(position))
                argument = Argument(name, element.readable, text, place)
                self._bind(argument, element, whole, source.at)
        return True

    def _next_positional(self) -> str | None:
        names = self._signature.positional
        self._position += 1
        return names[self._position - 1] if self._position <= len(names) else None

    def _expand(self, keyword: ast.keyword, source: ArgumentSource) -> None:
        """Bind the entries of ``**kwargs``; what can't be read of them stays hidden."""
        frame = source.frame
        if frame is not None and is_rest(keyword.value, source.at, frame):
            inner = ArgumentSource(frame.site.call, frame.site.at, frame=frame.outer)
            named = names_of(frame.function)
            for one in frame.site.call.keywords:
                if one.arg is None:
                    self._expand(one, inner)
                elif one.arg not in named:
                    self._take_keyword(one, one.arg, inner)
            return
        value = self._evaluator.value(keyword.value, source.at)
        entries, complete = entries_of(value)
        if not self._evaluator.evaluation.spend(len(entries)):
            entries, complete = (), False
        here = [entry for entry in entries if self._evaluator.is_here(entry.at)]
        complete = complete and len(here) == len(entries)  # what stands elsewhere stays hidden
        for entry in here:
            key = entry.key
            if not isinstance(key, str) or key in source.without:
                continue
            if key.startswith(source.prefix):
                name = key.removeprefix(source.prefix)
                value = entry.value if entry.sure else self._or_else(name, entry.value)
                argument = self._argument(name, value, entry.node, entry.holder, entry.sure)
                argument = replace(argument, instead=self._each(entry, name))
                self._bind(argument, value, entry.node, source.at)
        if not complete:
            text = "**" + self._source.expression(keyword.value)
            self._hide(text, self._source.place(keyword))

    def _hide(self, text: str, place: Place) -> None:
        """Note arguments that can't be read."""
        if self.hidden is None:
            self.hidden = text, place
        elif text != self.hidden[0] and text not in self.also_hidden:
            self.also_hidden.append(text)

    def _or_else(self, name: str, value: ValueSet) -> ValueSet:
        """The value of an argument that may be left out: perhaps the one in force without it."""
        before = self.arguments.get(name)
        if before is not None:
            return union([before.value, value])
        known = self._signature.by_name.get(name)
        return value if known is None or known.required else union([literal(known.value), value])

    def _argument(
        self,
        name: str,
        value: ValueSet,
        node: ast.expr,
        holder: Holder | ast.Subscript | None,
        sure: bool = True,
    ) -> Argument:
        """Return an argument or entry of a call or display."""
        text, place = self._source.expression(node), self._source.place(node)
        site: Site | None = None
        if isinstance(holder, ast.Subscript):
            site = self._item_site(holder, node)
        elif holder is not None:
            site = self.site(holder)
        return Argument(name, value.readable, text, place, sure, node, site, _functions(value))

    def _bind(self, argument: Argument, value: ValueSet, node: ast.expr, at: Point) -> None:
        """Bind an argument, whose value is that of `node` at `at`."""
        before = self.arguments.get(argument.name)
        if before is not None:  # an edit would leave the other where it is
            argument = replace(argument, sure=argument.sure or before.sure, site=None)
        if isinstance(node, ast.Name) and isinstance(value.exact, ListValue):
            argument = replace(argument, display=self._display(node, at))
        self.arguments[argument.name] = argument
        self.values[argument.name] = value
        if argument.name == self._reader.name:
            read = self._reader.read(node, at, self._entry)
            self.parameters = replace(read, sources=((node, at),))

    def _display(self, node: ast.Name, at: Point) -> ast.expr | None:
        """The list or tuple that a name is assigned, once."""
        sources = sources_of(node, at, self._reader.evaluator.evaluation)
        only = sources[0][0] if len(sources) == 1 else None
        return only if isinstance(only, (ast.List, ast.Tuple)) else None

    def _entry(self, entry: Entry) -> Argument:
        key = entry.key
        argument = self._argument(key, entry.value, entry.node, entry.holder, entry.sure)
        return replace(argument, instead=self._each(entry, key)) if entry.instead else argument

    def _each(self, entry: Entry, name: str) -> tuple[Argument, ...]:
        """The arguments that an entry is one of."""
        return tuple(
            self._argument(name, one.value, one.node, None, one.sure) for one in entry.instead
        )


def _functions(value: ValueSet) -> tuple[Callee, ...]:
    """Return the functions of the file that a value is, or that a list holds."""
    if len(value.values) != 1 or not isinstance(value.values[0], Object):
        return ()  # as most are
    only = value.exact
    if not isinstance(only, ListValue):
        found = _function(value)
        return () if found is None else (found,)
    each = (_function(one) for one in only.items)
    return tuple(one for one in each if one is not None)


def _function(value: ValueSet) -> Callee | None:
    """Return the function of the file that a value is: also a method, or what a partial calls."""
    only = value.values[0] if len(value.values) == 1 else None
    sure, skip = value.complete, 0
    if isinstance(only, Partial):
        callees = only.callee
        given = only.call.args[1:]
        if len(callees.values) != 1 or any(isinstance(one, ast.Starred) for one in given):
            return None
        only, skip = callees.values[0], len(given)
        sure = sure and callees.complete
    if isinstance(only, Instance):
        only = only.of.method("__call__")
    node = only.scope.node if isinstance(only, OwnFunction) else None
    if not isinstance(only, OwnFunction) or not isinstance(node, Function):
        return None
    outer = only.scope.parent
    of_class = outer is not None and outer.kind is ScopeKind.CLASS
    bound = of_class and "staticmethod" not in decorators(node)
    return Callee(node, skip + bound, sure)
