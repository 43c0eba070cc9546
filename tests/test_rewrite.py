"""Whole files ported: ``tests/ports/NAME.py`` becomes ``NAME.TARGET.txt``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from fuzzing import ports
from fuzzing.ports import wrong_port

from optport.cli import main
from optport.fixing import TextDocument
from optport.options import make_options
from optport.rewrite.source import Ported, port_document, port_source
from optport.targets import parse_target
from tests.conftest import quick_and_slow
from tests.fixture_cases import Fixture, all_fixtures

PORTS = Path(__file__).parent / "ports"
SOURCES = sorted(PORTS.glob("*.py"))
TARGETS = ("paddle", "mindspore", "mindspore.experimental")
_ONE_QUICK = [TARGETS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in TARGETS[1:])]
NAMES = [path.stem for path in SOURCES]
PADDLE = parse_target("paddle")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_file_becomes_what_stands_beside_it_and_is_left_as_it_is_then(
    path: Path, target: str, rewrite_messages: bool
) -> None:
    ported = port_source(path.read_text(encoding="utf-8"), parse_target(target)).text
    expected = path.with_suffix(f".{target}.txt")
    if rewrite_messages:
        expected.write_text(ported, encoding="utf-8")
    assert ported == expected.read_text(encoding="utf-8")
    ast.parse(ported)
    assert port_source(ported, parse_target(target)).text == ported


@pytest.mark.parametrize("target", _ONE_QUICK)
@pytest.mark.parametrize(
    "fixture", quick_and_slow(all_fixtures(), 2), ids=lambda fixture: fixture.path.stem
)
def test_a_fixture_s_port_is_python_for_good_and_leaves_other_lines(
    fixture: Fixture, target: str
) -> None:
    assert wrong_port(fixture.text, make_options(target)) is None


def test_line_ends_and_everything_else_stay() -> None:
    text = "import torch\r\nx = 'ä'\r\no = torch.optim.SGD(p, lr=1)\t# 1\r\n\r\n\r\n"
    ported = port_source(text, parse_target("mindspore.experimental")).text
    assert ported == (
        "import mindspore\r\nx = 'ä'\r\n"
        "# optport: OPT903 incomplete: rewrite what is passed on, too\r\n"
        "o = mindspore.experimental.optim.SGD(params=p, lr=1)\t# 1\r\n\r\n\r\n"
    )


def test_what_holds_no_optimizer_is_returned_as_it_is() -> None:
    document = TextDocument("import torch\nprint(torch.nn.Linear)\n")
    assert port_document(document, PADDLE) == (document, ())


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text("import torch\n\no = torch.optim.Adam(net.parameters(), lr=0.1)\n")
    return path


PORTED = (
    "import paddle\n\no = paddle.optimizer.Adam(parameters=net.parameters(), learning_rate=0.1)\n"
)


def test_files_are_written_when_asked_for(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["port", "--target", "paddle", "--write", str(script)]) == 0
    assert script.read_text() == PORTED
    assert capsys.readouterr() == ("", "1 exact; 1 file changed.\n")


def test_files_stay_and_are_listed_otherwise(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = script.read_text()
    assert main(["port", "--target", "paddle", str(script)]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("train.py:3:5: torch.optim.Adam -> paddle.optimizer.Adam (exact)\n")
    assert err == "1 exact; 1 file would change.\n"
    assert script.read_text() == before


def test_differences_are_shown(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["port", "--target", "paddle", "--diff", str(script)]) == 0
    out, _ = capsys.readouterr()
    assert "-import torch\n+import paddle\n" in out


@pytest.mark.parametrize(
    ("call", "status"),
    [("Adam(net.parameters())", 0), ("Muon(net.parameters())", 1), ("SGD(given, lr=0.1)", 1)],
)
def test_the_status_says_whether_all_is_exact(tmp_path: Path, call: str, status: int) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"import torch\ntorch.optim.{call}\n")
    assert main(["port", "--target", "paddle", str(path)]) == status


def test_uses_that_are_left_are_listed_counted_and_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        "import torch\no = torch.optim.Adam(net.parameters())\no.add_param_group(g)\no.step()\n"
    )
    assert main(["port", "--target", "paddle", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "a.py:3:1: torch.optim.Optimizer.add_param_group is to be rewritten by hand" in out
    assert err == "1 exact; 1 use left to rewrite by hand; 1 file would change.\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_loop_becomes_a_line_that_ends_as_the_others(end: str) -> None:
    lines = [
        "import torch",
        "o = torch.optim.Adam(net.parameters(), lr=0.1)",
        "for g in o.param_groups:  # all",
        "    g['lr'] = f(",
        "        1,",
        "    )",
        "",
    ]
    ported = port_source(end.join(lines), PADDLE).text
    assert ported.split(end)[2:] == ["# all", "o.set_lr(float(f(", "        1,", "    )))", ""]
    assert ported.count("\n") == ported.count(end)


def test_trouble_with_one_file_loses_no_other(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = script.with_name("broken.py")
    broken.write_text("from torch.optim import SGD\ndef f(:\n")
    status = main(["port", "--target", "paddle", "--write", str(broken), str(script)])
    assert status == 2
    assert script.read_text() == PORTED
    assert "broken.py: syntax error in line 2" in capsys.readouterr().err


def test_an_unknown_target_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["port", "--target", "jax"]) == 2
    assert "--target: unknown target 'jax'; known: paddle" in capsys.readouterr().err


def test_notebooks_are_ported_within_their_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(
        '{"cells": [{"cell_type": "code", "source": ["import torch\\n", "%matplotlib inline"]},\n'
        ' {"cell_type": "code", "source": "o = torch.optim.SGD(net.parameters(), lr=0.1)"}]}'
    )
    assert main(["port", "--target", "paddle", "--write", str(path)]) == 0
    text = path.read_text()
    assert '["import paddle\\n", "%matplotlib inline"]' in text
    assert "o = paddle.optimizer.SGD(parameters=net.parameters(), learning_rate=0.1)" in text


def test_what_is_added_takes_the_place_of_a_last_argument_that_goes() -> None:
    given = "m.parameters(),\n    lr=0.1,\n    lambd=0.1,  # a\n    t0=1,  # b\n"
    call = f"import torch\n\no = torch.optim.ASGD(\n    {given})\n"
    ported = port_source(call, PADDLE).text
    assert ported.endswith(
        "scheduler = paddle.optimizer.lr.LambdaDecay(0.1, lambda e: (1 + 0.1 * 0.1 * e) ** -0.75)\n"
        "o = paddle.optimizer.SGD(\n    parameters=m.parameters(),\n    learning_rate=scheduler,\n"
        "    # a\n    weight_decay=0.1,  # b\n)\n"
    )


def test_a_class_that_is_a_default_takes_what_its_function_hands_on() -> None:
    text = (
        "import torch\n\n\ndef build(params, kind=torch.optim.NAdam, lr=0.01):\n"
        "    return kind(params, lr=lr, eps=1e-8)\n\n\no = build(m.parameters())\n"
    )
    ported = port_source(text, PADDLE).text
    assert "kind=paddle.optimizer.NAdam" in ported
    assert "return kind(parameters=params, learning_rate=lr, epsilon=1e-8)" in ported
    # What is handed on would have to be another value, which another call may not need.
    assert "return kind(params, lr=lr" in port_source(text.replace("0.01", "1"), PADDLE).text


def test_an_item_of_groups_that_a_loop_appends_is_one_of_the_group() -> None:
    text = (
        "import torch\n\ngroups = []\nfor part in parts:\n"
        '    groups.append({"params": part.parameters()})\n'
        'groups[0]["betas"] = (0.8, 0.99)\no = torch.optim.Adam(groups, lr=0.1)\n'
    )
    ported = port_source(text, PADDLE).text
    assert 'groups[0]["beta1"], groups[0]["beta2"] = 0.8, 0.99\n' in ported


@pytest.mark.parametrize(
    ("ported", "wrong"),
    [
        ("import paddle\nx = 1\no = paddle.optimizer.SGD(\n", "leaves no Python"),
        ("import paddle\no = paddle.optimizer.SGD(p)\n", "loses the line 'x = 1'"),
    ],
)
def test_ports_are_told_wrong(ported: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import torch\nx = 1\no = torch.optim.SGD(p)\n"
    monkeypatch.setattr(ports, "port_source", lambda *_: Ported(ported))
    assert (wrong_port(text, make_options("paddle")) or "").startswith(wrong)


def test_a_port_that_goes_on_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "port_source", lambda text, *_: Ported(f"{text}import torch\n"))
    text = "import torch\no = torch.optim.SGD(p)\n"
    assert wrong_port(text, make_options("paddle")) == "changes more in a second run"


def test_classes_beside_one_that_is_ported_are_called_with_the_same_arguments() -> None:
    text = (
        'import torch\n\nKINDS = {"s": torch.optim.SGD, "a": torch.optim.Adam}\n'
        'o = KINDS["a"](m.parameters(), lr=0.1)\n'
    )
    assert 'KINDS = {"s": paddle.optimizer.SGD, "a": paddle' in port_source(text, PADDLE).text


def test_a_call_with_an_argument_too_many_stays_torchs() -> None:
    text = (
        "import torch\ntorch.optim.lr_scheduler.StepLR(torch.optim.SGD(p, 0.1), 3, 0.1, -1, 5, 6)\n"
    )
    assert ".StepLR(" in port_source(text, parse_target("paddle")).text
    assert wrong_port(text, make_options("paddle")) is None
