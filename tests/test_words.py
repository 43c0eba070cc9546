"""Where words stand in a text."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.reader.words import FEW_WORDS, Marks, Words, marked


def lines(marks: Marks) -> list[int]:
    return [line for line, mark in enumerate(marks) if mark]


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
    words = Words(text)
    assert lines(words.mark(["lr"])) == expected
    for number in range(FEW_WORDS):
        words.mark([f"w{number}"])
    assert lines(words.mark(["lr"])) == expected


def test_a_name_that_may_be_spelled_otherwise_is_anywhere() -> None:
    words = Words("a\nb")
    assert words.mark(["µ"]) == words.all_marks()
    assert words.mark_assigned("µ") == words.all_marks()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("self.lr = 1", [1]),
        ("self.lr: float = 1", [1]),
        ("self.a = self.lr = 1", [1]),
        ("self.lr == 1", []),
        ("lr = 1", []),
        ("self.lr\\\n = 1\nself .lr=1", [3]),
        ("f(self.lr)", []),
    ],
)
def test_lines_where_an_attribute_may_be_assigned(text: str, expected: list[int]) -> None:
    assert lines(Words(text).mark_assigned("lr")) == expected


@given(st.text(alphabet="ab_ \n\r.=", max_size=60))
def test_words_are_counted_alike_one_by_one_and_all_at_once(text: str) -> None:
    one_by_one, at_once = Words(text), Words(text)
    for number in range(FEW_WORDS):
        at_once.mark([f"w{number}"])
    for word in ("a", "b", "ab", "a_b"):
        assert one_by_one.mark([word]) == at_once.mark([word])


def test_a_statement_is_marked_by_any_of_its_lines() -> None:
    text = "x = f(\n    1,\n    lr)\ny = 1\n"
    first, second = ast.parse(text).body
    marks = Words(text).mark(["lr"])
    assert marked(marks, first)
    assert not marked(marks, second)
