"""The lines of a text by the words on them."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.line_sets import LineSet, has_line
from optport.reader.lines import LineIndex


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def numbers(lines: LineSet) -> list[int]:
    return [line for line, there in enumerate(lines) if there]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lr", [1]),
        ("lr\nlr", [1, 2]),
        ("x_lr lrs lr2\nself.lr", [2]),
        ("a\r\nlr\rlr", [2, 3]),
        ("a\x0clr\n\x0blr\u2028lr", [1, 2]),
        ("µlr lrµ\n", []),
        ("", []),
    ],
)
def test_lines_of_a_word(text: str, expected: list[int]) -> None:
    index = LineIndex(text)
    assert numbers(index.with_words(["lr"])) == expected


def test_a_name_that_may_be_spelled_otherwise_is_anywhere() -> None:
    index = LineIndex("a\nb")
    assert index.with_words(["µ"]) == index.all()
    assert numbers(index.assigning("µ", statement("if a:\n    b"))) == [1, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("self.lr = 1", [1]),
        ("self.lr: float = 1", [1]),
        ("self.a = self.lr = 1", [1]),
        ("self.lr == 1", []),
        ("lr = 1", []),
        ("self.lr\\\n = 1\nself .lr=1", [1, 3]),
        ("f(self.lr)", []),
        ("self.x, self.lr = f()\n  self.lr, x=f()\n(self.lr, x)\nf(self.lr, x)", [1, 2]),
    ],
)
def test_lines_where_an_attribute_may_be_assigned(text: str, expected: list[int]) -> None:
    whole = statement("if q:\n    pass" + "\n    pass" * text.count("\n"))
    assert numbers(LineIndex(text).assigning("lr", whole)) == expected


def test_lines_where_an_attribute_is_assigned_are_those_of_the_statement() -> None:
    text = "self.lr = 1\nif q:\n    self.lr = 2\n    self.lr = 3\nself.lr = 4\n"
    assert numbers(LineIndex(text).assigning("lr", ast.parse(text).body[1])) == [3, 4]


def test_the_lines_of_a_word_are_kept_for_words_asked_for_in_turn() -> None:
    index = LineIndex("a b\nb")
    assert index.holding("b") is index.holding("b")
    assert numbers(index.holding("a")) == [1]
    for number in range(100):
        index.holding(f"w{number}")
    assert numbers(index.holding("b")) == [1, 2]


@given(st.text(alphabet="ab_ \n\r.=", max_size=60))
def test_words_stand_on_the_lines_that_python_counts(text: str) -> None:
    index = LineIndex(text)
    for word in ("a", "b", "ab", "a_b"):
        lines = re.split(r"\r\n|\r|\n", text)
        held = [n for n, line in enumerate(lines, 1) if re.search(rf"\b{word}\b", line)]
        assert numbers(index.with_words([word])) == held


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(x)\nf (x)\nf\\\n(x)\n(f # so\n(x))", [1, 2, 3, 5]),
        ("(f\n(x))", [1]),
        ("def f(x): pass\nclass f(x): pass\nx.f(f, 1)", [3]),
        ("f, f = 1, g(f)\nff(1)", []),
    ],
)
def test_lines_where_something_may_be_called(text: str, expected: list[int]) -> None:
    assert numbers(LineIndex(text).calling("f")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x.step\nstep\nx . step\nx.\\\nstep\nx.steps\nsave(x)", [1, 3, 5, 7]),
        ("step.x; steps.step\nthe_save", [1]),
    ],
)
def test_lines_with_members(text: str, expected: list[int]) -> None:
    assert numbers(LineIndex(text).with_members(["step", "save"], {"save"})) == expected


def test_a_statement_has_all_of_its_lines() -> None:
    text = "x = f(\n    1,\n    lr)\ny = 1\n"
    first, second = ast.parse(text).body
    lines = LineIndex(text).with_words(["lr"])
    assert has_line(lines, first)
    assert not has_line(lines, second)
