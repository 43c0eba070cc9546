"""Release numbers: reading, ordering, and the newest known one that is not newer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.signatures import family
from optport.table import targets
from optport.versions import UsageError, known_range, parse_version, resolve_version

KNOWN = ("2.6.2", "3.0.0", "3.1.0", "3.1.1", "3.10.0")

numbers = st.tuples(*[st.integers(0, 20)] * 3)


@pytest.mark.parametrize(
    "text, number",
    [
        ("2.13.0", (2, 13, 0)),
        ("2.13", (2, 13, 0)),
        ("3", (3, 0, 0)),
        (" 2.1.0 ", (2, 1, 0)),
        ("2.1.0+cpu", (2, 1, 0)),
        ("2.1.0.1", (2, 1, 0, 1)),
    ],
)
def test_numbers_are_read(text: str, number: tuple[int, ...]) -> None:
    assert parse_version(text) == number


@pytest.mark.parametrize(
    "text", ["", "x", "2.", ".2", "2..1", "v2.1", "2.1rc1", "-1", "+cpu", "٣x"]
)
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="is not a version number such as") as caught:
        parse_version(text)
    assert repr(text) in str(caught.value)


@given(numbers, numbers)
def test_order_is_that_of_the_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    texts = (".".join(map(str, number)) for number in (one, other))
    first, second = map(parse_version, texts)
    assert (first < second) == (one < other)


@pytest.mark.parametrize(
    "asked, found",
    [
        ("2.6.2", "2.6.2"),
        ("2.7", "2.6.2"),
        ("3", "3.0.0"),
        ("3.1.5", "3.1.1"),
        ("3.9.9", "3.1.1"),
        ("3.10", "3.10.0"),
        ("3.1.1+gpu", "3.1.1"),
    ],
)
def test_between_two_versions_the_older_one_holds(asked: str, found: str) -> None:
    assert resolve_version(asked, KNOWN) == found


@pytest.mark.parametrize("asked", ["2.6.1", "2", "0", "3.10.1", "3.11", "4"])
def test_outside_of_the_range_nothing_is_guessed(asked: str) -> None:
    with pytest.raises(UsageError, match=f"version {asked} is not known; known: 2.6.2 … 3.10.0"):
        resolve_version(asked, KNOWN)


@given(numbers)
def test_what_is_found_is_known_and_the_newest_that_is_not_newer(asked: tuple[int, ...]) -> None:
    if (2, 6, 2) <= asked <= (3, 10, 0):
        found = parse_version(resolve_version(".".join(map(str, asked)), KNOWN))
        assert found == max(n for n in map(parse_version, KNOWN) if n <= asked)


@pytest.mark.parametrize("name", ["torch.optim", *targets()])
def test_recorded_versions_ascend(name: str) -> None:
    versions = family(name).versions
    parsed = [parse_version(version) for version in versions]
    assert parsed == sorted(set(parsed))
    assert known_range(versions) == f"{versions[0]} … {versions[-1]}"
    assert all(resolve_version(version, versions) == version for version in versions)
