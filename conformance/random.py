"""Random conformance: what the linter says about random calls against what running them shows.

``python -m conformance.random --draws 700 --seed 1 paddle==3.3.1 mindspore==2.10.0`` draws that
many calls and runs the literal port and the port of each on every target of those frameworks.
Three disagreements are defects of the table or of a rule, and are shrunk and printed:

- missed alarm: the literal port leaves torch's weights, raises or cannot be built, and nothing
  is reported;
- wrong port: the port is called exact and leaves torch's weights or raises;
- false alarm: the literal port trains the same, with tiny and with zero gradients too, and a
  hazard is reported (reported as a rate, and by cause).

Calls that torch rejects are left out, and so are calls whose training is no fair test: torch's
own float32 and float64 runs part by 1e-4 or more, or the weights grow a thousandfold.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from conformance.consistency import (
    false_alarm,
    furthest,
    literal_run,
    missed,
    worst_literal,
    wrong_port,
)
from conformance.draws import Groups, draw_calls
from conformance.environments import EnvironmentFailure, Version, default_cache
from conformance.evidence import run_calls
from conformance.pool import WorkerFailure
from conformance.records import Record, executed
from conformance.shrink import shape, simpler
from optport.signatures import ApiKind
from optport.table import api_names, api_table
from optport.targets import Target
from optport.versions import UsageError

KINDS: Final[Mapping[str, Callable[[Record], bool]]] = {
    "missed alarm": missed,
    "wrong port": wrong_port,
    "false alarm": false_alarm,
}

#: Rounds of shrinking; every round runs all candidates of all disagreements at once.
ROUNDS: Final = 8


@dataclass(frozen=True)
class Disagreement:
    """A call on which linter and run disagree."""

    kind: str
    target: Target
    record: Record

    @property
    def cause(self) -> tuple[str, str, str]:
        """What makes two disagreements one: kind, target and the arguments given."""
        return self.kind, self.target.name, shape(self.record["torch"])

    def __str__(self) -> str:
        entry = self.record["port"] if self.kind == "wrong port" else worst_literal(self.record)
        outcome = entry.get("error") or f"{furthest(entry)}, tiny gradients {entry.get('small')}"
        found = ", ".join(self.record["found"]) or "nothing"
        return (
            f"{self.kind} on {self.target.name}: {self.record['torch']}: found {found}; "
            f"{entry.get('call')} {entry.get('verdict')}: {outcome}"
        )


def drawn_optimizers() -> list[str]:
    """The optimizers that some target has a counterpart of."""
    found = []
    for name in api_names(ApiKind.OPTIMIZER):
        table = api_table(name)
        if table is not None and any(row.counterpart for row in table.correspondences):
            found.append(name)
    return found


def usable(record: Record) -> bool:
    """Whether the runs of a call say anything about its port.

    A deviation does not where torch itself is unsteady on the `base` or on the `dead` copy (whose
    figure is left out then): both have ordinary gradients.
    """
    if "unsteady" in record or literal_run(record)["verdict"] == "torch-error":
        return False
    return not any(
        entry["verdict"] == "diverges" and "dead" not in entry
        for part, entry in executed(record)
        if part != "unordered"
    )


def disagreements(target: Target, records: Iterable[Record]) -> list[Disagreement]:
    """The disagreements among the usable records of a target."""
    return [
        Disagreement(kind, target, record)
        for record in records
        if usable(record)
        for kind, holds in KINDS.items()
        if holds(record)
    ]


def shrunk(
    found: Sequence[Disagreement],
    run: Callable[[Sequence[str]], Mapping[Target, Sequence[Record]]],
) -> list[Disagreement]:
    """Make the disagreements as simple as possible, one for each cause.

    `run` runs calls on the targets. Greedy: in every round each takes the first simpler call
    that still disagrees in the same way.
    """
    current = _one_a_cause(found)
    pending = list(current)
    for _ in range(ROUNDS):
        wanted = [list(simpler(one.record["torch"])) for one in pending]
        calls = list(dict.fromkeys(call for group in wanted for call in group))
        if not calls:
            break
        again: dict[tuple[str, str, str], Disagreement] = {}
        for target, records in run(calls).items():
            for one in disagreements(target, records):
                again[one.kind, target.name, one.record["torch"]] = one
        moved = []
        for number, one in enumerate(pending):
            better = next(
                (
                    again[one.kind, one.target.name, call]
                    for call in wanted[number]
                    if (one.kind, one.target.name, call) in again
                ),
                None,
            )
            if better is not None:
                current[current.index(one)] = better
                moved.append(better)
        pending = moved
        current = _one_a_cause(current)
        pending = [one for one in pending if one in current]
    return current


def _one_a_cause(found: Iterable[Disagreement]) -> list[Disagreement]:
    by_cause: dict[tuple[str, str, str], Disagreement] = {}
    for one in found:
        known = by_cause.get(one.cause)
        if known is None or len(one.record["torch"]) < len(known.record["torch"]):
            by_cause[one.cause] = one
    return list(by_cause.values())


def run_random(version: Version, calls: Sequence[str], cache: Path, workers: int) -> int:
    """Run, shrink and print for one framework version; returns how many defects it found.

    Missed alarms and wrong ports count as defects, false alarms do not.
    """

    def run(calls: Sequence[str]) -> Mapping[Target, Sequence[Record]]:
        return run_calls(calls, version, cache, workers=workers, keep=False)

    started = time.monotonic()
    found: list[Disagreement] = []
    for target, records in run(calls).items():
        mine = disagreements(target, records)
        found += mine
        counts = Counter(one.kind for one in mine)
        kept = [record for record in records if usable(record)]
        rejected = sum(literal_run(record)["verdict"] == "torch-error" for record in records)
        print(
            f"{target.name} {target.version}: {len(records)} drawn, {rejected} rejected by torch, "
            f"{len(records) - len(kept) - rejected} unsteady; of {len(kept)}: "
            + ", ".join(f"{counts[kind]} {kind}s" for kind in KINDS)
            + f" (false alarms {counts['false alarm'] / max(1, len(kept)):.1%})"
        )
    causes = shrunk(found, run)
    by_kind: dict[str, list[Disagreement]] = defaultdict(list)
    for one in causes:
        by_kind[one.kind].append(one)
    for kind in KINDS:
        for one in by_kind[kind]:
            print(f"  {one}")
    print(f"{version}: {time.monotonic() - started:.0f} seconds")
    return len(by_kind["missed alarm"]) + len(by_kind["wrong port"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 1 for a missed alarm or a wrong port, 2 for a usage error."""
    parser = argparse.ArgumentParser(prog="python -m conformance.random", description=__doc__)
    parser.add_argument("versions", nargs="+", metavar="FRAMEWORK==VERSION")
    parser.add_argument("--draws", type=int, default=700, help="calls a framework version")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--groups",
        choices=get_args(Groups),
        default="some",
        help="which calls hand over parameter groups (default: one in four)",
    )
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    defects = 0
    try:
        for text in asked.versions:
            version = Version.parse(text)
            calls = draw_calls(asked.draws, asked.seed, drawn_optimizers(), asked.groups)
            defects += run_random(version, calls, asked.cache.resolve(), asked.workers)
    except (UsageError, ValueError) as error:
        print(f"conformance.random: {error}", file=sys.stderr)
        return 2
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance.random: {error}", file=sys.stderr)
        return 1
    return int(defects > 0)


if __name__ == "__main__":
    sys.exit(main())
