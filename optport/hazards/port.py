"""The port: the counterpart call written out, over the torch call's own argument expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from optport.hazards.arguments import effect
from optport.hazards.case import Case
from optport.hazards.expressions import expressed
from optport.hazards.fidelity import deviations, fidelity, takes_over_unread
from optport.hazards.group_port import Entries, as_display, write_groups
from optport.hazards.hazard import NO_PORT, Fidelity, Hazard, Port, Written
from optport.hazards.own_values import is_needed, own_value
from optport.hazards.pairing import CARRIED
from optport.hazards.refusal import refusal, surely_raises
from optport.hazards.roles import PARAMS, RATE
from optport.hazards.spelling import (
    as_float,
    as_float_text,
    as_group,
    as_literal,
    default_spelled,
    element_texts,
    number_inside,
    plain,
    squared,
    with_methods,
    without_tensors,
)
from optport.reader.model import Argument, Parameters, Shape
from optport.reader.source import UNWRITABLE
from optport.signatures import ApiKind, Parameter
from optport.table.model import Also, Fate, ParameterRow, Workaround
from optport.values import UNREAD, Certainty, Tensor

MAX_WRITTEN = 10_000
"""Characters of an argument that goes into a port; a text may be shared by many calls."""


Groups = tuple[Entries, ...]


def write_port(
    case: Case,
    hazards: Iterable[Hazard],
    texts: Mapping[str, str] | None = None,
    regroup: Callable[[Groups], Groups] | None = None,
) -> Port:
    """Write the port of a case; exact if it is known to cure every hazard.

    `texts` are what stands in the port for some of torch's parameters, whatever the call gives;
    `regroup` changes the groups that are written.
    """
    if not _can_be_written(case):
        return NO_PORT
    setup: list[str] = []
    also: list[str] = []
    if case.schedule is not None:
        of, template = case.schedule
        setup.append(f"scheduler = {expressed(of, template, of.lookup, of.given)}")
        also.append(Also.STEP_SCHEDULER)
        texts = {RATE: "scheduler"}
    groups = write_groups(case) if case.construction.parameters.groups else None
    if groups is not None and regroup is not None:
        groups = regroup(groups)
    written: dict[str, Written] = {}
    for name, row in case.rows.items():
        argument = case.given(name)
        if texts is not None and name in texts:
            source = None if argument is None else name
            found = [Written(to, texts[name], source) for to in row.to]
        elif argument is None:
            found = _left_out(case, row)
        else:
            found = _given(case, row, argument, groups)
        written.update({one.name: one for one in found})
    for own in case.row.own.values():
        if own.value is not None and is_needed(case, own):
            written[own.name] = Written(own.name, own_value(case, own.value, written))
    _work_around(case, written, setup, also)
    if case.target.info.groups.reorders and _may_reorder(case.construction.parameters):
        also.append(Also.GROUPS_ORDER)
    also += [
        one.word
        for one in case.row.also
        if one.when is None or one.when.holds(case.lookup) is not Certainty.NO
    ]
    arguments = [written[name] for name in case.signature.by_name if name in written]
    hazards = list(hazards)
    closeness = fidelity(case, hazards)
    unread = closeness is not Fidelity.APPROXIMATE and takes_over_unread(case, hazards)
    return Port(
        _call(case, arguments),
        Fidelity.INCOMPLETE if unread else closeness,
        tuple(setup),
        tuple(also),
        closeness=closeness,
        deviations=deviations(case),
        callee=case.where,
        arguments=tuple(arguments),
        groups=groups,
    )


def _work_around(
    case: Case, written: dict[str, Written], setup: list[str], also: list[str]
) -> None:
    """Write what has the effect of arguments that are not there."""
    for row, workaround in _workarounds(case):
        also.extend(workaround.also)
        if workaround.expression is not None and workaround.argument is not None:
            made = _made(case, workaround.expression, written)
            if Also.STEP_SCHEDULER in workaround.also:
                setup.append(f"scheduler = {made}")
                made = "scheduler"
            before = written.get(workaround.argument)
            source = row.name if before is None else before.source
            written[workaround.argument] = Written(workaround.argument, made, source)


def _made(case: Case, expression: str, written: dict[str, Written]) -> str:
    if case.construction.kind is ApiKind.SCHEDULER:
        return own_value(case, expression, written)
    return expression.format_map(_Spelled(case, written))


def _may_reorder(parameters: Parameters) -> bool:
    return len(parameters.groups) > 1 or parameters.reordered is not Certainty.NO


def _can_be_written(case: Case) -> bool:
    """Whether it can be told which arguments are given, in a text that is still one.

    A call that surely raises, whatever is written for the value, is no port.
    """
    return not surely_raises(case) and all(
        argument.sure and len(argument.text) <= MAX_WRITTEN and argument.text != UNWRITABLE
        for argument in case.construction.arguments.values()
    )


def _workarounds(case: Case) -> Iterator[tuple[ParameterRow, Workaround]]:
    for name, row in case.rows.items():
        given = name in case.construction.arguments
        if given and row.workaround is not None and effect(case, row) is Certainty.CERTAIN:
            yield row, row.workaround


def _call(case: Case, arguments: Iterable[Written]) -> str:
    written = []
    first = next(iter(case.signature.by_name), None)
    for argument in arguments:
        bare = argument.name == first == PARAMS
        written.append(argument.text if bare else f"{argument.name}={argument.text}")
    if case.construction.hidden is not None:
        written += [case.construction.hidden[0], *case.construction.also_hidden]
    return f"{case.where}({', '.join(written)})"


def _given(
    case: Case, row: ParameterRow, argument: Argument, groups: tuple[Entries, ...] | None
) -> list[Written]:
    if row.fate not in (*CARRIED, Fate.IGNORED):
        return []
    if row.expression is not None:
        text: str | None = expressed(case, row.expression, case.lookup, case.given)
    else:
        text = _expression(case, row, argument)
    if text is None:
        return []
    if row.name == PARAMS:
        text = _parameters(case, text, groups)
    texts = element_texts(text, len(row.to)) if row.fate is Fate.SPLIT else [text]
    return [Written(to, one, row.name) for to, one in zip(row.to, texts, strict=True)]


def _expression(case: Case, row: ParameterRow, argument: Argument) -> str | None:
    """The argument as the counterpart takes it; None where it is best left out."""
    value = plain(argument.value)
    text = without_tensors(argument.text, argument.value)
    if isinstance(argument.value.exact, Tensor):  # a learning rate: the number will do
        text = repr(value) if value is not UNREAD else number_inside(text)
    refused = refusal(case, row)
    if refused is not None and refused.certainty is Certainty.CERTAIN:
        if refused.rejection.harmless:
            return None
        if refused.written is not None:
            text, value = refused.written, as_literal(refused.written)
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


def _left_out(case: Case, row: ParameterRow) -> list[Written]:
    mine = case.construction.signature.by_name.get(row.name)
    if mine is None or mine.required or row.fate not in CARRIED or case.construction.handed_on:
        return []
    if row.expression is not None:
        text = expressed(case, row.expression, case.lookup, case.given)
        return [Written(row.to[0], text)]
    theirs = [case.signature.by_name[to] for to in row.to]
    needed = any(parameter.required for parameter in theirs)
    if not needed and not (row.default_differs is not None and row.differs(mine, theirs)):
        return []
    if not needed and not row.default_differs and theirs[0].value is None:
        return []  # 0 and None: the same thing
    if row.fate is Fate.SPLIT:
        return [Written(to, repr(one)) for to, one in zip(row.to, mine.value, strict=True)]
    return [Written(row.to[0], _default(row, mine, theirs[0]))]


def _default(row: ParameterRow, mine: Parameter, there: Parameter) -> str:
    if row.negated or row.none_becomes is not None:
        return repr(row.carried(mine.value))
    if row.placement is not None and row.placement.squared:
        return squared(mine.value)
    return default_spelled(str(mine.default), there.default)


def _parameters(case: Case, text: str, groups: tuple[Entries, ...] | None) -> str:
    """What is handed over to train, in the form that the counterpart treats as torch does."""
    if groups is not None:
        return as_display(groups) if case.construction.parameters.inline else text
    text = with_methods(text, case.target.info.methods)
    return as_group(text) if _regroup(case) else text


def _regroup(case: Case) -> bool:
    """Whether the parameters have to go into a group for all of them to be decayed."""
    if case.construction.shape is not Shape.FLAT:
        return False
    for row in case.rows.values():
        if row.decay_skips_names:
            decay = plain(case.lookup(row.name))
            return decay is UNREAD or bool(decay)
    return False


class _Spelled(dict[str, str]):
    """Torch's parameters as a workaround's expression spells them: as floats where known."""

    def __init__(self, case: Case, written: dict[str, Written]) -> None:
        super().__init__()
        self._case = case
        self._written = written

    def __missing__(self, name: str) -> str:
        row = self._case.rows[name]
        if row.to and row.to[0] in self._written:
            return as_float_text(self._written[row.to[0]].text)
        value = plain(self._case.lookup(name))
        argument = self._case.given(name)
        if value is UNREAD and argument is not None:
            return argument.text
        return repr(as_float(value))
