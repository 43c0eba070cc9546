"""Reading what becomes of one parameter: what a row states, a target's defaults, the signatures.

A row states what is particular to it. The rest follows: a counterpart's parameter of the same name
keeps it, and a target says once what a parameter of a name becomes on all of its counterparts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from optport.lean import dataclass
from optport.table.conditions import Condition
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


def _placement(of: Row, key: str, parameter: str, shared: Mapping[str, Any]) -> Placement:
    data = of.take(key, (dict, str))
    if isinstance(data, str):
        if data not in shared:
            raise of.fail(
                f"unknown placement {data!r}; known: {', '.join(sorted(shared)) or 'none'}"
            )
        data = shared[data]
    row = Row(data, f"{of.where}: {key}")
    row.quantities = row.take("quantities", dict, {})
    matters = row.condition("matters", parameter)
    if matters is None:
        raise row.fail("matters is missing")
    placement = Placement(
        text=row.need("text", str),
        matters=matters,
        squared=row.take("squared", bool, False),
        exact_when=row.condition("exact_when", parameter),
        close_when=row.condition("close_when", parameter),
        deviation=row.take("deviation", str),
    )
    row.finish()
    return placement


def _difference(data: Any, where: str, parameter: str, shared: Mapping[str, Any]) -> Difference:
    if "when" not in data:
        raise Row(data, where).fail("when is missing")
    return read_difference(data, where, parameter)


def read_difference(data: Any, where: str, parameter: str = "value") -> Difference:
    """Read what a counterpart does differently; raises `TableError` that names file and row."""
    row = Row(data, where)
    difference = Difference(
        text=row.need("text", str),
        when=row.condition("when", parameter),
        advice=row.take("advice", str),
        becomes=row.template("becomes"),
        before=row.take("before", str),
        torch_since=row.take("torch_since", str),
        torch_before=row.take("torch_before", str),
        scheduled=row.take("scheduled", bool, False),
        rare=row.take("rare", bool, False),
    )
    row.finish()
    return difference


def _workaround(of: Row, key: str) -> Workaround:
    row = Row(of.take(key, dict), f"{of.where}: {key}")
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


_Reader = Callable[[Row, str, str, Mapping[str, Any]], Any]
"""Takes a key from a row; told the parameter's name, and the rejections that have a name."""


def _taken(kind: type) -> _Reader:
    return lambda row, key, name, shared: row.take(key, kind)


def _each(read: Callable[[Any, str, str, Mapping[str, Any]], Any]) -> _Reader:
    return lambda row, key, name, shared: tuple(
        read(item, f"{row.where}: {key}[{index}]", name, shared)
        for index, item in enumerate(row.take(key, list, []))
    )


def _strings(row: Row, key: str, name: str, shared: Mapping[str, Any]) -> tuple[str, ...]:
    return row.strings(key)


def _condition(row: Row, key: str, name: str, shared: Mapping[str, Any]) -> Condition | None:
    return row.condition(key, name)


def _template_text(row: Row, key: str, name: str, shared: Mapping[str, Any]) -> str | None:
    template = row.template(key)
    return None if template is None else template.text


_KEYS: Mapping[str, _Reader] = {
    "default_differs": _taken(bool),
    "equivalent_when": _condition,
    "default_hazard": _taken(str),
    "neutral": _condition,
    "leaves_traces": _taken(bool),
    "rejects": _each(read_rejection),
    "rejects_in_groups": _each(partial(read_rejection, always=True)),
    "differs": _each(_difference),
    "placement": _placement,
    "workaround": lambda row, key, name, shared: _workaround(row, key),
    "negated": _taken(bool),
    "none_becomes": _taken(str),
    "expression": _template_text,
    "decay_skips_names": _strings,
    "inexact_when": _condition,
    "close_when": _condition,
    "deviation": _taken(str),
    "advice": _taken(str),
    "note": _taken(str),
    "evidence": _strings,
}
"""What may be stated of a parameter beside its fate; most rows state little of it."""

_FIELDS = {"differs": "differences"}
"""The fields of `ParameterRow` that are called otherwise than their keys."""


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
    row.allowed += _KEYS
    stated = {
        _FIELDS.get(key, key): _KEYS[key](row, key, name, shared)
        for key in list(row.data)
        if key in _KEYS
    }
    row.finish()
    if (fate is Fate.REPLACED) != ("workaround" in stated):
        raise row.fail("the fate replaced, and no other, has a workaround")
    return ParameterRow(name, fate, stated.pop("evidence", ()), to=targets, origin=origin, **stated)


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
