"""Where what the linter says about a call and what running it shows part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.cases import EXACT_BELOW, LIMITS, Result, parting
from conformance.records import Part, Record, literal_parts

#: Codes that may be reported though the literal port trains as torch does: what can be dropped,
#: what the target requires, a caveat about torch itself, and a decay that goes by names.
MAY_BE_SAME: Final = frozenset({"OPT103", "OPT203", "OPT301", "OPT305"})

#: Codes that explain no run that leaves torch: what can be dropped, and a decay by names that the
#: reference problems do not have.
EXPLAIN_NOTHING: Final = frozenset({"OPT103", "OPT305"})

#: What a port may be called, from the best on.
FIDELITIES: Final = ("exact", "close", "approximate", "none")


def ground(record: Record, part: Part) -> bool | None:
    """Whether a run shows that a port trains differently; None where nothing was run."""
    verdict = record.verdict(part)
    return None if verdict in (None, "torch-error") else verdict != "same"


def worst_literal(record: Record) -> Part:
    """What a person may write that goes furthest wrong."""
    order = (None, "torch-error", "same", "parts", "error")
    return max(
        literal_parts(record),
        key=lambda part: order.index(record.verdict(part)),
        default=Part.LITERAL,
    )


def missed(record: Record) -> bool:
    """Whether a port that trains differently, or can't be built, is not flagged."""
    if record.torch_error is not None or record.codes - EXPLAIN_NOTHING:
        return False
    literal = record.runs.get(Part.LITERAL)
    if literal is None or literal.lost:
        return not record.found
    return any(
        verdict == "parts" or (verdict == "error" and not record.found)
        for verdict in map(record.verdict, literal_parts(record))
    )


def false_alarm(record: Record) -> bool:
    """Whether a call is flagged, by more than :data:`MAY_BE_SAME`, although nothing differs.

    What torch's own rounding is all that hides is no ground to call it false.
    """
    parts = list(literal_parts(record))
    differs = any(ground(record, part) or is_hidden(record, part) for part in parts)
    return bool(parts) and not differs and bool(record.codes - MAY_BE_SAME)


def is_hidden(record: Record, part: Part) -> bool:
    """Whether a deviation is beyond the limits, and only torch's own rounding as large."""
    run = record.runs[part]
    return run.result is not None and bool(parting(run.result.off, {}))


def wrong_port(record: Record) -> bool:
    """Whether a port raises, or leaves torch further than what it is called allows.

    An incomplete one says itself that something else has to be rewritten, too.
    """
    port, measured = record.port, record.measured(Part.PORT)
    if port is None or measured is None or port.fidelity not in FIDELITIES:
        return False
    return FIDELITIES.index(measured) > FIDELITIES.index(port.fidelity)


#: The ways to disagree; the last one is a matter of rate.
KINDS: Final[Mapping[str, Callable[[Record], bool]]] = {
    "missed alarm": missed,
    "wrong port": wrong_port,
    "false alarm": false_alarm,
}


def disagreements(record: Record) -> list[str]:
    """The kinds of :data:`KINDS` that hold of a record; none where torch itself raises."""
    if record.torch_error is not None:
        return []
    return [kind for kind, holds in KINDS.items() if holds(record)]


def described(record: Record, kind: str) -> str:
    """A disagreement in one line."""
    part = Part.PORT if kind == "wrong port" else worst_literal(record)
    run = record.runs.get(part)
    found = ", ".join(record.found) or "nothing"
    called = f" ({run.fidelity})" if run is not None and run.fidelity else ""
    return f"{kind}: {record.torch}: found {found}; {run and run.call}{called}: {record.why(part)}"


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
    was, now = (str(run and run.call) for run in (before.runs.get(part), after.runs.get(part)))
    other = before.verdict(part) != after.verdict(part)
    if was != now:
        yield Difference(after.torch, part, was, now, True)
    elif other or _apart(before, after, part):
        was, now = (f"{record.verdict(part)}: {record.why(part)}" for record in (before, after))
        yield Difference(after.torch, part, was, now, other)


def _apart(before: Record, after: Record, part: Part) -> bool:
    """Whether a figure that is no rounding of torch's own is another one."""
    one, other = ((record.result(part) or Result()).off for record in (before, after))
    return any(
        _another(one.get(run, 0.0), other.get(run, 0.0))
        for run in LIMITS
        if run not in before.noise and run not in after.noise
    )


def _another(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    larger, smaller = max(one, other), min(one, other)
    return larger >= EXACT_BELOW and larger > NOISE_FACTOR * smaller
