"""The audit: the whole table against every recorded signature.

Run by the tests and by whoever adds rows (``python -m optport.table.audit``). The reader of the
files (`optport.table.load`) has checked form and types by then. Rows of targets that are executed
need to name no calls that are generated: the tests of the evidence hold that those show them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from optport.catalogue import HazardKind
from optport.signatures import ApiKind, Family, family, known_names
from optport.table.audit_parameters import evidence_problems, parameter_problems, unsourced
from optport.table.audit_uses import unknown_versions, use_problems
from optport.table.curves import BASE_RATE
from optport.table.load import ROWS, read_table, targets
from optport.table.model import (
    ApiTable,
    Correspondence,
    Origin,
    TargetInfo,
)
from optport.table.parameter_rows import read_parameter
from optport.table.templates import parse_template
from optport.table.toml import TableError


def problems() -> Iterator[str]:
    """Yield every mistake of the table as one line that names file and row."""
    for kind in (ApiKind.OPTIMIZER, ApiKind.SCHEDULER, ApiKind.METHOD):
        for name in known_names(kind):
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
    mine = torch.parameters_ever(table.name)
    for correction in table.corrections:
        yield from evidence_problems("correction", correction.evidence, table.name, mine)
    if table.kind is ApiKind.METHOD:
        yield from use_problems(table, known)
        return
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
    yield from _curve_problems(table, mine)
    if table.caveat is not None and table.caveat.hazard not in set(HazardKind):
        yield f"caveat: unknown hazard {table.caveat.hazard!r}"
    for detour in table.detours:
        yield from evidence_problems("detour", detour.evidence, table.name, mine)
        conditions = (detour.when, detour.inexact_when, detour.close_when)
        looked_at = {name for one in conditions if one is not None for name in one.names}
        unknown = looked_at - {*mine, "scheduled"}
        if unknown:
            yield f"detour: the condition names {sorted(unknown)[0]!r}, no parameter of torch's"


def _curve_problems(table: ApiTable, mine: tuple[str, ...]) -> Iterator[str]:
    parts = table.curve.parts if table.curve is not None else {}
    for part, alternatives in parts.items():
        for one in alternatives:
            looked_at = one.when.names if one.when is not None else frozenset()
            for name in sorted((one.text.names - {*parts, BASE_RATE}) | looked_at):
                if name not in mine:
                    yield f"curve: {part}: {name!r} is no parameter of torch's"
    for name in table.absolute:
        if name not in mine:
            yield f"absolute: {name!r} is no parameter of torch's"


def _row_problems(
    kind: ApiKind,
    row: Correspondence,
    mine: tuple[str, ...],
    torch: Family,
    target: TargetInfo,
) -> Iterator[str]:
    yield from evidence_problems("row", row.evidence, row.torch, mine)
    if row.counterpart is None:
        return
    there = family(row.target)
    theirs = there.parameters_ever(row.counterpart)
    if not theirs:
        yield f"{row.target} never had {row.counterpart}"
        return
    yield from _condition_problems(row, mine)
    for one in row.later:
        yield from unknown_versions(there, torch, one.before, one.torch_since, one.torch_before)
    if not target.executed and not row.evidence:
        yield f"row: evidence is missing: {target.name} is not executed"
    for name in mine:
        if name not in row.parameters:
            yield f"parameter {name} has no fate"
    for parameter in row.parameters.values():
        lines = [
            *unsourced(target, parameter),
            *parameter_problems(row, parameter, mine, theirs, torch, there),
        ]
        yield from (f"parameter {parameter.name} ({parameter.origin}): {line}" for line in lines)
    yield from _own_problems(kind, row, mine, theirs, target)


def _condition_problems(row: Correspondence, mine: tuple[str, ...]) -> Iterator[str]:
    conditions = [row.when, row.close_when, *(one.when for one in row.also)]
    conditions += [own.equivalent_when for own in row.own.values()]
    conditions += [one.when for one in row.later]
    names = (condition.names for condition in conditions if condition is not None)
    for name in sorted(set().union(*names) - set(mine)):
        yield f"a condition names {name!r}, no parameter of torch's"


def _own_problems(
    kind: ApiKind,
    row: Correspondence,
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    target: TargetInfo,
) -> Iterator[str]:
    taken = {to for parameter in row.parameters.values() for to in parameter.to}
    for name in theirs:
        if name not in taken and name not in row.own and name not in target.rules[kind].own:
            yield f"{row.counterpart}'s own parameter {name} has no row"
    for own in row.own.values():
        if own.name not in theirs:
            yield f"own parameter {own.name}: {row.counterpart} never had it"
        yield from evidence_problems(f"own parameter {own.name}", own.evidence, row.torch, mine)
        holes = parse_template(own.value).names if own.value is not None else frozenset()
        for name in sorted(holes - {*mine, BASE_RATE}):
            yield f"own parameter {own.name}: {name!r} is no parameter of torch's"


def main() -> int:
    """Print the table's problems; returns 1 if there are any."""
    found = list(problems())
    print("\n".join(found) or "the table has no problems")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
