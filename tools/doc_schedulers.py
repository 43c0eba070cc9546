"""The mapping pages of learning-rate schedulers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doc_evidence import code, newest_targets, table
from doc_rows import row_sections

from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.table.curves import Join
from optport.table.model import ApiTable, Correspondence, Takes

_JOINS = {
    Join.SEQUENCE: "One schedule after the other, each from its own start.",
    Join.PRODUCT: "All schedules at once: their factors multiply.",
}


def scheduler_pages() -> Mapping[str, str]:
    """Return the text of every scheduler's page, by path below docs/."""
    return {f"mapping/{one.name}.md": _page(one) for one in _tables()}


def _tables() -> Iterator[ApiTable]:
    for name in api_names(ApiKind.SCHEDULER):
        one = api_table(name)
        if one is not None:
            yield one


def _page(one: ApiTable) -> str:
    parts = [f"# torch.optim.{one.name}\n"]
    if one.note:
        parts.append(one.note + "\n")
    parts += row_sections(one)
    if one.curve is not None:
        parts.append("## The schedule\n\n" + _curve(one))
    return "\n".join(parts)


def _curve(one: ApiTable) -> str:
    assert one.curve is not None
    if one.curve.joins is not None:
        return _JOINS[one.curve.joins] + "\n"
    lines = []
    for part, alternatives in one.curve.parts.items():
        for alternative in alternatives:
            when = f" when {code(alternative.when.text)}" if alternative.when is not None else ""
            lines.append(f"- {code(part)}{when}: {code(alternative.text.text)}")
    return (
        "After `e` steps the rate is `lr`, the optimizer's, times `factor`, or it is `rate`; of "
        "several texts the first that holds counts. A target without such a class gets this.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def scheduler_index() -> str:
    """The part of the index that is about schedulers, and where methods are."""
    known = newest_targets()
    rows = [
        [f"[{one.name}]({one.name}.md)", *(_counterpart(_row(one, t.name)) for t in known)]
        for one in _tables()
    ]
    heads = ["torch.optim", *(f"{target.name} {target.version}" for target in known)]
    return (
        "\n## Learning-rate schedulers\n\n"
        "The counterpart of each scheduler by name. "
        + " ".join(_wiring())
        + "\n\n"
        + table(heads, rows)
        + "\n## Methods and attributes\n\n"
        "What becomes of them stands on [a page of their own](methods.md), and what becomes of the "
        "loop around them on [that of the training loop](../training-loop.md).\n"
    )


def _wiring() -> Iterator[str]:
    for target in newest_targets():
        rules = target.info.schedulers
        if rules is not None and rules.takes is Takes.SCHEDULER:
            yield f"{target.name} takes the scheduler as the optimizer's learning rate."
        if rules is not None and rules.counts is not None:
            yield f"A schedule of {target.name} {rules.counts}."


def _row(one: ApiTable, target: str) -> Correspondence:
    return [row for row in one.correspondences if row.target == target][-1]


def _counterpart(row: Correspondence) -> str:
    return row.counterpart or "none"
