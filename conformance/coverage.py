"""Which rows and rejections of the table no executed call meets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.records import Part, Record, options_for, read_call
from optport.hazards.case import Case, find_case
from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.table.audit_parameters import SOURCE_KINDS
from optport.table.model import Correspondence, ParameterRow
from optport.targets import Target
from optport.values import Certainty


def uncovered(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    """Yield the rows of a target, and the values rejected there, that no run shows.

    Rows do not name the calls that are generated: this is what holds them to the evidence. What is
    rejected by one counterpart shows it for all that are said to reject it alike.
    """
    rows: set[str] = set()
    rejected: set[str] = set()
    options = options_for(target)
    for call, record in recorded.items():
        if record.verdict(Part.LITERAL) not in (None, "torch-error"):
            case = find_case(read_call(call, options)[0], target)
            if case is not None:
                rows.add(_named(case.row))
                rejected.update(_met(case))
    for row in _rows(target):
        if _named(row) not in rows:
            yield f"{_named(row)}: no executed call is judged by it"
        for parameter in row.parameters.values():
            for error in _to_be_met(parameter):
                if error not in rejected:
                    yield f"{_named(row)}: no executed call shows {error}"


def _rows(target: Target) -> Iterator[Correspondence]:
    for name in api_names(ApiKind.OPTIMIZER):
        table = api_table(name, target.name)
        for row in table.correspondences if table is not None else ():
            if row.counterpart is not None and target.signature(row.counterpart) is not None:
                yield row


def _named(row: Correspondence) -> str:
    condition = "" if row.when is None else f" when {row.when.text}"
    return f"{row.torch}, row {row.counterpart}{condition}"


def _met(case: Case) -> Iterator[str]:
    for name in case.construction.arguments:
        row = case.rows.get(name)
        for rejection in row.rejects if row is not None else ():
            if rejection.met(case.lookup) is Certainty.CERTAIN:
                yield f"{name}: {rejection.error}"


def _to_be_met(parameter: ParameterRow) -> Iterator[str]:
    """The rejections that a call can show; a source is named for what torch itself rejects."""
    if not any(text.startswith(SOURCE_KINDS) for text in parameter.evidence):
        yield from (f"{parameter.name}: {rejection.error}" for rejection in parameter.rejects)
