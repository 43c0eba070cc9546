"""Reading `targets.toml`: the targets, and what holds for every counterpart of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optport.signatures import ApiKind
from optport.table.parameter_rows import read_own, read_rejection
from optport.table.target_model import (
    GroupRate,
    GroupRules,
    KindRules,
    NumpyRule,
    SchedulerRules,
    Takes,
    TargetInfo,
)
from optport.table.toml import Row, data_of

CONTAINERS = (
    "generator-in-group",
    "generator-in-first-group",
    "view-in-first-group",
    "parameters-in-group",
    "named",
    "bare-in-group",
)
"""The kinds of containers that a target may not take."""

_SECTIONS = {ApiKind.OPTIMIZER: "optimizers", ApiKind.SCHEDULER: "schedulers"}


def read_targets(path: Path) -> dict[str, TargetInfo]:
    """Read the targets, in the order in which reports name them; raises `TableError`."""
    row = Row(data_of(path), path.name)
    rejections = row.take("rejections", dict, {})
    targets = {}
    for item, where in row.each("targets"):
        entry = Row(item, where)
        sections = {
            kind: Row(entry.take(section, dict, {}), f"{where}: {section}")
            for kind, section in _SECTIONS.items()
        }
        target = TargetInfo(
            name=entry.need("name", str),
            short=entry.need("short", str),
            executed=entry.take("executed", bool, True),
            default=entry.take("default", bool, False),
            schedulers=_scheduler_rules(sections[ApiKind.SCHEDULER]),
            rules={kind: _kind_rules(section) for kind, section in sections.items()},
            rejections=rejections,
            groups=_group_rules(entry.need("groups", dict), f"{where}: groups"),
            methods=entry.take("methods", dict, {}),
            names=entry.take("names", dict, {}),
            numpy=_numpy_rule(entry.take("numpy", dict), f"{where}: numpy"),
            note=entry.take("note", str),
        )
        entry.finish()
        targets[target.name] = target
    row.finish()
    return targets


def _numpy_rule(data: Any, where: str) -> NumpyRule | None:
    if data is None:
        return None
    row = Row(data, where)
    rule = NumpyRule(error=row.need("error", str), parameters=row.strings("parameters"))
    row.finish()
    return rule


def _scheduler_rules(row: Row) -> SchedulerRules | None:
    takes = row.word("takes", Takes)
    if takes is None:
        return None
    return SchedulerRules(
        takes=takes,
        groups=row.word("groups", GroupRate) or GroupRate.OWN,
        rate=row.need_template("rate"),
        by_factor=row.need_template("by_factor"),
        by_rate=row.need_template("by_rate"),
        instead=row.need("instead", str),
        counts=row.take("counts", str),
        float_rate=row.take("float_rate", bool, False),
        one_only=row.take("one_only", str),
        calls=row.take("calls", str),
        by_int=row.template("by_int"),
        attach=row.template("attach"),
    )


def _kind_rules(row: Row) -> KindRules:
    rules = KindRules(
        parameters=row.take("parameters", dict, {}),
        own=read_own(row.take("own", dict, {}), row.where),
        where=row.where,
    )
    row.finish()
    return rules


def _group_rules(data: Any, where: str) -> GroupRules:
    row = Row(data, where)
    containers = row.take("containers", dict, {})
    for kind in containers:
        if kind not in CONTAINERS:
            raise row.fail(f"container {kind!r} is not one of {', '.join(CONTAINERS)}")
    rejections: Mapping[str, Any] = row.take("rejections", dict, {})
    rules = GroupRules(
        keys=row.take("keys", dict),
        honoured=row.strings("honoured") or None,
        rejects_others=row.take("rejects_others", bool, False),
        lr_is_factor=row.take("lr_is_factor", bool, False),
        reorders=row.take("reorders", bool, False),
        containers=containers,
        rejections={
            name: read_rejection(item, f"{where}: rejections: {name}", name, {})
            for name, item in rejections.items()
        },
        lenient=row.strings("lenient"),
        evidence=row.strings("evidence"),
    )
    row.finish()
    return rules
