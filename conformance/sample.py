"""The sample that continuous integration runs for real.

``python -m conformance ci --cache DIR`` runs it on the newest recorded version of every target
and compares the verdicts with the recorded evidence.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from conformance.compare import differences
from conformance.consistency import newest_executed
from conformance.environments import Version
from conformance.evidence import run_calls
from conformance.records import Record, evidence_path, executed, read_evidence
from optport.targets import Target

#: Calls in the sample.
SIZE: Final = 60


def sample(recorded: Sequence[Mapping[str, Record]], size: int = SIZE) -> list[str]:
    """Choose calls that show as many different things as possible, in the order recorded.

    `recorded` is the evidence of every target. What a call shows: its optimizer, what was found,
    and the verdicts, on each of the targets. The choice follows from the evidence alone.
    """
    shown = {
        call: {
            (number, *feature)
            for number, records in enumerate(recorded)
            if call in records
            for feature in _features(records[call])
        }
        for call in recorded[0]
        if all(call in records and "unsteady" not in records[call] for records in recorded)
    }
    chosen: list[str] = []
    covered: set[tuple[object, ...]] = set()
    while shown and len(chosen) < size:
        best = max(shown, key=lambda call: len(shown[call] - covered))
        covered |= shown.pop(best)
        chosen.append(best)
    order = {call: number for number, call in enumerate(recorded[0])}
    return sorted(chosen, key=order.__getitem__)


def _features(record: Record) -> set[tuple[str, ...]]:
    optimizer = record["torch"].partition("(")[0]
    features: set[tuple[str, ...]] = {(optimizer,)}
    features |= {(optimizer, cause) for cause in record["found"]}
    features |= {(optimizer, part, entry["verdict"]) for part, entry in executed(record)}
    return features


def run_sample(cache: Path, workers: int) -> int:
    """Run the sample and print what differs from the evidence.

    Returns 0 when all verdicts agree, 1 otherwise, and when nothing is recorded to agree with.
    Raises what `measure` raises.
    """
    started = time.monotonic()
    targets = newest_executed()
    recorded = {target: read_evidence(evidence_path(target)) for target in targets}
    for target in targets:
        if not recorded[target]:
            print(f"conformance ci: no evidence for {target.name} {target.version}")
            return 1
    calls = sample(list(recorded.values()))
    count = disagreements = 0
    for version in dict.fromkeys(_version(target) for target in targets):
        for target, records in run_calls(
            calls, version, cache, workers=workers, keep=False
        ).items():
            count += sum(1 for record in records for _ in executed(record))
            expected = {call: recorded[target][call] for call in calls}
            for difference in differences(expected, records):
                print(f"{target.name} {target.version}: {difference}")
                disagreements += difference.changes_verdict
    print(
        f"conformance ci: {len(calls)} calls, {count} runs on "
        f"{', '.join(f'{target.name} {target.version}' for target in targets)}: "
        f"{disagreements} disagreements, {time.monotonic() - started:.0f} seconds",
    )
    if not count:
        print("conformance ci: nothing was run", file=sys.stderr)
    return int(disagreements > 0 or not count)


def _version(target: Target) -> Version:
    return Version(target.family.framework, target.version)
