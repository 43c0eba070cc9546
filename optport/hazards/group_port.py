"""Parameter groups as a target takes them."""

from __future__ import annotations

from collections.abc import Iterator

from optport.hazards.case import Case
from optport.hazards.expressions import expressed
from optport.hazards.factors import group_factor
from optport.hazards.groups import group_keys
from optport.hazards.hazard import Written
from optport.hazards.refusal import group_refusal
from optport.hazards.roles import PARAMS, RATE
from optport.hazards.spelling import (
    as_list,
    element_texts,
    plain,
    squared,
    with_methods,
    without_tensors,
)
from optport.reader.model import Argument, Container, Group
from optport.table.templates import operand
from optport.values import UNREAD, Certainty, Tensor

Entries = tuple[Written, ...]


def write_groups(case: Case) -> tuple[Entries, ...]:
    """Return the entries of every group that can be read, as the target takes them."""
    return tuple(
        tuple(
            entry
            for argument in group.arguments.values()
            for entry in _entries(case, group, argument)
        )
        for group in case.construction.parameters.groups
    )


def as_display(groups: tuple[Entries, ...]) -> str:
    """Return groups as the source of a list of dicts."""
    dicts = (", ".join(f"{entry.name!r}: {entry.text}" for entry in group) for group in groups)
    return f"[{', '.join(f'{{{inside}}}' for inside in dicts)}]"


def _entries(case: Case, group: Group, argument: Argument) -> Iterator[Written]:
    if argument.name == PARAMS:
        yield Written(PARAMS, _held(case, group, argument), PARAMS)
        return
    keys = group_keys(case, argument.name)
    if keys is None:
        return
    if argument.name == RATE and case.target.info.groups.lr_is_factor:
        texts = [group_factor(case, argument) or argument.text]
    elif len(keys) > 1:
        value = plain(argument.value)
        known = isinstance(value, (tuple, list))
        text = without_tensors(argument.text, argument.value)
        texts = [*map(repr, value)] if known else element_texts(text, len(keys))
    else:
        texts = [_single(case, group, argument)]
    for key, text in zip(keys, texts, strict=False):
        yield Written(key, text, argument.name)


def _held(case: Case, group: Group, argument: Argument) -> str:
    text = with_methods(argument.text, case.target.info.methods)
    if group.container is Container.BARE:
        return f"[{text}]" if group.container_sure else text
    iterated = group.container in (Container.GENERATOR, Container.VIEW)
    return as_list(text) if iterated else text


def _single(case: Case, group: Group, argument: Argument) -> str:
    row = case.rows[argument.name]
    if row.expression is not None:

        def given(name: str) -> Argument | None:
            return group.arguments.get(name) or case.given(name)

        return expressed(case, row.expression, case.lookup_in(group), given)
    value, placement = plain(argument.value), row.placement
    if placement is not None and placement.squared:
        number = isinstance(value, (int, float))
        return squared(value) if number else f"{operand(argument.text)} ** 2"
    if isinstance(argument.value.exact, Tensor) and value is not UNREAD:
        return repr(value)  # a learning rate in a tensor: the number will do
    refused = group_refusal(case, group, argument)
    if refused is None or refused.certainty is not Certainty.CERTAIN:
        return argument.text
    return refused.written or argument.text
