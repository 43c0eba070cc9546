"""What members are used on: the optimizers and schedulers that a value may be."""

from __future__ import annotations

import ast

from optport.lean import dataclass
from optport.reader.built import Built, ParamGroup, ParamGroups
from optport.reader.callee import built_by
from optport.reader.classes import Instance
from optport.reader.member_names import known_members
from optport.reader.torch_names import kind_of
from optport.signatures import ApiKind
from optport.values import Literal, Value, ValueSet

BASES = {ApiKind.OPTIMIZER: "Optimizer", ApiKind.SCHEDULER: "lr_scheduler.LRScheduler"}
"""The class below which the members are listed that all optimizers or schedulers have."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """An optimizer or scheduler that a receiver may be: what built it, or what it is declared."""

    api: str
    call: ast.Call | None
    sure: bool = True
    declared: ast.expr | None = None


def receivers_of(value: ValueSet, member: str) -> tuple[list[Receiver], bool]:
    """Return the optimizers and schedulers that a value may be, and whether it is one of them.

    An instance of a class of the file counts unless the class has a member of that name itself.
    """
    found: list[Receiver] = []
    complete = value.complete
    for one in value.values:
        objects = _as_objects(one, member)
        complete = complete and (bool(objects) or one == Literal(None))
        found += objects
    return found, complete


def receiver(built: Built) -> Receiver:
    """Return what is built as a receiver."""
    return Receiver(built.api, built.call, declared=built.declared)


def _as_objects(value: Value, member: str) -> list[Receiver]:
    if isinstance(value, Built):
        return [receiver(value)]
    if isinstance(value, (ParamGroup, ParamGroups)):
        return [receiver(value.of)]
    if isinstance(value, Instance) and member not in value.of.methods:
        built = built_by(value.of)
        declared = value.declared
        return [Receiver(b.api, value.call, b.sure, declared) for b in built if b.api is not None]
    return []


def member_api(owner: str, member: str) -> str | None:
    """Return the listed member of a class: its own, or that of all optimizers or schedulers."""
    owners = known_members()[member]
    base = BASES[kind_of(owner)]
    if owner in owners:
        return f"{owner}.{member}"
    return f"{base}.{member}" if base in owners else None
