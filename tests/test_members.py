"""Members of optimizers are judged as the recorded programs behaved."""

from __future__ import annotations

import json

import pytest

from conformance.members import RECORDED, MemberProgram, found_in, read_programs
from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.targets import parse_target

PROGRAMS = {program.id: program for program in read_programs()}
RUNS = json.loads(RECORDED.read_text(encoding="utf-8"))


def _target(name: str) -> str:
    full, _, version = name.partition("==")
    return f"{full}=={version}"


@pytest.mark.parametrize("target", RUNS)
def test_programs_have_findings_where_they_behave_otherwise(target: str) -> None:
    found = {name: found_in(PROGRAMS[name], _target(target)) for name in RUNS[target]}
    behaves = {name: entry["literal"] for name, entry in RUNS[target].items()}
    wrong = [(name, behaves[name], found[name]) for name in found]
    assert [one for one in wrong if bool(one[2]) == (one[1] == "same")] == []


@pytest.mark.parametrize("target", RUNS)
def test_what_to_write_instead_does_what_torch_does(target: str) -> None:
    instead = {name: entry.get("instead", "same") for name, entry in RUNS[target].items()}
    assert {name: became for name, became in instead.items() if became != "same"} == {}


def test_every_program_is_recorded_on_every_target() -> None:
    for target, entries in RUNS.items():
        assert set(entries) <= set(PROGRAMS)
        if not target.startswith("mindspore.nn"):
            assert set(entries) == set(PROGRAMS)


def _members() -> list[str]:
    return [name for name in api_names(ApiKind.METHOD) if (api_table(name) or 0) and _uses(name)]


def _uses(name: str) -> int:
    table = api_table(name)
    return 0 if table is None else len(table.uses)


@pytest.mark.parametrize("name", _members())
def test_every_member_with_uses_has_a_program(name: str) -> None:
    assert any(program.member == name for program in PROGRAMS.values())


def test_programs_are_told_apart_by_their_names() -> None:
    assert all(isinstance(program, MemberProgram) for program in PROGRAMS.values())
    assert len(PROGRAMS) == len(read_programs())
    assert parse_target("paddle").name == "paddle.optimizer"
