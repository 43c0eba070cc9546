"""The work that a source makes grows with its size, and no small source makes much of it."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.growing import FORMS, SMALL


@pytest.fixture(scope="module")
def counted() -> dict[str, tuple[int, int]]:
    """The counts, from a process of its own: they would disturb the measuring of coverage."""
    done = subprocess.run(
        [sys.executable, "-c", "from tests.growing import count_all; count_all()"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    return {name: (once, twice) for name, (once, twice) in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", FORMS)
def test_work_grows_no_faster_than_the_source(
    name: str, counted: dict[str, tuple[int, int]]
) -> None:
    once, twice = counted[name]
    assert twice <= 2.5 * once


LIMITS = """
import resource, sys
from tests.growing import check_small
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
check_small(sys.argv[1])
"""
"""A gigabyte, and time for a hundred times what these take: without bounds, none suffices."""


@pytest.mark.parametrize("name", SMALL)
def test_no_small_source_makes_much_work(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITS, name],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_bounds_are_those_of_the_documentation() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    stated = re.findall(r"^\| `([\w.]+)\.([A-Z_]+)` \| (\S+) \|", text, re.MULTILINE)
    assert len(stated) >= 10
    for module, name, value in stated:
        assert getattr(importlib.import_module(module), name) == float(value), name
