"""What the tests share: checking a text in this process, and running Python in another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from optport.check import Report, check_source
from optport.defaults import DEFAULT_TARGETS
from optport.options import make_options

settings.register_profile("optport", deadline=None, derandomize=True)
settings.load_profile("optport")

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes what is kept of messages anew."""
    parser.addoption(
        "--rewrite-messages",
        action="store_true",
        help="write tests/fixtures/*.txt and tests/ports/*.txt anew",
    )


@pytest.fixture
def rewrite_messages(request: pytest.FixtureRequest) -> bool:
    """Whether the messages beside the fixtures are to be written anew."""
    return bool(request.config.getoption("--rewrite-messages"))


def check(
    text: str, targets: str = DEFAULT_TARGETS, torch_version: str = "", notes: bool = False
) -> Report:
    """Check a source text under options as users write them."""
    return check_source(text, make_options(targets, torch_version, notes))


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
