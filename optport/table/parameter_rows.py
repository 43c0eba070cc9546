"""Reading what becomes of one parameter: what a row states, a target's defaults, the signatures.

A row states what is particular to it. The rest follows: a counterpart's parameter of the same name
keeps it, and a target says once what a parameter of a name becomes on all of its counterparts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from optport.table.parameters import (
    WRITINGS,
    Also,
    Difference,
    Fate,
    Origin,
    OwnParameter,
    ParameterRow,
    Placement,
    Rejection,
    Workaround,
)
from optport.table.target_model import KindRules
from optport.table.toml import Row, TableError

_NEEDS_TO = {Fate.RENAMED: 1, Fate.SPLIT: 2, Fate.IGNORED: 1}


@dataclass(frozen=True, slots=True)
class Statements:
    """What is known of the parameters of one counterpart.

    `stated` are the row's own tables by torch's parameter, `rules` what its target states for all
    counterparts, `theirs` all parameters that any version of this one had. `where` names the row
    for errors.
    """

    stated: Mapping[str, Any]
    rules: KindRules
    theirs: Collection[str]
    shared: Mapping[str, Any]
    where: str

    def rows(self, mine: Collection[str]) -> dict[str, ParameterRow]:
        """Return the fates of torch's parameters, in torch's order; what has none is left out."""
        found = {}
        for name in (*mine, *(name for name in self.stated if name not in mine)):
            row = self._row(name)
            if row is not None:
                found[name] = row
        return found

    def _row(self, name: str) -> ParameterRow | None:
        stated = _part(self.stated, name, self.where)
        default = _part(self.rules.parameters, name, self.rules.where)
        if "fate" in stated:
            default = {}  # a row that states a fate has nothing from its target
        elif name in self.theirs or "to" in stated:
            default = {} if "fate" in default else _without(default, "to")
        elif not self._applies(default):
            default = {}
            if not stated:
                return None
        if stated:
            data = {**default, **stated}
            return read_parameter(name, data, self.where, self.shared, Origin.ROW)
        if not default:
            return ParameterRow(name, Fate.KEPT, (), to=(name,), origin=Origin.SIGNATURE)
        return self._default_row(name, default)

    def _default_row(self, name: str, data: Mapping[str, Any]) -> ParameterRow:
        """What a target states, read once for all counterparts that have it alike."""
        key = name, "to" in data
        if key not in self.rules.read:
            self.rules.read[key] = read_parameter(
                name, data, self.rules.where, self.shared, Origin.TARGET
            )
        return self.rules.read[key]

    def _applies(self, default: Mapping[str, Any]) -> bool:
        """Whether a default says what becomes of a name that the counterpart does not have."""
        to = default.get("to", ())
        names = (to,) if isinstance(to, str) else tuple(to)
        return "fate" in default or bool(names and all(one in self.theirs for one in names))


def _part(parts: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    part = parts.get(name, {})
    if not isinstance(part, dict):
        raise TableError(f"{where}: {name}: expected a table, not {part!r}")
    return part


def _without(part: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return {name: value for name, value in part.items() if name != key}


def read_rejection(
    data: Any, where: str, parameter: str, shared: Mapping[str, Any], always: bool = False
) -> Rejection:
    """Read one rejection, `shared` ones by their name; it needs no condition where `always`."""
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
        evidence=row.strings("evidence"),
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
        close_when=row.condition("close_when", parameter),
    )
    row.finish()
    return placement


def _difference(data: Any, where: str, parameter: str) -> Difference:
    row = Row(data, where)
    when = row.condition("when", parameter)
    if when is None:
        raise row.fail("when is missing")
    difference = Difference(
        text=row.need("text", str),
        when=when,
        advice=row.take("advice", str),
        becomes=row.template("becomes"),
        before=row.take("before", str),
        torch_since=row.take("torch_since", str),
        torch_before=row.take("torch_before", str),
        scheduled=row.take("scheduled", bool, False),
    )
    row.finish()
    return difference


def _workaround(data: Any, where: str) -> Workaround | None:
    if data is None:
        return None
    row = Row(data, where)
    workaround = Workaround(
        advice=row.need("advice", str),
        also=row.words("also", Also),
        argument=row.take("argument", str),
        expression=row.take("expression", str),
    )
    row.finish()
    return workaround


def _fate(row: Row, to: Any) -> Fate:
    """The fate that is stated, else the one that `to` shows."""
    inferred = Fate.KEPT if not to else Fate.RENAMED if isinstance(to, str) else Fate.SPLIT
    return row.word("fate", Fate) or inferred


def read_parameter(
    name: str, data: Any, where: str, shared: Mapping[str, Any], origin: Origin
) -> ParameterRow:
    """Read what becomes of one parameter; raises `TableError` that names file and row."""
    row = Row(data, f"{where}: {name}")
    to = row.take("to", (str, list), [])
    targets = (to,) if isinstance(to, str) else tuple(to)
    if not all(isinstance(target, str) for target in targets):
        raise row.fail(f"to must be names of parameters, not {to!r}")
    fate = _fate(row, to)
    if fate is Fate.KEPT:
        targets = (name,)
    if len(targets) != _NEEDS_TO.get(fate, len(targets)):
        raise row.fail(f"to must name {_NEEDS_TO[fate]} parameter(s) for the fate {fate}")
    workaround = row.take("workaround", dict)
    expression = row.template("expression")
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
        leaves_traces=row.take("leaves_traces", bool, False),
        rejects=tuple(
            read_rejection(item, f"{row.where}: rejects[{index}]", name, shared)
            for index, item in enumerate(row.take("rejects", list, []))
        ),
        rejects_in_groups=tuple(
            read_rejection(
                item, f"{row.where}: rejects_in_groups[{index}]", name, shared, always=True
            )
            for index, item in enumerate(row.take("rejects_in_groups", list, []))
        ),
        differences=tuple(
            _difference(item, f"{row.where}: differs[{index}]", name)
            for index, item in enumerate(row.take("differs", list, []))
        ),
        placement=_placement(row.take("placement", dict), f"{row.where}: placement", name),
        workaround=_workaround(workaround, f"{row.where}: workaround"),
        negated=row.take("negated", bool, False),
        none_becomes=row.take("none_becomes", str),
        expression=None if expression is None else expression.text,
        decay_skips_names=row.strings("decay_skips_names"),
        inexact_when=row.condition("inexact_when", name),
        close_when=row.condition("close_when", name),
        deviation=row.take("deviation", str),
        advice=row.take("advice", str),
        note=row.take("note", str),
        evidence=row.strings("evidence"),
        origin=origin,
    )
    row.finish()
    return result


def read_own(data: Mapping[str, Any], where: str) -> dict[str, OwnParameter]:
    """Read the parameters that only counterparts have."""
    found = {}
    for name, item in data.items():
        row = Row(item, f"{where}: own parameter {name}")
        value = row.template("value")
        found[name] = OwnParameter(
            name=name,
            note=row.need("note", str),
            evidence=row.strings("evidence"),
            value=None if value is None else value.text,
            equivalent_when=row.condition("equivalent_when"),
            ask=row.take("ask", str),
        )
        row.finish()
    return found
