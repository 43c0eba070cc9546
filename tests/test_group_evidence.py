"""The group rules of the targets claim nothing that the recorded runs do not show."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from conformance.group_rules import group_problems
from conformance.records import Part, Record, evidence_path, executed, read_evidence
from optport.targets import Target, parse_target
from tests.changed_records import PARTS, RAISES, SAME, changed

GROUPED = "Adam([{'params': params[:3], %s}, {'params': params[3:]}], lr=0.02%s)"


@cache
def recorded_of(target: Target) -> dict[str, Record]:
    """A target's records, with which nothing is wrong."""
    recorded = read_evidence(evidence_path(target))
    assert group_problems(target, executed(target, recorded)) == []
    return recorded


def group_rule(short: str, change: Callable[[dict[str, Record]], object]) -> list[str]:
    """What is wrong with a target's group rules after `change` to its records."""
    target = parse_target(short)
    recorded = dict(recorded_of(target))
    change(recorded)
    return group_problems(target, executed(target, recorded))


def test_a_factor_that_no_run_shows_is_a_problem() -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call, one in recorded.items():
            if one.verdict(Part.LITERAL) == "parts":
                recorded[call] = changed(one, Part.LITERAL, **SAME)

    found = group_rule("paddle", change)
    assert found == ["paddle.optimizer: no run shows that a group's lr is a factor"]


def test_a_rate_that_is_a_factor_after_all_is_a_problem() -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call, one in recorded.items():
            if "'lr': " in call and one.verdict(Part.LITERAL) == "same":
                recorded[call] = changed(one, Part.LITERAL, **PARTS)

    found = group_rule("mindspore.experimental", change)
    assert any("no run shows that a group's lr is the rate itself" in line for line in found)


def test_a_group_key_that_no_run_shows_is_a_problem() -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call in [call for call in recorded if "'momentum_decay': " in call]:
            recorded[call] = changed(recorded[call], Part.PORT, **PARTS)

    found = group_rule("paddle", change)
    assert found == ["paddle.optimizer: no run shows that a group can set momentum_decay"]


def test_a_container_that_is_taken_is_a_problem() -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call, one in recorded.items():
            if "for one in params" in call or "filter(" in call:
                recorded[call] = changed(one, Part.LITERAL, **SAME)

    found = group_rule("paddle", change)
    kinds = ("generator-in-first-group", "view-in-first-group")
    assert found == [
        f"paddle.optimizer: no run shows that it does not take {kind}" for kind in kinds
    ]


def test_a_group_value_that_is_taken_is_a_problem() -> None:
    def change(recorded: dict[str, Record]) -> None:
        call = GROUPED % ("'weight_decay': 0", ", weight_decay=0.1")
        recorded[call] = changed(recorded[call], Part.LITERAL, **SAME)
        for call, one in recorded.items():
            if call.startswith("AdamW([") and "'weight_decay': 0}" in call:
                recorded[call] = changed(one, Part.LITERAL, **RAISES)

    found = group_rule("paddle", change)
    assert "paddle.optimizer: Adam takes a group's weight_decay" in found
    assert "paddle.optimizer: no run shows that AdamW takes a group's weight_decay" in found


@pytest.mark.parametrize("short, result", [("mindspore", SAME), ("paddle", PARTS)])
def test_the_order_of_gradients_is_compared(short: str, result: dict[str, Any]) -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call, one in recorded.items():
            if Part.UNORDERED in one.runs:
                recorded[call] = changed(one, Part.UNORDERED, **result)

    (line,) = group_rule(short, change)
    assert "the order of the gradients" in line
