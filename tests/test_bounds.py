"""The work that a source makes grows with its size, and no small source makes much of it."""

from __future__ import annotations

import gc
import importlib
import re
import subprocess
import sys
import weakref
from collections.abc import Callable

import pytest

from optport.check import check_source
from tests import shapes
from tests.conftest import ROOT, quick_and_slow
from tests.growing import CALL, FORMS, HEAD, PADDLE, SMALL, calls, steps

TIMES = 150
"""Repetitions of a form, which are then doubled."""
FEW_TIMES = 20
"""Fewer, for a quick look."""


@pytest.mark.parametrize("times", [FEW_TIMES, pytest.param(TIMES, marks=pytest.mark.slow)])
@pytest.mark.parametrize("form", quick_and_slow(FORMS.values()), ids=FORMS)
def test_work_grows_no_faster_than_the_source(form: Callable[[int], str], times: int) -> None:
    steps(HEAD + CALL)  # what is read once, is read now
    once, twice = (steps(HEAD + form(count)) for count in (times, 2 * times))
    assert twice <= 2.5 * once


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_calls_grow_no_faster_than_the_source(form: Callable[[int], str]) -> None:
    calls(HEAD + CALL)
    few, many = (calls(HEAD + form(times)) for times in (TIMES, 6 * TIMES))
    assert many <= 6.6 * few


def test_what_is_released_is_freed_without_a_search_for_cycles() -> None:
    text = (
        "import torch\nclass T:\n    def __init__(self, net, lr=0.1, **more):\n"
        "        groups = [{'params': [p for p in net.parameters()], 'lr': lr}]\n"
        "        self.o = torch.optim.RMSprop(groups, lr=lr, **more)\n"
        "        self.s = torch.optim.lr_scheduler.StepLR(self.o, 3)\n"
        "    def f(self):\n        self.o.step(lambda: 1)\n        self.s.step()\nT(q).f()\n"
    )
    gc.collect()
    gc.disable()
    try:
        report = check_source(text, PADDLE)
        assert report.reading is not None
        module = weakref.ref(report.reading.tree)
        assert module() is not None
        report.release()
        del report
        assert module() is None
    finally:
        gc.enable()


STEPS_PER_CHARACTER = 1000
"""Lines of Python that a check runs through at most, for each character: some 50 µs."""
CALLS_PER_CHARACTER = 400
"""Calls that it makes at most with two targets, built-in functions too: some 50 µs as well."""
BYTES_PER_CHARACTER = 2500
"""Memory that it takes at most, above that of the tree."""

SIZES = [1_500, pytest.param(20_000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", quick_and_slow(shapes.SHAPES.values()), ids=shapes.SHAPES)
def test_what_multiplies_makes_no_more_work_than_its_size_allows(
    shape: Callable[[int], str], size: int
) -> None:
    text = shapes.HEAD + shape(size)
    steps(shapes.HEAD + shapes.CALL)  # what is read once, is read now
    assert steps(text) <= STEPS_PER_CHARACTER * len(text)


@pytest.mark.slow
@pytest.mark.parametrize("shape", shapes.SHAPES.values(), ids=shapes.SHAPES)
def test_what_multiplies_is_judged_in_no_more_calls_than_its_size_allows(
    shape: Callable[[int], str],
) -> None:
    text = shapes.HEAD + shape(2_500)
    calls(shapes.HEAD + shapes.CALL)
    assert calls(text) <= CALLS_PER_CHARACTER * len(text)


@pytest.mark.slow  # counting bytes takes ten times as long as counting steps
@pytest.mark.parametrize("size", [2_500, 20_000])
@pytest.mark.parametrize("shape", shapes.SHAPES.values(), ids=shapes.SHAPES)
def test_what_multiplies_takes_no_more_memory_than_its_size_allows(
    shape: Callable[[int], str], size: int
) -> None:
    text = shapes.HEAD + shape(size)
    assert shapes.peak_memory(text) <= BYTES_PER_CHARACTER * len(text)


@pytest.mark.parametrize("size", [2_500, pytest.param(5_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("shape", quick_and_slow(shapes.SHAPES.values()), ids=shapes.SHAPES)
def test_what_is_cut_off_costs_no_finding_elsewhere(shape: Callable[[int], str], size: int) -> None:
    report = check_source(shapes.HEAD + shape(size) + "\n" + shapes.CALL, PADDLE)
    last = shapes.HEAD.count("\n") + shape(size).count("\n") + 2
    assert [one.code for one in report.findings if one.place.line == last] == ["OPT301"]


def test_a_registry_of_all_classes_that_is_asked_by_a_whole_test_suite_stays_resolved() -> None:
    kinds = ("Adam", "SGD", "AdamW", "NAdam", "RAdam", "ASGD", "Adagrad", "Rprop", "LBFGS")
    entries = ", ".join(f"'{kind}': torch.optim.{kind}" for kind in kinds)
    calls = "".join(f"opt{i} = KINDS[q](model.parameters(), lr=0.5)\n" for i in range(60))
    report = check_source(f"{HEAD}KINDS = {{{entries}}}\n{calls}", PADDLE)
    asgd = [one for one in report.findings if one.code == "OPT301"]
    assert [one.place.line for one in asgd] == list(range(6, 66))


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
