"""The mapping pages: what each optimizer and scheduler becomes on every target, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doc_data import data_files
from doc_evidence import code, newest_targets
from doc_pages import page
from doc_plots import overview_text, pictures_of
from doc_rows import row_sections
from doc_sizes import MEANING, section

from conformance.records import read_call, torch_call
from optport.hazards.hazard import Port
from optport.options import make_options
from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.table.curves import Join
from optport.table.model import ApiTable, Correspondence, Takes
from optport.targets import Target

_JOINS = {
    Join.SEQUENCE: "One schedule after the other, each from its own start.",
    Join.PRODUCT: "All schedules at once: their factors multiply.",
}


def mapping_pages() -> Mapping[str, str]:
    """Return the text of every mapping page and of their index, by path below docs/."""
    optimizers, schedulers = _tables(ApiKind.OPTIMIZER), _tables(ApiKind.SCHEDULER)
    found = {f"mapping/{one.name}.md": _optimizer(one) for one in optimizers}
    found |= {f"mapping/{one.name}.md": _scheduler(one) for one in schedulers}
    members = [one for one in _tables(ApiKind.METHOD) if one.uses]
    known = newest_targets()
    found["mapping/README.md"] = page(
        "mapping-index",
        meaning=MEANING,
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
    return {**found, **data_files(), "mapping/methods.md": page("methods", members=members)}


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


def _scheduler(one: ApiTable) -> str:
    joins = one.curve.joins if one.curve is not None else None
    joined = None if joins is None else _JOINS[joins]
    return page("scheduler", one=one, rows=row_sections(one), joined=joined)


def _optimizer(one: ApiTable) -> str:
    return page(
        "optimizer",
        one=one,
        meaning=MEANING,
        rows=row_sections(one),
        ports=list(_ports(one)),
        sizes=section(one.name),
        pictures=list(pictures_of(one.name)),
        corrections=[
            [entry.page, entry.says, entry.measured, ", ".join(map(code, entry.evidence))]
            for entry in one.corrections
        ],
    )


def _ports(one: ApiTable) -> Iterator[list[str]]:
    for target in newest_targets():
        port = _port(one, target)
        if port.call is not None:
            first = "".join(f"{line}; " for line in port.setup)
            yield [code(torch_call(f"{one.name}()")), code(first + port.call), port.closeness]
