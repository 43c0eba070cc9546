"""What differs between two runs of the same calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.cases import EXACT_BELOW, LIMITS, Figures
from conformance.records import Part, Record

#: Figures that differ by less than this factor are the same figure with noise.
NOISE_FACTOR: Final = 2.0


@dataclass(frozen=True)
class Difference:
    """One part of one record that came out differently."""

    call: str
    part: str
    recorded: str
    now: str
    changes_verdict: bool

    def __str__(self) -> str:
        kind = "verdict" if self.changes_verdict else "figure"
        return f"{self.call} {self.part}: {kind} was {self.recorded}, is {self.now}"


def differences(recorded: Mapping[str, Record], now: Iterable[Record]) -> Iterator[Difference]:
    """Yield what differs: verdicts, figures from 1e-3 on, calls that are on one side only."""
    seen = set()
    for record in now:
        seen.add(record.torch)
        before = recorded.get(record.torch)
        if before is None:
            yield Difference(record.torch, "call", "not recorded", "run", True)
            continue
        for part in Part:
            yield from _part(part, before, record)
    for call in recorded:
        if call not in seen:
            yield Difference(call, "call", "recorded", "not run", True)


def _part(part: Part, before: Record, after: Record) -> Iterator[Difference]:
    one, other = before.runs.get(part), after.runs.get(part)
    was, now = (str(run and run.call) for run in (one, other))
    if was != now:
        yield Difference(after.torch, part, was, now, True)
    elif before.verdict(part) != after.verdict(part):
        yield Difference(after.torch, part, _shown(before, part), _shown(after, part), True)
    elif _apart(before, after, part):
        yield Difference(after.torch, part, _shown(before, part), _shown(after, part), False)


def _apart(before: Record, after: Record, part: Part) -> bool:
    """Whether a figure that is no rounding of torch's own is another one."""
    one, other = _off(before, part), _off(after, part)
    return any(
        _another(one.get(run, 0.0), other.get(run, 0.0))
        for run in LIMITS
        if run not in before.noise and run not in after.noise
    )


def _off(record: Record, part: Part) -> Figures:
    run = record.runs.get(part)
    return run.result.off if run is not None and run.result is not None else {}


def _another(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    larger, smaller = max(one, other), min(one, other)
    return larger >= EXACT_BELOW and larger > NOISE_FACTOR * smaller


def _shown(record: Record, part: Part) -> str:
    return f"{record.verdict(part)}: {record.why(part)}"
