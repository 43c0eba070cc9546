"""Constructions: the torch optimizer calls of a file, with their arguments bound to parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from optport.places import Place
from optport.reader.attributes import NAMESPACE
from optport.reader.building import Builder, Built, Source, star_exports
from optport.reader.calls import entries_of
from optport.reader.displays import elements_of
from optport.reader.evaluate import Evaluator, Foreign, nothing_foreign
from optport.reader.index import Index
from optport.reader.parameters import (
    Container,
    Shape,
    container_in_group,
    read_parameters,
)
from optport.reader.scopes import Point
from optport.reader.source import SourceText
from optport.signatures import Family, Signature, family
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


@dataclass(frozen=True, slots=True)
class Group:
    """One parameter group: its keys as arguments, and what its parameters are held in."""

    arguments: Mapping[str, Argument]
    container: Container
    sure: bool


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the optimizer is handed to train; `inline` when the groups stand in the call."""

    shape: Shape = Shape.UNKNOWN
    groups: tuple[Group, ...] = ()
    inline: bool = False
    container: Container = Container.PLAIN


@dataclass(frozen=True, slots=True)
class Construction:
    """One torch optimizer call found in source.

    `optimizer` is torch's name of the class, `signature` the one that its arguments were bound
    by, `hidden` the place of the first `*args` or `**kwargs` and its text, if there is one.
    """

    optimizer: str
    signature: Signature
    arguments: Mapping[str, Argument]
    place: Place
    certainty: Certainty
    parameters: Parameters
    hidden: tuple[str, Place] | None = None

    @property
    def shape(self) -> Shape:
        """Whether the parameters are one flat list or groups."""
        return self.parameters.shape

    @property
    def qualified(self) -> str:
        """The class's full name, as `torch.optim.Adam`."""
        return f"{NAMESPACE}.{self.optimizer}"

    def in_force(self, parameter: str) -> ValueSet:
        """Return the value that training runs with: the argument's, or torch's default."""
        if parameter in self.arguments:
            return self.arguments[parameter].value
        known = self.signature.by_name.get(parameter)
        if known is None or known.required:
            return UNKNOWN
        default = literal(known.value)
        return default.overridable() if self.hidden else default

    def read_as(self, optimizer: str, version: str) -> Construction:
        """Return the call of another torch optimizer that this one trains the same as.

        Where the two disagree on a default, this one's default becomes an argument; arguments
        that the other does not have are left out.
        """
        signature = _torch().nearest(optimizer, version)
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
        return replace(self, optimizer=optimizer, signature=signature, arguments=arguments)


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
    foreign: Foreign = nothing_foreign,
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
    builder = Builder(evaluator, everywhere or evaluator.looks_elsewhere)
    for call, at in index.calls(builder.lines):
        for built in builder.built(call, at):
            if built.optimizer is None:
                yield Unresolved(source.place(call))
                continue
            signature = _torch().nearest(built.optimizer, version)
            if signature is not None:
                yield _construction(call, at, built, built.optimizer, signature, evaluator, source)


def _construction(
    call: ast.Call,
    at: Point,
    built: Built,
    optimizer: str,
    signature: Signature,
    evaluator: Evaluator,
    source: SourceText,
) -> Construction:
    binding = _Binding(signature, evaluator, source)
    for one in built.sources:
        binding.take(one)
    return Construction(
        optimizer=optimizer,
        signature=signature,
        arguments=binding.arguments,
        place=source.place(call),
        certainty=Certainty.CERTAIN if built.sure else Certainty.POSSIBLE,
        parameters=binding.parameters,
        hidden=binding.hidden,
    )


class _Binding:
    """Binds arguments to a signature's parameters as Python would, call after call."""

    def __init__(self, signature: Signature, evaluator: Evaluator, source: SourceText) -> None:
        self._signature = signature
        self._evaluator = evaluator
        self._source = source
        self._position = 0
        self.arguments: dict[str, Argument] = {}
        self.hidden: tuple[str, Place] | None = None
        self.parameters = Parameters()

    def take(self, source: Source) -> None:
        """Bind the arguments that one call brings; later keywords win, as in a partial."""
        if not source.prefix:
            for node in source.call.args[source.skip :]:
                if isinstance(node, ast.Starred):
                    if not self._unpack(node, source.at):
                        break
                else:
                    self._positional(node, source.at, self._evaluator.value(node, source.at))
        for keyword in source.call.keywords:
            if keyword.arg is None:
                self._expand(keyword, source)
            elif keyword.arg not in source.without and keyword.arg.startswith(source.prefix):
                name = keyword.arg.removeprefix(source.prefix)
                value = self._evaluator.value(keyword.value, source.at)
                place = self._source.place(keyword)
                self._bind(name, value, keyword.value, place, source.at)

    def _positional(
        self, node: ast.expr, at: Point, value: ValueSet, position: int | None = None
    ) -> None:
        names = self._signature.positional
        if self._position < len(names):
            place = self._source.place(node)
            self._bind(names[self._position], value, node, place, at, position)
        self._position += 1

    def _unpack(self, node: ast.Starred, at: Point) -> bool:
        """Bind the elements of ``*args``; False when they can't be read."""
        only = self._evaluator.value(node.value, at).exact
        elements = None if only is None else elements_of(only)
        if elements is None:
            self.hidden = "*" + self._source.expression(node.value), self._source.place(node)
            return False
        for position, element in enumerate(elements):
            self._positional(node, at, element, position)
        return True

    def _expand(self, keyword: ast.keyword, source: Source) -> None:
        """Bind the entries of ``**kwargs``; what can't be read of them stays hidden."""
        value = self._evaluator.value(keyword.value, source.at)
        entries, complete = entries_of(value)
        here = [entry for entry in entries if self._evaluator.is_here(entry.at)]
        complete = complete and len(here) == len(entries)  # what stands elsewhere stays hidden
        for entry in here:
            if isinstance(entry.key, str) and entry.key not in source.without:
                name = entry.key.removeprefix(source.prefix)
                if entry.key.startswith(source.prefix):
                    place = self._source.place(entry.node)
                    value = entry.value if entry.sure else self._or_else(name, entry.value)
                    self._bind(name, value, entry.node, place, source.at, sure=entry.sure)
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

    def _bind(
        self,
        name: str,
        value: ValueSet,
        node: ast.expr,
        place: Place,
        at: Point,
        position: int | None = None,
        sure: bool = True,
    ) -> None:
        """Bind one argument; `position` is that of an element of ``*args``."""
        if isinstance(node, ast.Starred):
            node = ast.Subscript(node.value, ast.Constant(position))
            text = ast.unparse(node)
        else:
            text = self._source.expression(node)
        sure = sure or (name in self.arguments and self.arguments[name].sure)
        self.arguments[name] = Argument(name, value.readable, text, place, sure)
        if name == "params":
            self.parameters = self._read_parameters(node, at)

    def _read_parameters(self, node: ast.expr, at: Point) -> Parameters:
        raw = read_parameters(node, at, self._evaluator)
        groups = []
        for group in raw.groups:
            arguments = {}
            container = Container.PLAIN
            for entry in group.entries:
                if isinstance(entry.key, str):
                    text = self._source.expression(entry.node)
                    place = self._source.place(entry.node)
                    value = entry.value.readable
                    arguments[entry.key] = Argument(entry.key, value, text, place, entry.sure)
                if entry.key == "params":
                    container = container_in_group(entry.node, entry.at, self._evaluator)
            groups.append(Group(arguments, container, group.sure))
        return Parameters(raw.shape, tuple(groups), raw.inline, raw.container)
