"""The table's conditions: what they mean, how sure they are, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.table.conditions import parse_condition
from optport.values import (
    SOME_FLOAT,
    UNKNOWN,
    UNREAD,
    Certainty,
    Qualified,
    Tensor,
    ValueSet,
    exactly,
    literal,
    union,
)
from tests.conftest import check_call, codes

NO, UNRESOLVED, POSSIBLE, CERTAIN = Certainty


def holds(text: str, **values: ValueSet) -> Certainty:
    return parse_condition(text).holds(lambda name: values.get(name, UNKNOWN))


def one_of(*values: Any) -> ValueSet:
    return union(literal(value) for value in values)


@pytest.mark.parametrize(
    "text, value, expected",
    [
        ("x == 0", 0, True),
        ("x == 0", 0.0, True),
        ("x == 0", 1e-9, False),
        ("x != 0", 0.5, True),
        ("x < 1e-4", 1e-5, True),
        ("x < 1e-4", 1e-4, False),
        ("x <= 1e-4", 1e-4, True),
        ("x > -1", 0, True),
        ("x >= 0.1", 0.1, True),
        ("x == True", True, True),
        ("x == None", None, True),
        ("x == 'sum'", "sum", True),
        ("1 < x", 2, True),
        ("x is truthy", 1, True),
        ("x is truthy", 0.0, False),
        ("x is truthy", None, False),
        ("x is falsy", "", True),
        ("x is falsy", True, False),
        ("x is int", 1, True),
        ("x is int", 1.0, False),
        ("x is int", True, False),
        ("x is float", 1.0, True),
        ("x is float", 1, False),
        ("x is fractional", 2.5, True),
        ("x is fractional", 2.0, False),
        ("x is fractional", 2, False),
        ("x is tuple", (1,), True),
        ("x is tuple", [1], False),
        ("x is iterable", range(3), True),
        ("x is unsorted", (3, 1), True),
        ("x is unsorted", [1, 3, 3], False),
        ("x is unsorted", 3, False),
        ("x is repeated", [3, 1, 3], True),
        ("x is repeated", (1, 2), False),
        ("x is repeated", ("a", None), False),
        ("x/10 == 0.01", 0.1, True),
        ("x-1 > 0", 1, False),
        ("2*x%3 == 1", 2, True),
        ("x+1 > 0", None, False),
        ("x/(1-y[1])**0.5 >= 0.02", 0.01, True),
        ("x/(1-y[1])**0.5 > 0.021", 0.01, False),
        ("x**0.5 > 0", -1.0, False),
        ("1/x**0.5 > 0", 0, False),
        ("x**400 > 0", 10.0, False),
        ("x is bool", True, True),
        ("x is bool", 1, False),
        ("x is none", None, True),
        ("x is none", 0, False),
        ("x is list", [1], True),
        ("x is list", (1,), False),
        ("x is tensor", 1.0, False),
        ("x[0] == 0.5", (0.5, 0.9), True),
        ("x[1] == 0.5", (0.5, 0.9), False),
        ("x[1] == 0.9", [0.5, 0.9], True),
        ("x[2] == 0.5", (0.5, 0.9), False),
        ("x[] == 0.9", (0.5, 0.9), True),
        ("x[] is int", (0.5, 1), True),
        ("x[] is int", (0.5, 1.0), False),
        ("x[0] == 0", 0.5, False),
        ("x[] == 0", 0.5, False),
        ("x >= 0.1", None, False),
        ("x < 1", "a", False),
        ("x == 0 or x == 1", 1, True),
        ("x > 0 and x < 1", 0.5, True),
        ("x > 0 and x < 1", 1, False),
        ("x < 0 or x > 0 and x < 1", 0.5, True),
        ("x < 0 and x > -1 or x > 1", 2, True),
    ],
)
def test_a_value_that_is_known_decides(text: str, value: Any, expected: bool) -> None:
    given = {"x": literal(value), "y": literal((0.9, 0.75))}
    assert holds(text, **given) is (CERTAIN if expected else NO)


@pytest.mark.parametrize(
    "text, value, expected",
    [
        ("x == 0", UNKNOWN, UNRESOLVED),
        ("x is truthy", UNKNOWN, UNRESOLVED),
        ("x[0] == 0", UNKNOWN, UNRESOLVED),
        ("x[] == 0", UNKNOWN, UNRESOLVED),
        ("x == 0", one_of(0, 1), POSSIBLE),
        ("x == 0", one_of(1, 2), NO),
        ("x >= 1", one_of(1, 2), CERTAIN),
        ("x is int", one_of(1, 0.1), POSSIBLE),
        ("x == 0", literal(0) | UNKNOWN, POSSIBLE),
        ("x == 0", one_of(0, 1) | UNKNOWN, POSSIBLE),
        ("x[0] == 0", literal((0, UNREAD)), CERTAIN),
        ("x[1] == 0", literal((0, UNREAD)), UNRESOLVED),
        ("x == 0", exactly(Qualified("config.EPS")), NO),
        ("x is tensor", exactly(Tensor(0.1)), CERTAIN),
        ("x is tensor", exactly(Tensor(UNREAD)), CERTAIN),
        ("x is truthy", exactly(Tensor(0.1)), CERTAIN),
        ("x is int", exactly(Tensor(1)), NO),
        ("x >= 0.1", exactly(Tensor(0.1)), CERTAIN),
        ("x is falsy", literal(UNREAD), NO),
    ],
)
def test_what_is_not_known_makes_it_less_sure(
    text: str, value: ValueSet, expected: Certainty
) -> None:
    assert holds(text, x=value) is expected


@pytest.mark.parametrize("other, expected", [(0, CERTAIN), (1, CERTAIN), (2, NO)])
def test_two_parameters_are_compared(other: int, expected: Certainty) -> None:
    assert holds("lr >= sizes[0]", lr=literal(1), sizes=literal((other, 50))) is expected


LOGIC: Mapping[str, ValueSet] = {
    "no": literal(1),
    "unread": UNKNOWN,
    "maybe": one_of(0, 1),
    "yes": literal(0),
}

certainties = st.sampled_from(list(LOGIC))


@given(certainties, certainties)
def test_and_is_the_less_sure_or_the_surer(one: str, other: str) -> None:
    values = {"a": LOGIC[one], "b": LOGIC[other]}
    parts = [holds("a == 0", **values), holds("b == 0", **values)]
    assert holds("a == 0 and b == 0", **values) is min(parts)
    assert holds("a == 0 or b == 0", **values) is max(parts)


@pytest.mark.parametrize("text", ["x == 0", "x >= 1", "x < 1", "x is truthy", "x is fractional"])
def test_a_float_that_is_not_read_may_be_any(text: str) -> None:
    assert holds(text, x=SOME_FLOAT) is UNRESOLVED
    assert holds(text, x=SOME_FLOAT | literal(5.5)) >= UNRESOLVED


@pytest.mark.parametrize("text, expected", [("x is float", CERTAIN), ("x is int", NO)])
def test_a_float_that_is_not_read_is_one(text: str, expected: Certainty) -> None:
    assert holds(text, x=SOME_FLOAT) is expected


def test_names_are_those_of_parameters() -> None:
    condition = parse_condition("value >= 1e-4 and betas[1] < 0.99 or value is int and None == x[]")
    assert condition.names == {"value", "betas", "x"}
    assert parse_condition("a/(b*optimizer.lr) == 1").names == {"a", "b", "optimizer.lr"}
    assert parse_condition("a/(1-b[1])**0.5 == b[0]").names == {"a", "b"}


def test_a_sum_of_what_is_not_known_is_less_sure() -> None:
    assert holds("x/y == 2.0", x=literal(1), y=one_of(0.5, 2)) is POSSIBLE
    assert holds("x/y == 2.0", x=literal(1)) is UNRESOLVED
    assert holds("x-y[1] > 0.5", x=literal(1), y=literal((UNREAD, 0))) is CERTAIN
    assert holds("x-y[1] > 0.5", x=literal(1), y=literal((0, UNREAD))) is UNRESOLVED
    assert holds("x+x > 0", x=union(literal(value) for value in range(1, 17))) is CERTAIN
    many = union(literal(value) for value in range(1, 17))
    assert holds("x+y > 0", x=many, y=many) is UNRESOLVED


@pytest.mark.parametrize(
    "text, shown",
    [
        ("", "'' is no test"),
        ("x", "'x' is no test"),
        ("x = 1", "'x = 1' is no test"),
        ("x == ", "'x ==' is no test"),
        ("x is", "'x is' is no test"),
        ("x is large", "kind 'large' is not one of truthy, falsy, int"),
        ("x == 1 and", "and"),
        ("x == 1 or  or x == 2", "is no test"),
        ("x == y.z.a", "'y.z.a' is no operand"),
        ("x == y+f(z)", "'y+f(z)' is no operand"),
        ("x == 1+'a'", "is no operand"),
        ("x == 2**y", "'2**y' is no operand"),
        ("x == y+y[a]", "'y+y[a]' is no operand"),
        ("x[a] == 1", "'x[a]' is no operand"),
        ("x == __import__('os')", "is no operand"),
        ("f(x) == 1", "'f(x)' is no operand"),
        ("x == 1 == 2", "is no test"),
        ("not x", "'not x' is no test"),
    ],
)
def test_what_is_not_understood_is_shown(text: str, shown: str) -> None:
    with pytest.raises(ValueError, match="condition ") as caught:
        parse_condition(text)
    assert repr(text) in str(caught.value)
    assert shown in str(caught.value)


@given(st.text(alphabet="xy01[]. =<>!isand or'Noe", max_size=30))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ValueError as error:
        said = str(error)
    else:
        said = f"condition {text!r}: {condition.holds(lambda _: UNKNOWN).word}"
    assert said.startswith(f"condition {text!r}: ")


def test_what_nobody_writes_is_not_guessed_at() -> None:
    unread = "torch.optim.AdamW(params, lr=rate, betas=betas, eps=eps)"
    assert "OPT302" not in codes(check_call(unread, "paddle"))
    tried = "torch.optim.AdamW(params, lr=2.0, betas=(0.9, 0.0), eps=1e-10)"
    assert "OPT302" in codes(check_call(tried, "paddle"))


@pytest.mark.parametrize(
    "call, shows",
    [
        ("Adam(params)", False),
        ("Adam(params, lr=rate)", False),
        ("Adam(params, lr=rate, eps=1e-8)", False),
        ("Adam(params, lr=rate, eps=1e-8, betas=(0.98, 0.999))", False),
        ("Adam([{'params': params, 'lr': rate}])", False),
        ("Adam([{'params': params, 'lr': rate, 'eps': 1e-8}])", False),
        ("Adam(params, lr=rate, eps=1e-3)", True),
        ("Adam([{'params': params, 'lr': rate}], eps=1e-3)", True),
        ("Adam(params, lr=rate, weight_decay=1e-5)", True),
        ("Adam(params, lr=10.0)", True),
        ("Adam(params, lr=1e-3, eps=small)", True),
    ],
)
def test_a_rate_that_cannot_be_read_is_taken_for_a_usual_one(call: str, shows: bool) -> None:
    found = codes(check_call(f"torch.optim.{call}", "mindspore,mindspore.experimental"))
    assert ("OPT303" in found) is shows
