"""The page: targets with what was measured, a section for each stage, the machine."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import Spread

_INTRODUCTION = """\
<!-- Written by `python -m benchmarks`; change benchmarks/, not this page. -->

# What optport costs

flake8 runs every plugin on every file, so what counts is what optport costs where it has nothing
to say, and that its cost grows no faster than the file. All figures are from one run on one
machine, taken by turns, so that they compare with each other; another machine's don't. A figure
is the median over the rounds, with the quartiles in brackets.
"""
_TOOLS = ("optport", "flake8", "pyflakes", "flake8-comprehensions", "ruff")


@dataclass(frozen=True, slots=True)
class Target:
    """One target beside what was measured."""

    what: str
    most: float
    unit: str
    measured: Spread

    @property
    def met(self) -> bool:
        """Whether the median keeps to the target."""
        return self.measured.median <= self.most


@dataclass(frozen=True, slots=True)
class Section:
    """What one stage found out: paragraphs and tables below a heading, and its targets."""

    title: str
    blocks: Sequence[str]
    targets: Sequence[Target]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; columns after the first are figures, and stand to the right."""
    ruler = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ruler, *rows))


def render(sections: Sequence[Section], command: str) -> str:
    """Write the page: all targets first, then the sections, then the machine."""
    rows = [
        (one.what, f"≤ {one.most:g} {one.unit}", str(one.measured), "" if one.met else "not met")
        for section in sections
        for one in section.targets
    ]
    parts = [_INTRODUCTION.rstrip(), table(("", "target", "measured", ""), rows)]
    for section in sections:
        parts += [f"## {section.title}", *section.blocks]
    return "\n\n".join([*parts, "## Measured with", _machine(), f"The command: `{command}`"]) + "\n"


def _machine() -> str:
    tools = ", ".join(f"{name} {version}" for name in _TOOLS if (version := version_of(name)))
    return (
        f"- date: {datetime.datetime.now(datetime.UTC).date().isoformat()}\n"
        f"- machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}; load average at the end {os.getloadavg()[0]:.1f}\n"
        f"- {platform.python_implementation()} {platform.python_version()}; {tools}"
    )


def version_of(distribution: str) -> str | None:
    """The version of a distribution that is installed here, else None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
