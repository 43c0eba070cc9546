"""CONTRIBUTING says how the house is laid out: what it names is there, and runs in that order."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType

from optport.check import check_source
from optport.options import default_options
from tests.conftest import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CALL = """\
import torch

net = torch.nn.Linear(2, 2)
optimizer = torch.optim.ASGD(net.parameters())
"""


def _called() -> list[tuple[str, str]]:
    """The functions that a check of the call runs, as file and name, by their first call."""
    seen: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT):
            seen[str(path.relative_to(ROOT)), frame.f_code.co_name] = None

    check_source(CALL, default_options())  # what is made once only
    sys.setprofile(note)
    try:
        findings = check_source(CALL, default_options()).findings
    finally:
        sys.setprofile(None)
    assert [finding.code for finding in findings] == ["OPT202", "OPT301"]
    return list(seen)


def test_the_route_of_one_construction_is_the_one_it_takes() -> None:
    route = re.findall(r"^\| \d+ \| `([\w/.]+)` `(\w+)` \|", TEXT, re.MULTILINE)
    called = _called()
    assert len(route) >= 15
    assert [step for step in called if step in set(route)] == route


def test_every_path_named_is_there() -> None:
    for named in re.findall(r"`((?:optport|tests|docs|tools|conformance)/[\w/.-]*)`", TEXT):
        assert (ROOT / named).exists(), named
