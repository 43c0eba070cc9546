"""How often uses of methods run beside each other: the loops around them."""

from __future__ import annotations

import ast

import pytest

from optport.reader.constructions import find_constructions
from optport.reader.model import MethodUse, Pace
from optport.reader.source import SourceText
from tests.conftest import check, codes

HEAD = """import torch
from torch.optim.lr_scheduler import ExponentialLR, StepLR
opt = torch.optim.SGD(p, lr=0.1)
"""
TWO = "one, two = StepLR(opt, 4), ExponentialLR(opt, 0.9)\n"

OVER_BOTH = (
    "for s in (one, two): s.step()",
    "for s in [two, one]: s.step()",
    "for i, s in enumerate([one, two]): s.step()",
    "for s in reversed([one, two]): s.step()",
    "[s.step() for s in (one, two)]",
    "for name, s in {'a': one, 'b': two}.items(): s.step()",
    "for s in {'a': one, 'b': two}.values(): s.step()",
)
OVER_SOME = (
    "for s in ((one, two) if c else (two,)): s.step()",
    "for s in (one, two):\n        if c(s): s.step()",
    "[s.step() for s in (one, two) if c(s)]",
    "(one if c else two).step()",
)


def pace(text: str, member: str = "step") -> Pace:
    """The pace of the last use of a member in a text."""
    source = HEAD + text
    found = find_constructions(ast.parse(source), SourceText(source), "")
    return [one.pace for one in found if isinstance(one, MethodUse) and one.method == member][-1]


def looped(body: str) -> str:
    return f"{TWO}for batch in data:\n    opt.step()\n    {body}\n"


@pytest.mark.parametrize("body", OVER_BOTH)
def test_a_loop_over_schedulers_steps_each_of_them_as_often_as_what_is_around_it(body: str) -> None:
    found = pace(looped(body))
    assert found.each
    assert found.loop is not None
    assert found.loop.line == HEAD.count("\n") + 2
    report = check(HEAD + looped(body), "paddle,mindspore")
    messages = [one.message for one in report.findings if one.code == "OPT605"]
    assert len(messages) == 1
    assert "one scheduler for an optimizer" in messages[0]
    assert "counts" not in messages[0]


@pytest.mark.parametrize("body", OVER_SOME)
def test_a_loop_that_may_leave_some_out_steps_none_for_sure(body: str) -> None:
    assert not pace(looped(body)).each
    assert "OPT605" not in codes(check(HEAD + looped(body), "paddle"))


def test_a_loop_over_something_else_repeats_a_step() -> None:
    found = pace(f"{TWO}for s in (one, two):\n    for batch in data: s.step()\n")
    assert found.loop is not None
    assert found.loop.line == HEAD.count("\n") + 3
    assert pace("[opt.step() for batch in data]").loop is not None


def test_steps_in_one_function_go_together() -> None:
    text = "s = StepLR(opt, 4, 1.5)\ndef train(batch):\n    opt.step()\n    {}\n"
    together = check(HEAD + text.format("s.step()"), "mindspore")
    sometimes = check(HEAD + text.format("if last(batch): s.step()"), "mindspore")
    apart = check(HEAD + text.format("pass") + "def epoch():\n    s.step()\n", "mindspore")
    assert [codes(one).count("OPT605") for one in (together, sometimes, apart)] == [0, 1, 1]
