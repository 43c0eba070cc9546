"""The literal port: what a person writes who only looks the names up.

It is not what anybody should write; the runs compare it with torch to tell what is a hazard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from optport.hazards.case import Case
from optport.hazards.spelling import plain
from optport.reader.model import Argument, Group
from optport.table.model import Fate, ParameterRow
from optport.table.operands import Lookup
from optport.values import UNREAD, Certainty, ValueSet

_TENSOR = re.compile(r"\btorch\.tensor\b")
_TENSORS = {"paddle": "paddle.to_tensor", "mindspore": "mindspore.Tensor"}
_NO_PLACE = (Fate.INERT, Fate.CHOSEN, Fate.LOST, Fate.REPLACED, Fate.MERGED)


def lost(case: Case) -> list[str]:
    """The arguments that change training (or may) and have no place in the counterpart."""
    found = []
    for name in case.construction.arguments:
        row = case.rows[name]
        if row.fate in (Fate.LOST, Fate.REPLACED):
            neutral = row.neutral is not None and row.neutral.holds(case.lookup)
            if not neutral:
                found.append(name)
    for group in case.construction.parameters.groups:
        names = (name for name in group.arguments if _lost_in(case, group, name))
        found += [f"{name} in a group" for name in names]
    return list(dict.fromkeys(found))


def _lost_in(case: Case, group: Group, name: str) -> bool:
    row = case.rows.get(name)
    if row is None or row.fate not in (Fate.CHOSEN, Fate.LOST, Fate.REPLACED):
        return False
    if plain(group.arguments[name].value) == plain(case.lookup(name)):
        return False
    return row.neutral is None or row.neutral.holds(_lookup(case, group)) is not Certainty.CERTAIN


def _lookup(case: Case, group: Group) -> Lookup:
    def value(parameter: str) -> ValueSet:
        own = group.arguments.get(parameter)
        return own.value if own is not None else case.lookup(parameter)

    return value


def literal_port(case: Case, texts: Mapping[str, str] | None = None) -> str:
    """Return the counterpart call with just the arguments that the torch call spells out.

    Arguments without a place there are left out, from groups too; `lost` tells which of them
    matter. Keys of groups go by the names of the counterpart's own arguments. `texts` are what is
    written for some of torch's parameters, whatever the call gives.
    """
    return _call(case, _groups(case), texts or {})


def kept_port(case: Case) -> str:
    """As `literal_port`, with the parameter groups as they stand in the torch call."""
    return _call(case, None, {})


def _call(case: Case, groups: str | None, texts: Mapping[str, str]) -> str:
    parts = {to: text for name, text in texts.items() for to in case.rows[name].to}
    for name, argument in case.construction.arguments.items():
        row = case.rows[name]
        if row.fate not in _NO_PLACE and name not in texts:
            parts.update(_named(case, row, argument))
    if groups is not None:
        parts[case.rows["params"].to[0]] = groups
    written = []
    for position, parameter in enumerate(case.signature.parameters):
        if parameter.name in parts:
            bare = position == 0 and parameter.name == "params"
            text = parts[parameter.name]
            written.append(text if bare else f"{parameter.name}={text}")
    return f"{case.where}({', '.join(written)})"


def _named(case: Case, row: ParameterRow, argument: Argument) -> dict[str, str]:
    text = _TENSOR.sub(_TENSORS[case.target.family.framework], argument.text)
    if row.fate is Fate.SPLIT:
        return {to: f"({text})[{position}]" for position, to in enumerate(row.to)}
    value = plain(argument.value)
    if (row.negated or row.none_becomes is not None) and value is not UNREAD:
        text = repr(row.carried(value))
    return {row.to[0]: text}


def _groups(case: Case) -> str | None:
    """The groups with their keys looked up; None where they do not stand in the call."""
    parameters = case.construction.parameters
    if not parameters.inline:
        return None
    written = (", ".join(_items(case, group)) for group in parameters.groups)
    return "[" + ", ".join(f"{{{items}}}" for items in written) + "]"


def _items(case: Case, group: Group) -> Iterator[str]:
    keys = case.target.info.groups.keys or {}
    for name, argument in group.arguments.items():
        row = case.rows.get(name)
        if name == "params" or row is None:
            yield f"{name!r}: {argument.text}"
        elif row.fate not in _NO_PLACE:
            for key, text in _named(case, row, argument).items():
                yield f"{keys.get(name, key)!r}: {text}"
