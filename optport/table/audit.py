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
from optport.table.load import ROWS, read_table, targets
from optport.table.model import (
    ApiTable,
    Correspondence,
    Fate,
    Origin,
    ParameterRow,
    TargetInfo,
)
from optport.table.parameter_rows import read_parameter
from optport.table.toml import TableError

SOURCE_KINDS = ("source: ", "page: ")
"""Evidence that is not an executed call: a file of the framework, a page of its documentation."""

GENERATED = frozenset({ApiKind.OPTIMIZER})
"""Kinds of which `conformance.generate` makes calls from the rows: those stand in no row."""


def problems() -> Iterator[str]:
    """Yield every mistake of the table as one line that names file and row."""
    for name in known_names(ApiKind.OPTIMIZER):
        path = ROWS / f"{name}.toml"
        if not path.is_file():
            yield f"{path.name}: missing, though torch has {name}"
    tables = []
    for path in sorted(ROWS.glob("*.toml")):
        try:
            table = read_table(path, targets())
        except TableError as error:
            yield str(error)
            continue
        if path.stem != table.name:
            yield f"{path.name}: holds the rows of {table.name}"
        tables.append(table)
        yield from (f"{path.name}: {line}" for line in table_problems(table, targets()))
    for target in targets().values():
        yield from rules_problems(target, tables)


def rules_problems(target: TargetInfo, tables: list[ApiTable]) -> Iterator[str]:
    """Yield the mistakes of what is stated once for a target, and what of it no name has."""
    used = {
        (table.kind, parameter.name)
        for table in tables
        for row in table.correspondences
        for parameter in row.parameters.values()
        if row.target == target.name
    }
    for kind, rules in target.rules.items():
        for name, data in rules.parameters.items():
            try:
                read_parameter(name, data, rules.where, target.rejections, Origin.TARGET)
            except TableError as error:
                yield str(error)
            if (kind, name) not in used:
                yield f"{rules.where}: {name}: no {kind} has such a parameter"


def table_problems(table: ApiTable, known: Mapping[str, TargetInfo]) -> Iterator[str]:
    """Yield the mistakes of one name's rows."""
    torch = family("torch.optim")
    if table.name not in torch:
        yield f"torch has no {table.name}"
        return
    mine = torch.parameters_ever(table.name)
    for target in known:
        rows = [row for row in table.correspondences if row.target == target]
        if not rows:
            yield f"no row for {target}"
        elif rows[-1].when is not None:
            yield f"{target}: the last row must not have a condition"
    for row in table.correspondences:
        where = f"{row.target} ({row.counterpart or 'no counterpart'})"
        yield from (
            f"{where}: {line}"
            for line in _row_problems(table.kind, row, mine, torch, known[row.target])
        )
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
    kind: ApiKind,
    row: Correspondence,
    mine: tuple[str, ...],
    torch: Family,
    target: TargetInfo,
) -> Iterator[str]:
    yield from _evidence_problems("row", row.evidence, row.torch, mine)
    if row.counterpart is None:
        return
    there = family(row.target)
    theirs = there.parameters_ever(row.counterpart)
    if not theirs:
        yield f"{row.target} never had {row.counterpart}"
        return
    shown = target.executed and kind in GENERATED
    if not shown and not row.evidence:
        yield "row: evidence is missing: no generated call shows it"
    for name in mine:
        if name not in row.parameters:
            yield f"parameter {name} has no fate"
    for parameter in row.parameters.values():
        lines = [
            *_unsourced(target, parameter),
            *_parameter_problems(row, parameter, mine, theirs, torch, there),
        ]
        yield from (f"parameter {parameter.name} ({parameter.origin}): {line}" for line in lines)
    taken = {to for parameter in row.parameters.values() for to in parameter.to}
    for name in theirs:
        if name not in taken and name not in row.own and name not in target.rules[kind].own:
            yield f"{row.counterpart}'s own parameter {name} has no row"
    for own in row.own.values():
        if own.name not in theirs:
            yield f"own parameter {own.name}: {row.counterpart} never had it"
        yield from _evidence_problems(f"own parameter {own.name}", own.evidence, row.torch, mine)


def _unsourced(target: TargetInfo, parameter: ParameterRow) -> Iterator[str]:
    """What no run can show is stated, with a source."""
    if target.executed:
        return
    if parameter.origin is Origin.SIGNATURE:
        yield f"{target.name} is not executed: state what becomes of it, with its source"
    elif not parameter.evidence:
        yield f"evidence is missing: {target.name} is not executed"


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
        yield from _evidence_problems("rejection", rejection.evidence, row.torch, mine)
    if parameter.default_hazard is not None and parameter.default_hazard not in CODES:
        yield f"unknown hazard {parameter.default_hazard!r}"
    yield from _evidence_problems("evidence", parameter.evidence, row.torch, mine)
    yield from _default_problems(row, parameter, torch, there)


def _default_problems(
    row: Correspondence, parameter: ParameterRow, torch: Family, there: Family
) -> Iterator[str]:
    assert row.counterpart is not None
    differing: set[str] = set()
    if parameter.fate in (Fate.KEPT, Fate.RENAMED, Fate.SPLIT):
        for mine in _every(torch, row.torch, parameter.name):
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


def _every(torch: Family, api: str, name: str) -> Iterator[Parameter]:
    for version in torch.versions:
        signature = torch.signature(api, version)
        if signature is not None and name in signature.by_name:
            yield signature.by_name[name]


def _evidence_problems(
    where: str, evidence: tuple[str, ...], api: str, mine: tuple[str, ...]
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
        elif call.func.id == api:
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
