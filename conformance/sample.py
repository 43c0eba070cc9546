"""The sample that continuous integration runs for real.

It is run on the newest recorded version of every target, and verdicts are compared with the
recorded evidence.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from conformance.compare import differences
from conformance.consistency import newest_executed
from conformance.environments import Version
from conformance.evidence import run_calls
from conformance.records import Record, evidence_path, read_evidence
from conformance.runner import Setting

#: Calls in the sample.
SIZE: Final = 60

#: Where eps is 0, a gradient of 0 is divided by 0: what comes of it is not the same every time.
_NO_EPS: Final = re.compile(r"\beps'?[=:] ?0(?:\.0)?\b(?!\.)")


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
        if not _NO_EPS.search(call)
        and all(call in records and not records[call].noise for records in recorded)
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
    features: set[tuple[str, ...]] = {(record.optimizer,)}
    features |= {(record.optimizer, cause) for cause in record.found}
    features |= {(record.optimizer, part, record.verdict(part) or "") for part in record.runs}
    return features


def run_sample(setting: Setting) -> int:
    """Run the sample and compare it with the evidence; the setting's target is not used.

    Returns 0 when all verdicts agree, 1 otherwise, and when nothing is recorded to agree with.
    A target that has no evidence yet is named and left out.
    Raises what `measure` raises.
    """
    started = time.monotonic()
    everything = {one: read_evidence(evidence_path(one)) for one in newest_executed()}
    recorded = {target: records for target, records in everything.items() if records}
    targets = list(recorded)
    for target in everything.keys() - recorded.keys():
        print(f"conformance ci: no evidence for {target.name} {target.version}: left out")
    if not targets:
        return 1
    calls = sample(list(recorded.values()))
    count = disagreements = 0
    versions = [Version(target.family.framework, target.version) for target in targets]
    for version in dict.fromkeys(versions):
        for target, records in run_calls(calls, replace(setting, target=version)).items():
            count += sum(len(record.runs) for record in records)
            expected = {call: recorded[target][call] for call in calls}
            for difference in differences(expected, records):
                print(f"{target.name} {target.version}: {difference}")
                disagreements += difference.changes_verdict
    print(
        f"conformance ci: {len(calls)} calls, {count} runs on "
        f"{', '.join(f'{target.name} {target.version}' for target in targets)}: "
        f"{disagreements} disagreements, {time.monotonic() - started:.0f} seconds",
    )
    return int(disagreements > 0 or not count)
