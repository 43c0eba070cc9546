"""The mapping pages: what each torch optimizer becomes on every target, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doc_evidence import anchor, code, deviation, literal, newest_targets, records, table
from doc_plots import overview_text, pictures_of

from conformance.evidence import read_call, torch_call
from optport.options import make_options
from optport.signatures import ApiKind, family
from optport.table import api_names, api_table, targets
from optport.table.model import ApiTable, Correspondence, Fate, ParameterRow, Rejection
from optport.targets import Target

FATES = {
    Fate.KEPT: "kept",
    Fate.RENAMED: "→ {to}",
    Fate.SPLIT: "→ {to}",
    Fate.IGNORED: "{to}, **ignored**",
    Fate.INERT: "drop it",
    Fate.LOST: "**lost**",
    Fate.CHOSEN: "chooses the counterpart",
    Fate.REPLACED: "drop it, {also}",
}


def mapping_pages() -> Mapping[str, str]:
    """Return the text of every mapping page and of their index, by path below docs/."""
    tables = [
        table for name in api_names(ApiKind.OPTIMIZER) if (table := api_table(name)) is not None
    ]
    found = {f"mapping/{one.name}.md": _page(one) for one in tables}
    found["mapping/README.md"] = _index(tables)
    return found


def _index(tables: list[ApiTable]) -> str:
    known = newest_targets()
    rows = []
    for one in tables:
        cells = [_best(one, target) for target in known]
        rows.append([f"[{one.name}]({one.name}.md)", *cells])
    return (
        "# What each optimizer becomes\n\n"
        "The counterpart of each torch optimizer by name, and how well the best known port of "
        "the bare call follows torch: exact, approximate, or none. "
        "Figures and every argument are on the optimizers' own pages.\n\n"
        + table(["torch.optim", *(f"{t.name} {t.version}" for t in known)], rows)
        + f"\n![{overview_text()}](../plots/overview.svg)\n\n"
        "For every optimizer and target two bars over all executed calls: above, the literal port "
        "(names looked up only), below, the port; the figure is the share that trains as torch "
        "does with ordinary gradients.\n\n"
        + "".join(f"- **{t.name}**: {t.info.note}\n" for t in known)
    )


def _best(one: ApiTable, target: Target) -> str:
    row = _main_row(one, target.name)
    call = _bare_call(one.name)
    _, ports = read_call(call, make_options(target.info.short))
    fidelity = ports[target.name].fidelity
    return "none" if row.counterpart is None else f"{row.counterpart}: {fidelity}"


def _bare_call(optimizer: str) -> str:
    return f"{optimizer}()"


def _main_row(one: ApiTable, target: str) -> Correspondence:
    return [row for row in one.correspondences if row.target == target][-1]


def _page(one: ApiTable) -> str:
    parts = [f"# torch.optim.{one.name}\n"]
    if one.note:
        parts.append(one.note + "\n")
    if one.caveat is not None:
        parts.append(f"torch.optim.{one.name} {one.caveat.text}. Better: {one.caveat.advice}.\n")
    parts.append("## Counterparts\n\n" + _counterparts(one))
    parts.append("## Arguments\n\n" + _arguments(one))
    details = list(_details(one))
    if details:
        parts.append("## What to know\n\n" + "\n".join(details) + "\n")
    own = list(_own(one))
    if own:
        parts.append("## Arguments that only the counterparts have\n\n" + "\n".join(own) + "\n")
    parts.append("## Ports\n\n" + _ports(one))
    drawn = list(pictures_of(one.name))
    if drawn:
        parts.append("## Pictures\n\n" + "\n".join(drawn))
    parts.append("## Evidence\n\n" + _evidence(one))
    if one.corrections:
        parts.append("## Corrections to the official tables\n\n" + _corrections(one))
    return "\n".join(parts)


def _counterparts(one: ApiTable) -> str:
    rows = []
    for row in one.correspondences:
        name = (
            code(f"{row.target}.{row.counterpart}") if row.counterpart else f"none in {row.target}"
        )
        when = f"when {code(row.when.text)}" if row.when is not None else ""
        said = [row.differs and f"**{row.differs}**", row.behaviour, row.inexact, row.note]
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
            if row.target == detour.target and row.counterpart is not None
        )
        text += (
            f"\nBetter than the counterpart by name, for {', '.join(detour.targets)}{when}: "
            f"{code(detour.target + '.' + counterpart)}.\n"
        )
    return text


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
    text = FATES[parameter.fate].format(to=to, also=also)
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
        for parameter in row.parameters.values():
            where = f"- `{parameter.name}` in `{row.target}.{row.counterpart}`"
            if parameter.default_differs:
                unless = parameter.equivalent_when
                text = "the defaults train differently" + (
                    f", unless {code(unless.text)}" if unless else ""
                )
                yield f"{where}: {text}."
            if parameter.placement is not None:
                yield (
                    f"{where}: it {parameter.placement.text}; flagged when "
                    f"{code(parameter.placement.matters.text)}."
                )
            for rejection in parameter.rejects:
                yield f"{where}: {_rejected(rejection)}."
            for rejection in parameter.rejects_in_groups:
                yield f"{where}, in a group: {_rejected(rejection)}."
            if parameter.fate in (Fate.LOST, Fate.IGNORED) and parameter.neutral is not None:
                yield f"{where}: without effect when {code(parameter.neutral.text)}."
            if parameter.decay_skips_names:
                names = ", ".join(code(name) for name in parameter.decay_skips_names)
                yield f"{where}: a flat list's parameters with {names} in their name do not decay."
            if parameter.note:
                yield f"{where}: {parameter.note}"


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


def _calls(one: ApiTable) -> list[str]:
    found: dict[str, None] = {}
    for target in newest_targets():
        for call in records(target):
            if call.partition("(")[0] == one.name:
                found[call] = None
    return list(found)


def _ports(one: ApiTable) -> str:
    rows = []
    for call in (_bare_call(one.name),):
        for target in newest_targets():
            _, ports = read_call(call, make_options(target.info.short))
            port = ports[target.name]
            if port.call is not None:
                first = "".join(f"{line}; " for line in port.setup)
                rows.append([code(torch_call(call)), code(first + port.call), port.fidelity])
    return table(["torch", "port", ""], rows) if rows else "None is known.\n"


def _evidence(one: ApiTable) -> str:
    executed = [target for target in newest_targets() if target.info.executed]
    calls = _calls(one)
    if not calls:
        return "The recorded signatures: no target has a counterpart.\n"
    head = ["torch call"]
    for target in executed:
        head += [f"{target.name} {target.version}, names looked up only", "port"]
    rows = []
    for call in calls:
        cells = [f'<a id="{anchor(call)}"></a>{code(call)}']
        for target in executed:
            record = records(target).get(call)
            cells += [literal(record), deviation(record and record["port"])]
        rows.append(cells)
    return (
        "Relative deviation of the weights from torch 2.13.0 (50 steps on Paddle, 25 on "
        "MindSpore); from 1e-3 on (bold) it trains differently.\n\n" + table(head, rows)
    )


def _corrections(one: ApiTable) -> str:
    rows = [
        [entry.page, entry.says, entry.measured, ", ".join(code(e) for e in entry.evidence)]
        for entry in one.corrections
    ]
    return table(["page", "it says", "measured", "evidence"], rows)
