"""Schedulers are judged as the recorded runs of their ports went. Needs no framework."""

from __future__ import annotations

import json

import pytest

from conformance.members import RECORDED
from conformance.schedule_calls import SCHEDULERS, schedules
from conformance.schedules import Outcome, mistakes, ports_of, read_recorded
from optport.signatures import ApiKind
from optport.table import api_names, api_table

SCHEDULES = {schedule.id: schedule for schedule in schedules()}
RUNS = read_recorded()


@pytest.mark.parametrize("target", RUNS)
def test_the_table_gives_what_was_run_and_is_right_about_it(target: str) -> None:
    wrong: dict[str, list[str]] = {}
    for name, entry in RUNS[target].items():
        now = ports_of(SCHEDULES[name], target)
        outcome = Outcome(now.found, now.fidelity, entry["literal"], entry["port"], now.programs)
        wrong[name] = list(mistakes(name, outcome))
        if now.programs != entry["programs"]:
            wrong[name].append("run it: python -m conformance schedules")
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("target", RUNS)
def test_every_construction_that_torch_takes_is_recorded(target: str) -> None:
    assert set(RUNS[target]) <= set(SCHEDULES)
    assert len(RUNS[target]) == len(next(iter(RUNS.values())))


@pytest.mark.parametrize("name", api_names(ApiKind.SCHEDULER))
def test_every_scheduler_is_recorded(name: str) -> None:
    assert any(f".{name}(" in schedule for entries in RUNS.values() for schedule in entries)


def test_corrections_name_what_was_run() -> None:
    members = json.loads(RECORDED.read_text(encoding="utf-8"))
    known = {name.partition(f"; {SCHEDULERS}.")[2] for name in SCHEDULES}
    programs = {name for entries in members.values() for name in entries}
    named = [
        text.partition(": ")
        for name in (name for kind in ApiKind for name in api_names(kind))
        for one in getattr(api_table(name), "corrections", ())
        for text in one.evidence
    ]
    assert {name for kind, _, name in named if kind == "schedule"} <= known
    assert {name for kind, _, name in named if kind == "member"} <= programs


def test_mistakes_are_told() -> None:
    right = Outcome([], "exact", 0.0, 0.0, {})
    assert list(mistakes("", right)) == []
    missed = Outcome([], "exact", 0.5, 0.0, {})
    alarm = Outcome(["OPT605"], "exact", 0.0, 0.0, {})
    claimed = Outcome(["OPT605"], "exact", 0.5, 1e-3, {})
    silent = Outcome([], "none", None, None, {})
    raising = Outcome(["OPT604"], "exact", "TypeError", "TypeError", {})
    for wrong in (missed, alarm, claimed, silent, raising):
        assert len(list(mistakes("", wrong))) == 1, wrong
