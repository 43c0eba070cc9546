"""The safety net: what the host leaves us, and what becomes of a defect."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optport import guard
from optport.check import Report
from optport.cli import porting
from optport.cli.program import main
from optport.fixing import Document
from optport.guard import check_guarded
from optport.options import Options
from optport.rewrite.source import port_document
from optport.targets import Target
from tests.conftest import codes

SOURCE = "import torch\ntorch.optim.ASGD([], lr=0.1)\n"

DEEP = {
    "attributes of base classes": (
        "class C0:\n  x = 1\n",
        "class C<n>(C<p>):\n  x = getattr(C<p>, 'x')\n",
        "C79.x",
    ),
    "properties": (
        "class C0:\n  x = 1\n",
        "class C<n>:\n  def __init__(self): self.y = C<p>()\n  @property\n"
        "  def x(self): return self.y.x\n",
        "C79().x",
    ),
    "functions": ("def f0(a): return a\n", "def f<n>(a): return f<p>(a)\n", "f79(1)"),
}
"""What takes most of Python's stack: each thing is made of the one before."""


def below(frames: int, do: Callable[[], Report]) -> Report:
    return do() if frames <= 0 else below(frames - 1, do)


def frames_now() -> int:
    frame, count = sys._getframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1  # type: ignore[assignment]
    return count


@pytest.mark.parametrize("left", [60, 150, 400])
@pytest.mark.parametrize("first, step, last", DEEP.values(), ids=DEEP)
def test_a_host_deep_in_the_stack_changes_no_finding(
    first: str, step: str, last: str, left: int
) -> None:
    steps = (step.replace("<n>", str(n)).replace("<p>", str(n - 1)) for n in range(1, 80))
    text = f"import torch\n{first}{''.join(steps)}torch.optim.ASGD([], lr={last}, lambd={last})\n"
    tree = ast.parse(text)
    report = below(sys.getrecursionlimit() - left - frames_now(), lambda: check_guarded(tree, text))
    assert report.defect is None
    assert codes(report) == codes(check_guarded(tree, text))
    assert "OPT301" in codes(report)


def test_a_defect_is_one_short_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("\x1b[2K\n::error::" + "x" * 5000)

    monkeypatch.setattr(guard, "check_tree", fail)
    defect = check_guarded(ast.parse(SOURCE), SOURCE).defect
    assert defect is not None
    assert defect.isprintable()
    assert len(defect) < 500


def test_endless_recursion_is_a_defect_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Report:
        return fail()

    monkeypatch.setattr(guard, "check_tree", fail)
    defect = check_guarded(ast.parse(SOURCE), SOURCE).defect
    assert defect is not None
    assert "RecursionError" in defect


BYTES = """\
import torch
d = {}
d["a"] = 1
d[b"a"] = torch.optim.ASGD
d[b"a"](q, lr=b"x", lambd=(b"x", "x"))
torch.optim.Adam([{"params": q, "lr": b"x", "betas": (b"a", 1)}], eps=b"", lr="")
torch.optim.LBFGS(q, line_search_fn=b"x" if q == b"y" else "y")
getattr(torch.optim, b"Adam")(q)
torch.optim.ASGD(q, lr=0.1)
"""


COMMANDS = """\
import sys
from optport.cli import main
assert main(["check", "train.py"]) == 1
assert main(["check", "--diff", "--unsafe-fixes", "train.py"]) == 1
assert main(["port", "--target", "paddle", "train.py"]) == 1
sys.exit(1)
"""
STRICT = {"flake8": ("-m", "flake8", "--isolated", "train.py"), "optport": ("-c", COMMANDS)}


@pytest.mark.parametrize("command", STRICT.values(), ids=STRICT)
def test_python_may_be_strict_about_bytes(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BYTES)
    done = subprocess.run(
        [sys.executable, "-bb", *command],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        text=True,
    )
    assert "BytesWarning" not in done.stdout + done.stderr
    assert done.returncode == 1, done.stderr
    assert "train.py:9:1: OPT301" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_defect_in_a_port_costs_no_other_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("import torch\ntorch.optim.ASGD(q)\n")
    failed: list[str] = []

    def fail_once(document: Document, target: Target, options: Options) -> object:
        if not failed:
            failed.append("once")
            raise KeyError("lr")
        return port_document(document, target, options)

    monkeypatch.setattr(porting, "port_document", fail_once)
    status = main(["port", "--target", "paddle", str(tmp_path)])
    said = capsys.readouterr()
    assert status == 2
    assert "b.py:2:1" in said.out
    assert [line for line in said.err.splitlines() if "a.py: optport failed on this file" in line]
