"""The edits that turn one construction's arguments, and the groups it is given, into its port's."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from optport.edits import Edit
from optport.hazards.hazard import Port, Written
from optport.hazards.spelling import with_methods
from optport.reader.layout import Owns, Site
from optport.reader.model import Argument, Construction

PARAMS: Final = "params"
"""Torch's parameter for what is trained, and the key of a group for it."""


Held = dict[ast.expr, list[Edit]]
"""The edits at each of the calls and displays that hold arguments."""


def argument_edits(
    construction: Construction, port: Port, methods: Mapping[str, str], owns: Owns | None = None
) -> Held | None:
    """Return the edits of a construction's arguments.

    None where something of them is not this construction's own to change, or can't be read.
    `methods` are the target's names of methods by torch's, which are called so where they stand;
    `owns` tells what may be changed, where that is more than the construction's own.
    """
    if construction.site is None or construction.hidden is not None:
        return None
    held: Held = {}
    if port.groups is None:
        written = [_as_handed(construction, one, methods) for one in port.arguments]
        done = _edit(held, construction.site, construction.arguments, written, owns)
        return held if done else None
    # The groups are edited where they stand, the argument that holds them is only renamed.
    holder = construction.arguments[PARAMS]
    written = [
        replace(one, text=holder.text) if one.source == PARAMS else one for one in port.arguments
    ]
    if not _edit(held, construction.site, construction.arguments, written, owns):
        return None
    for group, entries in zip(construction.parameters.groups, port.groups, strict=True):
        if group.site is None:
            return None
        if not _edit(held, group.site, group.arguments, entries, owns, in_group=True):
            return None
    return held


def holders(construction: Construction) -> set[ast.expr]:
    """Return the calls and displays that hold a construction's arguments and groups."""
    given = [construction.arguments, *(one.arguments for one in construction.parameters.groups)]
    sites = [argument.site for arguments in given for argument in arguments.values()]
    sites += [group.site for group in construction.parameters.groups]
    return {site.node for site in sites if site is not None}


def _as_handed(construction: Construction, one: Written, methods: Mapping[str, str]) -> Written:
    """What stands in another call is not changed here, but for the names of methods."""
    argument = construction.arguments.get(one.source or "")
    if one.source != PARAMS or argument is None or argument.handed is None:
        return one
    only_renamed = one.text == with_methods(argument.text, methods)
    return replace(one, text=argument.text) if only_renamed else one


def _edit(
    held: Held,
    site: Site,
    given: Mapping[str, Argument],
    written: Iterable[Written],
    owns: Owns | None,
    in_group: bool = False,
) -> bool:
    """Add the edits of a call's arguments, or of a group's entries; whether they can be made."""
    becomes: dict[str, list[Written]] = {name: [] for name in given}
    added: list[Written] = []
    for one in written:
        becomes.get(one.source or "", added).append(one)
    by_site = _by_site(site, given, becomes, in_group)
    if by_site is None:
        return False
    last = _last(by_site.get(site, {}))
    if last is not None and added and not by_site[site][last]:  # they take the place of what goes
        by_site[site][last] = [(one.name, one.text) for one in added]
        added = []
    if last is not None and added and last is site.bare:  # its parentheses are the call's
        own = [(name, text or given[PARAMS].text) for name, text in by_site[site][last]]
        by_site[site][last] = [*own, *((one.name, one.text) for one in added)]
        added = []
    found: Held = {}
    for where, changed in by_site.items():
        edits = _owned(where, owns).rewritten(changed)
        if edits is None:
            return False
        found[where.node] = edits
    if added:
        edit = _owned(site, owns).written([(one.name, one.text) for one in added])
        if edit is None:
            return False
        found.setdefault(site.node, []).append(edit)
    # False where two groups want it otherwise.
    return all(held.setdefault(holder, edits) == edits for holder, edits in found.items())


_Changes = dict[Site, dict[ast.expr, list[tuple[str, str | None]]]]


def _by_site(
    site: Site,
    given: Mapping[str, Argument],
    becomes: Mapping[str, Sequence[Written]],
    in_group: bool,
) -> _Changes | None:
    """What arguments become, by where they stand; None where that is not to be changed here."""
    by_site: _Changes = {}
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
    return by_site


def _owned(site: Site, owns: Owns | None) -> Site:
    return site if owns is None else site.owned_by(owns)


def _last(values: Iterable[ast.expr]) -> ast.expr | None:
    return max(values, key=lambda node: (node.lineno, node.col_offset), default=None)


def _pairs(argument: Argument, written: Sequence[Written]) -> list[tuple[str, str | None]]:
    if len(written) == 1 and written[0].text == argument.text:
        return [(written[0].name, None)]
    return [(one.name, one.text) for one in written]
