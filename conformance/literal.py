"""The literal port: what a person writes who only looks the names up.

It is not what anybody should write; the runs compare it with torch to tell what is a hazard.
"""

from __future__ import annotations

import re

from optport.hazards.case import Case
from optport.hazards.spelling import plain
from optport.reader.constructions import Argument
from optport.table.model import Fate, ParameterRow
from optport.values import UNREAD

_TENSOR = re.compile(r"\btorch\.tensor\b")
_TENSORS = {"paddle": "paddle.to_tensor", "mindspore": "mindspore.Tensor"}


def dropped(case: Case) -> list[str]:
    """The arguments that change training (or may) and have no place in the counterpart."""
    found = []
    for name in case.construction.arguments:
        row = case.rows[name]
        if row.fate in (Fate.LOST, Fate.REPLACED):
            neutral = row.neutral is not None and row.neutral.holds(case.lookup)
            if not neutral:
                found.append(name)
    return found


def literal_port(case: Case) -> str:
    """Return the counterpart call with just the arguments that the torch call spells out.

    Arguments without a place there are left out; `dropped` tells which of them matter.
    """
    parts: dict[str, str] = {}
    for name, argument in case.construction.arguments.items():
        row = case.rows[name]
        if row.fate not in (Fate.INERT, Fate.CHOSEN, Fate.LOST, Fate.REPLACED):
            parts.update(_named(case, row, argument))
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
