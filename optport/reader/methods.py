"""Uses of methods and attributes on objects that are known to be torch's, never by name alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from optport.reader.arguments import ArgumentBinder
from optport.reader.built import GROUPS, Built, Made, ParamGroup, ParamGroups
from optport.reader.callee import ArgumentSource, built_by
from optport.reader.classes import Instance
from optport.reader.loops import pace_of
from optport.reader.member_spots import Spot, find_spots
from optport.reader.model import Argument, Construction, MethodUse
from optport.reader.objects import NAMESPACE
from optport.reader.ownership import Ownership
from optport.reader.param_groups import ParameterReader
from optport.reader.torch_names import kind_of, owner_names
from optport.signatures import ApiKind, Signature, family, known_names
from optport.table import api_names
from optport.table.model import Access
from optport.values import Certainty, Literal, Qualified, Value, ValueSet

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

    def find(self) -> list[MethodUse]:
        """Return the uses in the file, in source order."""
        index = self._evaluator.index
        members = known_members()
        keys = group_keys() if index.lines.count(GROUPS) else frozenset()
        lines = index.lines.with_members(known_members(), _functions())
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
        for spot in spots:
            evaluation.ask()
            uses += self._uses(spot)
        return sorted(uses, key=lambda use: use.place)

    def _uses(self, spot: Spot) -> Iterator[MethodUse]:
        """Yield the uses at a spot, one for each member that it may be."""
        owner = spot.owner
        value = self._evaluator.value(owner or _callee(spot), spot.at)
        if spot.access is Access.CALL and self._is_given(spot, value):
            yield from self._passed(spot)
        if owner is None:
            return
        if not spot.member:  # an item of what may be a group
            kinds = (ParamGroup, ParamGroups)
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
        wanted = owners if spot.owner is not None else {f"{own}.{spot.member}" for own in owners}
        return any(isinstance(o, (Made, Qualified)) and o.name in wanted for o in value.values)

    def _passed(self, spot: Spot) -> Iterator[MethodUse]:
        assert isinstance(spot.node, ast.Call)
        owners = known_members()[spot.member] & owner_names()
        for argument in spot.node.args:
            objects, complete = _objects(self._evaluator.value(argument, spot.at), "")
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
            opened=spot.opened,
            pace=pace_of(spot.owner, spot.at, self._evaluator, self._source),
            site=None if bound is None else bound.site(_called(spot)),
            complete=complete,
            node=spot.node,
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
        return Argument("value", value, self._source.expression(node), self._source.place(node))


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


def _as_objects(value: Value, member: str) -> list[_Object]:
    if isinstance(value, Built):
        return [_Object(value.api, value.call, declared=value.declared)]
    if isinstance(value, (ParamGroup, ParamGroups)):
        return [_Object(value.of.api, value.of.call, declared=value.of.declared)]
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
