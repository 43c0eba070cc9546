"""The mapping pages: what each torch optimizer becomes on every target, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from doc_data import data_files
from doc_evidence import code, newest_targets, table
from doc_methods import methods_page
from doc_plots import overview_text, pictures_of
from doc_rows import row_sections
from doc_schedulers import scheduler_index, scheduler_pages
from doc_sizes import MEANING, section

from conformance.records import read_call, torch_call
from optport.options import make_options
from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.table.model import ApiTable, Correspondence
from optport.targets import Target


def mapping_pages() -> Mapping[str, str]:
    """Return the text of every mapping page and of their index, by path below docs/."""
    tables = [
        table for name in api_names(ApiKind.OPTIMIZER) if (table := api_table(name)) is not None
    ]
    found = {f"mapping/{one.name}.md": _page(one) for one in tables}
    found |= data_files()
    found |= scheduler_pages()
    found["mapping/methods.md"] = methods_page()
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
        "The counterpart of each torch optimizer by name, a better one where there is one, and how "
        "well the best known port of the bare call follows torch. Figures and every argument are "
        f"on the optimizers' own pages.\n\n{MEANING}\n"
        + table(["torch.optim", *(f"{t.name} {t.version}" for t in known)], rows)
        + f"\n![{overview_text()}](../plots/overview.svg)\n\n"
        "For every optimizer and target two bars over all executed calls: above, the literal port "
        "(names looked up only), below, the port; the figure is the share that trains as torch "
        "does with ordinary gradients.\n\n"
        + "".join(f"- **{t.name}**: {t.info.note}\n" for t in known)
        + scheduler_index()
    )


def _best(one: ApiTable, target: Target) -> str:
    row = _main_row(one, target.name)
    call = _bare_call(one.name)
    _, ports = read_call(call, make_options(target.info.short))
    port = ports[target.name]
    if row.counterpart is None:
        return "none"
    own = (port.callee or "").removeprefix(f"{target.name}.") or row.counterpart
    named = own if own == row.counterpart else f"{row.counterpart}; better {own}"
    return f"{named}: {port.closeness}"


def _bare_call(optimizer: str) -> str:
    return f"{optimizer}()"


def _main_row(one: ApiTable, target: str) -> Correspondence:
    return [row for row in one.correspondences if row.target == target][-1]


def _page(one: ApiTable) -> str:
    parts = [f"# torch.optim.{one.name}\n", MEANING]
    if one.note:
        parts.append(one.note + "\n")
    if one.caveat is not None:
        parts.append(f"torch.optim.{one.name} {one.caveat.text}. Better: {one.caveat.advice}.\n")
    parts += row_sections(one)
    parts.append("## Ports\n\n" + _ports(one))
    sizes = section(one.name)
    parts.append(sizes or "No target has a counterpart: nothing was run.\n")
    drawn = list(pictures_of(one.name))
    if drawn:
        parts.append("## Pictures\n\n" + "\n".join(drawn))
    if one.corrections:
        parts.append("## Corrections to the official tables\n\n" + _corrections(one))
    return "\n".join(parts)


def _ports(one: ApiTable) -> str:
    rows = []
    for call in (_bare_call(one.name),):
        for target in newest_targets():
            _, ports = read_call(call, make_options(target.info.short))
            port = ports[target.name]
            if port.call is not None:
                first = "".join(f"{line}; " for line in port.setup)
                rows.append([code(torch_call(call)), code(first + port.call), port.closeness])
    return table(["torch", "port", ""], rows) if rows else "None is known.\n"


def _corrections(one: ApiTable) -> str:
    rows = [
        [entry.page, entry.says, entry.measured, ", ".join(code(e) for e in entry.evidence)]
        for entry in one.corrections
    ]
    return table(["page", "it says", "measured", "evidence"], rows)
