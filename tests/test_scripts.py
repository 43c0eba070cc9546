"""Whole scripts, each with one hazard behind indirection: found, and nothing else reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optport.check import check_source
from optport.options import default_options
from optport.signatures import ApiKind

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.py"))
_PLANTED = re.compile(r"# (OPT\d{3})(\??)$")


def planted(text: str) -> list[tuple[int, str, bool]]:
    """Read which code a script states in which line, and whether it is a certain finding."""
    matches = ((number, _PLANTED.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return [(number, match[1], not match[2]) for number, match in matches if match]


def test_there_are_ten_of_them_with_one_hazard_each() -> None:
    stated = [planted(script.read_text(encoding="utf-8")) for script in SCRIPTS]
    assert [len(one) for one in stated] == [1] * 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_planted_is_found_and_nothing_else(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    # Methods and schedules of the scripts have findings of their own, which are not planted.
    report = check_source(text, default_options()).findings
    findings = [one for one in report if ApiKind.OPTIMIZER in one.kind.apis]
    found = {(f.place.line, f.code, f.certainty.word == "certain") for f in findings}
    assert found == set(planted(text)), [finding.message for finding in findings]
