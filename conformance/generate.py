"""The calls to execute, generated from the recorded signatures and the table.

For every torch optimizer: bare, the learning rate only, every parameter with several values
(neutral, small, large, edges, other types), both sides of every threshold that a row of the table
names, pairs of arguments, and parameter groups (:mod:`conformance.generate_groups`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from conformance.generate_groups import group_calls
from conformance.values import (
    CONTEXTS,
    RATES,
    TYPICAL,
    VALUES,
    Arguments,
    of,
    parameters,
    signature,
)
from optport.table import api_table
from optport.table.conditions import Condition, Operand


def spelled(optimizer: str, arguments: Mapping[str, str]) -> str:
    """Spell a call, without its parameters: ``Adam(lr=0.02, eps=0.001)``."""
    return f"{optimizer}({', '.join(f'{name}={text}' for name, text in arguments.items())})"


def generated_calls(optimizer: str) -> list[str]:
    """Every generated call of one torch optimizer, each once, simplest first."""
    table = api_table(optimizer)
    if table is None or all(row.counterpart is None for row in table.correspondences):
        return [spelled(optimizer, {}), spelled(optimizer, _base(optimizer))]
    calls = itertools.chain(
        _plain(optimizer), _values(optimizer), _thresholds(optimizer), _pairs(optimizer)
    )
    spellings = (spelled(optimizer, arguments) for arguments in calls)
    return list(dict.fromkeys(itertools.chain(spellings, group_calls(optimizer))))


def _base(optimizer: str) -> Arguments:
    return {"lr": RATES[optimizer]}


def _plain(optimizer: str) -> Iterator[Arguments]:
    yield {}
    rate = RATES[optimizer]
    for text in (rate, repr(float(rate) / 100), "1", "0.0", f"torch.tensor({rate})"):
        yield {"lr": text}


def _values(optimizer: str) -> Iterator[Arguments]:
    for name in parameters(optimizer):
        values = of(optimizer, name, VALUES) or ()
        context = _context(optimizer, name)
        for text in values:
            if context:
                yield _base(optimizer) | context | {name: text}
        for text in values:
            # torch takes nesterov only together with a momentum.
            if (optimizer, name) != ("SGD", "nesterov") or text == "False":
                yield _base(optimizer) | {name: text}


def _context(optimizer: str, name: str) -> Arguments:
    text = of(optimizer, name, CONTEXTS)
    other, _, value = (text or "").partition("=")
    if other not in signature(optimizer).by_name:
        return {}
    # The largest second moment matters only while the gradient shrinks fast.
    return {other: value} | ({"lr": "0.5"} if name == "amsgrad" else {})


def _thresholds(optimizer: str) -> Iterator[Arguments]:
    """Values on both sides of each number that a condition of the table compares with."""
    for name, number in _numbers(optimizer):
        if name in signature(optimizer).by_name:
            for value in (number / 2, number * 2):
                yield _base(optimizer) | {name: repr(float(f"{value:.12g}"))}


def _numbers(optimizer: str) -> Iterator[tuple[str, float]]:
    table = api_table(optimizer)
    for row in table.correspondences if table is not None else ():
        for parameter in row.parameters.values():
            conditions = [parameter.neutral, parameter.equivalent_when]
            if parameter.placement is not None:
                conditions.append(parameter.placement.matters)
            for condition in conditions:
                yield from _compared(condition)


def _compared(condition: Condition | None) -> Iterator[tuple[str, float]]:
    for test in itertools.chain.from_iterable(condition.clauses if condition else ()):
        left, right = test.left, test.right
        if not isinstance(left, Operand) or not isinstance(right, Operand):
            continue
        if left.name is not None and left.element is None:
            value = right.constant
            if isinstance(value, float) and right.name is None and value > 0:
                yield left.name, value


def _pairs(optimizer: str) -> Iterator[Arguments]:
    names = [name for name in parameters(optimizer) if of(optimizer, name, TYPICAL)]
    typical = {name: of(optimizer, name, TYPICAL) for name in names}
    for one, other in itertools.combinations(names, 2):
        wanted = {one: typical[one], other: typical[other]}
        if "nesterov" in wanted and {"dampening"} & set(wanted):
            continue  # torch: nesterov needs zero dampening
        if "nesterov" in wanted and "momentum" not in wanted:
            wanted = {"momentum": "0.9"} | wanted
        yield _base(optimizer) | wanted
    everything = {n: t for n, t in typical.items() if n != "dampening"}
    if everything:
        yield _base(optimizer) | everything
