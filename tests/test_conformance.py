"""The conformance driver, against workers that run no framework."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import __main__ as command
from conformance import evidence, explore
from conformance.cases import Case, CaseError, Result, fidelity, furthest, parting
from conformance.environments import EnvironmentFailure, Version, interpreter
from conformance.evidence import counts
from conformance.explore import shape, simpler
from conformance.fixes import drawn_scripts
from conformance.jobs import Job
from conformance.judgement import differences
from conformance.pool import WorkerFailure, run_jobs
from conformance.records import (
    Part,
    Record,
    Run,
    cases_of,
    new_record,
    results_of,
    same_run,
    torch_call,
    with_results,
)
from conformance.runner import Setting, measure
from conformance.values import draw_calls
from optport.targets import Target, parse_target
from tests.changed_records import changed

PADDLE = Version.parse("paddle==3.3.1")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of environments whose Python runs the fake worker."""
    for name in ("torch-2.13.0", "paddle-3.3.1", "mindspore-2.10.0"):
        python = tmp_path / "cache" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.fake_worker "$@"\n')
        python.chmod(0o755)
    return tmp_path / "cache"


def outcomes(cache: Path, *calls: str, timeout: float = 20.0) -> list[str | None]:
    jobs = [Job(call) for call in calls]
    found = run_jobs(jobs, PADDLE, cache, timeout=timeout, start_timeout=20.0)
    return [outcome.error for outcome in found]


def test_a_case_that_raises_or_crashes_costs_only_itself(cache: Path) -> None:
    assert outcomes(cache, "ok", "raise", "crash", "exit", "ok") == [
        None,
        "TypeError: no",
        "the process ended with signal SIGKILL",
        "the process ended with exit status 7",
        None,
    ]


def test_a_case_that_hangs_is_ended(cache: Path) -> None:
    assert outcomes(cache, "hang", "ok", timeout=1.0) == ["not finished after 1 seconds", None]


def test_a_framework_that_does_not_load(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_WORKER", "no start")
    with pytest.raises(WorkerFailure, match="cannot import the framework"):
        outcomes(cache, "ok")


def case(call: str, torch: str = "Adam") -> Case:
    return Case(f"torch.optim.{torch}(params)", f"paddle.optimizer.{call}()")


def measured(cache: Path, *cases: Case) -> list[Result]:
    results = measure(cases, Setting(PADDLE, cache, workers=2))
    return [results[one.id] for one in cases]


def test_verdicts_go_by_the_limit_of_each_run(cache: Path) -> None:
    calls = ("ok", "close", "apart", "diverge", "infinite", "raise", "frozen")
    found = measured(cache, *map(case, calls), case("ok", "raise"))
    verdicts = "same same parts parts parts error same torch-error"
    assert [one.verdict for one in found] == verdicts.split()
    assert [fidelity(one.off, one.noise) for one in found[:5]] == [
        "exact",
        "close",
        "approximate",
        "close",
        "approximate",
    ]
    assert found[6].frozen
    assert parting(found[2].off, {}) == ["1e-4"]
    assert furthest(found[2].off) == 0.06
    assert furthest(found[4].off) is None


def test_what_is_within_thrice_the_noise_of_torch_tells_nothing(cache: Path) -> None:
    (noisy,) = measured(cache, case("diverge", "noisy"))
    assert noisy.verdict == "same"
    assert parting({"1": 0.04}, noisy.noise) == ["1"]
    assert parting({"1": None}, {"1": None}) == []


def test_calls_that_torch_trains_alike_are_run_once(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(jobs: Sequence[Job], *rest: Any, **more: Any) -> Any:
        asked.append(len(jobs))
        return run_jobs(jobs, *rest, **more)

    monkeypatch.setattr("conformance.runner.run_jobs", counted)
    alike = [Case(f"torch.optim.Adam(params{more})", "paddle.ok()") for more in ("", ", lr=0.1")]
    assert len(measure(alike, Setting(PADDLE, cache))) == 2
    assert asked == [2, 1]


def test_torch_is_followed_where_it_maximizes(cache: Path) -> None:
    assert measured(cache, case("ok", "maximize"))[0].verdict == "parts"


def test_measure_refuses_what_it_cannot_run(cache: Path) -> None:
    for call in ("mindspore.nn.ok()", "mindspore.mint.optim.ok()"):
        with pytest.raises(CaseError, match="can't be run with"):
            measure([Case("torch.optim.Adam(params)", call)], Setting(PADDLE, cache))
    assert measure([], Setting(PADDLE, cache)) == {}


def test_layouts_and_ids_follow_from_the_calls() -> None:
    assert case("ok").layout == "flat"
    assert case("ok", "LBFGS").layout == "closure"
    assert case("ok").id == case("ok").id != replace(case("ok"), also=("negate-loss",)).id
    assert case("ok").framework == "paddle"
    assert Case("torch.optim.Adam([{'params': params}])", "paddle.ok()").grouped


def test_an_environment_that_cannot_be_built_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Done:
        returncode = 1
        stdout = "no matching distribution"

    def create(path: Path, **options: object) -> None:
        path.mkdir()

    monkeypatch.setattr("conformance.environments.venv.create", create)
    monkeypatch.setattr("conformance.environments.subprocess.run", lambda *a, **k: Done())
    with pytest.raises(EnvironmentFailure, match="no matching distribution"):
        interpreter(PADDLE, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["paddle", "paddle=3", "jax==1.0", "paddle=="])
def test_a_version_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="FRAMEWORK==VERSION"):
        Version.parse(text)


def test_requirements() -> None:
    assert Version("paddle", "2.6.2").requirements == [
        "paddlepaddle==2.6.2",
        "setuptools",
        "numpy<2",
    ]
    assert Version("mindspore", "2.10.0").requirements == ["mindspore==2.10.0"]


# The evidence: recording, comparing.

CALLS = ["Adam(lr=0.02)", "Adagrad(lr=0.1, lr_decay=0.1)"]
QUIET = {"1": 1e-7, "1e-4": 1e-7}


def recorded() -> dict[str, Record]:
    target = parse_target("paddle")
    found = {}
    for call in CALLS:
        record = new_record(call, target)
        results = {one.id: Result(off=QUIET) for one in cases_of(record).values()}
        found[call] = with_results(record, results)
    return found


def test_equal_runs_have_equal_ids() -> None:
    cases = cases_of(new_record("Adam(lr=0.02)", parse_target("paddle")))
    assert cases[Part.LITERAL].id == cases[Part.PORT].id


def test_what_has_no_place_is_lost_and_left_out() -> None:
    literal = new_record(CALLS[1], parse_target("paddle")).runs[Part.LITERAL]
    assert literal.lost == ("lr_decay",)
    assert literal.call == "paddle.optimizer.Adagrad(learning_rate=0.1, parameters=params)"


def test_what_is_run_of_groups() -> None:
    call = "Adam([{'params': params[:3], 'betas': (0.8, 0.9)}, {'params': params[3:]}], lr=0.02)"
    runs = new_record(call, parse_target("paddle")).runs
    assert set(runs) == {Part.LITERAL, Part.KEPT, Part.PORT}
    assert "'beta1': ((0.8, 0.9))[0]" in runs[Part.LITERAL].call
    assert "'betas': (0.8, 0.9)" in runs[Part.KEPT].call
    assert runs[Part.LITERAL].also == ("groups-order",)
    runs = new_record(call.replace("betas", "maximize"), parse_target("paddle")).runs
    assert runs[Part.LITERAL].lost == ("maximize in a group",)
    call = "Adam([{'params': params[3:]}, {'params': params[:3], 'lr': 0.1}], lr=0.02)"
    runs = new_record(call, parse_target("mindspore")).runs
    assert runs[Part.PORT].also == ("groups-order",)
    assert runs[Part.UNORDERED].also == ()
    assert Part.KEPT not in runs
    assert torch_call(call) == f"torch.optim.{call}"
    assert torch_call("Adam(model.named_parameters())") == (
        "torch.optim.Adam(model.named_parameters())"
    )


def test_what_is_recorded_is_not_run_again() -> None:
    known = recorded()[CALLS[0]]
    today = new_record(CALLS[0], parse_target("paddle"))
    assert same_run(today, known)
    assert with_results(today, results_of(known)) == known
    other = replace(known.runs[Part.PORT], call="paddle.optimizer.Adam()")
    assert not same_run(today, replace(known, runs={**known.runs, Part.PORT: other}))
    assert not same_run(today, None)


def test_records_are_written_and_read_back() -> None:
    first, second = recorded().values()
    noisy = replace(second, noise={"1": 0.01, "replay": None})
    for record in (first, noisy, changed(second, Part.LITERAL, off={"1": None}, error="E: no")):
        assert Record.read(record.to_json()) == record
    assert "off" not in json.loads(first.to_json())["port"], "it ran as the literal one"
    torch_error = with_results(
        first, {one.id: Result(torch_error="E: no") for one in cases_of(first).values()}
    )
    assert Record.read(torch_error.to_json()).verdict(Part.PORT) == "torch-error"


def test_a_verdict_of_a_record_knows_the_noise() -> None:
    first = changed(recorded()[CALLS[0]], Part.PORT, off={"1": 0.02})
    assert first.verdict(Part.PORT) == "parts"
    assert first.measured(Part.PORT) == "close"
    assert replace(first, noise={"1": 0.01}).verdict(Part.PORT) == "same"
    assert first.why(Part.PORT) == "1 2.0e-02"
    assert first.verdict(Part.KEPT) is None


def test_differences() -> None:
    before, after = recorded(), recorded()
    assert list(differences(before, after.values())) == []
    after[CALLS[0]] = changed(after[CALLS[0]], Part.PORT, off={"1": 0.5})
    after[CALLS[1]] = changed(after[CALLS[1]], Part.PORT, off={"1e-4": 3e-3})
    verdict, figure = differences(before, after.values())
    assert verdict.changes_verdict
    assert str(verdict) == (
        f"{CALLS[0]} port: verdict was same: 1.0e-07 at most, is parts: 1 5.0e-01"
    )
    assert not figure.changes_verdict
    del before[CALLS[0]]
    (missing, _) = differences(before, after.values())
    assert missing.recorded == "not recorded"
    (gone,) = differences(recorded(), [recorded()[CALLS[0]]])
    assert gone.now == "not run"
    assert "literal: 2 same; port: 1 approximate same, 1 exact same" in counts(
        list(recorded().values())
    )


@pytest.fixture
def small(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recording goes to an empty folder, and of two calls only."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for module in (evidence,):
        monkeypatch.setattr(
            module, "evidence_path", lambda target: folder / f"{target.name}-{target.version}.jsonl"
        )
    monkeypatch.setattr(evidence, "RUNS", folder / "runs.json")
    monkeypatch.setattr(evidence, "all_calls", lambda: CALLS)
    return folder


def test_evidence_is_recorded_and_compared(
    small: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--cache", str(cache), "paddle==3.3.1"]
    assert command.main(["evidence", *words]) == 0
    assert "paddle==3.3.1: 2 of 2" in capsys.readouterr().err
    path = small / "paddle.optimizer-3.3.1.jsonl"
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) == len(CALLS)
    assert json.loads((small / "runs.json").read_text(encoding="utf-8"))[path.stem]["calls"] == 2
    assert command.main(["compare", *words]) == 0
    path.write_text(text.replace('"1": 1e-07', '"1": 0.5', 1), encoding="utf-8")
    capsys.readouterr()
    assert command.main(["compare", *words]) == 1
    assert "verdict was parts" in capsys.readouterr().out
    assert command.main(["compare", "--against", "3.0.0", *words]) == 1
    assert "nothing is recorded" in capsys.readouterr().out


def test_an_interrupted_recording_goes_on(
    small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def stopped(cases: list[Case], *words: Any) -> dict[str, Result]:
        runs.append(len(cases))
        if len(runs) == 1:
            measure(cases[:1], *words)
            (kept,) = cache.glob("unfinished*")
            kept.write_text(kept.read_text(encoding="utf-8") + '{"id": "cut o', encoding="utf-8")
            raise KeyboardInterrupt
        return measure(cases, *words)

    monkeypatch.setattr(evidence, "measure", stopped)
    words = ["evidence", "--cache", str(cache), "paddle==3.3.1"]
    with pytest.raises(KeyboardInterrupt):
        command.main(words)
    assert command.main(words) == 0
    assert runs[1] == runs[0] - 1
    assert not list(cache.glob("unfinished*"))


def test_usage_errors(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["evidence", "--cache", str(cache), "paddle==99.0.0"]) == 2
    assert "known" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        command.main(["evidence", "--cache", str(cache), "paddle"])


def test_the_sample_fails_on_disagreement_and_without_evidence(
    small: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ci", "--cache", str(cache)]
    assert command.main(words) == 1
    assert "no evidence" in capsys.readouterr().out
    assert command.main(["evidence", *words[1:], "paddle==3.3.1", "mindspore==2.10.0"]) == 0
    assert command.main(words) == 0
    path = small / "mindspore.nn-2.10.0.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"1": 1e-07', '"1": 0.5', 1), encoding="utf-8")
    assert command.main(words) == 1
    assert "disagreements" in capsys.readouterr().out


@pytest.mark.slow
def test_the_sample_fails_when_a_framework_does_not_run(
    small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--cache", str(cache), "paddle==3.3.1", "mindspore==2.10.0"]
    assert command.main(["evidence", *words]) == 0
    monkeypatch.setenv("FAKE_WORKER", "no start")
    assert command.main(["ci", "--cache", str(cache)]) == 1
    assert "cannot import the framework" in capsys.readouterr().err


# Random calls.


def test_the_same_seed_draws_the_same_calls() -> None:
    calls = draw_calls(40, 5, ["Adam", "SGD"])
    assert calls == draw_calls(40, 5, ["Adam", "SGD"])
    assert len(set(calls)) == 40
    assert {call.partition("(")[0] for call in calls} == {"Adam", "SGD"}


def test_groups_are_drawn() -> None:
    assert all(call.startswith("Adam([{") for call in draw_calls(20, 5, ["Adam", "LBFGS"], "all"))
    assert not any("[{" in call for call in draw_calls(20, 5, ["Adam"], "none"))
    some = ["[{" in call for call in draw_calls(60, 5, ["Adam"])]
    assert any(some)
    assert not all(some)


def test_simpler_calls() -> None:
    found = list(simpler("Adam(0.0213, [0.9, 0.99], eps=1e-05)"))
    assert "Adam(0.0213, [0.9, 0.99])" in found
    assert "Adam(0.0213, eps=1e-05)" in found
    assert "Adam(0.01, [0.9, 0.99], eps=1e-05)" in found
    assert "Adam(0.0213, (0.9, 0.99), eps=1e-05)" in found
    assert list(simpler("Adam(0.1)")) == ["Adam()"]
    assert shape("Adam(0.1, eps=1, amsgrad=True)") == "Adam(_, amsgrad, eps)"


def test_simpler_groups() -> None:
    call = "Adam([{'params': params[:3], 'lr': 0.0213, 'eps': 0.1}, {'params': params[3:]}], 0.02)"
    found = list(simpler(call))
    assert call.replace("'lr': 0.0213, ", "") in found
    assert call.replace("0.0213", "0.02") in found
    assert call.replace(", 0.02)", ")") in found
    assert all("'params': params[:3]" in one and "'params': params[3:]" in one for one in found)
    assert shape(call) == "Adam([eps, lr], _)"


def test_disagreements_are_shrunk() -> None:
    target = parse_target("paddle")

    def run(calls: Sequence[str]) -> dict[Target, list[Record]]:
        records = []
        for call in calls:
            result = Result(off={"1": 0.5 if "eps=" in call else 1e-7})
            records.append(Record(call, (), {Part.LITERAL: Run("x", result=result)}))
        return {target: records}

    calls = ["Adam(lr=0.1, eps=0.00213, foreach=True)", "Adam(eps=0.5, lr=0.1)", "Adam(lr=0.1)"]
    found = explore.disagreements(target, run(calls)[target])
    assert len(found) == 2
    (one,) = explore.shrunk(found, run)
    assert one.record.torch in ("Adam(eps=0.5)", "Adam(eps=0.001)")
    assert str(one).startswith("paddle.optimizer: missed alarm: Adam(eps=")


@pytest.mark.slow
def test_random_runs(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["random", "--draws", "4", "--seed", "3", "--cache", str(cache), "paddle==3.3.1"]
    assert command.main(words) in (0, 1)
    out = capsys.readouterr().out
    assert "paddle.optimizer 3.3.1, drawn: 4 calls" in out
    assert "paddle.optimizer 3.3.1, advice followed: " in out


def test_scripts_to_be_fixed_are_the_same_for_a_seed_and_written_in_several_ways() -> None:
    scripts = drawn_scripts(60, 3)
    assert scripts == drawn_scripts(60, 3) != drawn_scripts(60, 4)
    for text in scripts:
        compile(text, "script.py", "exec")
    ways = ("functools.partial(", "more = {'", "more = {}", "if net else {}", "\n    lr=")
    assert all(any(way in text for text in scripts) for way in ways)
