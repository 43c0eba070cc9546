"""One row of the table between two signatures: what holds there whatever a call's arguments are.

It is worked out once for a row, the versions of both signatures, and of torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optport.hazards.roles import RATE
from optport.lean import dataclass
from optport.signatures import ApiKind, Parameter, Signature
from optport.table.model import Correspondence, Difference, Fate, OwnParameter
from optport.table.parameters import ParameterRow, Rejection
from optport.targets import Target
from optport.versions import parse_version

CARRIED = (Fate.KEPT, Fate.RENAMED, Fate.SPLIT)
"""The fates of parameters that the counterpart takes, and whose defaults can differ."""
WITHOUT_COUNTERPART = (Fate.INERT, Fate.LOST, Fate.REPLACED)


@dataclass(frozen=True, slots=True)
class Default:
    """A parameter that can be left out: torch's default is not the counterpart's."""

    row: ParameterRow
    mine: Parameter
    theirs: tuple[Parameter, ...]
    required: bool
    """Whether the counterpart has to be given it."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A row of the table between a torch signature and a counterpart's.

    `rows` are the fates at this version: what the counterpart does not have yet is lost.
    `always` are those that matter also where the argument is not given. `rejections` and
    `differences` are those at the versions, by the argument's name.
    """

    rows: Mapping[str, ParameterRow]
    always: frozenset[str]
    rejections: Mapping[str, tuple[Rejection, ...]]
    differences: Mapping[str, tuple[Difference, ...]]
    defaults: tuple[Default, ...]
    needed: tuple[OwnParameter, ...]
    """Parameters of the counterpart's own that may have to be given."""
    in_groups: Mapping[str, tuple[Rejection, ...]]
    """What groups do not take, by torch's name of the key."""
    inexact: tuple[ParameterRow, ...]
    """Those for which a port may not be exact."""
    made_of: tuple[object, ...]
    """What it is known by, kept for as long as it is known."""


_MAX_KNOWN = 2_000
"""Pairings kept: some ten times what all rows of the table make for one set of versions."""
_known: dict[tuple[int, int, int, str, str], Pairing] = {}


def pairing(
    mine: Signature,
    kind: ApiKind,
    row: Correspondence,
    theirs: Signature,
    target: Target,
    torch_version: str,
) -> Pairing:
    """Return a row between two signatures, for a target's version and one of torch."""
    key = id(row), id(mine), id(theirs), target.version, torch_version
    found = _known.get(key)
    if found is None:
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        found = _known[key] = _paired(mine, kind, row, theirs, target, torch_version)
    return found


def _paired(
    mine: Signature,
    kind: ApiKind,
    row: Correspondence,
    theirs: Signature,
    target: Target,
    torch_version: str,
) -> Pairing:
    rows = {name: _at(one, theirs, target) for name, one in row.parameters.items()}
    return Pairing(
        rows=rows,
        always=frozenset(n for n, one in rows.items() if _always_matters(one, mine, kind)),
        rejections={name: _rejections(one, target) for name, one in rows.items()},
        differences={
            name: differences_at(one.differences, target, torch_version)
            for name, one in rows.items()
        },
        defaults=tuple(_defaults(rows, mine, theirs)),
        needed=tuple(own for own in row.own.values() if own.value is not None),
        in_groups={
            name: _rejections_in_groups(name, rows.get(name), theirs, target)
            for name in (*rows, *target.info.groups.rejections)
        },
        inexact=tuple(
            one
            for one in rows.values()
            if one.inexact_when is not None or one.placement is not None
        ),
        made_of=(row, mine, theirs),
    )


def _at(row: ParameterRow, theirs: Signature, target: Target) -> ParameterRow:
    missing = next((to for to in row.to if to not in theirs.by_name), None)
    if missing is None:
        return row
    since = target.family.since(theirs.name, missing)
    advice = f"move to {target.info.short} {since}, the first to have {missing}"
    return ParameterRow(
        row.name, Fate.LOST, row.evidence, neutral=row.neutral, advice=advice, note=row.note
    )


def _always_matters(row: ParameterRow, mine: Signature, kind: ApiKind) -> bool:
    """Whether what torch has in force by default may matter as well."""
    if row.placement is not None or row.decay_skips_names:
        return True
    parameter = mine.by_name.get(row.name)
    lost = row.fate in WITHOUT_COUNTERPART and kind is ApiKind.SCHEDULER
    return lost and parameter is not None and not parameter.required


def _rejections(row: ParameterRow, target: Target) -> tuple[Rejection, ...]:
    return (*rejections_at(row.rejects, target), *rejections_of_numpy(row.name, target))


def _rejections_in_groups(
    name: str, row: ParameterRow | None, theirs: Signature, target: Target
) -> tuple[Rejection, ...]:
    rules = target.info.groups
    found = [] if row is None else [*row.rejects_in_groups]
    if name in rules.rejections and theirs.name not in rules.lenient:
        found.append(rules.rejections[name])
    is_factor = rules.lr_is_factor and name == RATE  # that is computed with
    return (
        *rejections_at(found, target),
        *(() if is_factor else rejections_of_numpy(name, target)),
    )


def rejections_at(rejections: Iterable[Rejection], target: Target) -> tuple[Rejection, ...]:
    """Return those of some rejections that hold at the target's version."""
    at = parse_version(target.version)
    return tuple(one for one in rejections if one.before is None or at < parse_version(one.before))


def rejections_of_numpy(name: str, target: Target) -> tuple[Rejection, ...]:
    """Return the rejection of NumPy's numbers, where the target has one for that parameter."""
    rule = target.info.numpy
    if rule is None or (rule.parameters and name not in rule.parameters):
        return ()
    return (rule.rejection(name),)


def differences_at(
    differences: Iterable[Difference], target: Target, torch_version: str
) -> tuple[Difference, ...]:
    """Return those of some differences that hold at the versions of the target and of torch."""
    at, torch = parse_version(target.version), parse_version(torch_version)
    return tuple(
        one
        for one in differences
        if (one.before is None or at < parse_version(one.before))
        and (one.torch_since is None or torch >= parse_version(one.torch_since))
        and (one.torch_before is None or torch < parse_version(one.torch_before))
    )


def _defaults(
    rows: Mapping[str, ParameterRow], mine: Signature, theirs: Signature
) -> Iterable[Default]:
    for name, parameter in mine.by_name.items():
        row = rows.get(name)
        if row is None or row.fate not in CARRIED or parameter.required:
            continue
        there = tuple(theirs.by_name[to] for to in row.to)
        required = any(one.required for one in there)
        if required or row.differs(parameter, there):
            yield Default(row, parameter, there, required)
