"""Ports whole scripts and runs them beside torch: ``python -m conformance scripts paddle``.

Every script of :mod:`conformance.script_cases` is rewritten as `optport port` does and executed on
the reference problem, at losses times 1, 1e-2 and 1e-4. A script *follows* torch when its weights
deviate by less than 1e-3 at each, or no further than thrice what torch's own float32 does from its
float64. What does not follow has to say so: by a comment in the file. The scripts of classes that
the target has are counted apart, too.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from conformance.cases import TIMES_NOISE
from conformance.environments import Version, interpreter
from conformance.jobs import ScriptJob
from conformance.pool import run_jobs
from conformance.programs import numbers
from conformance.runner import CASE_TIMEOUT, DEFAULT_TORCH, START_TIMEOUT
from conformance.script_cases import Script, scripts
from optport.rewrite.comments import MARK
from optport.rewrite.source import port_source
from optport.targets import Target

SCALES: Final = (1.0, 1e-2, 1e-4)
FOLLOWS: Final = 1e-3
NEGATED: Final = "minimise -loss"
MISSING: Final = f"{MARK} OPT101 "
"""What a port says of a class that the target does not have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one script: its port, and the deviation (inf for an error) at each scale."""

    script: Script
    ported: str
    exact: bool
    deviations: tuple[float, ...]
    noise: tuple[float, ...]
    error: str = ""

    @property
    def follows(self) -> bool:
        """Whether it trains as torch at every scale."""
        return all(
            off < max(FOLLOWS, TIMES_NOISE * own)
            for off, own in zip(self.deviations, self.noise, strict=True)
        )

    @property
    def marked(self) -> bool:
        """Whether a comment in the port says that something is left to do or not exact."""
        return MARK in self.ported

    @property
    def verdict(self) -> str:
        """One of ``follows``, ``says so`` and ``silent``."""
        if self.follows:
            return "follows"
        return "says so" if self.marked else "silent"


def run(cases: Sequence[Script], target: Target, cache: Path) -> list[Outcome]:
    """Port and run scripts, and compare them with torch."""
    framework = Version(target.family.framework, target.version)
    ported = [port_source(case.text, target) for case in cases]
    torch_jobs, jobs = [], []
    for case, port in zip(cases, ported, strict=True):
        for scale in SCALES:
            torch_jobs.append(ScriptJob(case.text, scale))
            jobs.append(ScriptJob(port.text, scale, negate=NEGATED in port.text))
    torch = Version("torch", DEFAULT_TORCH)
    theirs = answers(torch, torch_jobs, cache)
    precise = answers(torch, [replace(job, kind="float64") for job in torch_jobs], cache)
    mine = answers(framework, jobs, cache)
    outcomes = []
    for number, (case, port) in enumerate(zip(cases, ported, strict=True)):
        part = slice(number * len(SCALES), (number + 1) * len(SCALES))
        pairs = list(zip(theirs[part], mine[part], strict=True))
        errors = [one["error"] for pair in pairs for one in pair if "error" in one]
        deviations = tuple(deviation(one, other) for one, other in pairs)
        noise = tuple(map(_noise, theirs[part], precise[part]))
        outcomes.append(Outcome(case, port.text, port.exact, deviations, noise, *errors[:1]))
    return outcomes


def answers(version: Version, jobs: Sequence[ScriptJob], cache: Path) -> list[dict[str, Any]]:
    """Return the answers to jobs: ``weights`` and ``start``, or an ``error``."""
    with tempfile.TemporaryDirectory(prefix="scripts-") as folder:
        outcomes = run_jobs(
            interpreter(version, cache),
            "conformance.script_worker",
            [replace(job, id=str(n), framework=version.framework) for n, job in enumerate(jobs)],
            Path(folder),
            timeout=CASE_TIMEOUT,
            start_timeout=START_TIMEOUT,
        )
        return [one.values if one.error is None else {"error": one.error} for one in outcomes]


def _noise(mine: dict[str, Any], precise: dict[str, Any]) -> float:
    found = deviation(mine, precise)
    return 0.0 if found == float("inf") else found


def deviation(theirs: dict[str, Any], mine: dict[str, Any]) -> float:
    """Return how far the weights of a run are from torch's, beside how far those moved."""
    if "error" in theirs or "error" in mine:
        return float("inf")
    one, other, start = (
        numbers(run) for run in (theirs["weights"], mine["weights"], theirs["start"])
    )
    moved = max((abs(a - b) for a, b in zip(one, start, strict=True)), default=0.0)
    apart = max((abs(a - b) for a, b in zip(one, other, strict=True)), default=0.0)
    if apart != apart or moved != moved:  # not a number: nothing that could be followed
        return float("inf")
    return apart / moved if moved > 1e-12 else float(apart > 1e-12)


def _said(counts: Counter[str]) -> str:
    words = [f"{number} {verdict}" for verdict, number in sorted(counts.items())]
    return f"{', '.join(words)} ({counts['follows'] / max(counts.total(), 1):.1%} follow)"


def run_scripts(target: Target, cache: Path, only: str = "", show: bool = False) -> int:
    """Print a line a script that does not follow, and the counts; 1 if one is silently wrong.

    Those scripts are run whose names hold `only`; with `show`, every port is printed.
    """
    outcomes = run([case for case in scripts() if only in case.name], target, cache)
    for one in outcomes:
        if show:
            print(f"--- {one.script.name}: {one.verdict}\n{one.ported}")
        if one.verdict != "follows" or (one.follows and not one.exact):
            figures = " ".join(f"{deviation:.0e}" for deviation in one.deviations)
            noise = " ".join(f"{own:.0e}" for own in one.noise)
            print(f"{one.verdict:8} {one.script.name:40} {figures} ({noise}) {one.error}")
    counts = Counter(one.verdict for one in outcomes)
    print(f"{len(outcomes)} scripts: {_said(counts)}")
    there = Counter(one.verdict for one in outcomes if MISSING not in one.ported)
    print(f"{there.total()} of classes that the target has: {_said(there)}")
    return int(counts["silent"] > 0)
