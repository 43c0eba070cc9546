"""Every fixture has the findings that it states, in every front end, with the texts beside it.

``pytest tests/test_fixtures.py --rewrite-messages`` writes those texts (``tests/fixtures/*.txt``)
anew: the difference is there to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optport.finding import Finding
from tests.conftest import check_once, of_all_fixtures
from tests.fixture_cases import FIXTURES as FOLDER
from tests.fixture_cases import AskedFor, Fixture, Spot, Stated, all_fixtures, by_options
from tests.front_ends import FRONT_ENDS, HOSTS, Spots

FIXTURES = all_fixtures()


def each_fixture(test: Callable[..., None]) -> Callable[..., None]:
    """Have a test look at the reports of all fixtures."""
    marked = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.path.stem)
    return of_all_fixtures(marked(test))


@cache
def _run(front_end: str, asked_for: AskedFor) -> Spots:
    """One run of a front end over all fixtures with the same options."""
    paths = [fixture.path for fixture in by_options(FIXTURES)[asked_for]]
    return FRONT_ENDS[front_end](paths, asked_for)


def _findings(fixture: Fixture) -> list[Finding]:
    return check_once(fixture.text, fixture.asked_for.options).findings


def _shown(finding: Finding) -> str:
    """A finding on one line, as it stands beside its fixture."""
    return f"{finding.place.line}:{finding.place.col} {finding.code} {finding.message}\n"


def _each_front_end() -> Iterator[Any]:
    """Every front end with every fixture; one process runs what a front end needs one run for."""
    for front_end in FRONT_ENDS:
        host = front_end in HOSTS
        for fixture in FIXTURES:
            marks = [pytest.mark.of_all_fixtures]
            if host and fixture.asked_for != AskedFor():
                marks.append(pytest.mark.slow)  # a run of the host for one or two fixtures
            yield pytest.param(
                front_end, fixture, marks=marks, id=f"{front_end}-{fixture.path.stem}"
            )


@pytest.mark.parametrize("front_end, fixture", list(_each_front_end()))
def test_findings_are_those_stated(
    front_end: str, fixture: Fixture, request: pytest.FixtureRequest
) -> None:
    if front_end not in HOSTS:
        request.getfixturevalue("remembered")
    assert _run(front_end, fixture.asked_for)[fixture.path] == fixture.spots


@each_fixture
def test_certainties_are_those_stated(fixture: Fixture) -> None:
    found = [
        Stated(Spot(finding.place.line, finding.place.col, finding.code), finding.certainty.word)
        for finding in _findings(fixture)
    ]
    assert sorted(found) == fixture.stated


@each_fixture
def test_messages_are_those_beside_the_fixture(fixture: Fixture, rewrite_messages: bool) -> None:
    beside = fixture.path.with_suffix(".txt")
    text = "".join(map(_shown, _findings(fixture)))
    if rewrite_messages and text:
        beside.write_text(text, encoding="utf-8")
    elif rewrite_messages:
        beside.unlink(missing_ok=True)
    assert text == (beside.read_text(encoding="utf-8") if beside.is_file() else "")


def test_every_text_stands_beside_a_fixture() -> None:
    texts = {path.stem for path in FOLDER.glob("*.txt")}
    assert texts and texts <= {fixture.path.stem for fixture in FIXTURES}


def test_foreign_fixtures_state_nothing() -> None:
    foreign = [fixture for fixture in FIXTURES if fixture.path.stem.startswith("foreign_")]
    assert len(foreign) >= 3
    assert not any(fixture.stated for fixture in foreign)


def test_a_fixture_is_read_as_its_comments_say() -> None:
    fixture = Fixture(
        Path("example.py"),
        "# optport: targets=paddle==3.0.0 notes\ncall(1)  # OPT101:0 OPT102:5?\n  #  OPT103:1??\n"
        "call(2)  # OPT104:4??\n",
    )
    assert fixture.asked_for == AskedFor("paddle==3.0.0", None, notes=True)
    assert fixture.asked_for.flags == ["--optport-notes", "--optport-targets=paddle==3.0.0"]
    assert fixture.stated == [
        Stated(Spot(2, 0, "OPT101"), "certain"),
        Stated(Spot(2, 5, "OPT102"), "possible"),
        Stated(Spot(4, 4, "OPT104"), "unresolved"),
    ]


@pytest.mark.parametrize("comment", ["# OPT101", "# OPT101:0 and more", "# OPT101:0, OPT102:0"])
def test_a_comment_that_is_nearly_a_statement_is_refused(comment: str) -> None:
    with pytest.raises(ValueError, match=r"example.py:1: "):
        _ = Fixture(Path("example.py"), f"call()  {comment}\n").stated
