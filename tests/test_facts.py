"""The findings against what was measured: tests/data/matrix.jsonl, one executed case a line.

`base` is the deviation of the literal port, `small` the same with gradients around 1e-7. Most calls
are in evidence/, too: these were executed by other code, and are kept as a second measurement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from conformance.records import Part, evidence_path, read_evidence
from optport.targets import parse_target
from tests.conftest import ROOT, check, codes

MATRIX = ROOT / "tests" / "data" / "matrix.jsonl"
EXECUTED = ["paddle.optimizer", "mindspore.nn", "mindspore.experimental.optim"]
THRESHOLD = 1e-3
"""Deviations from here on count as trained differently."""
WITHOUT_EFFECT = {"OPT103", "OPT203", "OPT301", "OPT305"}
"""Said also of calls whose port trains the same: the runs had no parameter named beta, dropped
what is inert, and gave what is required."""


class Case(NamedTuple):
    torch: str
    target: str
    verdict: str
    base: float | None
    small: float | None

    @property
    def telling(self) -> set[str]:
        """The codes found that say that something trains differently, or not at all."""
        return set(found(self.torch, self.target)) - WITHOUT_EFFECT


@cache
def found(call: str, target: str) -> tuple[str, ...]:
    source = f"import torch\nparams = list(model.parameters())\n{call}\n"
    return tuple(codes(check(source, target)))


@cache
def matrix() -> list[Case]:
    return [Case(**json.loads(line)) for line in MATRIX.read_text().splitlines()]


def cases(target: str, *verdicts: str) -> Iterator[Case]:
    return (case for case in matrix() if case.target == target and case.verdict in verdicts)


each_target = pytest.mark.parametrize("target", EXECUTED)


def test_verdicts_are_those_known() -> None:
    verdicts = {case.target: set[str]() for case in matrix()}
    for case in matrix():
        verdicts[case.target].add(case.verdict)
    assert set(verdicts) == {*EXECUTED, "mindspore.mint.optim"}
    known = {"same", "diverges", "impossible", "error"}
    assert set().union(*(verdicts[target] for target in EXECUTED)) == known


@each_target
@pytest.mark.parametrize("verdict, enough", [("diverges", set()), ("error", {"OPT203"})])
def test_no_case_that_diverges_or_raises_goes_unflagged(
    target: str, verdict: str, enough: set[str]
) -> None:
    concerned = list(cases(target, verdict))
    assert concerned
    missed = [
        case
        for case in concerned
        if not case.telling and not enough.intersection(found(case.torch, target))
    ]
    assert missed == []


@each_target
def test_no_case_that_cannot_be_written_goes_unflagged(target: str) -> None:
    concerned = list(cases(target, "impossible"))
    assert concerned
    assert [case for case in concerned if not found(case.torch, target)] == []


@each_target
def test_what_cannot_be_written_and_matters_is_more_than_inert(target: str) -> None:
    missed = [
        case
        for case in cases(target, "impossible")
        if (case.base is None or case.base >= THRESHOLD) and not case.telling
    ]
    assert missed == []


def _class_of(call: str) -> str:
    return call.partition("(")[0].rpartition(".")[2]


@cache
def parting(target: str) -> set[str]:
    """The calls of the evidence whose literal port leaves torch on some run."""
    records = read_evidence(evidence_path(parse_target(target))).values()
    return {
        f"torch.optim.{record.torch.replace('(', '(params, ', 1)}"
        for record in records
        if record.verdict(Part.LITERAL) in ("parts", "error")
    }


NOT_SHOWN = {
    ("Adam", "OPT102"),  # the port written here is AdamW already
    ("Adagrad", "OPT201"),
    ("Rprop", "OPT201"),
    ("LBFGS", "OPT302"),
}
"""Hazards that these gradients of size 1 do not show, and the runs of the evidence do."""


@each_target
def test_next_to_no_case_that_trains_the_same_is_flagged(target: str) -> None:
    same = [case for case in cases(target, "same") if case.small is None or case.small < THRESHOLD]
    false_alarms = [
        case
        for case in same
        if case.torch not in parting(target)
        and any((_class_of(case.torch), code) not in NOT_SHOWN for code in case.telling)
    ]
    assert len(same) > 40
    assert len(false_alarms) <= 0.02 * len(same), false_alarms


@pytest.mark.parametrize(
    ("optimizer", "cell"),
    [
        ("AdamW", "AdamWeightDecay; better mindspore.experimental.optim.AdamW: exact"),
        ("RMSprop", "RMSProp; better mindspore.experimental.optim.RMSprop: exact"),
        ("Adam", "Adam: close"),
    ],
)
def test_the_index_of_pages_names_the_class_that_a_fidelity_is_of(
    optimizer: str, cell: str
) -> None:
    lines = (ROOT / "docs/mapping/README.md").read_text(encoding="utf-8").splitlines()
    row = next(line for line in lines if line.startswith(f"| [{optimizer}]("))
    assert row.split(" | ")[2] == cell
