"""Uses of methods and attributes on objects that are known to be torch's, never by name alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from optport.reader.aliases import assigned, names_of
from optport.reader.arguments import ArgumentBinder
from optport.reader.built import (
    GROUPS,
    BoundMethod,
    Built,
    Made,
    ParamGroup,
    ParamGroups,
    method_names,
)
from optport.reader.callee import ArgumentSource, built_by
from optport.reader.classes import Instance
from optport.reader.index import Index
from optport.reader.loops import pace_of
from optport.reader.member_spots import (
    WHOLE_FUNCTIONS,
    WHOLE_METHODS,
    Spot,
    find_spots,
    formatted_names,
)
from optport.reader.model import Argument, Construction, MethodUse
from optport.reader.names import bindings_of
from optport.reader.names import owner as owner_of
from optport.reader.number_kinds import NumberKind, number_kind
from optport.reader.objects import NAMESPACE
from optport.reader.ownership import Ownership
from optport.reader.param_groups import ParameterReader
from optport.reader.torch_names import kind_of, owner_names
from optport.signatures import ApiKind, Signature, family, known_names
from optport.table import api_names
from optport.table.model import Access
from optport.values import SOME_FLOAT, Certainty, Literal, Qualified, Value, ValueSet

_GROUPS = (ParamGroup, ParamGroups)
_BUILT_IN = "builtins"
_BASES = {ApiKind.OPTIMIZER: "Optimizer", ApiKind.SCHEDULER: "lr_scheduler.LRScheduler"}
"""The class below which the members are listed that all optimizers or schedulers have."""


@cache
def known_members() -> Mapping[str, frozenset[str]]:
    """The members that are looked for, by name, with the classes or modules that have them."""
    found: dict[str, set[str]] = {}
    for api in (*known_names(ApiKind.METHOD), *api_names(ApiKind.METHOD)):
        owner, _, member = api.rpartition(".")
        found.setdefault(member, set()).add(owner)
    return {member: frozenset(owners) for member, owners in found.items()}


@cache
def group_keys() -> frozenset[str]:
    """The keys of a parameter group: the arguments of any optimizer, and the first rate."""
    torch = family(NAMESPACE)
    optimizers = known_names(ApiKind.OPTIMIZER)
    return frozenset(
        ["initial_lr", *(key for name in optimizers for key in torch.parameters_ever(name))]
    )


@cache
def _functions() -> frozenset[str]:
    """The members that are functions of modules, or may be."""
    return frozenset(m for m, owners in known_members().items() if owners & owner_names())


@cache
def _schedulers() -> frozenset[str]:
    """The classes of schedulers, and their base classes."""
    classes = (*known_names(ApiKind.SCHEDULER), *api_names(ApiKind.SCHEDULER))
    bases = (name for name in known_names(ApiKind.BASE) if kind_of(name) is ApiKind.SCHEDULER)
    return frozenset([*classes, *bases])


@cache
def _scheduler_names() -> tuple[str, ...]:
    """Words without one of which a file has no object that is known to be a scheduler."""
    return tuple(sorted({name.rpartition(".")[2] for name in _schedulers()}))


@cache
def _other_members() -> frozenset[str]:
    """The members that not only schedulers have: ``scheduler.optimizer`` is a common name."""
    return frozenset(m for m, owners in known_members().items() if owners - _schedulers())


@dataclass(frozen=True, slots=True)
class _Object:
    """An optimizer or scheduler that a receiver may be: what built it, or what it is declared."""

    api: str
    call: ast.Call | None
    sure: bool = True
    declared: ast.expr | None = None


class MethodFinder:
    """Finds the uses of methods in one file, given its constructions by their calls."""

    def __init__(
        self,
        reader: ParameterReader,
        version: str,
        constructions: Mapping[ast.Call, Sequence[Construction]],
    ) -> None:
        self._reader = reader
        self._evaluator = reader.evaluator
        self._source = reader.source
        self._version = version
        self._constructions = constructions

    def find(self, everywhere: bool) -> list[MethodUse]:
        """Return the uses in the file, in source order.

        Those of schedulers only where the file names a class of theirs, or `everywhere`.
        """
        index = self._evaluator.index
        schedules = everywhere or any(map(index.lines.count, _scheduler_names()))
        members = known_members().keys() if schedules else _other_members()
        keys = group_keys() if index.lines.count(GROUPS) else frozenset()
        functions = _functions() | WHOLE_FUNCTIONS if keys else _functions()
        looked = WHOLE_FUNCTIONS | WHOLE_METHODS if keys else frozenset()
        lines = index.lines.with_members(members | looked, functions)
        if keys:
            for quote in "'\"":
                index.lines.add_text(f"[{quote}", lines)
        spots = [
            spot
            for root, at in index.expressions(lines)
            for spot in find_spots(root, at, index, members, keys)
        ]
        evaluation = self._evaluator.evaluation
        evaluation.begin(len(self._source.text), len(spots))
        uses: list[MethodUse] = []
        kept: list[Spot] = []
        for spot in spots:
            evaluation.ask()
            found = list(self._uses(spot))
            uses += found
            if found and spot.access in (Access.READ, Access.CALL):
                kept.append(spot)
        later: list[MethodUse] = []
        for spot in self._aliased(kept):
            evaluation.ask()
            later += self._called_later(spot)
        later += self._formatted_later(kept)
        called = {_what(use) for use in later if use.access is Access.CALL}
        # Where a method is called counts, not where it is taken.
        taken = {spot.node for spot in kept if spot.access is Access.READ}
        uses = [one for one in uses if one.node not in taken or _what(one) not in called]
        return sorted([*uses, *later], key=lambda use: use.place)

    def _aliased(self, kept: Sequence[Spot]) -> Iterator[Spot]:
        """Yield the calls of names and attributes that methods have been assigned to."""
        index = self._evaluator.index
        methods = [
            one for one in kept if one.access is Access.READ and one.member in method_names()
        ]
        names = _names(methods, index)
        lines = index.lines.with_members(names, names) if names else index.lines.none()
        for root, at in index.expressions(lines):
            for spot in find_spots(root, at, index, names, ()):
                if spot.access is Access.CALL:
                    yield spot

    def _called_later(self, spot: Spot) -> Iterator[MethodUse]:
        """Yield the uses of methods that a call may be of, under another name."""
        value = self._evaluator.value(_callee(spot), spot.at)
        methods = [one for one in value.values if isinstance(one, BoundMethod)]
        complete = value.complete and len(methods) == len(value.values)
        for method in methods:
            api, whole = _api(method.of.api, method.name), complete and len(methods) == 1
            if api is not None:
                called = replace(spot, member=method.name, owner=None, aliased=True)
                yield self._use(called, Access.CALL, api, [_object(method.of)], whole)

    def _formatted_later(self, kept: Sequence[Spot]) -> Iterator[MethodUse]:
        """Yield the uses of what is formatted where a name is that it has been assigned to."""
        index = self._evaluator.index
        of = {spot.node: spot for spot in kept}
        names = _names(kept, index)
        lines = index.lines.with_words(names) if names else index.lines.none()
        for root, at in index.expressions(lines):
            for node, point in formatted_names(root, at, index, names):
                given = [assigned(one, of) for one in bindings_of(node.id, point)]
                spots = [of[one] for one in given if one in of]
                self._evaluator.evaluation.ask()
                for spot in spots[:1] if len(spots) == len(given) else ():
                    for use in self._uses(replace(spot, formatted=True)):
                        yield replace(use, place=self._source.place(node), node=node, aliased=True)

    def _uses(self, spot: Spot) -> Iterator[MethodUse]:
        """Yield the uses at a spot, one for each member that it may be."""
        owner = spot.owner
        value = self._evaluator.value(owner or _callee(spot), spot.at)
        if spot.access is Access.CALL and self._is_given(spot, value):
            yield from self._passed(spot)
        if owner is None:
            return
        if not spot.member:  # an item of what may be a group
            kinds = ParamGroup if spot.whole else _GROUPS
            groups = tuple(one for one in value.values if isinstance(one, kinds))
            value = ValueSet(groups, value.complete and len(groups) == len(value.values))
        member = spot.member or GROUPS
        objects, complete = _objects(value, member)
        by_api: dict[str, list[_Object]] = {}
        for one in objects:
            api = _api(one.api, member)
            if api is not None:
                by_api.setdefault(api, []).append(one)
        complete = complete and sum(map(len, by_api.values())) == len(objects)
        for api, those in by_api.items():
            yield self._use(spot, spot.access, api, those, complete and len(by_api) == 1)

    def _is_given(self, spot: Spot, value: ValueSet) -> bool:
        """Whether the member is a function, or of a class, that optimizers are given to."""
        owners = known_members()[spot.member] & owner_names()
        if spot.owner is None and _BUILT_IN in owners and not value.known:
            return owner_of(spot.member, spot.at.scope) is None
        wanted = owners if spot.owner is not None else {f"{own}.{spot.member}" for own in owners}
        return any(isinstance(o, (Made, Qualified)) and o.name in wanted for o in value.values)

    def _passed(self, spot: Spot) -> Iterator[MethodUse]:
        owners = known_members()[spot.member] & owner_names()
        for argument in _given(_called(spot)):
            value = self._evaluator.value(argument, spot.at)
            whole = tuple(one for one in value.values if not isinstance(one, _GROUPS))
            objects, complete = _objects(replace(value, values=whole), "")
            if objects:
                api = f"{min(owners)}.{spot.member}"
                yield self._use(spot, Access.PASSED, api, objects, complete)
                return

    # -- uses ---

    def _use(
        self, spot: Spot, access: Access, api: str, objects: list[_Object], complete: bool
    ) -> MethodUse:
        receivers = [
            construction
            for one in objects
            if one.call is not None
            for construction in self._constructions.get(one.call, ())
            if construction.api == one.api
        ]
        complete = complete and all(one.sure for one in objects)
        declared = tuple(one.declared for one in objects if one.declared is not None)
        sure = complete and bool(receivers or declared)
        sure = sure and all(one.certainty is Certainty.CERTAIN for one in receivers)
        torch = family(NAMESPACE)
        base = _BASES.get(kind_of(objects[0].api), "")
        signature = torch.nearest(api, self._version)
        if signature is None:  # a class's own method, listed but not recorded
            signature = torch.nearest(f"{base}.{spot.member}", self._version)
        bound = self._bound(spot, signature or Signature(api, ()))
        return MethodUse(
            api=api,
            access=access,
            receiver_kind=kind_of(objects[0].api),
            classes=tuple(dict.fromkeys(one.api for one in objects)),
            receivers=tuple({id(one): one for one in receivers}.values()),
            place=self._source.place(spot.node),
            certainty=Certainty.CERTAIN if sure else Certainty.POSSIBLE,
            key=self._key(spot),
            arguments={} if bound is None else bound.arguments,
            value=self._value(spot),
            signature=signature,
            hidden=None if bound is None else bound.hidden,
            formatted=spot.formatted,
            of_item=bool(spot.keys),
            whole=spot.whole,
            opened=spot.opened,
            pace=pace_of(spot.owner, spot.at, self._evaluator, self._source),
            site=None if bound is None else bound.site(_called(spot)),
            complete=complete,
            node=spot.node,
            aliased=spot.aliased,
            declared=declared,
        )

    def _bound(self, spot: Spot, signature: Signature) -> ArgumentBinder | None:
        """The arguments of a call, bound as Python would; None for another use."""
        if spot.access is not Access.CALL:
            return None
        call = _called(spot)
        ownership = Ownership([(call, spot.at)], self._evaluator.index, self._source)
        binder = ArgumentBinder(signature, self._reader, ownership)
        binder.take(ArgumentSource(call, spot.at))
        return binder

    def _key(self, spot: Spot) -> str | None:
        """The first item taken that is a text."""
        for node in spot.keys:
            key = self._evaluator.value(node, spot.at).exact
            if isinstance(key, Literal) and isinstance(key.value, str):
                return key.value
        return None

    def _value(self, spot: Spot) -> Argument | None:
        """What is assigned."""
        node, _ = self._evaluator.index.stored(spot.node)
        if node is None:
            return None
        value = self._evaluator.value(node, spot.at).readable
        if not value.complete:
            kind = number_kind(node, spot.at, self._evaluator)
            value = SOME_FLOAT if kind is NumberKind.FLOAT else value
        return Argument("value", value, self._source.expression(node), self._source.place(node))


def _names(spots: Sequence[Spot], index: Index) -> frozenset[str]:
    return names_of({one.node for one in spots}, (one.at.scope for one in spots), index)


def _what(use: MethodUse) -> tuple[object, ...]:
    """The member of a use, and what it is of."""
    return use.api, use.declared, *((one.place, one.api) for one in use.receivers)


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call is given, and what lists and dicts that are written there hold."""
    for argument in (*call.args, *(one.value for one in call.keywords)):
        yield argument
        if isinstance(argument, ast.Dict):
            yield from argument.values
        elif isinstance(argument, (ast.List, ast.Tuple)):
            yield from argument.elts


def _callee(spot: Spot) -> ast.expr:
    return _called(spot).func


def _called(spot: Spot) -> ast.Call:
    assert isinstance(spot.node, ast.Call)
    return spot.node


def _objects(value: ValueSet, member: str) -> tuple[list[_Object], bool]:
    """Return the optimizers and schedulers that a value may be, and whether it is one of them.

    An instance of a class of the file counts unless the class has a member of that name itself.
    """
    found: list[_Object] = []
    complete = value.complete
    for one in value.values:
        objects = _as_objects(one, member)
        complete = complete and (bool(objects) or one == Literal(None))
        found += objects
    return found, complete


def _object(built: Built) -> _Object:
    return _Object(built.api, built.call, declared=built.declared)


def _as_objects(value: Value, member: str) -> list[_Object]:
    if isinstance(value, Built):
        return [_object(value)]
    if isinstance(value, (ParamGroup, ParamGroups)):
        return [_object(value.of)]
    if isinstance(value, Instance) and member not in value.of.methods:
        built = built_by(value.of)
        declared = value.declared
        return [_Object(b.api, value.call, b.sure, declared) for b in built if b.api is not None]
    return []


def _api(owner: str, member: str) -> str | None:
    """Return the listed member of a class: its own, or that of all optimizers or schedulers."""
    owners = known_members()[member]
    base = _BASES[kind_of(owner)]
    if owner in owners:
        return f"{owner}.{member}"
    return f"{base}.{member}" if base in owners else None
