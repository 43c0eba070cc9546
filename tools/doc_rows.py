"""The parts of mapping pages that show the rows of an optimizer or a scheduler."""

from __future__ import annotations

from collections.abc import Iterator

from doc_evidence import code
from doc_pages import page

from optport.signatures import family
from optport.table import api_table, targets
from optport.table.model import (
    ApiTable,
    Correspondence,
    Fate,
    OwnParameter,
    ParameterRow,
)

FATES = {
    Fate.KEPT: "kept",
    Fate.RENAMED: "→ {to}",
    Fate.SPLIT: "→ {to}",
    Fate.IGNORED: "{to}, **ignored**",
    Fate.INERT: "drop it",
    Fate.LOST: "**lost**",
    Fate.CHOSEN: "chooses the counterpart",
    Fate.REPLACED: "drop it, {also}",
    Fate.MERGED: "goes into an expression",
    Fate.BASE_RATE: "the optimizer's rate → {to}",
}


def row_sections(one: ApiTable) -> str:
    """Return the sections of a page that the rows make up."""
    torch = family("torch.optim")
    known = {
        "family": family,
        "api_table": api_table,
        "fate": _fate,
        "own": lambda one: list(_own(one)),
    }
    return page("rows", one=one, torch=torch, **known).rstrip("\n") + "\n"


def _fate(row: Correspondence, parameter: ParameterRow) -> str:
    assert row.counterpart is not None
    there = family(row.target)
    newest = there.nearest(row.counterpart, there.versions[-1])
    to = ", ".join(code(name) for name in parameter.to)
    also = parameter.workaround.advice if parameter.workaround is not None else ""
    also = also.removesuffix(" and drop it").removeprefix("drop it and ")
    text = FATES[parameter.fate].format(to=to or "nothing", also=also)
    known = [newest.by_name.get(name) if newest is not None else None for name in parameter.to]
    if parameter.default_differs is not None:
        shown = ", ".join(
            "required" if one.default is None else code(one.default) for one in known if one
        )
        text += f" (default {shown})"
    elif known and known[0] is not None and known[0].required and parameter.name != "params":
        text += " (required)"
    return text


def _own(one: ApiTable) -> Iterator[tuple[Correspondence, str, OwnParameter]]:
    """Yield the parameters of the counterparts that no torch parameter goes to."""
    for row in one.correspondences:
        if row.counterpart is None:
            continue
        shared = targets()[row.target].rules[one.kind].own
        taken = {to for parameter in row.parameters.values() for to in parameter.to}
        for name in family(row.target).parameters_ever(row.counterpart):
            own = row.own.get(name) or shared.get(name)
            if name not in taken and own is not None:
                yield row, name, own
