"""The audit: the whole table against every recorded signature.

Run by the tests and by whoever adds rows (``python -m optport.table.audit``). The reader of the
files (`optport.table.load`) has checked form and types by then.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping

from optport.catalogue import CODES
from optport.signatures import ApiKind, Family, Parameter, family, known_names
from optport.table.load import ROWS, read_optimizer, targets
from optport.table.model import (
    Correspondence,
    Fate,
    OptimizerTable,
    ParameterRow,
    TargetInfo,
)
from optport.table.toml import TableError

SOURCE_KINDS = ("source: ", "page: ")
"""Evidence that is not an executed call: a file of the framework, a page of its documentation."""


def problems() -> Iterator[str]:
    """Yield every mistake of the table as one line that names file and row."""
    for name in known_names(ApiKind.OPTIMIZER):
        path = ROWS / f"{name.lower()}.toml"
        if not path.is_file():
            yield f"{path.name}: missing, though torch has {name}"
            continue
        try:
            table = read_optimizer(path, targets())
        except TableError as error:
            yield str(error)
            continue
        yield from (f"{path.name}: {line}" for line in table_problems(table, targets()))


def table_problems(table: OptimizerTable, known: Mapping[str, TargetInfo]) -> Iterator[str]:
    """Yield the mistakes of one optimizer's rows."""
    torch = family("torch.optim")
    mine = torch.parameters_ever(table.name)
    if not mine:
        yield f"torch has no optimizer {table.name}"
        return
    for target in known:
        rows = [row for row in table.correspondences if row.target == target]
        if not rows:
            yield f"no row for {target}"
        elif rows[-1].when is not None:
            yield f"{target}: the last row must not have a condition"
    for row in table.correspondences:
        where = f"{row.target} ({row.counterpart or 'no counterpart'})"
        yield from (f"{where}: {line}" for line in _row_problems(row, mine, torch, known))
    if table.caveat is not None and table.caveat.hazard not in CODES:
        yield f"caveat: unknown hazard {table.caveat.hazard!r}"
    for detour in table.detours:
        yield from _evidence_problems("detour", detour.evidence, table.name, mine)
        unknown = detour.when.names - set(mine) if detour.when is not None else set()
        if unknown:
            yield f"detour: the condition names {sorted(unknown)[0]!r}, no parameter of torch's"
    for correction in table.corrections:
        yield from _evidence_problems("correction", correction.evidence, table.name, mine)


def _row_problems(
    row: Correspondence, mine: tuple[str, ...], torch: Family, known: Mapping[str, TargetInfo]
) -> Iterator[str]:
    yield from _evidence_problems("row", row.evidence, row.optimizer, mine)
    if row.counterpart is None:
        return
    there = family(row.target)
    theirs = there.parameters_ever(row.counterpart)
    if not theirs:
        yield f"{row.target} never had {row.counterpart}"
        return
    for name in mine:
        if name not in row.parameters:
            yield f"parameter {name} has no fate"
    for parameter in row.parameters.values():
        lines = _parameter_problems(row, parameter, mine, theirs, torch, there)
        yield from (f"parameter {parameter.name}: {line}" for line in lines)
    taken = {to for parameter in row.parameters.values() for to in parameter.to}
    for name in theirs:
        if name not in taken and name not in row.own and name not in known[row.target].own:
            yield f"{row.counterpart}'s own parameter {name} has no row"
    for own in row.own.values():
        if own.name not in theirs:
            yield f"own parameter {own.name}: {row.counterpart} never had it"
        yield from _evidence_problems(
            f"own parameter {own.name}", own.evidence, row.optimizer, mine
        )


def _parameter_problems(
    row: Correspondence,
    parameter: ParameterRow,
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    torch: Family,
    there: Family,
) -> Iterator[str]:
    if parameter.name not in mine:
        yield "no version of torch has it"
        return
    for to in parameter.to:
        if to not in theirs:
            yield f"{row.counterpart} never had {to}"
            return
    conditions = [parameter.neutral, parameter.equivalent_when, parameter.inexact_when]
    rejections = [*parameter.rejects, *parameter.rejects_in_groups]
    conditions += [rejection.when for rejection in rejections]
    if parameter.placement is not None:
        conditions += [parameter.placement.matters, parameter.placement.exact_when]
    for condition in conditions:
        unknown = condition.names - set(mine) if condition is not None else set()
        if unknown:
            yield f"the condition names {sorted(unknown)[0]!r}, no parameter of torch's"
    for rejection in rejections:
        if rejection.before is not None and rejection.before not in there.versions:
            yield f"before = {rejection.before!r} is no known version"
        yield from _evidence_problems("rejection", rejection.evidence, row.optimizer, mine)
    if parameter.default_hazard is not None and parameter.default_hazard not in CODES:
        yield f"unknown hazard {parameter.default_hazard!r}"
    yield from _evidence_problems("evidence", parameter.evidence, row.optimizer, mine)
    yield from _default_problems(row, parameter, torch, there)


def _default_problems(
    row: Correspondence, parameter: ParameterRow, torch: Family, there: Family
) -> Iterator[str]:
    assert row.counterpart is not None
    differing: set[str] = set()
    if parameter.fate in (Fate.KEPT, Fate.RENAMED, Fate.SPLIT):
        for mine in _every(torch, row.optimizer, parameter.name):
            for versioned in there.versions:
                signature = there.signature(row.counterpart, versioned)
                if signature is None or any(to not in signature.by_name for to in parameter.to):
                    continue
                theirs = [signature.by_name[to] for to in parameter.to]
                if mine.required or any(other.required for other in theirs):
                    continue
                if parameter.differs(mine, theirs):
                    differing.add(f"{mine.default} and {theirs[0].default}")
    if differing and parameter.default_differs is None:
        pair = sorted(differing)[0]
        yield f"the defaults {pair} differ: say in default_differs whether they train differently"
    if not differing and parameter.default_differs is not None:
        yield "default_differs is said, but the defaults are the same"


def _every(torch: Family, optimizer: str, name: str) -> Iterator[Parameter]:
    for version in torch.versions:
        signature = torch.signature(optimizer, version)
        if signature is not None and name in signature.by_name:
            yield signature.by_name[name]


def _evidence_problems(
    where: str, evidence: tuple[str, ...], optimizer: str, mine: tuple[str, ...]
) -> Iterator[str]:
    for item in evidence:
        if item == "signature" or item.startswith(SOURCE_KINDS):
            continue
        try:
            call = ast.parse(item, mode="eval").body
        except SyntaxError:
            call = None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            yield f"{where}: evidence {item!r} is neither a call nor a source"
        elif any(not isinstance(argument, ast.List) for argument in call.args):
            yield f"{where}: evidence {item!r}: only groups are given by position"
        elif call.func.id == optimizer:
            unknown = [k.arg for k in call.keywords if k.arg not in mine]
            if unknown:
                yield f"{where}: evidence {item!r}: torch has no parameter {unknown[0]!r}"


def main() -> int:
    """Print the table's problems; returns 1 if there are any."""
    found = list(problems())
    print("\n".join(found) or "the table has no problems")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
