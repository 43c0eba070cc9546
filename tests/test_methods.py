"""Schedulers, and methods of what is known to be an optimizer or scheduler, followed by value."""

from __future__ import annotations

import ast

import pytest

from optport.reader.constructions import find_constructions
from optport.reader.model import Construction, MethodUse, Unresolved
from optport.reader.source import SourceText
from optport.signatures import ApiKind
from tests.conftest import check, codes

HEAD = (
    "import torch\n"
    "from torch.optim.lr_scheduler import StepLR, LinearLR, SequentialLR, ChainedScheduler\n"
)
OPT = "opt = torch.optim.Adam(p)\n"


def found(text: str) -> list[Construction | Unresolved | MethodUse]:
    source = HEAD + text
    return list(find_constructions(ast.parse(source), SourceText(source), ""))


def uses_in(text: str) -> list[MethodUse]:
    return [one for one in found(text) if isinstance(one, MethodUse)]


def shown(use: MethodUse) -> str:
    key = "" if use.key is None else f"[{use.key}]"
    doubt = "" if use.certainty.word == "certain" else "?"
    return f"{use.access} {use.api}{key}{doubt}"


def schedulers(text: str) -> list[Construction]:
    return [
        one
        for one in found(text)
        if isinstance(one, Construction) and one.kind is ApiKind.SCHEDULER
    ]


# -- methods ---


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("opt.zero_grad()", ["call Optimizer.zero_grad"]),
        ("opt.zero_grad(set_to_none=False)", ["call Optimizer.zero_grad"]),
        ("f = opt.step", ["read Optimizer.step"]),
        ("opt.param_groups[0]['lr'] = 1", ["write Optimizer.param_groups[lr]"]),
        ("opt.param_groups[0]['lr'] *= 2", ["update Optimizer.param_groups[lr]"]),
        ("print(opt.param_groups[i]['lr'])", ["read Optimizer.param_groups[lr]"]),
        ("opt.state[p]['step']", ["read Optimizer.state[step]"]),
        ("del opt.state[p]", ["delete Optimizer.state"]),
        (
            "for g in opt.param_groups:\n    g['lr'] = 1",
            ["read Optimizer.param_groups", "write Optimizer.param_groups[lr]"],
        ),
        (
            "for i, g in list(opt.param_groups): pass\ngs = opt.param_groups\ngs[0]['lr'] += 1",
            [
                "read Optimizer.param_groups",
                "read Optimizer.param_groups",
                "update Optimizer.param_groups[lr]",
            ],
        ),
        (
            "[g['lr'] for g in opt.param_groups]",
            ["read Optimizer.param_groups[lr]", "read Optimizer.param_groups"],
        ),
        ("import copy\ncopy.deepcopy(opt)", ["passed copy.deepcopy"]),
        ("from copy import deepcopy\ndeepcopy(opt)", ["passed copy.deepcopy"]),
        ("s = torch.amp.GradScaler()\ns.step(opt)", ["passed GradScaler.step"]),
        ("s = torch.cuda.amp.GradScaler()\ns.step(opt)", ["passed GradScaler.step"]),
        ("s = StepLR(opt, 1)\ns.step()", ["call lr_scheduler.LRScheduler.step"]),
        ("s = StepLR(opt, 1)\ns.optimizer.step()", ["call Optimizer.step"]),
        ("opt.unknown()\nother.zero_grad()\nopt2.step()", []),
        ("def step(): pass\nstep()\nself.step()", []),
    ],
)
def test_what_is_done_with_an_optimizer(use: str, expected: list[str]) -> None:
    found = [shown(one) for one in uses_in(OPT + use)]
    assert [one for one in found if "LRScheduler.optimizer" not in one] == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{OPT}other = opt\nother.step()",
        f"{OPT}if c: opt = torch.optim.SGD(p)\nopt.step()",
        "a, b = torch.optim.Adam(p), 1\na.step()",
        "def make(): return torch.optim.Adam(p), 1\nopt, _ = make()\nopt.step()",
        "def make():\n    return torch.optim.Adam(p)\nmake().step()",
        "opts = [torch.optim.Adam(p), torch.optim.SGD(p)]\nfor o in opts: o.step()",
        "d = {'o': torch.optim.Adam(p)}\nd['o'].step()",
        "class T:\n    def __init__(self): self.o = torch.optim.Adam(p)\n"
        "    def f(self): self.o.step()",
        "from functools import partial\nmake = partial(torch.optim.Adam, lr=1)\nmake(p).step()",
        "class Mine(torch.optim.Adam): pass\nopt = Mine(p)\nopt.step()",
        f"{OPT}def f():\n    opt.step()",
        f"{OPT}lambda: opt.step()",
    ],
)
def test_an_optimizer_is_followed_through(text: str) -> None:
    [use] = [one for one in uses_in(text) if one.method == "step"]
    assert use.api == "Optimizer.step"
    assert use.receivers
    assert use.certainty.word == "certain"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(o: torch.optim.Optimizer): o.step()", ["call Optimizer.step"]),
        ("def f(o: 'torch.optim.Adam | None'): o.step()", ["call Optimizer.step"]),
        ("def f(o: torch.optim.Optimizer | None = None): o.step()", ["call Optimizer.step"]),
        ("from typing import Optional\ndef f(o: Optional[torch.optim.SGD]): o.step()", None),
        ("def f(s: torch.optim.lr_scheduler.LRScheduler): s.get_lr()", ["call …"]),
        ("def make() -> torch.optim.Adam: ...\nmake().step()", ["call Optimizer.step"]),
        ("def f(o: torch.optim.LBFGS): o.step(c)", ["call LBFGS.step"]),
        ("def f(o: torch.optim.SGD | Mine): o.step()", ["call Optimizer.step?"]),
        ("def f(o: list[torch.optim.SGD] | torch.optim.Adam): o.step()", ["call Optimizer.step?"]),
        ("def f(o: 'torch.optim.SGD[' = None): o.step()", ["call Optimizer.step?"]),
        ("class M(torch.optim.SGD): pass\ndef f(o: M): o.step()", None),
        ("o: torch.optim.SGD = build()\no.step()", None),
        ("class T:\n    o: torch.optim.SGD\n    def f(self): self.o.step()", None),
        ("def f(o: Optimizer): o.step()", []),
        ("def f(optimizer): optimizer.step()", []),
    ],
)
def test_an_annotation_tells_what_it_is(text: str, expected: list[str] | None) -> None:
    expected = ["call Optimizer.step"] if expected is None else expected
    found = [shown(one) for one in uses_in(text)]
    assert [one.replace("lr_scheduler.LRScheduler.get_lr", "…") for one in found] == expected
    assert not any(use.receivers for use in uses_in(text))


@pytest.mark.parametrize(
    "text",
    [
        f"{OPT}if c: opt = other\nopt.step()",
        "opt = torch.optim.Adam(p) if c else make()\nopt.step()",
        # A class derived from this one may make another.
        "class T:\n    def __init__(self):\n        self.o, self.s = self.make()\n"
        "    def make(self): return torch.optim.Adam(p), 1\n"
        "    def f(self): self.o.step()",
    ],
)
def test_what_may_be_something_else_is_possible(text: str) -> None:
    assert [shown(one) for one in uses_in(text)] == ["call Optimizer.step?"]


def test_a_class_of_the_file_that_has_the_method_is_left_alone() -> None:
    text = "class Mine(torch.optim.Adam):\n    def state_dict(self): pass\nMine(p).state_dict()"
    assert not uses_in(text)


def test_each_class_has_its_own_member_where_one_is_listed() -> None:
    text = "opt = torch.optim.Adam(p) if c else torch.optim.LBFGS(p)\nopt.step(f)"
    assert sorted(map(shown, uses_in(text))) == ["call LBFGS.step?", "call Optimizer.step?"]


def test_the_arguments_of_a_method_are_bound() -> None:
    [use] = uses_in(f"{OPT}while q:\n    opt.step(closure)\n")
    assert use.arguments["closure"].text == "closure"
    assert use.arguments["closure"].own
    assert use.pace.loop is not None
    assert use.pace.loop.line == 4


def test_a_method_of_one_class_alone_has_the_arguments_of_its_base() -> None:
    text = "s = torch.optim.lr_scheduler.MultiStepLR(opt, [1])\ns.step(3)"
    [use] = [one for one in uses_in(text) if one.method == "step"]
    assert use.api == "lr_scheduler.MultiStepLR.step"
    assert use.arguments["epoch"].text == "3"


def test_an_argument_that_is_a_function_of_the_file_is_known() -> None:
    text = "def f(e): return e\ntorch.optim.lr_scheduler.LambdaLR(opt, lr_lambda=f)"
    [scheduler] = schedulers(text)
    [function] = scheduler.arguments["lr_lambda"].functions
    assert isinstance(function.node, ast.FunctionDef)
    assert scheduler.arguments["optimizer"].functions == ()


def test_a_value_that_is_formatted_is_told_apart() -> None:
    text = f"{OPT}print(f'{{opt.param_groups[0][\"lr\"]:.3f}}', opt.param_groups[0]['lr'])"
    assert [use.formatted for use in uses_in(text)] == [True, False]


def test_the_value_that_is_assigned_is_known() -> None:
    [use] = uses_in(f"{OPT}opt.param_groups[0]['lr'] = 0.5")
    assert use.value is not None
    assert use.value.text == "0.5"


# -- schedulers ---


@pytest.mark.parametrize(
    ("text", "apis"),
    [
        ("StepLR(opt, 30)", ["lr_scheduler.StepLR"]),
        ("torch.optim.lr_scheduler.StepLR(opt, 30)", ["lr_scheduler.StepLR"]),
        ("from torch.optim import lr_scheduler as l\nl.StepLR(opt, 1)", ["lr_scheduler.StepLR"]),
        ("from torch.optim.swa_utils import SWALR\nSWALR(opt, 1)", ["swa_utils.SWALR"]),
        (
            "from torch.optim.lr_scheduler import *\nExponentialLR(o, 1)",
            ["lr_scheduler.ExponentialLR"],
        ),
        ("class Mine(StepLR): pass\nMine(opt, 1)", ["lr_scheduler.StepLR"]),
        ("class Mine(StepLR):\n    def get_lr(self): pass\nMine(opt, 1)", []),
        ("getattr(torch.optim.lr_scheduler, 'StepLR')(opt, 1)", ["lr_scheduler.StepLR"]),
        ("torch.optim.swa_utils.AveragedModel(m)", []),
        ("other.lr_scheduler.StepLR(opt, 1)", []),
    ],
)
def test_schedulers_are_found_as_optimizers_are(text: str, apis: list[str]) -> None:
    assert [one.api for one in schedulers(text)] == apis


def test_a_scheduler_knows_its_optimizer_and_arguments() -> None:
    [scheduler] = schedulers(f"{OPT}s = StepLR(opt, 30, gamma=0.5)")
    assert [one.api for one in scheduler.built_with] == ["Adam"]
    assert {name: one.text for name, one in scheduler.arguments.items()} == {
        "optimizer": "opt",
        "step_size": "30",
        "gamma": "0.5",
    }
    assert scheduler.qualified == "torch.optim.lr_scheduler.StepLR"
    assert not scheduler.parameters.groups


@pytest.mark.parametrize(
    "text",
    [
        "SequentialLR(opt, [LinearLR(opt), StepLR(opt, 1)], [5])",
        "a = LinearLR(opt)\nb = StepLR(opt, 1)\nSequentialLR(opt, schedulers=[a, b])",
        "inner = [LinearLR(opt), StepLR(opt, 1)]\nChainedScheduler(inner)",
    ],
)
def test_a_scheduler_knows_those_that_it_is_made_of(text: str) -> None:
    [outer] = [one for one in schedulers(OPT + text) if one.inner]
    assert [one.api for one in outer.inner] == ["lr_scheduler.LinearLR", "lr_scheduler.StepLR"]
    assert [one.api for one in outer.built_with] == ["Adam"]


def test_inner_schedulers_that_are_not_all_known_are_not_told() -> None:
    assert not any(
        one.inner for one in schedulers(f"{OPT}SequentialLR(opt, [StepLR(opt, 1), x], [5])")
    )


def test_schedulers_in_a_circle_end() -> None:
    schedulers("while q:\n    a = SequentialLR(o, [b])\n    b = SequentialLR(o, [a])\n")


@pytest.mark.parametrize(
    ("loop", "apart"),
    [
        ("o.step()\n    if rate(o) > 0.1: s.step()", True),
        ("if i % 4 == 0: o.step()\n    s.step()", True),
        ("if i % 4 == 0:\n        o.step()\n        s.step()", False),
        ("o.step()\n    if s is not None: s.step()", False),
        ("o.step()\n    if args.decay and isinstance(s, object): s.step()", False),
    ],
)
def test_steps_under_a_condition_of_the_loop_may_be_others(loop: str, apart: bool) -> None:
    report = check(
        "import torch\no = torch.optim.SGD(p, lr=0.1)\n"
        f"s = torch.optim.lr_scheduler.ExponentialLR(o, 0.9)\nfor i in q:\n    {loop}\n"
    )
    assert ("OPT605" in codes(report)) is apart


@pytest.mark.parametrize(
    ("uses", "told"),
    [
        ("print(opt.param_groups[0]['lr'])\nopt.param_groups[0]['initial_lr'] = 1", "['lr']"),
        ("for g in opt.param_groups:\n    g['lr'] = 0.1", "['lr']"),
        ("for g in opt.param_groups:\n    print(g['lr'])\n    g['eps'] = 1", "['eps']"),
        ("opt.param_groups[0]['eps'] = 1", "['eps']"),
    ],
)
def test_a_finding_is_about_the_key_that_stands_at_its_place(uses: str, told: str) -> None:
    found = check(HEAD + OPT + uses + "\n")
    (message,) = [one.message for one in found.findings if "param_groups" in one.message]
    assert message.startswith(f"param_groups{told}")


def test_ints_are_looked_for_only_so_deep() -> None:
    total = "+".join(["int(x)"] * 900)
    text = f"{HEAD}{OPT}torch.optim.lr_scheduler.MultiStepLR(opt, [{total}])\n"
    assert "OPT605" in codes(check(text))


def test_what_is_named_in_a_text_and_no_member_is_passed_over() -> None:
    [use] = uses_in(f"{OPT}vars(opt)['strange'][0]['lr']\nopt.__dict__['state']['lr']")
    assert use.api == "Optimizer.state"
