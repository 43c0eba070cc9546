"""Ports whole scripts and runs them beside torch: ``python -m conformance scripts paddle``.

The scripts build one optimizer each, in the ways that people write it. They may use ``net`` (a
module with the parts ``body`` and ``head``) and leave their optimizer under the name ``optimizer``.
Each is rewritten as `optport port` does and executed on the reference problem, at losses times 1,
1e-2 and 1e-4. A script *follows* torch when its weights deviate by less than 1e-3 at each, or no
further than thrice what torch's own float32 does from its float64. What does not follow has to say
so: by a comment in the file. The scripts of classes that the target has are counted apart, too.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance import pool
from conformance.cases import TIMES_NOISE
from conformance.runner import TORCH, Setting, largest_apart, numbers, run_programs, version_of
from conformance.values import needed, parameters, rate
from optport.rewrite.comments import MARK
from optport.rewrite.source import port_source
from optport.signatures import ApiKind, known_names
from optport.targets import Target

WRITTEN: Final = Path(__file__).with_name("scripts.toml")
HEAD: Final = "import torch\n\nfrom problem import net\n\n"
SCALES: Final = (1.0, 1e-2, 1e-4)
FOLLOWS: Final = 1e-3
NEGATED: Final = "minimise -loss"
MISSING: Final = f"{MARK} OPT101 "
"""What a port says of a class that the target does not have."""


@dataclass(frozen=True, slots=True)
class Script:
    """One script: what it shows, in a word or two, and its text."""

    name: str
    text: str


def scripts() -> list[Script]:
    """All scripts: every optimizer and argument, groups, import forms, indirection."""
    return [*_every_argument(), *_written()]


def _every_argument() -> Iterator[Script]:
    for name in known_names(ApiKind.OPTIMIZER):
        params = "[*net.body.parameters()]" if name == "Muon" else "net.parameters()"
        yield _call(f"{name} bare", f"{name}({params})")
        yield _call(f"{name} lr", f"{name}({params}, lr={rate(name)})")
        for parameter, values in parameters(name).items():
            value = values.typical or next(iter(values.tried), None)
            if value is not None:
                given = {"lr": rate(name), parameter: value, **needed(name, values)}
                words = ", ".join(f"{word}={text}" for word, text in given.items())
                yield _call(f"{name} {parameter}", f"{name}({params}, {words})")


def _call(name: str, call: str) -> Script:
    return Script(name, f"{HEAD}optimizer = torch.optim.{call}\n")


def _written() -> Iterator[Script]:
    """Those that stand in ``scripts.toml``."""
    data = tomllib.loads(WRITTEN.read_text(encoding="utf-8"))
    for name, (kind, body, head, more) in data["groups"].items():
        groups = ", ".join(
            f'{{"params": net.{part}.parameters(){options and f", {options}"}}}'
            for part, options in (("body", body), ("head", head))
        )
        yield _call(f"groups: {name}", f"{kind}([{groups}]{more and f', {more}'})")
    for head, name in data["imports"].items():
        call = f"{name}(net.parameters(), lr=0.02, weight_decay=0.1)"
        text = f"{head}\n\nfrom problem import net\n\noptimizer = {call}\n"
        yield Script(f"import: {head.splitlines()[-1]}", text)
    for name, text in data["scripts"].items():
        yield Script(name, text if "import torch" in text else HEAD + text)
    for name, loop in data["loops"].items():
        before = f"{loop['before']}\n" if "before" in loop else ""
        step = "".join(f"    {line}\n" for line in loop["step"].splitlines())
        made = _call(f"loop: {name}", "SGD(net.parameters(), lr=0.1, momentum=0.9)")
        yield Script(made.name, f"{made.text}{before}\n\ndef after_step(number):\n{step}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one script: its port, and the deviation (inf for an error) at each scale."""

    script: Script
    ported: str
    exact: bool
    deviations: tuple[float, ...]
    noise: tuple[float, ...]
    error: str

    @property
    def follows(self) -> bool:
        """Whether it trains as torch at every scale."""
        return all(
            off < max(FOLLOWS, TIMES_NOISE * own)
            for off, own in zip(self.deviations, self.noise, strict=True)
        )

    @property
    def verdict(self) -> str:
        """One of ``follows``, ``says so`` (by a comment in the port) and ``silent``."""
        if self.follows:
            return "follows"
        return "says so" if MARK in self.ported else "silent"


def training(script: str, **how: object) -> str:
    """The program that trains with a script, as :mod:`conformance.worker_program` has it."""
    return f"result = train({script!r}, **{how!r})"


def run(cases: Sequence[Script], target: Target, cache: Path) -> list[Outcome]:
    """Port and run scripts, and compare them with torch."""
    ported = [port_source(case.text, target) for case in cases]
    torch, double, ports = {}, {}, {}
    for number, (case, port) in enumerate(zip(cases, ported, strict=True)):
        for scale in SCALES:
            key = number, scale
            torch[key] = training(case.text, scale=scale)
            double[key] = training(case.text, scale=scale, kind="float64")
            ports[key] = training(port.text, scale=scale, negate=NEGATED in port.text)
    theirs, precise = (run_programs(one, TORCH, cache) for one in (torch, double))
    mine = run_programs(ports, version_of(target), cache)
    outcomes = []
    for number, (case, port) in enumerate(zip(cases, ported, strict=True)):
        keys = [(number, scale) for scale in SCALES]
        errors = [one.error for key in keys for one in (theirs[key], mine[key])]
        off = tuple(deviation(theirs[key], mine[key]) for key in keys)
        own = (deviation(theirs[key], precise[key]) for key in keys)
        noise = tuple(0.0 if one == float("inf") else one for one in own)
        error = next(filter(None, errors), "")
        outcomes.append(Outcome(case, port.text, port.exact, off, noise, error))
    return outcomes


def deviation(theirs: pool.Outcome, mine: pool.Outcome) -> float:
    """Return how far the weights of a run are from torch's, beside how far those moved."""
    if theirs.error is not None or mine.error is not None:
        return float("inf")
    one, start = numbers(theirs.result["weights"]), numbers(theirs.result["start"])
    moved = largest_apart(one, start)
    apart = largest_apart(one, numbers(mine.result["weights"]))
    if apart != apart or moved != moved:  # not a number: nothing that could be followed
        return float("inf")
    return apart / moved if moved > 1e-12 else float(apart > 1e-12)


def _said(counts: Counter[str]) -> str:
    words = [f"{number} {verdict}" for verdict, number in sorted(counts.items())]
    return f"{', '.join(words)} ({counts['follows'] / max(counts.total(), 1):.1%} follow)"


def run_scripts(
    setting: Setting, onto: Target, only: Sequence[str] | None = None, show: bool = False
) -> int:
    """Port whole scripts, train with both; fails if one is silently wrong.

    Prints a line a script that does not follow, and the counts. Those scripts are run whose names
    hold one of `only`; with `show`, every port is printed.
    """
    cases = [case for case in scripts() if any(text in case.name for text in only or [""])]
    outcomes = run(cases, onto, setting.cache)
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
