"""Tests of tools/record_signatures.py, and of the data files that it keeps."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from record_signatures import main
from signature_recorder.families import FAMILIES
from signature_recorder.record import KINDS, format_family, format_signature, read_family

from tests.conftest import ROOT
from tests.fake_releases import (
    MINDSPORE,
    NEW_TORCH,
    OLD_TORCH,
    PADDLE,
    fake_site_packages,
    fake_wheel,
    paddle_with,
)

DATA_FILES = sorted((ROOT / "optport" / "signatures").glob("*.json"))


def _data(tmp_path: Path, family: str) -> dict[str, Any]:
    content = json.loads((tmp_path / "data" / f"{family}.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def _run(tmp_path: Path, *arguments: Path | str) -> int:
    return main([*map(str, arguments), "--data", str(tmp_path / "data")])


def _spelled(content: dict[str, Any], name: str, entry: int = -1) -> str:
    """Return an entry of a data file as Python would spell the signature."""
    parameters = content["signatures"][name][entry][1]
    return format_signature(parameters and tuple(map(tuple, parameters)))


# Recording ----------------------------------------------------------------------------------------


def test_old_torch_wheel(tmp_path: Path) -> None:
    assert _run(tmp_path, fake_wheel(tmp_path, "torch", "1.10.2", OLD_TORCH)) == 0
    content = _data(tmp_path, "torch.optim")
    assert content["family"] == "torch.optim"
    assert content["framework"] == "torch"
    assert content["versions"] == ["1.10.2"]
    assert {name: _spelled(content, name) for name in content["signatures"]} == {
        "Adam": "(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, amsgrad=False)",
        "Optimizer": "(params, defaults)",
        "Optimizer.step": "(closure)",
        "Optimizer.zero_grad": "(set_to_none=False)",
        "SGD": "(params, lr, momentum=0)",
        "lr_scheduler.ConstantLR": "(optimizer, factor=0.3333333333333333, total_iters=5)",
        "lr_scheduler.LRScheduler.get_lr": "()",
        "lr_scheduler.LRScheduler.step": "(epoch=None)",
        "lr_scheduler.ReduceLROnPlateau": "(optimizer, mode='min', threshold=0.0001)",
        "lr_scheduler._LRScheduler": "(optimizer, last_epoch=-1, verbose=False)",
        "swa_utils.AveragedModel": "(model, device=None, avg_fn=None)",
        "swa_utils.SWALR": "(optimizer, swa_lr)",
    }


def test_new_torch_site_packages(tmp_path: Path) -> None:
    source = fake_site_packages(tmp_path / "site-packages", "torch", "2.13.0+cpu", NEW_TORCH)
    assert _run(tmp_path, source) == 0
    content = _data(tmp_path, "torch.optim")
    assert content["versions"] == ["2.13.0"]
    assert {name: _spelled(content, name) for name in content["signatures"]} == {
        "Adam": "(params, lr=0.001, betas=(0.9, 0.999), *, foreach=None, fused=None)",
        "AdamW": "(params, lr=0.001, betas=(0.9, 0.999), *, foreach=None, fused=None)",
        "Muon": (
            "(params, /, lr=0.001, ns=(3.4445, -4.775), eps=1e-07, top=math.inf, "
            "low=A, half=0.5, none=1 / 0, *args, key, **kwargs)"
        ),
        "Optimizer": "(params, defaults)",
        "Optimizer.step": "(closure=None)",
        "Optimizer.zero_grad": "(set_to_none=True)",
        "lr_scheduler.LRScheduler": "(optimizer, last_epoch=-1, verbose='deprecated')",
        "lr_scheduler.LRScheduler.get_lr": "()",
        "lr_scheduler.LRScheduler.step": "(epoch=None)",
        "lr_scheduler.StepLR": "(optimizer, step_size, gamma=0.1)",
        "lr_scheduler._LRScheduler": "(optimizer, last_epoch=-1, verbose='deprecated')",
    }


def test_what_every_name_is(tmp_path: Path) -> None:
    for version, files in (("1.10.2", OLD_TORCH), ("2.13.0", NEW_TORCH)):
        assert _run(tmp_path, fake_wheel(tmp_path, "torch", version, files)) == 0
    assert _data(tmp_path, "torch.optim")["kinds"] == {
        "optimizer": ["Adam", "AdamW", "Muon", "SGD"],
        "scheduler": [
            "lr_scheduler.ConstantLR",
            "lr_scheduler.ReduceLROnPlateau",
            "lr_scheduler.StepLR",
            "swa_utils.SWALR",
        ],
        "method": [
            "Optimizer.step",
            "Optimizer.zero_grad",
            "lr_scheduler.LRScheduler.get_lr",
            "lr_scheduler.LRScheduler.step",
        ],
        "base": ["Optimizer", "lr_scheduler.LRScheduler", "lr_scheduler._LRScheduler"],
        "class": ["swa_utils.AveragedModel"],
    }


def test_kinds_and_required_defaults(tmp_path: Path) -> None:
    _run(tmp_path, fake_wheel(tmp_path, "torch", "2.13.0", NEW_TORCH))
    rows = _data(tmp_path, "torch.optim")["signatures"]["Muon"][0][1]
    assert rows[0] == ["params", "positional_only", None]
    assert rows[1] == ["lr", "positional_or_keyword", "0.001"]
    assert rows[-3:] == [
        ["args", "var_positional", None],
        ["key", "keyword_only", None],
        ["kwargs", "var_keyword", None],
    ]


@pytest.mark.parametrize("distribution", ["paddlepaddle", "paddlepaddle-gpu"])
def test_paddle(tmp_path: Path, distribution: str) -> None:
    assert _run(tmp_path, fake_wheel(tmp_path, distribution, "3.3.1.post1", PADDLE)) == 0
    content = _data(tmp_path, "paddle.optimizer")
    assert content["versions"] == ["3.3.1"]
    assert {name: _spelled(content, name) for name in content["signatures"]} == {
        "Adam": "(learning_rate=0.001, beta1=0.9, dtype=paddle.float32, name=None)",
        "Optimizer": "(learning_rate, parameters=None)",
        "Optimizer.clear_grad": "(set_to_zero=True)",
        "Optimizer.set_lr": "(value)",
        "lr.LRScheduler": "(learning_rate=0.1, last_epoch=-1, verbose=False)",
        "lr.LRScheduler.__call__": "()",
        "lr.LRScheduler.step": "(epoch=None)",
        "lr.StepDecay": "(learning_rate, step_size, gamma=0.1)",
    }


def test_mindspore(tmp_path: Path) -> None:
    assert _run(tmp_path, fake_wheel(tmp_path, "mindspore", "2.10.0", MINDSPORE)) == 0
    found = {
        family: {name: _spelled(content, name) for name in content["signatures"]}
        for family in ("mindspore.nn", "mindspore.experimental.optim", "mindspore.mint.optim")
        for content in [_data(tmp_path, family)]
    }
    assert found == {
        "mindspore.nn": {
            "Adam": "(params, learning_rate=0.001, use_amsgrad=False, **kwargs)",
            "Optimizer": "(learning_rate, parameters, weight_decay=0.0)",
            "Optimizer.construct": "(*hyper_params)",
            "WarmUpLR": "(learning_rate, warmup_steps)",
            "warmup_lr": "(learning_rate, total_step, step_per_epoch, warmup_epoch)",
        },
        "mindspore.experimental.optim": {
            "Optimizer": "(params, defaults)",
            "Optimizer.add_param_group": "(param_group)",
            "SGD": "(params, lr, momentum=0, *, maximize=False)",
            "lr_scheduler.LRScheduler": "(optimizer, last_epoch=-1)",
            "lr_scheduler.LRScheduler.get_last_lr": "()",
            "lr_scheduler.SequentialLR": "(optimizer, schedulers, milestones, last_epoch=-1)",
        },
        "mindspore.mint.optim": {"SGD": "(params, lr, weight_decay=0)"},
    }


def test_site_packages_with_several_frameworks(tmp_path: Path) -> None:
    source = fake_site_packages(tmp_path / "site", "torch", "2.13.0", NEW_TORCH)
    fake_site_packages(source, "paddlepaddle", "3.3.1", PADDLE)
    fake_site_packages(source, "torch-geometric", "2.5.0", {})
    assert _run(tmp_path, source) == 0
    assert _data(tmp_path, "torch.optim")["versions"] == ["2.13.0"]
    assert _data(tmp_path, "paddle.optimizer")["versions"] == ["3.3.1"]
    assert not (tmp_path / "data" / "mindspore.nn.json").exists()


def test_conditional_definitions(tmp_path: Path) -> None:
    adam = """
        from typing import TYPE_CHECKING
        try:
            from .optimizer import Optimizer
        except ImportError:
            Optimizer = None
        if TYPE_CHECKING:
            class Adam: ...
        else:
            class _Adam(Optimizer):
                def __init__(self, params, eps=0): pass
        with suppress(Exception):
            Adam = _Adam
    """
    wheel = fake_wheel(tmp_path, "torch", "2.13.0", {**NEW_TORCH, "torch/optim/adam.py": adam})
    assert _run(tmp_path, wheel) == 0
    assert _spelled(_data(tmp_path, "torch.optim"), "Adam") == "(params, eps=0)"


# Merging ------------------------------------------------------------------------------------------


def test_only_changes_are_stored_in_numeric_version_order(tmp_path: Path) -> None:
    newer = paddle_with(beta1="0.8")
    for version, files in (
        ("2.10.0", newer),
        ("2.9.0", PADDLE),
        ("2.9.1", newer),
        ("2.11.0", newer),
    ):
        assert _run(tmp_path, fake_wheel(tmp_path, "paddlepaddle", version, files)) == 0
    content = _data(tmp_path, "paddle.optimizer")
    assert content["versions"] == ["2.9.0", "2.9.1", "2.10.0", "2.11.0"]
    assert [entry[0] for entry in content["signatures"]["Adam"]] == ["2.9.0", "2.9.1"]
    assert [entry[0] for entry in content["signatures"]["lr.StepDecay"]] == ["2.9.0"]


def test_a_name_that_comes_and_goes(tmp_path: Path) -> None:
    without = {
        **PADDLE,
        "paddle/optimizer/__init__.py": """
            from .optimizer import Optimizer
            __all__ = ['Optimizer']
        """,
    }
    for version, files in (("2.0.0", without), ("3.0.0", PADDLE), ("3.1.0", without)):
        assert _run(tmp_path, fake_wheel(tmp_path, "paddlepaddle", version, files)) == 0
    entries = _data(tmp_path, "paddle.optimizer")["signatures"]["Adam"]
    assert [entry[0] for entry in entries] == ["3.0.0", "3.1.0"]
    assert entries[1][1] is None


def test_a_family_that_a_release_lacks_is_recorded_as_empty(tmp_path: Path) -> None:
    without = {name: text for name, text in MINDSPORE.items() if "/mint/" not in name}
    assert _run(tmp_path, fake_wheel(tmp_path, "mindspore", "2.2.0", without)) == 0
    assert _run(tmp_path, fake_wheel(tmp_path, "mindspore", "2.7.0", MINDSPORE)) == 0
    content = _data(tmp_path, "mindspore.mint.optim")
    assert content["versions"] == ["2.2.0", "2.7.0"]
    assert [entry[0] for entry in content["signatures"]["SGD"]] == ["2.7.0"]


def test_recording_again_changes_nothing(tmp_path: Path) -> None:
    wheel = fake_wheel(tmp_path, "torch", "2.13.0", NEW_TORCH)
    _run(tmp_path, wheel)
    path = tmp_path / "data" / "torch.optim.json"
    before = path.read_bytes()
    assert _run(tmp_path, wheel) == 0
    assert path.read_bytes() == before
    assert before.endswith(b"\n")


def test_recording_tells_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(tmp_path, fake_wheel(tmp_path, "paddlepaddle", "3.0.0", PADDLE))
    _run(tmp_path, fake_wheel(tmp_path, "paddlepaddle", "3.1.0", PADDLE))
    _run(tmp_path, fake_wheel(tmp_path, "paddlepaddle", "3.2.0", paddle_with(beta1="0.8")))
    assert capsys.readouterr().out.splitlines() == [
        "paddle.optimizer 3.0.0: 8 signatures",
        "paddle.optimizer 3.1.0: 8 signatures; compared with 3.0.0, none changed",
        "paddle.optimizer 3.2.0: 8 signatures; compared with 3.1.0, changed:",
        "  Adam",
        "    3.1.0: (learning_rate=0.001, beta1=0.9, dtype=paddle.float32, name=None)",
        "    3.2.0: (learning_rate=0.001, beta1=0.8, dtype=paddle.float32, name=None)",
    ]


# --check ------------------------------------------------------------------------------------------


def test_check_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = fake_wheel(tmp_path, "paddlepaddle", "3.3.1", PADDLE)
    _run(tmp_path, wheel)
    capsys.readouterr()
    assert _run(tmp_path, "--check", wheel) == 0
    assert capsys.readouterr().out == "paddle.optimizer 3.3.1: as recorded, 8 signatures\n"


def test_check_shows_the_difference_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(tmp_path, fake_wheel(tmp_path, "paddlepaddle", "3.3.1", PADDLE))
    path = tmp_path / "data" / "paddle.optimizer.json"
    before = path.read_bytes()
    capsys.readouterr()
    changed = dict(paddle_with(beta1="0.8"))
    lr = changed["paddle/optimizer/lr.py"]
    changed["paddle/optimizer/lr.py"] = lr.replace(", 'StepDecay'", "")
    wheel = fake_wheel(tmp_path / "other", "paddlepaddle", "3.3.1", changed)
    assert _run(tmp_path, "--check", wheel) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"paddle.optimizer 3.3.1: the record differs from {wheel}",
        "  Adam",
        "    recorded: (learning_rate=0.001, beta1=0.9, dtype=paddle.float32, name=None)",
        "    source:   (learning_rate=0.001, beta1=0.8, dtype=paddle.float32, name=None)",
        "  lr.StepDecay",
        "    recorded: (learning_rate, step_size, gamma=0.1)",
        "    source:   absent",
    ]
    assert path.read_bytes() == before


def test_check_of_an_unrecorded_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "--check", fake_wheel(tmp_path, "paddlepaddle", "3.3.1", PADDLE)) == 1
    assert capsys.readouterr().out == "paddle.optimizer 3.3.1: not recorded\n"
    assert not (tmp_path / "data").exists()


# Errors -------------------------------------------------------------------------------------------


def _assert_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: Path | str
) -> str:
    """Return the message of a run that must fail with one line and write nothing."""
    assert _run(tmp_path, *arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("record_signatures: error: ")
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


def test_missing_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = _assert_error(tmp_path, capsys, tmp_path / "absent.whl")
    assert "no such file or directory" in message


def test_not_a_wheel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "torch.tar.gz").write_bytes(b"")
    (tmp_path / "torch.whl").write_bytes(b"no zip")
    assert "neither a wheel" in _assert_error(tmp_path, capsys, tmp_path / "torch.tar.gz")
    assert "zip archive" in _assert_error(tmp_path, capsys, tmp_path / "torch.whl")


def test_sources_without_a_framework(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    wheel = fake_wheel(tmp_path, "numpy", "2.0.0", {"numpy/__init__.py": ""})
    for source in (tmp_path / "empty", wheel):
        assert "torch.optim, paddle.optimizer" in _assert_error(tmp_path, capsys, source)


def test_unusable_versions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    candidate = fake_wheel(tmp_path, "torch", "2.13.0rc1", NEW_TORCH)
    assert "'2.13.0rc1' is not" in _assert_error(tmp_path, capsys, candidate)
    site = fake_site_packages(tmp_path / "site", "torch", "2.13.0", NEW_TORCH)
    fake_site_packages(site, "torch", "2.12.0", {})
    assert "found: 2.12.0, 2.13.0" in _assert_error(tmp_path, capsys, site)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("torch/optim/adam.py", "class Adam(:", "cannot parse torch/optim/adam.py"),
        ("torch/optim/adam.py", "class Helper: pass", "__all__ has Adam, which the source"),
        ("torch/optim/__init__.py", "__all__ = sorted(globals())", "not a list of string literals"),
        (
            "torch/optim/__init__.py",
            "__all__ = []\n__all__.append(x)",
            "torch.optim, line 2: __all__",
        ),
        (
            "torch/optim/lr_scheduler.py",
            "from builtins import Base\nclass StepLR(Base): pass",
            "class StepLR inherits __init__ from Base",
        ),
        (
            "torch/optim/lr_scheduler.py",
            "from .adam import Adam as StepLR\nclass StepLR(StepLR): pass",
            "class StepLR inherits __init__ from StepLR",
        ),
    ],
)
def test_sources_that_cannot_be_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, text: str, message: str
) -> None:
    files = {**NEW_TORCH, path: text}
    wheel = fake_wheel(tmp_path, "torch", "2.13.0", files)
    assert message in _assert_error(tmp_path, capsys, wheel)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"family": "torch.optim", "framework": "torch", "versions": [], "signatures": {}}',
        '{"family": "paddle.optimizer", "framework": "paddle", "versions": ["3.0.0"], "kinds": {}, '
        '"signatures": {"Adam": [["3.0.0", [["lr", "optional", null]]]]}}',
        '{"family": "paddle.optimizer", "framework": "paddle", "versions": ["3.0.0"], '
        '"kinds": {"gadget": ["Adam"]}, "signatures": {"Adam": [["3.0.0", []]]}}',
    ],
)
def test_damaged_data_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "data" / "paddle.optimizer.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    wheel = fake_wheel(tmp_path, "paddlepaddle", "3.3.1", PADDLE)
    assert "paddle.optimizer.json" in _assert_error(tmp_path, capsys, wheel)
    assert path.read_text(encoding="utf-8") == text


def test_command_line(tmp_path: Path) -> None:
    wheel = fake_wheel(tmp_path, "torch", "2.13.0", NEW_TORCH)
    command = [sys.executable, str(ROOT / "tools" / "record_signatures.py")]
    data = ["--data", str(tmp_path / "data")]
    for arguments, status in (
        ([], 2),
        (["--check", str(wheel), *data], 1),
        ([str(wheel), *data], 0),
        (["--check", str(wheel), *data], 0),
    ):
        process = subprocess.run([*command, *arguments], capture_output=True, check=False)
        assert process.returncode == status


# The data files -----------------------------------------------------------------------------------


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_every_family_has_a_data_file() -> None:
    assert [path.stem for path in DATA_FILES] == sorted(family.name for family in FAMILIES)


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: path.stem)
def test_data_file_is_well_formed(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(content) == ["family", "framework", "versions", "kinds", "signatures"]
    assert content["family"] == path.stem
    versions = content["versions"]
    assert versions == sorted(set(versions), key=_key)
    assert list(content["signatures"]) == sorted(content["signatures"])
    kinds = list(itertools.chain(*content["kinds"].values()))
    assert sorted(kinds) == list(content["signatures"])
    for name, entries in content["signatures"].items():
        since = [entry[0] for entry in entries]
        assert since == sorted(set(since), key=_key), name
        assert set(since) <= set(versions), name
        assert entries[0][1] is not None, name
        for (_, before), (_, after) in pairwise(entries):
            assert before != after, name


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: path.stem)
def test_data_file_parameters_are_well_formed(path: Path) -> None:
    for name, entries in json.loads(path.read_text(encoding="utf-8"))["signatures"].items():
        for _, parameters in entries:
            if parameters is None:
                continue
            names = [parameter for parameter, _, _ in parameters]
            kinds = [KINDS.index(kind) for _, kind, _ in parameters]
            assert len(names) == len(set(names)), name
            assert kinds == sorted(kinds), name
            for _, kind, default in parameters:
                assert default is None or not kind.startswith("var_"), name
                assert default is None or ast.parse(default, mode="eval"), name


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: path.stem)
def test_data_file_is_as_the_tool_writes_it(path: Path) -> None:
    family = next(family for family in FAMILIES if family.name == path.stem)
    text = path.read_text(encoding="utf-8")
    assert format_family(read_family(path, family)) == text


@pytest.mark.parametrize(
    ("family", "name", "entry", "expected"),
    [
        ("torch.optim", "lr_scheduler.LinearLR", 0, "start_factor=0.3333333333333333"),
        ("torch.optim", "SGD", 0, "(params, lr, momentum=0,"),
        ("torch.optim", "Optimizer.zero_grad", -1, "(set_to_none=True)"),
        ("paddle.optimizer", "Adam", -1, "amsgrad=False"),
        ("mindspore.nn", "Momentum", -1, "(params, learning_rate, momentum,"),
        ("mindspore.mint.optim", "AdamW", -1, "weight_decay=0.01"),
    ],
)
def test_recorded_facts(family: str, name: str, entry: int, expected: str) -> None:
    path = ROOT / "optport" / "signatures" / f"{family}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert expected in _spelled(content, name, entry)
