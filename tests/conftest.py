"""What the tests share: checking a text in this process, and running Python in another."""

from __future__ import annotations

import ast
import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from optport.check import Report, check_source
from optport.defaults import DEFAULT_TARGETS
from optport.options import Options, default_options, make_options

settings.register_profile("optport", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("optport")

# Processes that tests start keep what they compile; each would compile all of optport otherwise.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Tests look at what the code finds, not at what it found before; those of the cache have their own.
os.environ["OPTPORT_NO_CACHE"] = "1"

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes what is kept of messages anew."""
    parser.addoption(
        "--rewrite-messages",
        action="store_true",
        help="write tests/fixtures/*.txt and tests/ports/*.txt anew",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have what looks at the reports of all fixtures side by side, for one process to run."""
    items.sort(key=lambda item: item.get_closest_marker("of_all_fixtures") is None)


def pytest_collection_finish() -> None:
    """Have Python look for cycles seldom, and not in thousands of tests again and again."""
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture
def rewrite_messages(request: pytest.FixtureRequest) -> bool:
    """Whether the messages beside the fixtures are to be written anew."""
    return bool(request.config.getoption("--rewrite-messages"))


def check(
    text: str, targets: str = DEFAULT_TARGETS, torch_version: str = "", notes: bool = False
) -> Report:
    """Check a source text under options as users write them."""
    return check_source(text, make_options(targets, torch_version, notes))


@cache
def check_once(text: str, options: Options) -> Report:
    """Check a text, and remember the report: for fixtures, which many tests look at."""
    return check_source(text, options)


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command line take the report of a text that this process has checked before.

    It starts no processes then, which would know nothing of each other's.
    """

    def check(_: ast.Module, text: str, options: Options | None = None, **__: Any) -> Report:
        # It is looked at again, and so never released.
        return replace(check_once(text, options or default_options()), reading=None)

    monkeypatch.setattr("optport.guard.check_guarded", check)
    monkeypatch.setattr("optport.cli.parallel.MIN_FILES", sys.maxsize)


def of_all_fixtures(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that has all fixtures checked, only to see what is made of the reports."""
    for mark in (pytest.mark.usefixtures("remembered"), pytest.mark.of_all_fixtures):
        test = mark(test)
    return test


def quick_and_slow(values: Iterable[object], every: int = 3) -> list[Any]:
    """Parameters of a test, of which one of so many is quick, and CI takes all."""
    return [
        one if number % every == 0 else pytest.param(one, marks=pytest.mark.slow)
        for number, one in enumerate(values)
    ]


def check_call(
    call: str, targets: str = DEFAULT_TARGETS, torch_version: str = "", notes: bool = False
) -> Report:
    """Check one call that names `torch.optim` in full."""
    return check(f"import torch\n{call}\n", targets, torch_version, notes)


def codes(report: Report) -> list[str]:
    """The codes of a report's findings, in order of place."""
    return [finding.code for finding in report.findings]


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    stdin: str | None = None,
    interpreter: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a module of this environment: ``run("flake8", "--version")``.

    `interpreter` are options of Python's own.
    """
    return subprocess.run(
        [sys.executable, *interpreter, "-m", *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        input=stdin,
        timeout=60,
    )
