"""The audit of what becomes of parameters, against every recorded signature."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.catalogue import HazardKind
from optport.signatures import Family, Parameter
from optport.table.audit_uses import unknown_versions
from optport.table.conditions import Condition
from optport.table.model import Correspondence, Fate, Origin, ParameterRow, TargetInfo
from optport.table.templates import parse_template

SOURCE_KINDS = ("source: ", "page: ")
"""Evidence that is not an executed call: a file of the framework, a page of its documentation."""
RECORDED_KINDS = ("schedule: ", "member: ")
"""Evidence that was executed in another way: a scheduler's steps, a method's program."""


def unsourced(target: TargetInfo, parameter: ParameterRow) -> Iterator[str]:
    """Yield what no run can show and no source is named for."""
    if target.executed:
        return
    if parameter.origin is Origin.SIGNATURE:
        yield f"{target.name} is not executed: state what becomes of it, with its source"
    elif not parameter.evidence:
        yield f"evidence is missing: {target.name} is not executed"


def parameter_problems(
    row: Correspondence,
    parameter: ParameterRow,
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    torch: Family,
    there: Family,
) -> Iterator[str]:
    """Yield the mistakes of one parameter's row; `mine` and `theirs` are what versions have."""
    if parameter.name not in mine:
        yield "no version of torch has it"
        return
    for to in parameter.to:
        if to not in theirs:
            yield f"{row.counterpart} never had {to}"
            return
    for condition in _conditions(parameter):
        for name in sorted(condition.names - set(mine)):
            # What a scheduler's optimizer has in force, and whether a scheduler sets the rate.
            if not name.startswith("optimizer.") and name != "scheduled":
                yield f"the condition names {name!r}, no parameter of torch's"
    for name in sorted(_holes(parameter) - set(mine)):
        yield f"the template names {name!r}, no parameter of torch's"
    for difference in parameter.differences:
        limits = difference.before, difference.torch_since, difference.torch_before
        yield from unknown_versions(there, torch, *limits)
    rejections = [*parameter.rejects, *parameter.rejects_in_groups]
    for rejection in rejections:
        if rejection.before is not None and rejection.before not in there.versions:
            yield f"before = {rejection.before!r} is no known version"
        yield from evidence_problems("rejection", rejection.evidence, row.torch, mine)
    if parameter.default_hazard is not None and parameter.default_hazard not in set(HazardKind):
        yield f"unknown hazard {parameter.default_hazard!r}"
    yield from evidence_problems("evidence", parameter.evidence, row.torch, mine)
    yield from _default_problems(row, parameter, torch, there)


def _holes(parameter: ParameterRow) -> frozenset[str]:
    """The names in the texts that a port is written from."""
    workaround = parameter.workaround
    texts = [parameter.expression, workaround.expression if workaround is not None else None]
    found = [parse_template(text) for text in texts if text is not None]
    found += [one.becomes for one in parameter.differences if one.becomes is not None]
    return frozenset(name for template in found for name in template.names)


def _conditions(parameter: ParameterRow) -> Iterator[Condition]:
    found = [
        parameter.neutral,
        parameter.equivalent_when,
        parameter.inexact_when,
        parameter.close_when,
        *(rejection.when for rejection in parameter.rejects),
        *(rejection.when for rejection in parameter.rejects_in_groups),
        *(difference.when for difference in parameter.differences),
    ]
    placement = parameter.placement
    if placement is not None:
        found += [placement.matters, placement.exact_when, placement.close_when]
    yield from (condition for condition in found if condition is not None)


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


def evidence_problems(
    where: str, evidence: tuple[str, ...], api: str, mine: tuple[str, ...]
) -> Iterator[str]:
    """Yield what is neither a source nor a call that torch can be asked for."""
    for item in evidence:
        if item == "signature" or item.startswith(SOURCE_KINDS + RECORDED_KINDS):
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
