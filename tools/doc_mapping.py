"""What each optimizer, scheduler, method and the training loop becomes on every target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from doc_evidence import code, newest_targets
from doc_figures import data_files, described, figures
from doc_pages import page
from doc_plots import overview_text, pictures

from conformance.cases import RUNS
from conformance.records import read_call, torch_call
from optport.check import check_source
from optport.hazards.hazard import Port
from optport.options import make_options
from optport.signatures import ApiKind, family
from optport.table import api_names, api_table, targets
from optport.table.curves import Join
from optport.table.model import (
    ApiTable,
    Correspondence,
    Fate,
    OwnParameter,
    ParameterRow,
    Takes,
)
from optport.targets import Target

LOOP = Path(__file__).parent.parent / "examples" / "loop"
_JOINS = {
    Join.SEQUENCE: "One schedule after the other, each from its own start.",
    Join.PRODUCT: "All schedules at once: their factors multiply.",
}
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


def mapping_pages() -> Mapping[str, str]:
    """Return the text of every mapping page and of their index, by path below docs/."""
    optimizers, schedulers = _tables(ApiKind.OPTIMIZER), _tables(ApiKind.SCHEDULER)
    found = {f"mapping/{one.name}.md": _page(one) for one in (*optimizers, *schedulers)}
    members = [one for one in _tables(ApiKind.METHOD) if one.uses]
    known = newest_targets()
    found["mapping/README.md"] = page(
        "mapping-index.md",
        heads=["torch.optim", *(f"{target.name} {target.version}" for target in known)],
        optimizers=[[_link(one), *(_best(one, target) for target in known)] for one in optimizers],
        overview=overview_text(),
        targets=known,
        wiring=_wiring(),
        schedulers=[
            [_link(one), *(_row(one, target.name).counterpart or "none" for target in known)]
            for one in schedulers
        ],
    )
    found["mapping/methods.md"] = page("methods.md", members=members)
    found["training-loop.md"] = page("training-loop.md", script=_script, found=_found)
    return {**found, **data_files()}


def _tables(kind: ApiKind) -> list[ApiTable]:
    found = (api_table(name) for name in api_names(kind))
    return [one for one in found if one is not None]


def _link(one: ApiTable) -> str:
    return f"[{one.name}]({one.name}.md)"


def _row(one: ApiTable, target: str) -> Correspondence:
    """The last row for a target, which holds where no other does."""
    return [row for row in one.correspondences if row.target == target][-1]


def _port(one: ApiTable, target: Target) -> Port:
    """The port of the bare call."""
    _, ports = read_call(f"{one.name}()", make_options(target.info.short))
    return ports[target.name]


def _best(one: ApiTable, target: Target) -> str:
    counterpart, port = _row(one, target.name).counterpart, _port(one, target)
    if counterpart is None:
        return "none"
    own = (port.callee or "").removeprefix(f"{target.name}.") or counterpart
    named = own if own == counterpart else f"{counterpart}; better {own}"
    return f"{named}: {port.closeness}"


def _wiring() -> Iterator[str]:
    for target in newest_targets():
        rules = target.info.schedulers
        if rules is not None and rules.takes is Takes.SCHEDULER:
            yield f"{target.name} takes the scheduler as the optimizer's learning rate."
        if rules is not None and rules.counts is not None:
            yield f"A schedule of {target.name} {rules.counts}."


def _page(one: ApiTable) -> str:
    """The page of an optimizer or a scheduler."""
    is_optimizer = one.kind is ApiKind.OPTIMIZER
    return page(
        "optimizer.md" if is_optimizer else "scheduler.md",
        one=one,
        torch=family("torch.optim"),
        family=family,
        api_table=api_table,
        fate=_fate,
        own=list(_own(one)),
        call=torch_call(f"{one.name}()"),
        ports=[_port(one, target) for target in newest_targets()] if is_optimizer else [],
        figures=figures(one.name),
        runs=list(RUNS),
        described=described(one.name),
        pictures=pictures(one.name),
        joined=one.curve and one.curve.joins and _JOINS[one.curve.joins],
    )


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


def _script(name: str) -> str:
    return (LOOP / name).read_text(encoding="utf-8")


def _found(target: str) -> Iterator[str]:
    """The findings of torch's script for a target, one line each."""
    for one in check_source(_script("train_torch.py"), make_options(target)).findings:
        yield f"train_torch.py:{one.place.line}:{one.place.col + 1}: {one.code} {one.message}"
