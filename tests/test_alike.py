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
        patch.setattr(alike.FileJudge, "_form", lambda *_: None)
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


NUMBERS = ("0", "1", "2.0", "-1", "True", "None", "1e-3", "1e-8", "0.9", "1e4", "x", "x + 1", "f()")
ARGUMENTS = {
    "Adam": ("lr", "eps", "weight_decay", "amsgrad", "maximize", "betas"),
    "ASGD": ("lr", "lambd", "alpha", "t0", "weight_decay"),
    "Adamax": ("lr", "eps", "weight_decay", "betas"),
    "RMSprop": ("lr", "alpha", "eps", "momentum", "centered", "weight_decay"),
    "Rprop": ("lr", "etas", "step_sizes"),
    "SGD": ("lr", "momentum", "dampening", "nesterov", "weight_decay"),
    "lr_scheduler.StepLR": ("step_size", "gamma", "last_epoch"),
    "lr_scheduler.OneCycleLR": ("max_lr", "total_steps", "pct_start", "div_factor"),
}
SLOWER = [pytest.param(name, marks=pytest.mark.slow) for name in [*ARGUMENTS][2:]]


@pytest.mark.parametrize("name", [*[*ARGUMENTS][:2], *SLOWER])
def test_calls_with_values_of_their_own_are_judged_as_if_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(name)
    calls = ["g = [{'params': q}, {'params': r, 'lr': 0.1, 'eps': 1e-3}]\no = torch.optim.SGD(q)\n"]
    first = ("o",) if name.startswith("lr_scheduler") else ("q", "g")
    for names in (random.sample(ARGUMENTS[name], k) for k in (1, 1, 2, 2, 3)):
        for _ in range(14):
            values = [random.choice(NUMBERS) for _ in names]
            pairs = [
                f"({one}, 0.5)" if what[-1] == "s" else one
                for one, what in zip(values, names, strict=True)
            ]
            given = "".join(f", {a}={b}" for a, b in zip(names, pairs, strict=True))
            calls.append(f"torch.optim.{name}({random.choice(first)}{given})\n")
    assert_the_same_alone("import torch\n" + "".join(calls), monkeypatch)


@pytest.mark.parametrize("name", ["Adam", pytest.param("SGD", marks=pytest.mark.slow)])
def test_options_set_later_and_schedulers_tell_calls_apart(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = f"o = torch.optim.{name}(q, 0.<n>)\n"
    uses = (
        "",
        "o.param_groups[0]['lr'] = 1\n",
        "o.param_groups[0]['eps'] = 1\n",
        "torch.optim.lr_scheduler.StepLR(o, <n>)\n",
        "torch.optim.lr_scheduler.StepLR(o, 3).step(); o.step()\n",
        "torch.optim.lr_scheduler.ExponentialLR(p, 0.5)\n",
    )
    lines = (
        f"p = {build}{build}{use}".replace("<n>", str(n + 1)) for n in range(3) for use in uses
    )
    assert_the_same_alone("import torch\n" + "".join(lines), monkeypatch)


ALIKE = (
    "ASGD(q)",
    "Adam(q<n>, lr=x<n>)",
    "Adam(*q<n>)",
    "SGD(q, 0.<n>)",
    "RMSprop(q, 1.<n>)",
    "Adamax(q, lr=0.1, weight_decay=x<n>)",
    "SGD(g, 0.1, nesterov=x<n>)",
    "lr_scheduler.StepLR(o, 1<n>)",
)


@pytest.mark.parametrize("line", ALIKE)
def test_what_is_told_apart_by_no_rule_is_judged_once(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[Construction] = []

    def counted(construction: Construction, target: Target, scene: Scene | None) -> Judgement:
        judged.append(construction)
        return judge(construction, target, scene)

    monkeypatch.setattr(alike, "judge", counted)
    options = make_options("paddle,mindspore")
    lines = (f"torch.optim.{line}\n".replace("<n>", str(n)) for n in range(50))
    head = "import torch\no = torch.optim.ASGD(q)\ng = [{'params': r, 'lr': 0.5}]\n"
    report = check_source(head + "".join(lines), options)
    assert len(report.constructions) == 51
    assert len(judged) <= 4 * len(options.targets)  # of `o`, of the first two lines, of zero
