"""The audit of methods and attributes, against every recorded signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optport.signatures import ApiKind, Family, family
from optport.table.model import PARTS, ApiTable, TargetInfo, Use, Verdict


def use_problems(table: ApiTable, known: Mapping[str, TargetInfo]) -> Iterator[str]:
    """Yield the mistakes of what is stated of one method or attribute."""
    for number, use in enumerate(table.uses, start=1):
        yield from (f"uses {number}: {line}" for line in _problems(table, use, known))


def _problems(table: ApiTable, use: Use, known: Mapping[str, TargetInfo]) -> Iterator[str]:
    torch = family("torch.optim")
    built = table.name.rpartition(".")[0]
    mine = {*_parameters(torch, table.name), "value"}
    mine |= {f"object.{name}" for name in torch.parameters_ever(built)}
    conditions = [one.names for one in (use.when, use.unless) if one is not None]
    holes = use.becomes.names if use.becomes is not None else frozenset()
    given = {name for name in (use.given, use.left_out) if name is not None}
    for name in sorted(set().union(*conditions, holes - PARTS, given, use.write) - mine):
        yield f"{name!r} is no parameter of torch's {table.name}"
    members = {one.rpartition(".")[2] for one in torch.names(ApiKind.METHOD)}
    for name in sorted({*use.moot_with} - members):
        yield f"moot_with: torch has no method {name!r}"
    for target in use.targets:
        there = family(target)
        yield from unknown_versions(there, torch, use.before, use.torch_since, use.torch_before)
        if not known[target].executed and not use.evidence:
            yield f"evidence is missing: {target} is not executed"
        if use.verdict is Verdict.MISSING:
            yield from _there(table.name, use, there)


def _parameters(torch: Family, name: str) -> tuple[str, ...]:
    """The parameters of a method: of its base class's where a class's own is not recorded."""
    own = torch.parameters_ever(name)
    member = name.rpartition(".")[2]
    inherited = (one for one in torch.names(ApiKind.METHOD) if one.endswith(f".{member}"))
    return own or tuple(p for one in inherited for p in torch.parameters_ever(one))


def unknown_versions(
    there: Family, torch: Family, before: str | None, since: str | None, until: str | None
) -> Iterator[str]:
    """Yield the limits that are no recorded version of a target or of torch."""
    if before is not None and before not in there.versions:
        yield f"before = {before!r} is no known version of {there.name}"
    for version in (since, until):
        if version is not None and version not in torch.versions:
            yield f"{version!r} is no known version of torch"


def _there(name: str, use: Use, there: Family) -> Iterator[str]:
    """Whether a member that is said to be missing is recorded."""
    member = ".".join(name.split(".")[-2:])
    for recorded in there.names(ApiKind.METHOD):
        if recorded.endswith(member) and use.before != there.since(recorded):
            yield f"{there.name} has {recorded} since {there.since(recorded)}"
