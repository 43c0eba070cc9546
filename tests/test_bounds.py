"""The work that a source makes grows with its size, and no small source makes much of it."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.conftest import ROOT
from tests.growing import CALL, FORMS, HEAD, SMALL, steps

TIMES = 150
"""Repetitions of a form, which are then doubled."""


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_work_grows_no_faster_than_the_source(form: Callable[[int], str]) -> None:
    steps(HEAD + CALL)  # what is read once, is read now
    once, twice = (steps(HEAD + form(times)) for times in (TIMES, 2 * TIMES))
    assert twice <= 2.5 * once


LIMITS = """
import resource, sys
from tests.growing import check_small
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
check_small(sys.argv[1])
"""
"""A gigabyte, and time for a hundred times what these take: without bounds, none suffices."""


@pytest.mark.slow
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
