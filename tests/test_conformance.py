"""The conformance driver, against workers that run no framework."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import __main__ as command
from conformance import evidence, random, runner, sample
from conformance.cases import Case, CaseError, Regime, Result, read_cases, read_results
from conformance.compare import differences, verdict_counts
from conformance.draws import draw_calls
from conformance.environments import EnvironmentFailure, Version, interpreter
from conformance.jobs import Job
from conformance.pool import WorkerFailure, run_jobs
from conformance.records import (
    Record,
    carry_over,
    cases_of,
    new_record,
    same_run,
    torch_call,
)
from conformance.runner import measure
from conformance.shrink import shape, simpler
from optport.targets import parse_target


def case(number: int, call: str, torch: str = "torch.optim.Adam(params)", **changes: Any) -> Case:
    return Case(f"case {number}", torch, "paddle.optimizer", call, **changes)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of environments whose Python runs the fake worker."""
    for name in ("torch-2.13.0", "paddle-3.3.1", "mindspore-2.10.0"):
        python = tmp_path / "cache" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.fake_worker "$@"\n')
        python.chmod(0o755)
    return tmp_path / "cache"


def jobs(*calls: str) -> list[Job]:
    return [
        Job(str(number), call, (), (), False, True, 5, "reference", None)
        for number, call in enumerate(calls)
    ]


def outcomes(tmp_path: Path, *calls: str, timeout: float = 20.0) -> list[str | None]:
    found = run_jobs(
        Path(sys.executable),
        "tests.fake_worker",
        jobs(*calls),
        tmp_path,
        timeout=timeout,
        start_timeout=20.0,
    )
    return [outcome.error for outcome in found]


def test_a_case_that_raises_or_crashes_costs_only_itself(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "ok", "raise", "crash", "exit", "ok") == [
        None,
        "TypeError: no",
        "the process ended with signal SIGKILL",
        "the process ended with exit status 7",
        None,
    ]


def test_a_case_that_hangs_is_ended(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "hang", "ok", timeout=1.0) == ["not finished after 1 seconds", None]


def test_a_worker_that_ends_without_a_case_to_blame(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailure, match="between two cases"):
        outcomes(tmp_path, "die before")


def test_a_framework_that_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_WORKER", "no start")
    with pytest.raises(WorkerFailure, match="cannot import the framework"):
        outcomes(tmp_path, "ok")


def test_measure(cache: Path) -> None:
    seen: list[str] = []
    cases = [
        case(1, "ok"),
        case(2, "diverge"),
        case(3, "raise"),
        case(4, "infinite"),
        case(5, "frozen"),
        case(6, "ok", torch="raise"),
        case(7, "ok", torch="noisy"),
        case(8, "ok", torch="maximize"),
    ]
    results = measure(
        cases, "paddle==3.3.1", cache, on_result=lambda r: seen.append(r.id), workers=2
    )
    assert {number.split()[1]: result.verdict for number, result in results.items()} == {
        "1": "same",
        "2": "diverges",
        "3": "error",
        "4": "diverges",
        "5": "same",
        "6": "torch-error",
        "7": "same",
        "8": "diverges",
    }
    assert sorted(seen) == sorted(results)
    assert results["case 4"].error == "the weights are finite on one side only"
    assert results["case 5"].frozen
    assert results["case 1"].regime.steady
    assert not results["case 7"].regime.steady


GROUPED = "torch.optim.Adam([{'params': params[:3]}, {'params': params[3:]}])"


def test_groups_are_judged_by_both(cache: Path) -> None:
    cases = [case(1, "ok", GROUPED), case(2, "other apart", GROUPED), case(3, "other apart")]
    results = measure(cases, "paddle==3.3.1", cache)
    assert [results[one.id].verdict for one in cases] == ["same", "diverges", "same"]
    assert [results[one.id].other for one in cases] == [1e-7, 0.5, None]
    assert all(results[one.id].regime.steady for one in cases)
    assert [one.copies for one in cases] == [4, 4, 3]
    assert json.loads(results["case 2"].to_json())["other"] == 0.5


def test_measure_refuses_what_it_cannot_run(cache: Path) -> None:
    with pytest.raises(CaseError, match=r"not for mindspore==2\.10\.0"):
        measure([case(1, "ok")], "mindspore==2.10.0", cache)
    with pytest.raises(CaseError, match="used twice"):
        measure([case(1, "ok"), case(1, "ok")], "paddle==3.3.1", cache)
    with pytest.raises(ValueError, match="must be one of"):
        measure([], "torch==2.13.0", cache)
    assert measure([], "paddle==3.3.1", cache) == {}


def test_what_runs_on_ascend_only_is_not_run(cache: Path) -> None:
    one = Case("x", "torch.optim.Adam(params)", "mindspore.mint.optim", "ok")
    assert measure([one], "mindspore==2.10.0", cache)["x"].verdict == "error"


def write_cases(path: Path, *calls: str) -> Path:
    records = [
        {"id": str(n), "torch": "t", "target": "paddle.optimizer", "call": call}
        for n, call in enumerate(calls)
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def run_command(cache: Path, cases: Path, out: Path) -> int:
    words = ["run", str(cases), "--target-version", "paddle==3.3.1"]
    return command.main([*words, "--out", str(out), "--cache", str(cache)])


def test_a_killed_run_goes_on_where_it_stopped(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, out = write_cases(tmp_path / "cases.jsonl", "ok", "diverge", "ok"), tmp_path / "out"
    assert run_command(cache, cases, out) == 0
    first, second, third = out.read_text(encoding="utf-8").splitlines()
    # Killed while it wrote the second result.
    out.write_text(f"{first}\n{second[:20]}", encoding="utf-8")
    assert set(read_results(out)) == {"0"}
    assert run_command(cache, cases, out) == 0
    assert out.read_text(encoding="utf-8").splitlines() == [first, second, third]
    assert "2 same, 1 diverges" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line, said",
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"id": "1"}', "'torch' must be a string"),
        ('{"id": "1", "torch": "t", "target": "tensorflow", "call": "c"}', "unknown target"),
        (
            '{"id": "1", "torch": "t", "target": "paddle.optimizer", "call": "c", "setup": "x"}',
            "'setup' must be a list",
        ),
    ],
)
def test_a_line_that_is_no_case(
    line: str, said: str, tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CaseError, match=said):
        read_cases(path)
    assert run_command(cache, path, tmp_path / "out") == 2
    assert said in capsys.readouterr().err


def test_a_repeated_id_and_a_missing_version(tmp_path: Path, cache: Path) -> None:
    path = write_cases(tmp_path / "cases.jsonl", "ok")
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(CaseError, match="used twice"):
        read_cases(path)
    words = [
        "run",
        str(path),
        "--target-version",
        "mindspore==2.10.0",
        "--out",
        str(tmp_path / "o"),
    ]
    assert command.main([*words, "--cache", str(cache)]) == 2


def test_a_result_file_with_something_else_in_it(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.write_text('{"id": "1", "verdict": "fine"}\n', encoding="utf-8")
    with pytest.raises(CaseError, match="not a result"):
        read_results(path)


def test_results_are_written_and_read_back(tmp_path: Path) -> None:
    result = Result("1", 0.5, None, 0.0, "diverges", "why", True, Regime({"base": 1e-7}, 1.5))
    path = tmp_path / "results"
    path.write_text(result.to_json() + "\n", encoding="utf-8")
    assert read_results(path) == {"1": result}


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
        interpreter(Version("paddle", "3.3.1"), tmp_path)
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


def recorded() -> dict[str, Record]:
    target = parse_target("paddle")
    found = {}
    for call in CALLS:
        found[call] = new_record(call, target)
        for part in cases_of(found[call], target):
            found[call][part].update(verdict="same", base=1e-7)
    return found


def test_equal_runs_have_equal_ids() -> None:
    target = parse_target("paddle")
    cases = cases_of(new_record("Adam(lr=0.02)", target), target)
    assert cases["literal"].id == cases["port"].id
    assert set(cases_of(new_record(CALLS[1], target), target)) == {"dropped", "port"}


def test_what_is_run_of_groups() -> None:
    call = "Adam([{'params': params[:3], 'betas': (0.8, 0.9)}, {'params': params[3:]}], lr=0.02)"
    entry = new_record(call, parse_target("paddle"))
    assert set(cases_of(entry, parse_target("paddle"))) == {"literal", "kept", "port"}
    assert "'beta1': ((0.8, 0.9))[0]" in entry["literal"]["call"]
    assert "'betas': (0.8, 0.9)" in entry["kept"]["call"]
    assert entry["literal"]["also"] == ["groups-order"]
    entry = new_record(call.replace("betas", "maximize"), parse_target("paddle"))
    assert entry["literal"] == {"verdict": "impossible", "lost": "maximize in a group"}
    call = "Adam([{'params': params[3:]}, {'params': params[:3], 'lr': 0.1}], lr=0.02)"
    entry = new_record(call, parse_target("mindspore"))
    assert entry["port"]["also"] == ["groups-order"]
    assert entry["unordered"]["also"] == []
    assert "kept" not in entry
    assert torch_call(call) == f"torch.optim.{call}"
    assert torch_call("Adam(model.named_parameters())") == (
        "torch.optim.Adam(model.named_parameters())"
    )


def test_what_is_recorded_is_not_run_again() -> None:
    known = recorded()[CALLS[0]]
    today = new_record(CALLS[0], parse_target("paddle"))
    assert same_run(today, known)
    carry_over(today, known)
    assert today == known
    known["port"]["call"] = "paddle.optimizer.Adam()"
    assert not same_run(today, known)
    assert not same_run(today, None)


def test_differences() -> None:
    before, after = recorded(), recorded()
    assert list(differences(before, after.values())) == []
    after[CALLS[0]]["port"].update(verdict="diverges", base=0.5)
    after[CALLS[1]]["port"]["base"] = 3e-3
    verdict, figure = differences(before, after.values())
    assert verdict.changes_verdict
    assert str(verdict) == f"{CALLS[0]} port: verdict was same 1.0e-07, is diverges 5.0e-01"
    assert not figure.changes_verdict
    del before[CALLS[0]]
    (missing, _) = differences(before, after.values())
    assert missing.recorded == "not recorded"
    (gone,) = differences(recorded(), [recorded()[CALLS[0]]])
    assert gone.now == "not run"
    assert "literal: 1 impossible, 1 same" in verdict_counts(recorded().values())


@pytest.fixture
def small(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recording goes to an empty folder, and of two calls only."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for module in (evidence, sample):
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
    assert evidence.main(words) == 0
    path = small / "paddle.optimizer-3.3.1.jsonl"
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) == len(CALLS)
    assert json.loads((small / "runs.json").read_text(encoding="utf-8"))[path.stem]["calls"] == 2
    assert evidence.main(["--compare", *words]) == 0
    path.write_text(text.replace('"same"', '"diverges"', 1), encoding="utf-8")
    capsys.readouterr()
    assert evidence.main(["--compare", *words]) == 1
    assert "verdict was diverges" in capsys.readouterr().out
    assert evidence.main(["--compare", "--against", "3.0.0", *words]) == 1
    assert "nothing is recorded" in capsys.readouterr().out


def test_an_interrupted_recording_goes_on(
    small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def stopped(cases: list[Case], *words: Any, **options: Any) -> dict[str, Result]:
        runs.append(len(cases))
        if len(runs) == 1:
            measure(cases[:1], *words, **options)
            raise KeyboardInterrupt
        return measure(cases, *words, **options)

    monkeypatch.setattr(evidence, "measure", stopped)
    words = ["--cache", str(cache), "paddle==3.3.1"]
    with pytest.raises(KeyboardInterrupt):
        evidence.main(words)
    assert evidence.main(words) == 0
    assert runs[1] == runs[0] - 1
    assert not list(cache.glob("unfinished*"))


def test_usage_errors_of_the_evidence(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evidence.main(["--cache", str(cache), "paddle==99.0.0"]) == 2
    assert "known" in capsys.readouterr().err
    assert evidence.main(["--cache", str(cache), "paddle"]) == 2


def test_the_sample_fails_on_disagreement_and_without_evidence(
    small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ci", "--cache", str(cache)]
    assert command.main(words) == 1
    assert "no evidence" in capsys.readouterr().out
    assert evidence.main(["--cache", str(cache), "paddle==3.3.1", "mindspore==2.10.0"]) == 0
    assert command.main(words) == 0
    path = small / "mindspore.nn-2.10.0.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"same"', '"error"', 1), encoding="utf-8")
    assert command.main(words) == 1
    assert "1 disagreements" in capsys.readouterr().out


def test_the_sample_fails_when_a_framework_does_not_run(
    small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evidence.main(["--cache", str(cache), "paddle==3.3.1", "mindspore==2.10.0"]) == 0
    monkeypatch.setenv("FAKE_WORKER", "no start")
    assert command.main(["ci", "--cache", str(cache)]) == 1
    assert "cannot import the framework" in capsys.readouterr().err


# Random calls.


@pytest.mark.slow
def test_the_same_seed_draws_the_same_calls() -> None:
    calls = draw_calls(40, 5, ["Adam", "SGD"])
    assert calls == draw_calls(40, 5, ["Adam", "SGD"])
    assert len(set(calls)) == 40
    assert {call.partition("(")[0] for call in calls} == {"Adam", "SGD"}


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


@pytest.mark.slow
def test_groups_are_drawn() -> None:
    assert all(call.startswith("Adam([{") for call in draw_calls(20, 5, ["Adam", "LBFGS"], "all"))
    assert not any("[{" in call for call in draw_calls(20, 5, ["Adam"], "none"))
    some = ["[{" in call for call in draw_calls(60, 5, ["Adam"])]
    assert any(some)
    assert not all(some)


def test_disagreements_are_shrunk() -> None:
    target = parse_target("paddle")

    def run(calls: Any) -> Any:
        records = []
        for call in calls:
            apart = "eps=" in call
            verdict = "diverges" if apart else "same"
            entry = {"call": "x", "verdict": verdict, "base": 0.5, "dead": 0.5}
            records.append({"torch": call, "found": [], "literal": entry, "port": None})
        return {target: records}

    calls = ["Adam(lr=0.1, eps=0.00213, foreach=True)", "Adam(eps=0.5, lr=0.1)", "Adam(lr=0.1)"]
    found = random.disagreements(target, run(calls)[target])
    assert len(found) == 2
    (one,) = random.shrunk(found, run)
    assert one.record["torch"] in ("Adam(eps=0.5)", "Adam(eps=0.001)")
    assert str(one).startswith("missed alarm on paddle.optimizer: Adam(eps=")


@pytest.mark.slow
def test_random_runs(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--draws", "20", "--seed", "3", "--cache", str(cache), "paddle==3.3.1"]
    assert random.main(words) in (0, 1)
    out = capsys.readouterr().out
    assert "paddle.optimizer 3.3.1: 20 drawn" in out
    assert random.main(["--draws", "1", "--cache", str(cache), "paddle==0.1"]) == 2


def test_progress_is_shown(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure([case(1, "ok")], "paddle==3.3.1", cache, progress=True)
    assert "paddle==3.3.1: 1 of 1" in capsys.readouterr().err
    assert runner.TORCH_STEPS == 50
