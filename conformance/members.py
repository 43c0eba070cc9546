"""What members of optimizers do in each target: ``python -m conformance members paddle==3.3.1``.

Runs the programs of `members.toml` and records what became of them in `evidence/members.json`:
for each target and version ``same``, ``differs`` or what was raised, and the same of what to write
instead.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from conformance.pool import Outcome
from conformance.records import EVIDENCE, check_read
from conformance.runner import TORCH, Setting, deviation, run_programs
from optport.options import make_options

PROGRAMS: Final = Path(__file__).with_name("members.toml")
RECORDED: Final = EVIDENCE / "members.json"

#: Results that are numbers count as the same below this.
SAME_BELOW: Final = 1e-5

_DATA: Final = tomllib.loads(PROGRAMS.read_text(encoding="utf-8"))
_BY_ITSELF: Final = frozenset({"lr_scheduler.LRScheduler.step"})
"""What a schedule there does by itself: that is said where it is made."""


@dataclass(frozen=True)
class MemberProgram:
    """One program of `members.toml`."""

    member: str
    code: str
    about: str = ""
    build: str = "SGD"
    torch: str | None = None
    instead: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its name among others."""
        return f"{self.member}: {self.about}" if self.about else self.member

    def source(self, target: str, code: str) -> str:
        """The whole program for a target, or for ``torch``."""
        return f"{build(self.build, target)}\n{code}"


def _call(kind: str, target: str, rate: str) -> str:
    """The call that makes an optimizer with that rate."""
    kinds: dict[str, dict[str, str]] = _DATA["optimizers"]
    return kinds.get(kind, kinds["SGD"])[target].replace("RATE", rate)


def build(kind: str, target: str) -> str:
    """The statements that make `opt` (and `scheduler`) on a target, or in ``torch``."""
    again = f"again = lambda lr: {_call(kind, target, 'lr')}"
    scheduler = _DATA["schedulers"].get(kind, {}).get(target)
    if scheduler is None:
        return f"{again}\nopt = again(lr=0.1)"
    if "(opt, " in scheduler:
        return f"{again}\nopt = again(lr=0.1)\nscheduler = {scheduler}"
    return f"{again}\nscheduler = {scheduler}\nopt = again(lr=scheduler)"


def read_programs() -> list[MemberProgram]:
    """All programs, in the order of the file."""
    return [MemberProgram(**item) for item in _DATA["programs"]]


def found_in(program: MemberProgram, target: str) -> set[str]:
    """The linter's codes about members in a torch program, for a target with its version."""
    text = program.source("torch", program.torch or program.code).partition("\n")[2]
    for rate in ("0.1", "0.7"):
        text = text.replace(f"again(lr={rate})", _call(program.build, "torch", rate))
    report = check_read(f"import torch\n{text}\n", make_options(target))
    return {finding.code for finding in report.findings if finding.code.startswith("OPT5")}


def measure(setting: Setting) -> dict[str, dict[str, dict[str, str]]]:
    """Run all programs at a version; by target with its version and program, what became of it.

    Raises as :func:`conformance.runner.run_programs`.
    """
    programs = read_programs()
    torch = {one.id: one.source("torch", one.torch or one.code) for one in programs}
    references = run_programs(torch, TORCH, setting.cache)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for target in setting.targets:
        sources = {
            (one.id, part): one.source(target.name, code)
            for one in programs
            if _fits(one, target.name)
            for part, code in (("literal", one.code), ("instead", one.instead.get(target.name)))
            if code is not None
        }
        entries = found[f"{target.name}=={target.version}"] = defaultdict(dict)
        for (name, part), ran in run_programs(sources, setting.target, setting.cache).items():
            entries[name][part] = _verdict(references[name], ran)
    return found


def _fits(program: MemberProgram, target: str) -> bool:
    """Few schedulers are objects on `mindspore.nn`, and none takes steps."""
    kinds = _DATA["schedulers"].get(program.build)
    takes_steps = target != "mindspore.nn" or program.member not in _BY_ITSELF
    return kinds is None or (target in kinds and takes_steps)


def _verdict(reference: Outcome, ran: Outcome) -> str:
    if reference.error is not None:
        return f"torch: {reference.error}"
    if ran.error is not None:
        return ran.error.partition(":")[0]
    return "same" if _same(reference.result, ran.result) else "differs"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and one and all(type(value) is float for value in one):
        apart = deviation(one, other) if isinstance(other, list) else None
        return apart is not None and apart < SAME_BELOW
    return bool(one == other)


def record_members(setting: Setting) -> int:
    """Run programs of methods and attributes, and record what becomes of them."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) | measure(setting)
    lines = json.dumps(dict(sorted(recorded.items())), indent=1, ensure_ascii=False)
    RECORDED.write_text(lines + "\n", encoding="utf-8")
    return 0
