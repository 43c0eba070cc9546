"""The page: targets with what was measured, a section for each stage, the machine."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from benchmarks.timing import Spread

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    keep_trailing_newline=True,
    trim_blocks=True,
    autoescape=False,
)
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
    installed = {one.name: one.version for one in importlib.metadata.distributions()}
    cpuinfo = Path("/proc/cpuinfo")
    model = cpuinfo.is_file() and re.search(r"model name\s*: (.+)", cpuinfo.read_text("utf-8"))
    return _TEMPLATES.get_template("page.md").render(
        targets=table(("", "target", "measured", ""), rows),
        sections=sections,
        date=datetime.datetime.now(datetime.UTC).date(),
        processor=model[1] if model else platform.processor() or platform.machine(),
        cores=os.cpu_count(),
        platform=platform,
        load=os.getloadavg()[0],
        tools=[f"{name} {installed[name]}" for name in _TOOLS if name in installed],
        command=command,
    )
