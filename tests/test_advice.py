"""Advice is a promise: edits mend what they say, undo nothing, and end, for any set of targets."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from itertools import combinations

import pytest

from conformance.generate import generated_calls
from conformance.records import torch_call
from optport.edits import Applicability, Fix, apply_edits
from optport.finding import Finding
from optport.signatures import ApiKind
from optport.table import api_names, targets
from tests.conftest import check, check_call, quick_and_slow
from tests.fixture_cases import Fixture, all_fixtures

SHORT = [info.short for info in targets().values()]
ALL = ",".join(SHORT)
SETS = [",".join(some) for count in range(1, 5) for some in combinations(SHORT, count)]
MOST_FIXES = 160
"""Fixes applied to one file until there is none: what one makes visible, the next mends."""


def mended(text: str, asked: str, at_once: int = 1) -> str:
    """Apply fixes, so many at once, until there is none; each mends what it is for."""
    before = check(text, asked).findings
    for _ in range(MOST_FIXES):
        chosen = on_lines_of_their_own(before)[:at_once]
        if not chosen:
            return text
        text = apply_edits(text, [edit for _, fix in chosen for edit in fix.edits])
        ast.parse(text)
        after = check(text, asked).findings
        messages = [finding.message for finding, _ in chosen]
        for mended_cause, count in fixable(finding for finding, _ in chosen).items():
            assert fixable(after)[mended_cause] <= fixable(before)[mended_cause] - count, messages
        new = [one for one in after if not causes(one) <= set().union(*map(causes, before))]
        assert all(map(is_about_the_port, new)), (messages, new[0].message)
        before = after
    raise AssertionError("the advice has no end")


def on_lines_of_their_own(findings: Iterable[Finding]) -> list[tuple[Finding, Fix]]:
    """Findings with their fixes, of which no two edit one line."""
    found: list[tuple[Finding, Fix]] = []
    edited: set[int] = set()
    for finding in findings:
        if finding.fix is not None:
            places = [edit.place for edit in finding.fix.edits]
            lines = {n for place in places for n in range(place.line, place.end_line + 1)}
            if edited.isdisjoint(lines):
                edited |= lines
                found.append((finding, finding.fix))
    return found


def cause(finding: Finding) -> tuple[str, tuple[str, ...]]:
    """What a finding is about, wherever it stands."""
    return finding.code, finding.arguments


def causes(finding: Finding) -> set[tuple[str, str, str]]:
    """What a finding is about, target by target."""
    of = finding.arguments or ("",)
    return {(finding.code, name, target) for name in of for target in finding.targets}


def fixable(findings: Iterable[Finding]) -> Counter[tuple[str, tuple[str, ...]]]:
    return Counter(cause(one) for one in findings if one.fix is not None)


def is_about_the_port(finding: Finding) -> bool:
    """Whether a finding only says what a port leaves out: what another target needs written."""
    return finding.fix is None and (
        # OPT603 says it beside the arguments that it has fixes for.
        finding.code == "OPT103" or (finding.code == "OPT603" and not finding.arguments)
    )


@pytest.mark.parametrize(
    "fixture", quick_and_slow(all_fixtures(), 2), ids=lambda fixture: fixture.path.stem
)
def test_fixes_of_every_fixture_mend_it_when_made_side_by_side(fixture: Fixture) -> None:
    mended(fixture.text, ALL, at_once=MOST_FIXES)


@pytest.mark.slow
@pytest.mark.parametrize("asked", SETS)
@pytest.mark.parametrize("fixture", all_fixtures(), ids=lambda fixture: fixture.path.stem)
def test_fixes_of_every_fixture_mend_it(fixture: Fixture, asked: str) -> None:
    mended(fixture.text, asked)


@pytest.mark.slow
@pytest.mark.parametrize("asked", SETS)
def test_fixes_of_generated_calls_mend_them(asked: str) -> None:
    for name in api_names(ApiKind.OPTIMIZER):
        calls = generated_calls(name)
        for call in calls[:: max(1, len(calls) // 40)][:40]:
            mended(f"import torch\n{torch_call(call, 'net.parameters()')}\n", asked)


@pytest.mark.parametrize(
    "call, applicability",
    [
        ("Adam(p, lr=1)", Applicability.SAFE),
        ("Adam(p, lr=1e-3, foreach=None)", Applicability.SAFE),
        ("Adam(p, lr=1e-3, foreach=True)", Applicability.UNSAFE),
        ("Adam(p, lr=torch.tensor(1e-3))", Applicability.UNSAFE),
        ("Adamax(p)", Applicability.SAFE),
    ],
)
def test_fixes_say_what_they_may_change_for_torch(call: str, applicability: Applicability) -> None:
    (finding,) = check_call(f"torch.optim.{call}", "paddle").findings
    assert finding.fix is not None
    assert finding.fix.applicability is applicability


@pytest.mark.parametrize(
    "source",
    [
        "kind = torch.optim.Adamax if x else torch.optim.Rprop\nkind(p)",
        "torch.optim.Adamax(p, **more)",
        "kw = {'lr': 1}\ntorch.optim.Adam(p, **kw)\nprint(kw)",
        "torch.optim.ASGD(p, lr=0.1, t0=0, lambd=0.0)",
        "torch.optim.Adam(p, lr=0.1, eps=0.0)",
        "torch.optim.Adam(p, **(dict(fused=True) if q else {}))",
        "torch.optim.Adam(p, **({'fused': True} if q else {'fused': True}))",
        "torch.optim.Adam(p, **({'lr': 1} if q else {'lr': 1}))",
    ],
)
def test_what_is_not_certain_or_not_harmless_is_no_edit(source: str) -> None:
    findings = check(f"import torch\n{source}\n").findings
    assert findings
    assert not any(finding.fix for finding in findings)


@pytest.mark.parametrize(
    "source, after",
    [
        ("Rprop(p)", "Rprop(p, lr=0.01, step_sizes=(1e-06, 50.0))"),
        ("Rprop(x for x in p)", "Rprop((x for x in p), lr=0.01, step_sizes=(1e-06, 50.0))"),
    ],
)
def test_arguments_at_one_place_are_written_in_the_signatures_order(
    source: str, after: str
) -> None:
    text = f"import torch\ntorch.optim.{source}\n"
    (finding,) = (one for one in check(text, "paddle").findings if one.fix is not None)
    assert finding.fix is not None
    assert apply_edits(text, finding.fix.edits) == f"import torch\ntorch.optim.{after}\n"


@pytest.mark.parametrize("comment", ["", "  # three"])
@pytest.mark.parametrize(
    "value", ["(\n    3,<comment>\n    9,\n)", "{\n    3,<comment>\n    9,\n}"]
)
def test_a_value_with_a_comment_in_it_stays(value: str, comment: str) -> None:
    head = "import torch\no = torch.optim.SGD(q, lr=0.1)\ntorch.optim.lr_scheduler.MultiStepLR(o, "
    text = f"{head}{value.replace('<comment>', comment)})\n"
    found = check(text, "mindspore.experimental").findings
    fixes = [one.fix for one in found if one.code == "OPT604"]
    assert [fix is None for fix in fixes] == [bool(comment)]
