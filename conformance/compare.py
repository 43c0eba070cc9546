"""What differs between two runs of the same calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.cases import ORDINARY, SAME_BELOW
from conformance.records import PARTS, Record

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
        call = record["torch"]
        seen.add(call)
        if call not in recorded:
            yield Difference(call, "call", "not recorded", "run", True)
            continue
        for part in PARTS:
            yield from _part(call, part, recorded[call].get(part), record.get(part))
    for call in recorded:
        if call not in seen:
            yield Difference(call, "call", "recorded", "not run", True)


def _part(
    call: str, part: str, before: Record | None, after: Record | None
) -> Iterator[Difference]:
    if before is None and after is None:
        return
    one, other = before or {}, after or {}
    if one.get("call") != other.get("call"):
        yield Difference(call, part, str(one.get("call")), str(other.get("call")), True)
    elif one.get("verdict") != other.get("verdict"):
        yield Difference(call, part, _shown(one), _shown(other), True)
    elif any(_apart(one.get(copy), other.get(copy)) for copy in ORDINARY):
        yield Difference(call, part, _shown(one), _shown(other), False)


def _apart(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    larger, smaller = max(one, other), min(one, other)
    return larger >= SAME_BELOW and larger > NOISE_FACTOR * smaller


def _shown(entry: Record) -> str:
    said = [str(entry.get("verdict", "absent"))]
    said += [f"{entry[copy]:.1e}" for copy in ORDINARY if entry.get(copy) is not None]
    if entry.get("error"):
        said.append(str(entry["error"])[:80])
    return " ".join(said)


def verdict_counts(records: Iterable[Record]) -> str:
    """Count the records by what became of the literal port and of the port, in one line."""
    literal: Counter[str] = Counter()
    port: Counter[str] = Counter()
    for record in records:
        literal[record["literal"]["verdict"]] += 1
        if record["port"] is not None:
            port[f"{record['port']['fidelity']} {record['port']['verdict']}"] += 1
    return "; ".join(
        f"{name}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        for name, counts in (("literal", literal), ("port", port))
    )
