"""The catalogue agrees with fixtures, pages and changelog, and its examples show what they say."""

from __future__ import annotations

import re

import pytest

from optport.catalogue import CATALOGUE, CODES, PAGES, HazardKind, Kind, worded
from optport.edits import apply_edits
from optport.finding import Finding
from optport.signatures import ApiKind
from tests.conftest import ROOT, check, check_call, codes
from tests.fixture_cases import all_fixtures

FIXTURES = {
    fixture.path.stem: fixture for fixture in all_fixtures() if fixture.path.stem.startswith("OPT")
}

AWAITED: frozenset[str] = frozenset()
"""Kinds that have their texts, and no rule as yet."""

FOUND = [kind for kind in CATALOGUE.values() if kind.code not in AWAITED]

each_kind = pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)
each_found = pytest.mark.parametrize("kind", FOUND, ids=lambda kind: kind.code)


def stem(kind: Kind) -> str:
    return f"{kind.code}_{kind.name.replace('-', '_')}"


def found(call: str, kind: Kind) -> list[str]:
    return codes(check_call(call, kind.targets, notes=kind.note)) if call else []


def test_codes_are_fixtures() -> None:
    assert {stem(kind) for kind in FOUND} == set(FIXTURES)


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


@pytest.mark.parametrize("code", sorted(AWAITED))
def test_what_is_awaited_is_not_found_yet(code: str) -> None:
    assert code not in found(CATALOGUE[code].bad, CATALOGUE[code])


@each_found
def test_bad_example_has_the_code_once_and_mended_it_has_not(kind: Kind) -> None:
    report = check_call(kind.bad, kind.targets, notes=kind.note)
    (finding,) = [one for one in report.findings if one.code == kind.code]
    assert kind.code not in found(kind.good, kind)
    if finding.fix is not None:
        mended = apply_edits(f"import torch\n{kind.bad}\n", finding.fix.edits)
        assert kind.code not in codes(check(mended, kind.targets, notes=kind.note))


def test_every_hazard_of_every_api_has_one_wording() -> None:
    seen = [
        (api, hazard)
        for kind in CATALOGUE.values()
        for api in kind.apis
        for hazard in kind.wordings
    ]
    assert len(seen) == len(set(seen))
    assert {hazard for _, hazard in seen} == set(HazardKind)
    kind, wording = worded(ApiKind.SCHEDULER, HazardKind.REJECTED)
    assert kind.code == "OPT604"
    assert wording.hedges


@each_kind
def test_a_wording_that_hedges_says_may(kind: Kind) -> None:
    for wording in kind.wordings.values():
        assert wording.hedges == (wording.may is not None and "may" in wording.may.split())
        assert "may" not in wording.sure.split()


@each_found
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
    assert {finding.code for finding in findings} == {kind.code for kind in FOUND}
    assert all(map(is_well_formed, findings))


def is_well_formed(finding: Finding) -> bool:
    """Whether a message is one line of bounded length that ends with its advice."""
    text, hint = finding.message, finding.hint
    return text.isprintable() and len(text) <= 200 and bool(hint) and text.endswith(f"; {hint}")
