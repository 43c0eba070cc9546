"""The report: goals with what was measured, sections, and the machine, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.timing import Spread


@dataclass(frozen=True, slots=True)
class Goal:
    """One target beside what was measured."""

    what: str
    target: str
    unit: str
    measured: Spread
    most: float

    @property
    def met(self) -> bool:
        """Whether the median keeps to the target."""
        return self.measured.median <= self.most

    @property
    def verdict(self) -> str:
        """Met or not, and whether the rounds are too far apart to be sure of it."""
        sure = self.measured.high <= self.most or self.measured.low > self.most
        return ("met" if self.met else "**not met**") + ("" if sure else ", within the spread")


@dataclass(slots=True)
class Section:
    """What one stage found out: its goals, and a heading with paragraphs and tables below."""

    title: str
    goals: list[Goal] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; columns after the first are figures, and stand to the right."""
    ruler = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ruler, *rows))


def goal_table(goals: Iterable[Goal]) -> str:
    """Write the goals, each with its target, its figure and whether it is met."""
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in (
            ("what", "target", "measured", ""),
            ("---", "---", "---", "---"),
            *((g.what, g.target, f"{g.measured} {g.unit}".strip(), g.verdict) for g in goals),
        )
    )


_INTRODUCTION = """\
<!-- Written by `python -m benchmarks`; change benchmarks/, not this page. -->

# What optport costs

flake8 runs every plugin on every file, so what counts is what optport costs where it has nothing
to say, and that its cost grows no faster than the file. All figures of this page are from one run
on one machine, tools and variants interleaved, so that they compare with each other; figures of
another machine don't. A figure is the median over the rounds, and in brackets are the quartiles.
"""


def render(sections: Iterable[Section], made_with: str, command: str) -> str:
    """Write the page: the goals of all sections first, then the sections, then the machine."""
    sections = list(sections)
    parts = [_INTRODUCTION.rstrip()]
    goals = [goal for section in sections for goal in section.goals]
    if goals:
        parts += ["## Targets", goal_table(goals)]
    for section in sections:
        parts += [f"## {section.title}", *section.blocks]
    parts += ["## Measured with", made_with, f"The command: `{command}`"]
    return "\n\n".join(parts) + "\n"
