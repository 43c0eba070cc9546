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
    Detour,
    Fate,
    Outside,
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
    rows_of = [row for row in one.correspondences if row.counterpart is not None]
    heads = [code(f"{row.target}.{row.counterpart}") for row in rows_of]
    text = page(
        "rows",
        counterparts=[_counterpart(row) for row in one.correspondences],
        detours=[(detour, _leads_to(detour, one)) for detour in one.detours],
        heads=["torch", "default", *heads],
        arguments=list(_arguments(one, rows_of)),
        rows=one.correspondences,
        own=list(_own(one)),
    )
    return text.rstrip("\n") + "\n"


def _counterpart(row: Correspondence) -> list[str]:
    name = code(f"{row.target}.{row.counterpart}") if row.counterpart else f"none in {row.target}"
    when = f"when {code(row.when.text)}" if row.when is not None else ""
    said = [row.differs and f"**{row.differs}**", row.behaviour, row.inexact]
    said += [_outside(one) for one in row.also]
    said.append(row.note)
    since = family(row.target).since(row.counterpart) if row.counterpart else None
    if since is not None and since != family(row.target).versions[0]:
        said.append(f"since {since}")
    return [name, when, "; ".join(text for text in said if text)]


def _leads_to(detour: Detour, one: ApiTable) -> str:
    counterpart = next(
        row.counterpart
        for row in (api_table(detour.torch) or one).correspondences
        if row.target == detour.target and row.when is None and row.counterpart is not None
    )
    return f"{detour.target}.{counterpart}"


def _outside(one: Outside) -> str:
    return one.text if one.when is None else f"{one.text} when {code(one.when.text)}"


def _arguments(one: ApiTable, rows_of: list[Correspondence]) -> Iterator[list[str]]:
    torch = family("torch.optim")
    newest = torch.nearest(one.name, torch.versions[-1])
    for name in torch.parameters_ever(one.name):
        parameter = newest.by_name.get(name) if newest is not None else None
        default = "" if parameter is None or parameter.default is None else code(parameter.default)
        since = torch.since(one.name, name)
        named = code(name) + ("" if since == torch.versions[0] else f" (since {since})")
        cells = [_fate(row, row.parameters[name]) for row in rows_of]
        yield [named, default, *cells]


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
