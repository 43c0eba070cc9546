"""Messages are short, one line whatever the source holds, and end with the advice."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import pytest

from conformance.generate import generated_calls
from conformance.records import torch_call
from optport.finding import Finding
from optport.signatures import ApiKind
from optport.table import api_names, targets
from tests.conftest import check, check_once, of_all_fixtures
from tests.fixture_cases import all_fixtures

ALL = ",".join(info.short for info in targets().values())


def of_generated_calls(asked: str, every: int) -> list[Finding]:
    calls = [call for name in api_names(ApiKind.OPTIMIZER) for call in generated_calls(name)]
    sources = [f"import torch\n{torch_call(call, 'net.parameters()')}\n" for call in calls[::every]]
    return [finding for source in sources for finding in check(source, asked).findings]


def lengths(findings: Iterable[Finding]) -> list[int]:
    return [len(finding.message) for finding in findings]


def is_well_formed(finding: Finding) -> bool:
    text, hint = finding.message, finding.hint
    return text.isprintable() and len(text) <= 200 and bool(hint) and text.endswith(f"; {hint}")


@of_all_fixtures
def test_messages_of_fixtures_are_short() -> None:
    found = []
    for fixture in all_fixtures():
        found += check_once(fixture.text, fixture.asked_for.options).findings
    assert all(map(is_well_formed, found))
    assert median(lengths(one for one in found if not one.kind.note)) <= 110


@pytest.mark.slow
def test_notes_of_fixtures_are_short() -> None:
    for fixture in all_fixtures():
        found = check(fixture.text, fixture.asked_for.targets or "paddle,mindspore", notes=True)
        assert all(map(is_well_formed, found.findings))


@pytest.mark.parametrize(
    "asked, every",
    [("paddle,mindspore", 17), (ALL, 19), pytest.param(ALL, 1, marks=pytest.mark.slow)],
)
def test_messages_of_generated_calls_are_short(asked: str, every: int) -> None:
    findings = of_generated_calls(asked, every)
    assert len(findings) > 100
    assert all(map(is_well_formed, findings))
    assert median(lengths(findings)) <= 110


def test_advice_is_an_edit_or_for_the_port() -> None:
    for finding in of_generated_calls(ALL, 13):
        words = finding.hint.split()
        assert words[0] in ("write", "drop", "pass") or finding.hint.startswith("when porting: ")
        if finding.fix is not None:
            assert words[0] in ("write", "drop", "pass")


@pytest.mark.parametrize(
    "value",
    [
        "a['\u202e']",
        "a['\u2028']",
        "a['\x1b[31m']",
        'f"{x!r:\u200b>3}"',
        "b'\\x00'",
        "größe",
        "a" * 500,
        "[" + "1, " * 300 + "1]",
        "(1\n+\n1)",
    ],
)
@pytest.mark.parametrize("asked", ["paddle,mindspore", ALL])
def test_a_message_is_one_line_whatever_the_source_holds(value: str, asked: str) -> None:
    source = (
        f"import torch\ntorch.optim.Adam({value}, lr=1, eps={value}, maximize={value},\n"
        f"    weight_decay={value}, amsgrad={value}, betas={value})\n"
        f"torch.optim.SGD([{{'params': {value}, 'lr': {value}}}], lr={value}, **{value})\n"
    )
    findings = check(source, asked, notes=True).findings
    assert len(findings) > 4
    assert all(map(is_well_formed, findings))


def test_what_does_not_fit_is_left_out() -> None:
    source = "import torch\ntorch.optim.Adam(p, eps=0, betas=(0, 0.999))\n"
    long = [one for one in check(source, ALL).findings if " differ too; " in one.message]
    assert [one.arguments for one in long] == [("eps",), ("betas",)]
    assert all(len(one.targets) > 2 for one in long)


def test_a_place_and_a_code_have_one_finding() -> None:
    source = (
        "import torch\nshared = {'lr': 1, 'foreach': True}\n"
        "torch.optim.SGD(p, **shared)\ntorch.optim.Adam(q, **shared)\n"
        "kind = torch.optim.Adamax if x else torch.optim.Rprop\nkind(p)\n"
        "torch.optim.Adadelta(p)\n"
    )
    findings = check(source, ALL).findings
    places = [(one.place, one.code) for one in findings]
    assert len(places) == len(set(places))
    rate = next(one for one in findings if one.code == "OPT104")
    assert rate.place.line == 2
    assert len(rate.calls) == 2
    last = findings[-1]
    assert (last.code, last.arguments) == ("OPT201", ("lr", "rho"))
    assert last.hint == "write lr=1.0, rho=0.9"


def test_only_what_the_source_leaves_open_is_said_with_may() -> None:
    source = (
        "import torch\nkind = torch.optim.SGD if fancy else fancy.SGD\n"
        "kind(p, lr=0.1, foreach=True if may else False)\n"
    )
    (finding,) = check(source).findings
    assert finding.message.startswith("this may be torch.optim.SGD: foreach=True if may")


def test_a_note_tells_no_long_story_of_a_port() -> None:
    report = check("import torch\ntorch.optim.ASGD(p, lr=0.5)\n", notes=True)
    (note,) = (one.message for one in report.findings if one.code == "OPT903")
    assert "Exact for" not in note
    assert "(incomplete, step-scheduler-each-step)" in note
