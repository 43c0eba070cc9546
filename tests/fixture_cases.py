"""The fixtures: Python files that state their own findings.

A finding stands in a comment at the end of its line as ``OPT202:6``: the code, and the column
counted from 0. A ``?`` behind it says that the finding is only possible, ``??`` that a value which
can't be read takes part. A first line such as
``# optport: targets=paddle,mindspore==2.9.0 torch-version=2.1 notes`` sets the options.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from optport.defaults import DEFAULT_TARGETS
from optport.options import Options, make_options

FIXTURES = Path(__file__).parent / "fixtures"
CERTAINTIES = {"": "certain", "?": "possible", "??": "unresolved"}

_STATED = re.compile(r"#((?: OPT\d{3}:\d+\?{0,2})+)$")
_FINDING = re.compile(r"(OPT\d{3}):(\d+)(\?{0,2})")
_OPTIONS = re.compile(r"# optport:((?: (?:targets=\S+|torch-version=\S+|notes))+)$")


class Spot(NamedTuple):
    """Where a finding stands, and its code: what every front end shows."""

    line: int
    col: int
    code: str


class Stated(NamedTuple):
    """A finding as a fixture states it, and as reports with certainties show it."""

    spot: Spot
    certainty: str


class AskedFor(NamedTuple):
    """Options as the command lines of the front ends take them; `None` leaves one out."""

    targets: str | None = None
    torch_version: str | None = None
    notes: bool = False

    @property
    def options(self) -> Options:
        """The options as the core takes them."""
        return make_options(self.targets or DEFAULT_TARGETS, self.torch_version or "", self.notes)

    @property
    def flags(self) -> list[str]:
        """The options, in the spelling that all command lines share."""
        flags = ["--optport-notes"] if self.notes else []
        if self.targets is not None:
            flags.append(f"--optport-targets={self.targets}")
        if self.torch_version is not None:
            flags.append(f"--optport-torch-version={self.torch_version}")
        return flags


@dataclass(frozen=True)
class Fixture:
    """One file of `tests/fixtures`."""

    path: Path
    text: str

    @cached_property
    def asked_for(self) -> AskedFor:
        match = _OPTIONS.match(self.text.partition("\n")[0])
        words = match.group(1).split() if match else []
        values = dict(word.partition("=")[::2] for word in words)
        return AskedFor(values.get("targets"), values.get("torch-version"), "notes" in values)

    @cached_property
    def stated(self) -> list[Stated]:
        found = []
        for number, line in enumerate(self.text.split("\n"), start=1):
            if "# OPT" not in line:
                continue
            comment = _STATED.search(line)
            if comment is None:
                raise ValueError(f"{self.path}:{number}: this comment states no finding")
            for code, col, mark in _FINDING.findall(comment.group(1)):
                found.append(Stated(Spot(number, int(col), code), CERTAINTIES[mark]))
        return sorted(found)

    @property
    def spots(self) -> list[Spot]:
        """The findings without their certainties, for front ends that do not show them."""
        return sorted(stated.spot for stated in self.stated)


def all_fixtures() -> list[Fixture]:
    paths = sorted(FIXTURES.glob("*.py"))
    return [Fixture(path, path.read_text(encoding="utf-8")) for path in paths]


def by_options(fixtures: Iterable[Fixture]) -> dict[AskedFor, list[Fixture]]:
    """Group the fixtures so that each group can be checked in one run of a front end."""
    groups = defaultdict(list)
    for fixture in fixtures:
        groups[fixture.asked_for].append(fixture)
    return dict(groups)
