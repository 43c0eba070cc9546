"""The edits that turn one construction's arguments, and the groups it is given, into its port's."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from optport.edits import Edit
from optport.hazards.hazard import Port, Written
from optport.hazards.spelling import with_methods
from optport.reader.layout import Site
from optport.reader.model import Argument, Construction

PARAMS: Final = "params"
"""Torch's parameter for what is trained, and the key of a group for it."""


def argument_edits(
    construction: Construction, port: Port, methods: Mapping[str, str]
) -> list[Edit] | None:
    """Return the edits of a construction's arguments.

    None where something of them is not this construction's own to change, or can't be read.
    `methods` are the target's names of methods by torch's, which are called so where they stand.
    """
    if construction.site is None or construction.hidden is not None:
        return None
    if port.groups is None:
        written = [_as_handed(construction, one, methods) for one in port.arguments]
        return _edits(construction.site, construction.arguments, written)
    # The groups are edited where they stand, the argument that holds them is only renamed.
    holder = construction.arguments[PARAMS]
    written = [
        replace(one, text=holder.text) if one.source == PARAMS else one for one in port.arguments
    ]
    edits = _edits(construction.site, construction.arguments, written)
    if edits is None:
        return None
    for group, entries in zip(construction.parameters.groups, port.groups, strict=True):
        if group.site is None:
            return None
        found = _edits(group.site, group.arguments, entries, in_group=True)
        if found is None:
            return None
        edits += found
    return edits


def _as_handed(construction: Construction, one: Written, methods: Mapping[str, str]) -> Written:
    """What stands in another call is not changed here, but for the names of methods."""
    argument = construction.arguments.get(one.source or "")
    if one.source != PARAMS or argument is None or argument.handed is None:
        return one
    only_renamed = one.text == with_methods(argument.text, methods)
    return replace(one, text=argument.text) if only_renamed else one


def _edits(
    site: Site, given: Mapping[str, Argument], written: Iterable[Written], in_group: bool = False
) -> list[Edit] | None:
    """Return the edits of a call's arguments, or of a group's entries; None for none."""
    becomes: dict[str, list[Written]] = {name: [] for name in given}
    added: list[Written] = []
    for one in written:
        becomes.get(one.source or "", added).append(one)
    by_site: dict[Site, dict[ast.expr, list[tuple[str, str | None]]]] = {}
    for name, argument in given.items():
        pairs = _pairs(argument, becomes[name])
        node, where = argument.handed or (argument.node, argument.site)
        if where is None or node is None:
            return None
        if argument.handed is not None and any(text is not None for _, text in pairs):
            return None  # what is handed on may be something else in another call
        if pairs == [(name, None)] and (in_group or where is not site):
            continue  # it stays as it stands, whoever else may have it
        by_site.setdefault(where, {})[node] = pairs
    last = _last(by_site.get(site, {}))
    if last is not None and added and not by_site[site][last]:  # they take the place of what goes
        by_site[site][last] = [(one.name, one.text) for one in added]
        added = []
    edits: list[Edit] = []
    for where, changed in by_site.items():
        found = where.rewritten(changed)
        if found is None:
            return None
        edits += found
    if added:
        edit = site.written([(one.name, one.text) for one in added])
        if edit is None:
            return None
        edits.append(edit)
    return edits


def _last(values: Iterable[ast.expr]) -> ast.expr | None:
    return max(values, key=lambda node: (node.lineno, node.col_offset), default=None)


def _pairs(argument: Argument, written: Sequence[Written]) -> list[tuple[str, str | None]]:
    if len(written) == 1 and written[0].text == argument.text:
        return [(written[0].name, None)]
    return [(one.name, one.text) for one in written]
