"""Scheduler constructions and their ports, run: ``python -m conformance schedules paddle==3.3.1``.

Programs that were recorded at a version and are still the same are not run again.
``--draws COUNT --seed SEED`` runs so many drawn ones instead, ``--pairs`` every kind of scheduler
before and with every other one; they record nothing.

For each construction of `schedule_calls.py`: torch's rates over 40 steps, the literal port's and
the port's. What the linter found, and how far both are, goes to `evidence/schedules.json`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from conformance import pool
from conformance.literal import literal_port
from conformance.records import EVIDENCE, check_read
from conformance.runner import TORCH, Setting, deviation, run_programs
from conformance.schedule_calls import Schedule, all_pairs, draw_schedules, schedules
from optport.check import Checked
from optport.finding import Finding
from optport.hazards.case import find_case
from optport.hazards.rates import base_rate
from optport.options import make_options
from optport.reader.model import Construction
from optport.signatures import ApiKind
from optport.table import roles
from optport.table.model import Fate, Role, Takes
from optport.targets import Target

RECORDED: Final = EVIDENCE / "schedules.json"

#: A port is exact below this largest deviation of a rate, relative to the largest rate.
EXACT_BELOW: Final = 1e-6
#: A literal port is the same below this: float32 recursions reach 5e-6.
SAME_BELOW: Final = 1e-5

Recorded = dict[str, dict[str, dict[str, Any]]]
"""The fields of outcomes, by target with its version and by construction."""

_STEPS: Final = 40
_EPOCHS: Final = (
    "for _ in range(8):\n    for _ in range(5):\n        optimizer.step()\n    scheduler.step()\n"
)


@dataclass(frozen=True)
class Outcome:
    """What became of one construction on one target.

    `found` are the linter's codes about the schedule; `literal` and `port` are the largest
    deviation of a rate, or what was raised, None where there is no such port. `programs` are what
    was run for them.
    """

    found: list[str]
    fidelity: str
    literal: float | str | None
    port: float | str | None
    programs: dict[str, str]


def ports_of(schedule: Schedule, target: str) -> Outcome:
    """Check a construction for a target (with its version), write both ports; none is run."""
    options = make_options(target)
    (to,) = options.targets
    text = f"import torch\n{schedule.statements}\n{_loop(schedule.loop)}"
    report = check_read(text, options)
    (optimizer,) = _of_kind(report.constructions, ApiKind.OPTIMIZER)
    *_, scheduler = _of_kind(report.constructions, ApiKind.SCHEDULER)
    port = scheduler.ports[to.name]
    texts = {
        "literal": _literal(optimizer.construction, scheduler.construction, to),
        "port": _port(optimizer, scheduler, to),
    }
    found = {one.code for one in report.findings if _about_schedule(one, optimizer, text)}
    programs = {part: text for part, text in texts.items() if text is not None}
    return Outcome(sorted(found), port.fidelity, None, None, programs)


def _of_kind(checked: Iterable[Checked], kind: ApiKind) -> list[Checked]:
    """In the order of their ends: what is made of others comes after them."""
    found = [one for one in checked if one.construction.kind is kind]
    return sorted(found, key=lambda one: one.construction.place.span[2:])


def _loop(loop: Mapping[str, Any]) -> str:
    """The loop that steps an optimizer and its scheduler, as a torch program has it."""
    cadence = loop.get("cadence", 1)
    if cadence > _STEPS:
        return "for _ in range(40):\n    optimizer.step()\n"
    if cadence > 1:
        return _EPOCHS
    step = "scheduler.step(number + 1)" if loop.get("epoch") else "scheduler.step()"
    steps = [step, "optimizer.step()"] if loop.get("first") else ["optimizer.step()", step]
    return "for number in range(40):\n    {}\n    {}\n".format(*steps)


def _about_schedule(finding: Finding, optimizer: Checked, text: str) -> bool:
    if ApiKind.METHOD in finding.kind.apis:
        line = text.splitlines()[finding.place.line - 1]
        return line.lstrip().startswith("scheduler.step(number")
    return not (optimizer.construction.place in finding.calls and finding.code != "OPT401")


def _literal(optimizer: Construction, scheduler: Construction, to: Target) -> str | None:
    """Both literal ports; the rate is taken from the optimizer where the scheduler takes it."""
    made = find_case(optimizer, to)
    schedule = _literal_schedule(scheduler, to)
    if made is None or schedule is None:
        return None
    rate = made.rows[roles(ApiKind.OPTIMIZER)[Role.RATE]].name
    if to.info.schedulers is None or to.info.schedulers.takes is Takes.OPTIMIZER:
        # What an optimizer makes of a rate that is left out is its own matter.
        texts = {} if rate in optimizer.arguments else {rate: base_rate(scheduler, to)}
        return f"optimizer = {literal_port(made, texts)}\nscheduler = {schedule}"
    return f"scheduler = {schedule}\noptimizer = {literal_port(made, {rate: 'scheduler'})}"


def _literal_schedule(scheduler: Construction, to: Target) -> str | None:
    case = find_case(scheduler, to)
    if case is None:
        return None
    rate = base_rate(scheduler, to)
    texts = {name: rate for name, row in case.rows.items() if row.fate is Fate.BASE_RATE}
    if scheduler.inner:
        inner = [_literal_schedule(one, to) for one in scheduler.inner]
        known = [one for one in inner if one is not None]
        if len(known) < len(inner):
            return None
        texts[roles(ApiKind.SCHEDULER)[Role.INNER]] = f"[{', '.join(known)}]"
    return literal_port(case, texts)


def _port(optimizer: Checked, scheduler: Checked, to: Target) -> str | None:
    """The program of the port: the optimizer's, and the scheduler's where that does not hold it."""
    made, schedule = optimizer.ports[to.name], scheduler.ports[to.name]
    if made.call is None or schedule.call is None:
        return None
    lines = [*made.setup, f"optimizer = {made.call}"]
    if not any(line.startswith("scheduler = ") for line in made.setup):
        lines += [*schedule.setup, f"scheduler = {schedule.call}"]
    return "\n".join(lines)


def measure(
    setting: Setting, calls: Sequence[Schedule], recorded: Recorded
) -> dict[str, dict[str, Outcome]]:
    """Run constructions at a version; by target with its version, what became of each by its id.

    What is recorded is not run again. Raises as :func:`conformance.runner.run_programs`.
    """
    torch = {one.id: _run(one.statements, one) for one in calls}
    references = run_programs(torch, TORCH, setting.cache)
    found = {}
    for target in [f"{one.name}=={one.version}" for one in setting.targets]:
        known = recorded.get(target, {})
        taken = [one for one in calls if references[one.id].error is None]
        ports = {one.id: ports_of(one, target) for one in taken}
        off: dict[tuple[str, str], float | str] = {}
        programs = {}
        for one in taken:
            for part, text in ports[one.id].programs.items():
                before = known.get(one.id, {"programs": {}})
                if before["programs"].get(part) == text:
                    off[one.id, part] = before[part]
                else:
                    programs[one.id, part] = _run(text, one)
        for (name, part), ran in run_programs(programs, setting.target, setting.cache).items():
            off[name, part] = _off(references[name], ran)
        found[target] = {
            name: replace(port, literal=off.get((name, "literal")), port=off.get((name, "port")))
            for name, port in ports.items()
        }
    return found


def _run(text: str, schedule: Schedule) -> str:
    steps = schedule.loop.get("steps")
    head = "" if steps is None else f"total_steps = {steps}\n"
    return f"{head}{text}\nresult = rates(optimizer, scheduler, **{schedule.loop!r})"


def _off(reference: pool.Outcome, ran: pool.Outcome) -> float | str:
    if ran.error is not None:
        return ran.error.partition(":")[0]
    apart = deviation(reference.result, ran.result)
    return "no number" if apart is None else float(f"{apart:.2g}")


def mistakes(name: str, outcome: Outcome) -> Iterator[str]:
    """Yield what the linter has wrong about a construction, going by what was run."""
    literal = outcome.literal
    # An argument that the target has no use for is left out of the literal port.
    found = [code for code in outcome.found if code != "OPT602"]
    hazard = literal is not None and (isinstance(literal, str) or literal >= SAME_BELOW)
    if hazard and not outcome.found:
        yield f"the literal port is {literal} off, and nothing is found"
    if literal is not None and not hazard and found:
        yield f"the literal port is the same, and {', '.join(found)} is found"
    if literal is None and not outcome.found:
        yield "there is no literal port, and nothing is found"
    port = outcome.port
    # Adam's step is the rate but for its epsilon.
    below = SAME_BELOW if "Adam" in name else EXACT_BELOW
    exact = isinstance(port, float) and port < below
    if "OPT503" in outcome.found:  # what becomes of the loop is said where it takes its steps
        return
    if outcome.fidelity == "exact" and not exact:
        yield f"the port is called exact and is {port} off"
    if outcome.fidelity == "close" and not (isinstance(port, float) and port < SAME_BELOW):
        yield f"the port is called close and is {port} off"


def _summary(outcomes: Mapping[str, Outcome]) -> str:
    """How many there are, of each fidelity, and how many hazards."""
    counts = Counter(outcome.fidelity for outcome in outcomes.values())
    hazards = sum(bool(outcome.found) for outcome in outcomes.values())
    fidelities = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    return f"{len(outcomes)} constructions, {hazards} with findings; ports: {fidelities}"


def read_recorded() -> Recorded:
    """What is recorded, by target with its version and by construction."""
    data: Recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    return data


def run_schedules(setting: Setting, draws: int | None, seed: int, pairs: bool) -> int:
    """Run schedulers and their ports, and print what the linter has wrong; fails if anything is.

    So many constructions are drawn, or all pairs; else what is run is recorded.
    """
    calls = draw_schedules(draws, seed) if draws else all_pairs() if pairs else schedules()
    recorded = {} if draws or pairs else read_recorded()
    wrong = 0
    for target, outcomes in measure(setting, calls, recorded).items():
        print(f"{target}: {_summary(outcomes)}")
        recorded[target] = {one: asdict(outcome) for one, outcome in outcomes.items()}
        for one, outcome in outcomes.items():
            for mistake in mistakes(one, outcome):
                wrong = 1
                print(f"{target}: {one}: {mistake}")
    if not draws and not pairs:
        RECORDED.write_text("{\n" + ",\n".join(_lines(recorded)) + "\n}\n", encoding="utf-8")
    return wrong


def _lines(recorded: Recorded) -> Iterator[str]:
    for name, entries in sorted(recorded.items()):
        lines = (f" {json.dumps(one)}: {json.dumps(entry)}" for one, entry in entries.items())
        yield f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}"
