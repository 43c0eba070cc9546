"""Reading the table's TOML files into its closed types.

Every mistake in the data is a `TableError` that names file and row: the schema is this reader.
What needs the recorded signatures (parameters that no signature has, parameters without a fate) is
checked by `optport.table.audit`, since it reads every version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from optport.table.model import (
    WRITINGS,
    Also,
    Caveat,
    Correction,
    Correspondence,
    Detour,
    Fate,
    GroupRules,
    OptimizerTable,
    OwnParameter,
    ParameterRow,
    Placement,
    Rejection,
    TargetInfo,
    Workaround,
)
from optport.table.toml import Row, TableError, data_of

_HERE = Path(__file__).parent
ROWS = _HERE / "rows"


def _rejection(
    data: Any, where: str, parameter: str, shared: Mapping[str, Any], always: bool = False
) -> Rejection:
    if isinstance(data, str):
        if data not in shared:
            known = ", ".join(sorted(shared)) or "none"
            raise TableError(f"{where}: unknown shared rejection {data!r}; known: {known}")
        data = shared[data]
    row = Row(data, where)
    when = row.condition("when", parameter)
    if when is None and not always:
        raise row.fail("when is missing")
    write = row.take("write", str)
    if write is not None and write not in WRITINGS and "[" not in write:
        raise row.fail(f"write {write!r} is not one of {', '.join(WRITINGS)}, PARAMETER[INDEX]")
    rejection = Rejection(
        when=when,
        error=row.need("error", str),
        write=write,
        harmless=row.take("harmless", bool, False),
        before=row.take("before", str),
        evidence=row.evidence(),
    )
    row.finish()
    return rejection


def _placement(data: Any, where: str, parameter: str) -> Placement | None:
    if data is None:
        return None
    row = Row(data, where)
    matters = row.condition("matters", parameter)
    if matters is None:
        raise row.fail("matters is missing")
    placement = Placement(
        text=row.need("text", str),
        matters=matters,
        squared=row.take("squared", bool, False),
        exact_when=row.condition("exact_when", parameter),
    )
    row.finish()
    return placement


def _workaround(data: Any, where: str) -> Workaround | None:
    if data is None:
        return None
    row = Row(data, where)
    words = row.strings("also")
    unknown = [word for word in words if word not in set(Also)]
    if unknown:
        raise row.fail(f"also: {unknown[0]!r} is not one of {', '.join(Also)}")
    workaround = Workaround(
        advice=row.need("advice", str),
        also=tuple(Also(word) for word in words),
        argument=row.take("argument", str),
        expression=row.take("expression", str),
    )
    row.finish()
    return workaround


_NEEDS_TO = {Fate.RENAMED: 1, Fate.SPLIT: 2, Fate.IGNORED: 1}


def _parameter(name: str, data: Any, where: str, shared: Mapping[str, Any]) -> ParameterRow:
    row = Row(data, f"{where}: {name}")
    fate_text = row.need("fate", str)
    try:
        fate = Fate(fate_text)
    except ValueError:
        allowed = ", ".join(Fate)
        raise row.fail(f"fate {fate_text!r} is not one of {allowed}") from None
    to = row.take("to", (str, list), [])
    targets = (to,) if isinstance(to, str) else tuple(to)
    if not all(isinstance(target, str) for target in targets):
        raise row.fail(f"to must be names of parameters, not {to!r}")
    if fate is Fate.KEPT:
        targets = (name,)
    if len(targets) != _NEEDS_TO.get(fate, len(targets)):
        raise row.fail(f"to must name {_NEEDS_TO[fate]} parameter(s) for the fate {fate}")
    workaround = row.take("workaround", dict)
    if (fate is Fate.REPLACED) != (workaround is not None):
        raise row.fail("the fate replaced, and no other, has a workaround")
    result = ParameterRow(
        name=name,
        fate=fate,
        to=targets,
        default_differs=row.take("default_differs", bool),
        equivalent_when=row.condition("equivalent_when", name),
        default_hazard=row.take("default_hazard", str),
        neutral=row.condition("neutral", name),
        rejects=tuple(
            _rejection(item, f"{row.where}: rejects[{index}]", name, shared)
            for index, item in enumerate(row.take("rejects", list, []))
        ),
        rejects_in_groups=tuple(
            _rejection(item, f"{row.where}: rejects_in_groups[{index}]", name, shared, always=True)
            for index, item in enumerate(row.take("rejects_in_groups", list, []))
        ),
        placement=_placement(row.take("placement", dict), f"{row.where}: placement", name),
        workaround=_workaround(workaround, f"{row.where}: workaround"),
        negated=row.take("negated", bool, False),
        none_becomes=row.take("none_becomes", str),
        decay_skips_names=row.strings("decay_skips_names"),
        inexact_when=row.condition("inexact_when", name),
        advice=row.take("advice", str),
        note=row.take("note", str),
        evidence=row.evidence(),
    )
    row.finish()
    return result


def _own(data: Mapping[str, Any], where: str) -> dict[str, OwnParameter]:
    found = {}
    for name, item in data.items():
        row = Row(item, f"{where}: own parameter {name}")
        found[name] = OwnParameter(
            name, row.need("note", str), row.evidence(), row.take("value", str)
        )
        row.finish()
    return found


def _correspondence(
    data: Any, where: str, optimizer: str, targets: Mapping[str, TargetInfo]
) -> Correspondence:
    row = Row(data, where)
    target = row.need("target", str)
    if target not in targets:
        raise row.fail(f"unknown target {target!r}; known: {', '.join(targets)}")
    row.where = where = f"{where} ({target})"
    counterpart = row.take("counterpart", str)
    shared = targets[target].rejections
    rows = row.take("parameters", dict, {})
    if bool(rows) != (counterpart is not None):
        raise row.fail("parameters belong to a counterpart, and a counterpart has parameters")
    result = Correspondence(
        optimizer=optimizer,
        target=target,
        counterpart=counterpart,
        parameters={name: _parameter(name, item, where, shared) for name, item in rows.items()},
        own=_own(row.take("own", dict, {}), where),
        when=row.condition("when"),
        when_unread=row.take("when_unread", bool, False),
        differs=row.take("differs", str),
        behaviour=row.take("behaviour", str),
        ignored_in_groups=row.strings("ignored_in_groups"),
        inexact=row.take("inexact", str),
        advice=row.take("advice", str),
        note=row.take("note", str),
        evidence=row.evidence(),
    )
    row.finish()
    return result


def _detour(data: Any, where: str, targets: Mapping[str, TargetInfo]) -> Detour:
    row = Row(data, where)
    detour = Detour(
        targets=row.strings("targets"),
        optimizer=row.need("optimizer", str),
        target=row.need("target", str),
        when=row.condition("when"),
        evidence=row.evidence(),
    )
    for name in (*detour.targets, detour.target):
        if name not in targets:
            raise row.fail(f"unknown target {name!r}; known: {', '.join(targets)}")
    row.finish()
    return detour


def _correction(data: Any, where: str) -> Correction:
    row = Row(data, where)
    correction = Correction(
        row.need("page", str), row.need("says", str), row.need("measured", str), row.evidence()
    )
    row.finish()
    return correction


def _caveat(data: Any, where: str) -> Caveat:
    row = Row(data, where)
    caveat = Caveat(row.need("hazard", str), row.need("text", str), row.need("advice", str))
    row.finish()
    return caveat


def _each(row: Row, key: str) -> Iterator[tuple[Any, str]]:
    for number, item in enumerate(row.take(key, list, []), start=1):
        yield item, f"{row.where}: {key} {number}"


def read_optimizer(
    path: Path, targets: Mapping[str, TargetInfo], only: str | None = None
) -> OptimizerTable:
    """Read one file of rows, of one target only if asked; raises `TableError` that names the row.

    Half of what loading takes is left out where the rows of two targets of four will do.
    """
    row = Row(data_of(path), path.name)
    name = row.need("optimizer", str)
    caveat = row.take("caveat", dict)
    table = OptimizerTable(
        name=name,
        correspondences=tuple(
            _correspondence(item, where, name, targets)
            for item, where in _each(row, "correspondences")
            if only is None or item.get("target") == only
        ),
        detours=tuple(_detour(item, where, targets) for item, where in _each(row, "detours")),
        corrections=tuple(_correction(item, where) for item, where in _each(row, "corrections")),
        caveat=None if caveat is None else _caveat(caveat, f"{path.name}: caveat"),
        note=row.take("note", str),
    )
    row.finish()
    return table


CONTAINERS = ("generator-in-group", "generator-in-first-group", "named", "bare-in-group")
"""The kinds of containers that a target may not take."""


def _group_rules(data: Any, where: str) -> GroupRules:
    row = Row(data, where)
    containers = row.take("containers", dict, {})
    for kind in containers:
        if kind not in CONTAINERS:
            raise row.fail(f"container {kind!r} is not one of {', '.join(CONTAINERS)}")
    rejections = row.take("rejections", dict, {})
    keys = row.take("keys", dict)
    rules = GroupRules(
        keys=keys,
        honoured=row.strings("honoured") or None,
        rejects_others=row.take("rejects_others", bool, False),
        lr_is_factor=row.take("lr_is_factor", bool, False),
        reorders=row.take("reorders", bool, False),
        containers=containers,
        rejections={
            name: _rejection(item, f"{where}: rejections: {name}", name, {})
            for name, item in rejections.items()
        },
        lenient=row.strings("lenient"),
        evidence=row.evidence(),
    )
    row.finish()
    return rules


def read_targets(path: Path) -> dict[str, TargetInfo]:
    """Read the targets, in the order in which reports name them; raises `TableError`."""
    row = Row(data_of(path), path.name)
    targets = {}
    for item, where in _each(row, "targets"):
        entry = Row(item, where)
        target = TargetInfo(
            name=entry.need("name", str),
            short=entry.need("short", str),
            executed=entry.take("executed", bool, True),
            default=entry.take("default", bool, False),
            own=_own(entry.take("own", dict, {}), where),
            rejections=entry.take("rejections", dict, {}),
            groups=_group_rules(entry.need("groups", dict), f"{where}: groups"),
            note=entry.take("note", str),
        )
        entry.finish()
        targets[target.name] = target
    row.finish()
    return targets


@cache
def targets() -> Mapping[str, TargetInfo]:
    """All targets of the table by full name, read once a process."""
    return read_targets(_HERE / "targets.toml")


@cache
def optimizer_table(name: str, target: str | None = None) -> OptimizerTable | None:
    """The rows of the torch optimizer `name`, those of one target if asked, read when asked for.

    None for an optimizer without rows.
    """
    path = ROWS / f"{name.lower()}.toml"
    return read_optimizer(path, targets(), target) if path.is_file() else None


def optimizers() -> tuple[str, ...]:
    """The names of all torch optimizers that the table has rows of, in alphabetical order."""
    tables = (read_optimizer(path, targets()) for path in ROWS.glob("*.toml"))
    return tuple(sorted((table.name for table in tables), key=str.lower))
