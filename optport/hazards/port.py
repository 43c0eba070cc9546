"""The port: the counterpart call written out, over the torch call's own argument expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from optport.hazards.arguments import active_rejection, effect, replacement
from optport.hazards.case import Case
from optport.hazards.groups import GROUP_HAZARDS, write_groups
from optport.hazards.hazard import APPROXIMATE, EXACT, NO_PORT, Hazard, Port
from optport.hazards.spelling import (
    as_float,
    as_float_text,
    default_spelled,
    element_texts,
    plain,
    squared,
)
from optport.reader.model import Argument, Shape
from optport.signatures import Parameter
from optport.table.model import Also, Fate, ParameterRow
from optport.values import UNREAD, Certainty, Tensor

MAX_WRITTEN = 10_000
"""Characters of an argument that goes into a port; a text may be shared by many calls."""


def write_port(case: Case, hazards: Iterable[Hazard]) -> Port:
    """Write the port of a case; exact if it is known to cure every hazard."""
    if not _can_be_written(case):
        return NO_PORT
    parts: dict[str, str] = {}
    setup: list[str] = []
    also: list[str] = []
    for name, row in case.rows.items():
        argument = case.construction.arguments.get(name)
        if argument is not None:
            parts.update(_given(case, row, argument))
        else:
            parts.update(_left_out(case, row))
    parts.update({own.name: own.value for own in case.row.own.values() if own.value is not None})
    for name, row in case.rows.items():
        if name not in case.construction.arguments or row.workaround is None:
            continue
        if effect(case, row) is not Certainty.CERTAIN:
            continue
        also.extend(row.workaround.also)
        if row.workaround.expression is not None and row.workaround.argument is not None:
            made = row.workaround.expression.format_map(_Spelled(case, parts))
            if Also.STEP_SCHEDULER in row.workaround.also:
                setup.append(f"scheduler = {made}")
                made = "scheduler"
            parts[row.workaround.argument] = made
    if case.target.info.groups.reorders and len(case.construction.parameters.groups) > 1:
        also.append(Also.GROUPS_ORDER)
    return Port(_call(case, parts), _fidelity(case, hazards), tuple(setup), tuple(also))


def _can_be_written(case: Case) -> bool:
    """Whether it can be told which arguments are given, and in a text that is still one."""
    hidden = case.construction.hidden
    if hidden is not None and not hidden[0].startswith("**"):
        return False
    return all(
        argument.sure and len(argument.text) <= MAX_WRITTEN
        for argument in case.construction.arguments.values()
    )


def _fidelity(case: Case, hazards: Iterable[Hazard]) -> str:
    known = (
        case.target.info.executed
        and case.row.inexact is None
        and case.row.differs is None
        and case.construction.hidden is None
        and _groups_written(case, hazards)
        and not any(_rounding(case, row) for row in case.rows.values())
    )
    return EXACT if known and all(hazard.cured for hazard in hazards) else APPROXIMATE


def _groups_written(case: Case, hazards: Iterable[Hazard]) -> bool:
    """Whether the port takes care of what is to be said about groups."""
    parameters = case.construction.parameters
    if not parameters.groups:
        return case.construction.shape is not Shape.GROUPS
    return parameters.inline or not any(h.name in GROUP_HAZARDS for h in hazards)


def _rounding(case: Case, row: ParameterRow) -> bool:
    return row.inexact_when is not None and row.inexact_when.holds(case.lookup) is not Certainty.NO


def _call(case: Case, parts: dict[str, str]) -> str:
    written = []
    for position, parameter in enumerate(case.signature.parameters):
        if parameter.name in parts:
            bare = position == 0 and parameter.name == "params"
            text = parts[parameter.name]
            written.append(text if bare else f"{parameter.name}={text}")
    if case.construction.hidden is not None:
        written.append(case.construction.hidden[0])
    return f"{case.where}({', '.join(written)})"


def _given(case: Case, row: ParameterRow, argument: Argument) -> dict[str, str]:
    if row.fate not in (Fate.KEPT, Fate.RENAMED, Fate.SPLIT, Fate.IGNORED):
        return {}
    text = _expression(case, row, argument)
    if text is None:
        return {}
    if row.name == "params":
        text = _parameters(case, text)
    if row.fate is Fate.SPLIT:
        return dict(zip(row.to, element_texts(text, len(row.to)), strict=True))
    return {row.to[0]: text}


def _expression(case: Case, row: ParameterRow, argument: Argument) -> str | None:
    """The argument as the counterpart takes it; None where it is best left out."""
    value = plain(argument.value)
    text = argument.text
    if isinstance(argument.value.exact, Tensor) and value is not UNREAD:
        text = repr(value)  # a learning rate in a tensor: the number will do
    found = active_rejection(case, row)
    if found is not None and found[1] is Certainty.CERTAIN:
        if found[0].harmless:
            return None
        written = replacement(case, row, found[0])
        if written is not None:
            text, value = written, ast.literal_eval(written)
    if value is UNREAD:
        return _unread(row, text)
    carried = row.carried(value)
    if row.placement is not None and row.placement.squared and isinstance(carried, (int, float)):
        return squared(carried)
    return text if repr(carried) == repr(value) else repr(carried)


def _unread(row: ParameterRow, text: str) -> str:
    if row.placement is not None and row.placement.squared:
        return f"({text}) ** 2"
    return f"-({text})" if row.negated else text


def _left_out(case: Case, row: ParameterRow) -> dict[str, str]:
    mine = case.construction.signature.by_name.get(row.name)
    if mine is None or mine.required or row.fate not in (Fate.KEPT, Fate.RENAMED, Fate.SPLIT):
        return {}
    theirs = [case.signature.by_name[to] for to in row.to]
    needed = any(parameter.required for parameter in theirs)
    if not needed and not (row.default_differs is not None and row.differs(mine, theirs)):
        return {}
    if not needed and not row.default_differs and theirs[0].value is None:
        return {}  # 0 and None: the same thing
    if row.fate is Fate.SPLIT:
        return {to: repr(one) for to, one in zip(row.to, mine.value, strict=True)}
    return {row.to[0]: _default(row, mine, theirs[0])}


def _default(row: ParameterRow, mine: Parameter, there: Parameter) -> str:
    if row.negated or row.none_becomes is not None:
        return repr(row.carried(mine.value))
    if row.placement is not None and row.placement.squared:
        return squared(mine.value)
    return default_spelled(str(mine.default), there.default)


def _parameters(case: Case, text: str) -> str:
    """What is handed over to train, in the form that the counterpart treats as torch does."""
    if case.construction.parameters.groups:
        return write_groups(case) or text
    return f'[{{"params": list({text})}}]' if _regroup(case) else text


def _regroup(case: Case) -> bool:
    """Whether the parameters have to go into a group for all of them to be decayed."""
    if case.construction.shape is Shape.GROUPS:
        return False
    for row in case.rows.values():
        if row.decay_skips_names and case.construction.shape is Shape.FLAT:
            decay = plain(case.lookup(row.name))
            return decay is UNREAD or bool(decay)
    return False


class _Spelled(dict[str, str]):
    """Torch's parameters as a workaround's expression spells them: as floats where known."""

    def __init__(self, case: Case, parts: dict[str, str]) -> None:
        super().__init__()
        self._case = case
        self._parts = parts

    def __missing__(self, name: str) -> str:
        row = self._case.rows[name]
        if row.to and row.to[0] in self._parts:
            return as_float_text(self._parts[row.to[0]])
        value = plain(self._case.lookup(name))
        argument = self._case.construction.arguments.get(name)
        if value is UNREAD and argument is not None:
            return argument.text
        return repr(as_float(value))
