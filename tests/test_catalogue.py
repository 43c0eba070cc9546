"""The catalogue agrees with fixtures, pages and changelog, and its examples show what they say."""

from __future__ import annotations

import re

import pytest

from optport.catalogue import CATALOGUE, CODES, PAGES, Kind
from tests.conftest import ROOT, check, check_call, codes
from tests.fixture_cases import all_fixtures

FIXTURES = {
    fixture.path.stem: fixture for fixture in all_fixtures() if fixture.path.stem.startswith("OPT")
}

each_kind = pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)


def stem(kind: Kind) -> str:
    return f"{kind.code}_{kind.name.replace('-', '_')}"


def found(call: str, kind: Kind) -> list[str]:
    return codes(check_call(call, kind.targets, notes=kind.note)) if call else []


def test_codes_are_fixtures() -> None:
    assert {stem(kind) for kind in CATALOGUE.values()} == set(FIXTURES)


def test_codes_are_pages() -> None:
    pages = {page.stem for page in (ROOT / PAGES).glob("OPT*.md")}
    assert pages == set(CATALOGUE)


@pytest.mark.parametrize("document", [f"{PAGES}/README.md", "CHANGELOG.md"])
def test_documents_mention_every_code_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert set(re.findall(r"\bOPT[1-9]\d\d\b", text)) == set(CATALOGUE)


def test_names_are_codes_and_are_unique() -> None:
    assert list(CODES.items()) == [(kind.name, code) for code, kind in CATALOGUE.items()]


@each_kind
def test_name_is_kebab_case_without_digits(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)


@each_kind
def test_texts_are_written(kind: Kind) -> None:
    assert kind.summary.endswith(".")
    assert kind.why.endswith(".")
    assert kind.help == f"{PAGES}/{kind.code}.md"
    assert kind.note == kind.code.startswith("OPT9")


@each_kind
def test_bad_example_has_the_code_once_and_good_has_not(kind: Kind) -> None:
    assert found(kind.bad, kind).count(kind.code) == 1
    assert kind.code not in found(kind.good, kind)


@each_kind
def test_fixture_shows_the_code_surely_and_calls_without_it(kind: Kind) -> None:
    fixture = FIXTURES[stem(kind)]
    with_code = [one for one in fixture.stated if one.spot.code == kind.code]
    surest = "unresolved" if kind.name == "unresolved-optimizer" else "certain"
    assert any(one.certainty == surest for one in with_code)
    others = len(fixture.stated) - len(with_code)
    assert len(with_code) < len(check(fixture.text).constructions) or others


def test_messages_are_one_line_and_end_with_the_hint() -> None:
    reports = [
        check_call(call, targets, notes=True)
        for kind in CATALOGUE.values()
        for call in (kind.bad, kind.good)
        for targets in (kind.targets, "paddle==2.6.2,mindspore.experimental,mindspore.mint")
    ]
    findings = [finding for report in reports for finding in report.findings]
    assert {finding.code for finding in findings} == set(CATALOGUE)
    for finding in findings:
        assert finding.message.isprintable()
        assert finding.message.endswith(f"; {finding.hint}")
        assert finding.hint
