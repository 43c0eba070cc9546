"""Dataclasses made in less time are what the standard library's are."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from optport.lean import dataclass

Maker = Callable[..., Any]
NAN = math.nan


def classes(make: Maker) -> list[Any]:
    """Classes of every kind in use, made by the one decorator or the other."""

    @make(frozen=True, slots=True)
    class Frozen:
        """Told by its fields."""

        a: int
        b: str = "b"
        aside: list[int] = dataclasses.field(default_factory=list, compare=False, repr=False)

    @make(frozen=True, slots=True)
    class Heir(Frozen):
        """One field more."""

        c: float = 0.5

    @make(frozen=True, slots=True, order=True)
    class Ordered:
        """One field, in order."""

        a: float

    @make(eq=False, slots=True)
    class ByItself:
        """Only ever equal to itself."""

        a: int

    @make
    class Changing:
        """No hash."""

        a: int

    @make(frozen=True)
    class Worded:
        """Methods of its own."""

        a: int

        def __repr__(self) -> str:
            return "mine"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    @make(frozen=True, slots=True)
    class Empty:
        """Nothing in it."""

    return [Frozen, Heir, Ordered, ByItself, Changing, Worded, Empty]


def instances(made: list[Any]) -> list[Any]:
    frozen, heir, ordered, by_itself, changing, worded, empty = made
    return [
        *[
            frozen(1),
            frozen(1, aside=[2]),
            frozen(2),
            frozen(1, "c"),
            heir(1),
            heir(1, "b", [3], 2.0),
        ],
        *[ordered(1.0), ordered(2.0), ordered(NAN), ordered(NAN), by_itself(1), by_itself(1)],
        *[changing(1), changing(1), worded(1), worded(2), empty(), empty()],
    ]


LEAN, STANDARD = instances(classes(dataclass)), instances(classes(dataclasses.dataclass))


def outcome(of: Callable[[], object]) -> object:
    try:
        return of()
    except TypeError as error:
        return type(error)


def test_they_are_shown_alike() -> None:
    assert list(map(repr, LEAN)) == list(map(repr, STANDARD))


@pytest.mark.parametrize("compare", ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_they_compare_alike(compare: str) -> None:
    def table(those: list[Any]) -> list[object]:
        return [
            outcome(lambda a=a, b=b: getattr(a, compare)(b))  # type: ignore[misc]
            for a in those
            for b in those
        ]

    assert table(LEAN) == table(STANDARD)


def test_they_have_a_hash_where_the_others_have() -> None:
    for one, other in zip(LEAN, STANDARD, strict=True):
        assert (type(one).__hash__ is None) == (type(other).__hash__ is None)
    assert hash(LEAN[0]) == hash(LEAN[1])
    assert hash(LEAN[10]) != hash(LEAN[11])
    assert hash(LEAN[14]) == 7


def test_they_are_dataclasses_for_who_asks() -> None:
    one: Any
    other: Any
    for one, other in zip(LEAN, STANDARD, strict=True):
        assert [f.name for f in dataclasses.fields(one)] == [
            f.name for f in dataclasses.fields(other)
        ]
        assert type(one).__match_args__ == type(other).__match_args__
        assert hasattr(one, "__dict__") == hasattr(other, "__dict__")
        assert dataclasses.is_dataclass(one)
    assert dataclasses.replace(LEAN[0], a=2) == LEAN[2]
    assert copy.deepcopy(LEAN[1]).aside == [2]


@dataclass(frozen=True, slots=True)
class Sent:
    """Goes from one process to another."""

    a: int
    b: str = "b"


def test_they_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Sent(1, "c"))) == Sent(1, "c")
