"""The parts of mapping pages that show the rows of an optimizer or a scheduler."""

from __future__ import annotations

from collections.abc import Iterator

from doc_evidence import code, table

from optport.signatures import family
from optport.table import api_table, targets
from optport.table.conditions import Condition
from optport.table.model import (
    ApiTable,
    Correspondence,
    Difference,
    Fate,
    Outside,
    ParameterRow,
    Rejection,
)

LONGEST_CONDITION = 240
"""Characters of a condition that a page shows."""

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


def row_sections(one: ApiTable) -> Iterator[str]:
    """Yield the sections of a page that the rows make up."""
    yield "## Counterparts\n\n" + _counterparts(one)
    yield "## Arguments\n\n" + _arguments(one)
    known = list(_details(one))
    if known:
        yield "## What to know\n\n" + "\n".join(known) + "\n"
    theirs = list(_own(one))
    if theirs:
        yield "## Arguments that only the counterparts have\n\n" + "\n".join(theirs) + "\n"


def _counterparts(one: ApiTable) -> str:
    rows = []
    for row in one.correspondences:
        name = (
            code(f"{row.target}.{row.counterpart}") if row.counterpart else f"none in {row.target}"
        )
        when = f"when {code(row.when.text)}" if row.when is not None else ""
        said = [row.differs and f"**{row.differs}**", row.behaviour, row.inexact]
        said += [_outside(one) for one in row.also]
        said.append(row.note)
        since = family(row.target).since(row.counterpart) if row.counterpart else None
        oldest = family(row.target).versions[0]
        if since is not None and since != oldest:
            said.append(f"since {since}")
        rows.append([name, when, "; ".join(text for text in said if text)])
    text = table(["counterpart", "", ""], rows)
    for detour in one.detours:
        when = f" when {code(detour.when.text)}" if detour.when is not None else ""
        counterpart = next(
            row.counterpart
            for row in (api_table(detour.torch) or one).correspondences
            if row.target == detour.target and row.when is None and row.counterpart is not None
        )
        given = ", ".join(f"{name}={text}" for name, text in detour.given.items())
        text += (
            f"\nBetter than the counterpart by name, for {', '.join(detour.targets)}{when}: "
            f"{code(detour.target + '.' + counterpart)}"
            f"{f', of {code(given)}' if given else ''}"
            f"{f', at the rate {code(detour.rate)}' if detour.rate else ''}.\n"
        )
        text += f"\n{detour.deviation}\n" if detour.deviation else ""
    return text


def _outside(one: Outside) -> str:
    return one.text if one.when is None else f"{one.text} when {code(one.when.text)}"


def _arguments(one: ApiTable) -> str:
    torch = family("torch.optim")
    newest = torch.nearest(one.name, torch.versions[-1])
    rows_of = [row for row in one.correspondences if row.counterpart is not None]
    heads = [code(f"{row.target}.{row.counterpart}") for row in rows_of]
    rows = []
    for name in torch.parameters_ever(one.name):
        parameter = newest.by_name.get(name) if newest is not None else None
        default = "" if parameter is None or parameter.default is None else code(parameter.default)
        since = torch.since(one.name, name)
        named = code(name) + ("" if since == torch.versions[0] else f" (since {since})")
        cells = [_fate(row, row.parameters[name]) for row in rows_of]
        rows.append([named, default, *cells])
    return table(["torch", "default", *heads], rows)


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


def _details(one: ApiTable) -> Iterator[str]:
    for row in one.correspondences:
        for difference in row.later:
            when = limits(difference)
            where = f"- {code(row.target)}: " + (f"{when}, " if when else "")
            yield f"{where}it {difference.text}."
        for parameter in row.parameters.values():
            where = f"- `{parameter.name}` in `{row.target}.{row.counterpart}`"
            yield from (f"{where}{said}" for said in _known(parameter))


def _known(parameter: ParameterRow) -> Iterator[str]:
    if parameter.default_differs:
        unless = parameter.equivalent_when
        yield ": the defaults train differently" + (
            f", unless {code(unless.text)}." if unless else "."
        )
    if parameter.placement is not None:
        flagged = _condition(parameter.placement.matters)
        said = ", ".join(filter(None, (parameter.placement.text, parameter.placement.deviation)))
        yield f": it {said}; flagged {flagged}"
    yield from (f": {_rejected(one)}." for one in parameter.rejects)
    yield from (f", in a group: {_rejected(one)}." for one in parameter.rejects_in_groups)
    yield from (f": when {limits(one)}, it {one.text}." for one in parameter.differences)
    if parameter.fate in (Fate.LOST, Fate.IGNORED) and parameter.neutral is not None:
        yield f": without effect when {code(parameter.neutral.text)}."
    if parameter.expression is not None:
        yield f": the port writes {code(parameter.expression)}."
    if parameter.deviation is not None:
        yield f": {parameter.deviation}."
    if parameter.decay_skips_names:
        names = ", ".join(code(name) for name in parameter.decay_skips_names)
        yield f": a flat list's parameters with {names} in their name do not decay."
    if parameter.note:
        yield f": {parameter.note}"


def _condition(condition: Condition) -> str:
    """The end of a sentence: a condition, or what it hangs on where it is too long to be read."""
    if condition.alternatives:
        listed = (f"\n  - when {code(one.when)}: {one.why}" for one in condition.alternatives)
        return f"in each of these cases:{''.join(listed)}"
    if len(condition.text) <= LONGEST_CONDITION:
        return f"when {code(condition.text)}."
    names = ", ".join(code(name) for name in sorted(condition.names))
    return f"from sizes on that hang on {names} (`optport/table/rows`)."


def limits(difference: Difference) -> str:
    """When a difference counts: values, versions, a scheduler; empty for always."""
    found = [
        difference.when and code(difference.when.text),
        difference.before and f"before {difference.before}",
        difference.torch_since and f"since torch {difference.torch_since}",
        difference.torch_before and f"before torch {difference.torch_before}",
        difference.scheduled and "a scheduler sets the rate",
    ]
    return ", ".join(limit for limit in found if limit)


def _rejected(rejection: Rejection) -> str:
    values = "any value" if rejection.when is None else code(rejection.when.text)
    until = f" before {rejection.before}" if rejection.before else ""
    return f"{values} {rejection.error}{until}"


def _own(one: ApiTable) -> Iterator[str]:
    for row in one.correspondences:
        if row.counterpart is None:
            continue
        shared = targets()[row.target].rules[one.kind].own
        taken = {to for parameter in row.parameters.values() for to in parameter.to}
        for name in family(row.target).parameters_ever(row.counterpart):
            own = row.own.get(name) or shared.get(name)
            if name not in taken and own is not None:
                value = f" Give `{name}={own.value}`." if own.value is not None else ""
                yield f"- `{name}` of `{row.target}.{row.counterpart}`: {own.note}{value}"
