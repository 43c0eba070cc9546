"""Reading the table's TOML files into its closed types.

Every mistake in the data is a `TableError` that names file and row: the schema is this reader.
What needs every recorded version (parameters that no signature has, parameters without a fate) is
checked by `optport.table.audit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from optport.resources import exists, stems
from optport.signatures import ApiKind, family
from optport.table.curves import read_curve
from optport.table.model import (
    Also,
    ApiTable,
    Caveat,
    Correction,
    Correspondence,
    Detour,
    Outside,
    Role,
    TargetInfo,
)
from optport.table.parameter_rows import Statements, read_difference, read_own
from optport.table.target_file import read_targets
from optport.table.toml import Row, TableError, data_of
from optport.table.uses import read_use

_HERE = Path(__file__).parent
ROWS = _HERE / "rows"


@cache
def targets() -> Mapping[str, TargetInfo]:
    """All targets of the table by full name, read once a process."""
    return read_targets(_HERE / "targets.toml")


@cache
def api_table(name: str, target: str | None = None) -> ApiTable | None:
    """The rows of a name below `torch.optim`, those of one target if asked, read when asked for.

    None for a name without rows.
    """
    path = ROWS / f"{name}.toml"
    return read_table(path, targets(), target) if exists(path) else None


@cache
def api_names(kind: ApiKind) -> tuple[str, ...]:
    """The names of one kind that the table has rows of, in alphabetical order."""
    names = (name for name in stems(ROWS, ".toml") if kind_of(name) is kind)
    return tuple(sorted(names, key=str.lower))


def kind_of(name: str) -> ApiKind:
    """What a name is: attributes, and functions that take an optimizer, are not recorded."""
    return family("torch.optim").kind(name) or ApiKind.METHOD


@cache
def roles(kind: ApiKind) -> Mapping[Role, str]:
    """Torch's parameters by the part that they play for names of a kind."""
    parts = data_of(_HERE / "torch.toml").get(kind, {})
    return {Role(role): name for role, name in parts.items()}


def read_table(path: Path, targets: Mapping[str, TargetInfo], only: str | None = None) -> ApiTable:
    """Read one file of rows, of one target only if asked; raises `TableError` that names the row.

    Half of what loading takes is left out where the rows of two targets of four will do.
    """
    row = Row(data_of(path), path.name)
    name = row.need("torch", str)
    kind = kind_of(name)
    if kind is ApiKind.METHOD and "." not in name:
        raise row.fail(f"torch has no {name}")
    caveat = row.take("caveat", dict)
    curve = row.take("curve", dict)
    placements = row.take("placements", dict, {})
    table = ApiTable(
        name=name,
        kind=kind,
        correspondences=tuple(
            _correspondence(item, where, name, kind, targets, path.parent, placements)
            for item, where in row.each("rows")
            if only is None or item.get("target") == only
        ),
        uses=tuple(
            read_use(item, where, targets)
            for item, where in row.each("uses")
            if only is None or only in item.get("targets", ())
        ),
        curve=None if curve is None else read_curve(curve, f"{path.name}: curve"),
        absolute=row.strings("absolute"),
        overwrites_groups=row.take("overwrites_groups", bool, False),
        steady_when=row.condition("steady_when"),
        detours=tuple(_detour(item, where, targets) for item, where in row.each("detours")),
        corrections=tuple(_correction(item, where) for item, where in row.each("corrections")),
        caveat=None if caveat is None else _caveat(caveat, f"{path.name}: caveat"),
        note=row.take("note", str),
    )
    row.finish()
    return table


def _correspondence(
    data: Any,
    where: str,
    name: str,
    kind: ApiKind,
    targets: Mapping[str, TargetInfo],
    folder: Path,
    placements: Mapping[str, Any],
) -> Correspondence:
    row = Row(data, where)
    target = row.need("target", str)
    if target not in targets:
        raise row.fail(f"unknown target {target!r}; known: {', '.join(targets)}")
    row.where = where = f"{where} ({target})"
    like = row.take("like", str)
    if like is not None:
        row.data = {**_base(row, like, target, folder), **row.data}
    counterpart = row.take("counterpart", str)
    stated = row.take("parameters", dict, {})
    if stated and counterpart is None:
        raise row.fail("parameters belong to a counterpart")
    if kind not in targets[target].rules:
        raise row.fail(f"a {kind} has no rows, but uses")
    result = Correspondence(
        torch=name,
        target=target,
        counterpart=counterpart,
        parameters={}
        if counterpart is None
        else Statements(
            stated=stated,
            rules=targets[target].rules[kind],
            theirs=family(target).parameters_ever(counterpart),
            shared={**targets[target].rejections, **placements},
            where=where,
        ).rows(family("torch.optim").parameters_ever(name)),
        own=read_own(row.take("own", dict, {}), where),
        when=row.condition("when"),
        when_unread=row.take("when_unread", bool, False),
        differs=row.take("differs", str),
        differs_in_time=row.take("differs_in_time", bool, False),
        behaviour=row.take("behaviour", str),
        ignored_in_groups=row.strings("ignored_in_groups"),
        inexact=row.take("inexact", str),
        inexact_before=row.take("inexact_before", str),
        close_when=row.condition("close_when"),
        also=tuple(_outside(item, place) for item, place in row.each("also")),
        advice=row.take("advice", str),
        later=tuple(read_difference(item, place) for item, place in row.each("later")),
        note=row.take("note", str),
        evidence=row.strings("evidence"),
    )
    row.finish()
    return result


def _outside(data: Any, where: str) -> Outside:
    row = Row(data, where)
    word = row.word("word", Also)
    if word is None:
        raise row.fail("word is missing")
    outside = Outside(word, row.need("text", str), row.condition("when"))
    row.finish()
    return outside


_PARTICULAR = ("when", "when_unread", "note", "evidence", "target")
"""What a row that is like another one does not have from it."""


def _base(row: Row, like: str, target: str, folder: Path) -> dict[str, Any]:
    """What a row has from the last one of a target in the file of `like`."""
    path = folder / f"{like}.toml"
    if not path.is_file():
        raise row.fail(f"like {like!r}: there is no {path.name}")
    rows = [item for item in data_of(path).get("rows", []) if item.get("target") == target]
    if not rows or "like" in rows[-1]:
        raise row.fail(f"like {like!r}: {path.name} has no row for {target} of its own")
    base = {key: value for key, value in rows[-1].items() if key not in _PARTICULAR}
    for key in ("parameters", "own"):
        if key in base and key in row.data:
            base[key] = {**base[key], **row.take(key, dict)}
    return base


def _detour(data: Any, where: str, targets: Mapping[str, TargetInfo]) -> Detour:
    row = Row(data, where)
    detour = Detour(
        targets=row.strings("targets"),
        torch=row.need("torch", str),
        target=row.need("target", str),
        when=row.condition("when"),
        evidence=row.strings("evidence"),
        flat=row.take("flat", bool, False),
        given=row.take("given", dict, {}),
        rate=row.take("rate", str),
        inexact_when=row.condition("inexact_when"),
        close_when=row.condition("close_when"),
        deviation=row.take("deviation", str),
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


__all__ = ["ROWS", "TableError", "api_names", "api_table", "read_table", "read_targets", "targets"]
