"""The names of members of torch's optimizers and schedulers, and of what a group holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from optport.reader.objects import NAMESPACE
from optport.reader.torch_names import kind_of, owner_names
from optport.signatures import ApiKind, family, known_names
from optport.table import api_names


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
def member_functions() -> frozenset[str]:
    """The members that are functions of modules, or may be."""
    return frozenset(m for m, owners in known_members().items() if owners & owner_names())


@cache
def _schedulers() -> frozenset[str]:
    """The classes of schedulers, and their base classes."""
    classes = (*known_names(ApiKind.SCHEDULER), *api_names(ApiKind.SCHEDULER))
    bases = (name for name in known_names(ApiKind.BASE) if kind_of(name) is ApiKind.SCHEDULER)
    return frozenset([*classes, *bases])


@cache
def scheduler_names() -> tuple[str, ...]:
    """Words without one of which a file has no object that is known to be a scheduler."""
    return tuple(sorted({name.rpartition(".")[2] for name in _schedulers()}))


@cache
def other_members() -> frozenset[str]:
    """The members that not only schedulers have: ``scheduler.optimizer`` is a common name."""
    return frozenset(m for m, owners in known_members().items() if owners - _schedulers())
