"""The table claims nothing that the recorded runs do not show. Needs no framework."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import consistency
from conformance.consistency import newest_executed, problems, recorded_targets
from conformance.evidence import RUNS, SIZE, sample
from conformance.generate import all_calls, extra_calls, generated_calls, named_calls
from conformance.judgement import false_alarm, ground, missed, wrong_port
from conformance.records import EVIDENCE, Part, Record, evidence_path, new_record, read_evidence
from conformance.trajectories import stale_pictures
from optport.signatures import ApiKind
from optport.table import api_names
from optport.targets import Target, parse_target
from tests.changed_records import PARTS, RAISES, SAME, changed, made

TARGETS = newest_executed()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(
            target,
            marks=[] if target == TARGETS[0] else pytest.mark.slow,
            id=f"{target.name}-{target.version}",
        )
        for target in recorded_targets()
    ],
)
def test_the_evidence_bears_out_the_table(target: Target) -> None:
    assert problems(target) == []


@pytest.mark.parametrize("path", sorted(EVIDENCE.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_file_covers_every_call_and_is_explained(path: Path) -> None:
    recorded = read_evidence(path)
    assert tuple(recorded) == all_calls()
    runs = json.loads(RUNS.read_text(encoding="utf-8"))
    assert runs[path.stem]["calls"] == len(recorded)


def test_the_pictures_are_of_the_calls_that_the_table_gives() -> None:
    assert stale_pictures() == []


@pytest.mark.parametrize("optimizer", api_names(ApiKind.OPTIMIZER))
def test_calls_are_generated_without_repetition(optimizer: str) -> None:
    calls = generated_calls(optimizer)
    assert len(calls) == len(set(calls))
    assert calls[0] == f"{optimizer}()"
    assert not set(calls) & set(extra_calls()), "evidence/calls.txt repeats a generated call"
    assert not set(named_calls(optimizer)) & set(extra_calls())


def test_the_sample_is_fixed_and_shows_every_optimizer() -> None:
    recorded = [read_evidence(evidence_path(target)) for target in TARGETS]
    calls = sample(recorded)
    assert calls == sample(recorded)
    assert len(calls) == SIZE
    assert {call.partition("(")[0] for call in calls} == set(api_names(ApiKind.OPTIMIZER))


@pytest.mark.parametrize(
    "entry, expected",
    [
        (made(), False),
        (made(literal=PARTS), True),
        (made("OPT103 foreach", literal=PARTS), True),
        (made("OPT201 lr", literal=PARTS), False),
        (made(literal=PARTS, noise={"1": None, "1e-4": 0.3}), False),
        (made(literal=RAISES), True),
        (made("OPT103 foreach", literal=RAISES), False),
        (made(literal=SAME | {"lost": ("t0",)}), True),
        (made("OPT102 t0", literal=PARTS | {"lost": ("t0",)}), False),
        (made(kept=PARTS), True),
        (made("OPT402 eps", kept=PARTS), False),
        (made(literal=None), True),
        (made("OPT101", literal=None), False),
    ],
)
def test_missed(entry: Record, expected: bool) -> None:
    assert missed(entry) is expected


@pytest.mark.parametrize(
    "entry, expected",
    [
        (made("OPT303 eps"), True),
        (made("OPT103 foreach"), False),
        (made("OPT303 eps", literal=PARTS), False),
        (made("OPT303 eps", literal={"off": {"1e-4": 0.06}}), False),
        (made("OPT303 eps", literal={"off": {"1e-6": 0.5}}), True),
        (made("OPT303 eps", literal={"off": {"1e-4": 0.06}}, noise={"1e-4": 0.05}), False),
        (made("OPT402 eps", kept=PARTS), False),
        (made("OPT102 t0", literal=RAISES | {"lost": ("t0",)}), False),
    ],
)
def test_false_alarm(entry: Record, expected: bool) -> None:
    assert false_alarm(entry) is expected


@pytest.mark.parametrize(
    "called, result, expected",
    [
        ("exact", SAME, False),
        ("exact", {"off": {"1e-4": 0.01}}, True),
        ("close", {"off": {"1e-4": 0.01}}, False),
        ("close", PARTS, True),
        ("approximate", PARTS, False),
        ("approximate", RAISES, True),
        ("incomplete", RAISES, False),
    ],
)
def test_wrong_port(called: str, result: dict[str, Any], expected: bool) -> None:
    entry = changed(made(port=result), Part.PORT, run={"fidelity": called})
    assert wrong_port(entry) is expected
    assert not wrong_port(made(port=None))


def test_ground_tells_nothing_where_torch_raises() -> None:
    assert ground(replace(made(), torch_error="TypeError"), Part.LITERAL) is None
    assert ground(made(), Part.KEPT) is None


def broken(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], object]) -> list[str]:
    """The problems of Paddle's evidence after `change` to its records."""
    recorded = read_evidence(evidence_path(TARGETS[0]))
    change(recorded)
    monkeypatch.setattr(consistency, "read_evidence", lambda path: recorded)
    return problems(TARGETS[0])


def test_a_missing_file_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken(monkeypatch, dict.clear) == [
        f"{evidence_path(TARGETS[0]).name} is missing or empty"
    ]


def test_a_call_that_was_not_executed_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    found = broken(monkeypatch, lambda recorded: recorded.pop("Adam(lr=0.5, amsgrad=1)"))
    assert "Adam(lr=0.5, amsgrad=1): not executed" in found
    assert any(
        "row Adam: evidence Adam(lr=0.5, amsgrad=1) was not executed" in line for line in found
    )


def test_evidence_older_than_the_row_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(recorded: dict[str, Record]) -> None:
        one = recorded["Adam(lr=0.02)"]
        recorded[one.torch] = changed(one, Part.PORT, run={"call": "paddle.optimizer.Adam()"})
        recorded["Adam()"] = replace(recorded["Adam()"], found=("OPT999",))

    found = broken(monkeypatch, change)
    assert "Adam(lr=0.02): the table gives other calls than were executed" in found
    assert any("found ['OPT999'] then" in line for line in found)


def test_an_exact_port_that_deviates_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(recorded: dict[str, Record]) -> None:
        recorded["Adam(lr=0.02)"] = changed(recorded["Adam(lr=0.02)"], Part.PORT, **PARTS)

    (line,) = broken(monkeypatch, change)
    assert "is called exact: 1 5.0e-01, 1e-4 5.0e-01" in line


def test_a_hazard_that_no_run_shows_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call, one in recorded.items():
            if call.startswith("Rprop(") and "OPT201 lr" in one.found:
                recorded[call] = changed(one, Part.LITERAL, **SAME)

    assert "Rprop: OPT201 lr is reported, and no run shows it" in broken(monkeypatch, change)


def test_a_parameter_without_a_case_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call in [call for call in recorded if call.startswith("NAdam(") and "foreach" in call]:
            del recorded[call]

    assert "NAdam: no executed call gives foreach" in broken(monkeypatch, change)


def test_a_row_that_no_run_shows_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call in list(recorded):
            if "momentum=" in call or "step_sizes=" in call:
                del recorded[call]

    found = broken(monkeypatch, change)
    assert "SGD, row Momentum when momentum != 0: no executed call is judged by it" in found
    shown = "step_sizes: requires a positive smallest step (ValueError)"
    assert f"Rprop, row Rprop: no executed call shows {shown}" in found


def test_too_many_false_alarms_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(recorded: dict[str, Record]) -> None:
        for call, one in recorded.items():
            if one.optimizer == "RMSprop" and one.torch_error is None:
                recorded[call] = changed(one, Part.LITERAL, **SAME)

    found = broken(monkeypatch, change)
    assert any("of the calls are flagged although nothing differs" in line for line in found)


def test_names_are_part_of_the_evidence_of_a_decay_by_names() -> None:
    entry = new_record("Adam(lr=0.02, weight_decay=0.1)", parse_target("mindspore"))
    assert entry.runs[Part.NAMED].call.startswith("mindspore.nn.Adam(model.parameters()")
    assert entry.runs[Part.NAMED_PORT].call.startswith("mindspore.nn.Adam([{")
