"""Constructions: the torch optimizer calls of a file, with their arguments bound to parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from optport.edits import Edit
from optport.places import Place
from optport.reader.attributes import NAMESPACE
from optport.reader.building import Builder, Built, Source, star_exports
from optport.reader.calls import entries_of
from optport.reader.displays import elements_of
from optport.reader.evaluate import Evaluator
from optport.reader.evaluation import Foreign
from optport.reader.index import Index
from optport.reader.layout import Holder, Site
from optport.reader.ownership import Ownership
from optport.reader.parameters import (
    Container,
    Shape,
    container_in_group,
    read_parameters,
)
from optport.reader.scopes import Point
from optport.reader.source import SourceText
from optport.signatures import ApiKind, Family, Signature, family
from optport.values import UNKNOWN, Certainty, ValueSet, literal, union


@dataclass(frozen=True, slots=True)
class Argument:
    """One value passed at a construction: the parameter's name, the value, and where it stands.

    Unless it is `sure`, it may be left out as well: then the default is among the values.
    """

    name: str
    value: ValueSet
    text: str
    """The expression as the file spells it."""
    place: Place
    sure: bool = True
    node: ast.expr | None = field(default=None, compare=False, repr=False)
    """The value's expression, where it stands in the file's text as an argument."""
    site: Site | None = field(default=None, compare=False, repr=False)
    """The call or display that it is an argument or an entry of."""

    @property
    def own(self) -> bool:
        """Whether an edit of it changes this construction alone."""
        return self.site is not None and self.site.own

    @property
    def value_place(self) -> Place | None:
        """Where the value stands; None for one that is not written as an argument."""
        if self.site is None or self.node is None:
            return None
        return self.site.value_place(self.node)

    @property
    def whole_place(self) -> Place | None:
        """Where the whole argument or entry stands, as ``lr=0.1``."""
        if self.site is None or self.node is None:
            return None
        return self.site.whole_place(self.node)

    def replaced(self, text: str) -> Edit | None:
        """Return the edit that puts `text` in place of the value; None unless it is `own`."""
        place = self.value_place
        return Edit(place, text) if place is not None and self.own else None

    def dropped(self) -> Edit | None:
        """Return the edit that takes the argument out.

        None unless it is `own`, and for a positional one.
        """
        if self.site is None or self.node is None:
            return None
        return self.site.dropped(self.node)


@dataclass(frozen=True, slots=True)
class Group:
    """One parameter group: its keys as arguments, and what its parameters are held in."""

    arguments: Mapping[str, Argument]
    container: Container
    sure: bool
    site: Site | None = field(default=None, compare=False, repr=False)
    """The display or call of `dict` in which it is written."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the optimizer is handed to train; `inline` when the groups stand in the call."""

    shape: Shape = Shape.UNKNOWN
    groups: tuple[Group, ...] = ()
    inline: bool = False
    container: Container = Container.PLAIN


@dataclass(frozen=True, slots=True)
class Construction:
    """One torch optimizer or scheduler call found in source.

    `api` is torch's name of the class below `torch.optim`, `signature` the one that its arguments
    were bound by, `hidden` the place of the first `*args` or `**kwargs` and its text, if there is
    one.
    """

    api: str
    kind: ApiKind
    signature: Signature
    arguments: Mapping[str, Argument]
    place: Place
    certainty: Certainty
    parameters: Parameters
    hidden: tuple[str, Place] | None = None
    site: Site | None = field(default=None, compare=False, repr=False)
    """The call, as a place to write arguments into."""

    @property
    def shape(self) -> Shape:
        """Whether the parameters are one flat list or groups."""
        return self.parameters.shape

    @property
    def qualified(self) -> str:
        """The class's full name, as `torch.optim.Adam`."""
        return f"{NAMESPACE}.{self.api}"

    def in_force(self, parameter: str) -> ValueSet:
        """Return the value that training runs with: the argument's, or torch's default."""
        if parameter in self.arguments:
            return self.arguments[parameter].value
        known = self.signature.by_name.get(parameter)
        if known is None or known.required:
            return UNKNOWN
        default = literal(known.value)
        return default.overridable() if self.hidden else default

    def read_as(self, api: str, version: str) -> Construction:
        """Return the call of another torch class that this one trains the same as.

        Where the two disagree on a default, this one's default becomes an argument; arguments
        that the other does not have are left out.
        """
        signature = _torch().nearest(api, version)
        assert signature is not None
        arguments = {
            name: argument
            for name, argument in self.arguments.items()
            if name in signature.by_name or name == "params"
        }
        for name, mine in self.signature.by_name.items():
            other = signature.by_name.get(name)
            if other is None or name in arguments or mine.required or mine.value == other.value:
                continue
            value = literal(mine.value)
            arguments[name] = Argument(name, value, str(mine.default), self.place)
        return replace(self, api=api, signature=signature, arguments=arguments)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A call that builds some torch optimizer; which one is decided at run time."""

    place: Place


def _torch() -> Family:
    return family(NAMESPACE)


def find_constructions(
    tree: ast.Module,
    source: SourceText,
    torch_version: str,
    foreign: Foreign | None = None,
    everywhere: bool = False,
) -> Iterator[Construction | Unresolved]:
    """Yield the torch optimizer constructions of a module, in source order.

    A call that may build one of several classes is yielded once for each, as possible. Arguments
    are bound as in `torch_version`, the newest one known if it is empty.
    `foreign` says what names of other modules stand for. Calls are looked for where names tell
    that they may matter; with `everywhere`, or where other modules are followed, in all places.
    """
    version = torch_version or _torch().versions[-1]
    index = Index(tree, source.text)
    evaluator = Evaluator(index, star_exports, foreign)
    builder = Builder(evaluator, everywhere or foreign is not None)
    for call, at in index.calls(builder.lines):
        for built in builder.built(call, at):
            if built.api is None:
                yield Unresolved(source.place(call))
                continue
            signature = _torch().nearest(built.api, version)
            if signature is not None:
                yield _construction(call, at, built, built.api, signature, evaluator, source)


def _construction(
    call: ast.Call,
    at: Point,
    built: Built,
    api: str,
    signature: Signature,
    evaluator: Evaluator,
    source: SourceText,
) -> Construction:
    binding = _Binding(signature, evaluator, source, Ownership(call, at, evaluator, source))
    for one in built.sources:
        binding.take(one)
    return Construction(
        api=api,
        kind=ApiKind.OPTIMIZER,
        signature=signature,
        arguments=binding.arguments,
        place=source.place(call),
        certainty=Certainty.CERTAIN if built.sure else Certainty.POSSIBLE,
        parameters=binding.parameters,
        hidden=binding.hidden,
        site=binding.site(call),
    )


class _Binding:
    """Binds arguments to a signature's parameters as Python would, call after call."""

    def __init__(
        self,
        signature: Signature,
        evaluator: Evaluator,
        source: SourceText,
        ownership: Ownership,
    ) -> None:
        self._signature = signature
        self._evaluator = evaluator
        self._source = source
        self._ownership = ownership
        self._prefix = ""
        self._sites: dict[Holder, Site] = {}
        self._position = 0
        self.arguments: dict[str, Argument] = {}
        self.hidden: tuple[str, Place] | None = None
        self.parameters = Parameters()

    def site(self, holder: Holder) -> Site:
        """Return a call or display as a place to write arguments into."""
        site = self._sites.get(holder)
        if site is None:
            is_own = partial(self._ownership.owns, holder)
            site = self._sites[holder] = Site(holder, self._source, is_own, self._prefix)
        return site

    def take(self, source: Source) -> None:
        """Bind the arguments that one call brings; later keywords win, as in a partial."""
        self._prefix = source.prefix
        if not source.prefix:
            for node in source.call.args[source.skip :]:
                if not self._take_positional(node, source):
                    break
        for keyword in source.call.keywords:
            if keyword.arg is None:
                self._expand(keyword, source)
            elif keyword.arg not in source.without and keyword.arg.startswith(source.prefix):
                self._take_keyword(keyword, keyword.arg.removeprefix(source.prefix), source)

    def _take_keyword(self, keyword: ast.keyword, name: str, source: Source) -> None:
        node = keyword.value
        value = self._evaluator.value(node, source.at)
        text, place = self._source.expression(node), self._source.place(keyword)
        site = self.site(source.call)
        argument = Argument(name, value.readable, text, place, node=node, site=site)
        self._bind(argument, node, source.at)

    def _take_positional(self, node: ast.expr, source: Source) -> bool:
        """Bind a positional argument, or the elements of ``*args``; False if they can't be read."""
        evaluator = self._evaluator
        if not isinstance(node, ast.Starred):
            name = self._next_positional()
            if name is not None:
                value = evaluator.value(node, source.at)
                self._bind(self._argument(name, value, node, source.call), node, source.at)
            return True
        only = evaluator.value(node.value, source.at).exact
        elements = None if only is None else elements_of(only)
        place = self._source.place(node)
        if elements is None:
            self.hidden = "*" + self._source.expression(node.value), place
            return False
        for position, element in enumerate(elements):
            name = self._next_positional()
            if name is not None:
                text = self._source.element(node.value, position)
                whole = ast.Subscript(node.value, ast.Constant(position))
                self._bind(Argument(name, element.readable, text, place), whole, source.at)
        return True

    def _next_positional(self) -> str | None:
        names = self._signature.positional
        self._position += 1
        return names[self._position - 1] if self._position <= len(names) else None

    def _expand(self, keyword: ast.keyword, source: Source) -> None:
        """Bind the entries of ``**kwargs``; what can't be read of them stays hidden."""
        value = self._evaluator.value(keyword.value, source.at)
        entries, complete = entries_of(value)
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
                self._bind(argument, entry.node, source.at)
        if not complete and self.hidden is None:
            text = "**" + self._source.expression(keyword.value)
            self.hidden = text, self._source.place(keyword)

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
        holder: Holder | None,
        sure: bool = True,
    ) -> Argument:
        """Return an argument or entry of a call or display."""
        text, place = self._source.expression(node), self._source.place(node)
        site = None if holder is None else self.site(holder)
        return Argument(name, value.readable, text, place, sure, node, site)

    def _bind(self, argument: Argument, node: ast.expr, at: Point) -> None:
        """Bind an argument, whose value is that of `node` at `at`."""
        before = self.arguments.get(argument.name)
        if before is not None and before.sure and not argument.sure:
            argument = replace(argument, sure=True)
        self.arguments[argument.name] = argument
        if argument.name == "params":
            self.parameters = self._read_parameters(node, at)

    def _read_parameters(self, node: ast.expr, at: Point) -> Parameters:
        raw = read_parameters(node, at, self._evaluator)
        groups = []
        for group in raw.groups:
            arguments = {}
            container = Container.PLAIN
            site = None
            for entry in group.entries:
                if isinstance(entry.key, str):
                    arguments[entry.key] = self._argument(
                        entry.key, entry.value, entry.node, entry.holder, entry.sure
                    )
                if entry.key == "params":
                    container = container_in_group(entry.node, entry.at, self._evaluator)
                    site = arguments[entry.key].site
            groups.append(Group(arguments, container, group.sure, site))
        return Parameters(raw.shape, tuple(groups), raw.inline, raw.container)
