"""Constructions that look the same are judged once, and as each of them would be by itself."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzzing.grammar import Writer

from optport.check import Report, check_source
from optport.hazards import alike
from optport.hazards.judge import Judgement, judge
from optport.hazards.scene import Scene
from optport.options import make_options
from optport.reader.model import Construction
from optport.targets import Target
from tests.conftest import ROOT

EVERYTHING = make_options("paddle,mindspore,mindspore.experimental,mindspore.mint", notes=True)
FIXTURES = sorted([*ROOT.glob("tests/fixtures/*.py"), *ROOT.glob("tests/scripts/*.py")])


def said(report: Report) -> list[object]:
    """All that a report says: findings with their fixes, and ports."""
    ports = [(one.construction.place, dict(one.ports)) for one in report.constructions]
    return [*report.findings, *ports]


def assert_the_same_alone(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assert that a source's report is that of constructions that are judged one by one."""
    together = said(check_source(text, EVERYTHING))
    with monkeypatch.context() as patch:
        patch.setattr(alike, "_looks", lambda *_: None)
        assert together == said(check_source(text, EVERYTHING))


@pytest.mark.slow
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_what_is_judged_once_is_said_as_if_judged_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = path.read_text(encoding="utf-8")
    twice = f"{text}\n{text.replace('from __future__ import annotations', '')}"
    assert_the_same_alone(twice, monkeypatch)


CLASSES = ("SGD", "ASGD", "Adam", "AdamW", "Rprop", "LBFGS", "lr_scheduler.StepLR")
QUICK = ("SGD", "lr_scheduler.StepLR")
"""The classes that are tried in all ways outside of CI, too."""
GIVEN = ("q, 1", "q, 1.0", "q, True", "q, lr=0.0", "q, lr=-0.0", "q, x", "*q", "q, **x", "*[q, 1]")
NAMES = ("r, y", "s, s", "a, lr=float", "self, eps=y, lr=z", "t, lr=z, eps=y", "*t", "r, **t")
"""Names that are not known, nor tell anything."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in CLASSES],
)
def test_calls_that_look_alike_and_are_not_are_told_apart(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = "".join(f"torch.optim.{name}({given})\n" for given in (*GIVEN, *NAMES))
    values = ("1", "1.0", "True", "0.0", "-0.0", "'1'", "None", "[1]", "q()", "{'lr': 1}")
    text = "import torch\n" + "".join(f"x = {value}\n{calls}" for value in values)
    assert_the_same_alone(text + calls, monkeypatch)


def test_functions_of_one_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = ("lambda e: 0.5", "lambda e: a[e]", "[lambda e: a[e]]", "[lambda e: 0.5]", "b")
    build = "    torch.optim.lr_scheduler.LambdaLR(o, f)\n" * 2
    scopes = (f"def g{n}(o, b):\n    f = {one}\n{build}" for n, one in enumerate(functions))
    assert_the_same_alone("import torch\n" + "".join(scopes), monkeypatch)


@pytest.mark.parametrize(
    "number", [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 10))]
)
def test_generated_calls_are_judged_as_if_alone(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(number)
    values = [Writer(random).expression(3) for _ in range(8)]
    calls = [
        f"torch.optim.{random.choice(CLASSES)}(q, {random.choice(values)}, eps={value})\n"
        for value in values * 4
    ]
    text = "import torch\nasync def f(a, b, c, d, p, self):\n    " + "    ".join(calls)
    assert_the_same_alone(text, monkeypatch)


@pytest.mark.parametrize("line", ["ASGD(q)", "Adam(q<n>, lr=x<n>)", "Adam(*q<n>)"])
def test_what_looks_the_same_is_judged_once(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[Construction] = []

    def counted(construction: Construction, target: Target, scene: Scene | None) -> Judgement:
        judged.append(construction)
        return judge(construction, target, scene)

    monkeypatch.setattr(alike, "judge", counted)
    options = make_options("paddle,mindspore")
    lines = (f"torch.optim.{line}\n".replace("<n>", str(n)) for n in range(50))
    report = check_source("import torch\n" + "".join(lines), options)
    assert len(report.constructions) == 50
    assert len(judged) == len(options.targets)
