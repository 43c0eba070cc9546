"""The calls to execute, generated from the recorded signatures and the table.

For every torch optimizer: bare, the learning rate only, every parameter with several values
(neutral, small, large, edges, other types), both sides of every threshold that a row of the table
names, pairs of arguments, and parameter groups (:mod:`conformance.generate_groups`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from conformance.generate_groups import group_calls
from conformance.records import EVIDENCE
from conformance.values import Arguments, needed, parameters, rate, signature, spelled, typical
from optport.signatures import ApiKind
from optport.table import api_names, api_table, targets
from optport.table.conditions import Test
from optport.table.operands import Operand
from optport.values import UNKNOWN, Certainty, ValueSet, literal


def generated_calls(optimizer: str) -> list[str]:
    """Every generated call of one torch optimizer, each once, simplest first."""
    table = api_table(optimizer)
    if table is None or all(row.counterpart is None for row in table.correspondences):
        return [spelled(optimizer, {}), spelled(optimizer, {"lr": rate(optimizer)})]
    calls = itertools.chain(
        _plain(optimizer), _values(optimizer), _thresholds(optimizer), _pairs(optimizer)
    )
    spellings = (spelled(optimizer, arguments) for arguments in calls)
    return list(dict.fromkeys(itertools.chain(spellings, group_calls(optimizer))))


def _plain(optimizer: str) -> Iterator[Arguments]:
    yield {}
    usual = rate(optimizer)
    for text in (usual, repr(float(usual) / 100), "1", "0.0", f"torch.tensor({usual})"):
        yield {"lr": text}


def _values(optimizer: str) -> Iterator[Arguments]:
    base = {"lr": rate(optimizer)}
    for name, values in parameters(optimizer).items():
        context = needed(optimizer, values)
        if context:
            yield from (base | context | {name: text} for text in values.tried)
        for text in values.tried:
            # torch takes nesterov only together with a momentum.
            if name != "nesterov" or text == "False":
                yield base | {name: text}


def _thresholds(optimizer: str) -> Iterator[Arguments]:
    """Values on both sides of each number that a condition of the table compares with.

    Of conditions with several tests those count that this one decides, all else at its default.
    """
    for name, number in _numbers(optimizer):
        if name in signature(optimizer).by_name:
            for value in (number / 2, number * 2):
                yield {"lr": rate(optimizer), name: repr(float(f"{value:.12g}"))}


def _numbers(optimizer: str) -> Iterator[tuple[str, float]]:
    table = api_table(optimizer)
    for row in table.correspondences if table is not None else ():
        for parameter in row.parameters.values():
            conditions = [parameter.neutral, parameter.equivalent_when]
            if parameter.placement is not None:
                conditions.append(parameter.placement.matters)
            for condition in conditions:
                for clause in condition.clauses if condition is not None else ():
                    yield from _compared(clause, optimizer)


def _compared(clause: Sequence[Test], optimizer: str) -> Iterator[tuple[str, float]]:
    for test in clause:
        left, right = test.left, test.right
        if not isinstance(left, Operand) or not isinstance(right, Operand):
            continue
        if left.name is not None and left.element is None:
            value = getattr(right.constant.exact, "value", None)
            decides = all(_may_hold(other, optimizer) for other in clause if other is not test)
            if isinstance(value, float) and right.name is None and value > 0 and decides:
                yield left.name, value


def _may_hold(test: Test, optimizer: str) -> bool:
    """Whether a test holds for a call that gives the rate only, or what it looks at is unknown."""

    def lookup(name: str) -> ValueSet:
        known = signature(optimizer).by_name.get(name)
        if name == "lr":
            return literal(float(rate(optimizer)))
        return UNKNOWN if known is None or known.required else literal(known.value)

    return test.holds(lookup) is not Certainty.NO


def _pairs(optimizer: str) -> Iterator[Arguments]:
    base = {"lr": rate(optimizer)}
    usual = {name: values.typical for name, values in typical(optimizer).items()}
    for one, other in itertools.combinations(usual, 2):
        wanted = {one: usual[one], other: usual[other]}
        if "nesterov" in wanted and "dampening" in wanted:
            continue  # torch: nesterov needs zero dampening
        if "nesterov" in wanted and "momentum" not in wanted:
            wanted = {"momentum": "0.9"} | wanted
        yield base | wanted
    usual.pop("dampening", None)
    if usual:
        yield base | usual


EXTRA_CALLS = EVIDENCE / "calls.txt"


@cache
def all_calls() -> tuple[str, ...]:
    """Every call to execute, each once, by optimizer."""
    calls: dict[str, None] = {}
    extra = extra_calls()
    for name in api_names(ApiKind.OPTIMIZER):
        mine = [*generated_calls(name), *named_calls(name)]
        mine += [call for call in extra if call.partition("(")[0] == name]
        calls.update(dict.fromkeys(mine))
    return tuple(calls)


def extra_calls() -> list[str]:
    """The calls of ``evidence/calls.txt``; lines that begin with ``#`` are comments."""
    lines = EXTRA_CALLS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def named_calls(optimizer: str) -> list[str]:
    """The calls of one optimizer that its rows, or the rules of a target, name as evidence."""
    table = api_table(optimizer)
    named = dict.fromkeys(evidence_of([table, *targets().values()]))
    return [text for text in named if is_call(text) and text.partition("(")[0] == optimizer]


def is_call(evidence: str) -> bool:
    """Whether an evidence text is a call to execute, not a source."""
    return evidence.endswith(")") and ": " not in evidence.partition("(")[0]


def evidence_of(node: Any) -> Iterator[str]:
    """All evidence texts anywhere in a table's dataclasses, or in a list of some."""
    pending = list(node) if isinstance(node, list) else [node]
    while pending:
        item = pending.pop()
        for name in getattr(item, "__dataclass_fields__", {}):
            value = getattr(item, name)
            if name == "evidence":
                yield from value
            elif isinstance(value, (tuple, list)):
                pending.extend(value)
            elif hasattr(value, "values"):
                pending.extend(value.values())
            else:
                pending.append(value)
