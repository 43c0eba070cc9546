"""Uses of methods and attributes on objects that are known to be torch's, never by name alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from optport.line_sets import LineSet
from optport.reader.aliases import assigned, names_of
from optport.reader.arguments import ArgumentBinder
from optport.reader.built import (
    GROUPS,
    BoundMethod,
    Made,
    ParamGroup,
    ParamGroups,
    method_names,
)
from optport.reader.callee import ArgumentSource
from optport.reader.held_names import held_lines
from optport.reader.index import Index
from optport.reader.loops import pace_of
from optport.reader.member_names import (
    group_keys,
    known_members,
    member_functions,
    other_members,
    scheduler_names,
)
from optport.reader.member_spots import (
    WHOLE_FUNCTIONS,
    WHOLE_METHODS,
    Spot,
    find_spots,
    formatted_names,
)
from optport.reader.member_texts import BY_TEXT, TEMPLATE_MARKS
from optport.reader.model import Argument, Construction, MethodUse
from optport.reader.names import bindings_of
from optport.reader.names import owner as owner_of
from optport.reader.number_kinds import NumberKind, number_kind
from optport.reader.objects import NAMESPACE
from optport.reader.ownership import Ownership
from optport.reader.param_groups import ParameterReader
from optport.reader.receivers import BASES, Receiver, member_api, receiver, receivers_of
from optport.reader.torch_names import kind_of, owner_names
from optport.reader.tracked_names import TrackedNames
from optport.signatures import Signature, family
from optport.table.model import Access
from optport.values import SOME_FLOAT, Certainty, Literal, Qualified, ValueSet

_GROUPS = (ParamGroup, ParamGroups)
_BUILT_IN = "builtins"
_SETTING = 3
"""How many arguments `setattr` takes."""


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

    def find(self, tracked: TrackedNames | None) -> list[MethodUse]:
        """Return the uses in the file, in source order.

        They are looked for where the names tell that something built is used, given the `tracked`
        names of classes, and everywhere without them.
        """
        held = None if tracked is None else held_lines(tracked, self._evaluator.index)
        spots = self._spots(tracked, held)
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
        for spot in self._aliased(kept, held):
            evaluation.ask()
            later += self._called_later(spot)
        later += self._formatted_later(kept)
        calls = [one for one in (*uses, *later) if one.access is Access.CALL and one.aliased]
        called = {what for one in calls for what in _what(one)}
        # Where a method is called counts, not where it is taken.
        taken = {spot.node for spot in kept if spot.access is Access.READ}
        uses = [one for one in uses if one.node not in taken or not called.issuperset(_what(one))]
        return sorted([*uses, *later], key=lambda use: use.place)

    def _spots(self, tracked: TrackedNames | None, held: LineSet | None) -> list[Spot]:
        """Return where members may be used; of schedulers, where a class of theirs is named."""
        index = self._evaluator.index
        schedules = tracked is None or any(map(index.lines.count, scheduler_names()))
        members = known_members().keys() if schedules else other_members()
        keys = group_keys() if index.lines.count(GROUPS) else frozenset()
        functions = member_functions() | WHOLE_FUNCTIONS if keys else member_functions()
        looked = WHOLE_FUNCTIONS | WHOLE_METHODS if keys else frozenset()
        lines = index.lines.with_members(members | looked, functions)
        if keys:
            for quote in "'\"":
                index.lines.add_text(f"[{quote}", lines)
        index.lines.with_words(BY_TEXT, lines)
        within = index.lines.all() if held is None else held
        index.lines.add_matches(TEMPLATE_MARKS, within, lines)
        return [
            spot
            for root, at in index.expressions(lines, held)
            for spot in find_spots(root, at, index, members, keys)
        ]

    def _aliased(self, kept: Sequence[Spot], held: LineSet | None) -> Iterator[Spot]:
        """Yield the calls of what may be a method that has been taken, under another name."""
        index = self._evaluator.index
        if not any(one.access is Access.READ and one.member in method_names() for one in kept):
            return
        for root, at in index.expressions(index.lines.all() if held is None else held):
            for call, place in index.calls_in(root, at):
                if getattr(call.func, "attr", "") not in known_members():
                    yield Spot(call, None, "", place, Access.CALL)

    def _called_later(self, spot: Spot) -> Iterator[MethodUse]:
        """Yield the uses of methods that a call may be of, under another name."""
        value = self._evaluator.value(_callee(spot), spot.at)
        methods = [one for one in value.values if isinstance(one, BoundMethod)]
        by_api: dict[str, list[BoundMethod]] = {}
        for one in methods:
            api = member_api(one.of.api, one.name)
            if api is not None:
                by_api.setdefault(api, []).append(one)
        complete = value.complete and len(methods) == len(value.values) and len(by_api) == 1
        for api, those in by_api.items():
            called = replace(spot, member=those[0].name, aliased=True)
            yield self._use(called, Access.CALL, api, [receiver(one.of) for one in those], complete)

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
        if spot.access is Access.PASSED:
            yield from self._passed(spot, [spot.node])
            return
        value = self._evaluator.value(owner or _callee(spot), spot.at)
        if spot.access is Access.CALL and self._is_given(spot, value):
            yield from self._passed(spot, _given(_called(spot)))
        if owner is None:
            return
        if not spot.member:  # an item of what may be a group
            kinds = ParamGroup if spot.whole else _GROUPS
            groups = tuple(one for one in value.values if isinstance(one, kinds))
            value = ValueSet(groups, value.complete and len(groups) == len(value.values))
        member = spot.member or GROUPS
        objects, complete = receivers_of(value, member)
        by_api: dict[str, list[Receiver]] = {}
        for one in objects:
            api = member_api(one.api, member)
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

    def _passed(self, spot: Spot, given: Iterable[ast.expr]) -> Iterator[MethodUse]:
        owners = known_members()[spot.member] & owner_names()
        for argument in given:
            value = self._evaluator.value(argument, spot.at)
            whole = tuple(one for one in value.values if not isinstance(one, _GROUPS))
            objects, complete = receivers_of(replace(value, values=whole), "")
            told = complete or any(one.call is not None for one in objects)
            if objects and (told or spot.access is not Access.PASSED):
                api = f"{min(owners)}.{spot.member}"
                yield self._use(spot, Access.PASSED, api, objects, complete)
                return

    # -- uses ---

    def _use(
        self, spot: Spot, access: Access, api: str, objects: list[Receiver], complete: bool
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
        base = BASES.get(kind_of(objects[0].api), "")
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
        binder.take(ArgumentSource(call, spot.at, skip=spot.skip))
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
        if isinstance(spot.node, ast.Call) and spot.access is Access.WRITE:
            node = spot.node.args[2] if len(spot.node.args) == _SETTING else None
        if node is None:
            return None
        value = self._evaluator.value(node, spot.at).readable
        if not value.complete:
            kind = number_kind(node, spot.at, self._evaluator)
            value = SOME_FLOAT if kind is NumberKind.FLOAT else value
        return Argument("value", value, self._source.expression(node), self._source.place(node))


def _names(spots: Sequence[Spot], index: Index) -> frozenset[str]:
    return names_of({one.node for one in spots}, (one.at.scope for one in spots), index)


def _what(use: MethodUse) -> list[object]:
    """The members that a use may be of: of each object one."""
    return [
        *((use.api, one) for one in use.declared),
        *((use.api, one.place, one.api) for one in use.receivers),
    ]


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
