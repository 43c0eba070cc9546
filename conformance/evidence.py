"""The evidence: every call that a row of the table rests on, executed and recorded.

For every target of a framework, the literal port and the port of every call are run, and written to
one file for each target and version below ``evidence/``.
"""

from __future__ import annotations

import json
import platform
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from conformance.cases import Case, Result
from conformance.consistency import newest_executed
from conformance.generate import all_calls
from conformance.judgement import described, differences, disagreements
from conformance.records import (
    EVIDENCE,
    Part,
    Record,
    cases_of,
    evidence_path,
    new_record,
    read_evidence,
    results_of,
    same_run,
    with_results,
    write_evidence,
)
from conformance.runner import Setting, measure, version_of
from optport.targets import Target, parse_target

RUNS: Final = EVIDENCE / "runs.json"

Known = Mapping[Target, Mapping[str, Record]]


def run_calls(
    calls: Sequence[str], setting: Setting, known: Known | None = None, keep: bool = False
) -> dict[Target, list[Record]]:
    """Run the calls on every target of a framework version; returns the records.

    `known` holds what needs no run. With `keep`, results are kept below the cache as they come, so
    that a run that was interrupted goes on where it stopped. Raises what `measure` raises.
    """
    records = {target: [new_record(call, target) for call in calls] for target in setting.targets}
    results: dict[str, Result] = {}
    needed: dict[str, Case] = {}
    for target, mine in records.items():
        for record in mine:
            before = (known or {}).get(target, {}).get(record.torch)
            if before is not None and same_run(record, before):
                results |= results_of(before)
            else:
                needed |= {case.id: case for case in cases_of(record).values()}
    results |= (_kept if keep else measure)(list(needed.values()), setting)
    return {
        target: [with_results(one, results) for one in mine] for target, mine in records.items()
    }


def _kept(cases: Sequence[Case], setting: Setting) -> dict[str, Result]:
    """Measure, keeping the results in a file of the cache until all are there."""
    if not cases:
        return {}
    kept = setting.cache / f"unfinished-{setting.target.name}-torch-{setting.torch}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    # What follows the last newline was cut off when the run was interrupted.
    text = kept.read_text(encoding="utf-8").rpartition("\n") if kept.is_file() else ("", "", "")
    entries = map(json.loads, text[0].splitlines())
    results = {entry.pop("id"): Result(**entry) for entry in entries}
    with kept.open("w", encoding="utf-8") as out:
        out.writelines(text[:2])
        todo = [case for case in cases if case.id not in results]
        results |= measure(
            todo, setting, lambda case, result: print(result.to_json(case.id), file=out, flush=True)
        )
    kept.unlink()
    return results


def record_evidence(setting: Setting, again: bool) -> int:
    """Run what is not recorded yet, and record it."""
    chosen = setting.targets
    known = {} if again else {one: read_evidence(evidence_path(one)) for one in chosen}
    for target, records in run_calls(all_calls(), setting, known, keep=True).items():
        write_evidence(evidence_path(target), records)
        _note_run(target, setting, len(records))
        print(f"{target.name} {target.version}: {counts(records)}")
    return 0


def _note_run(target: Target, setting: Setting, calls: int) -> None:
    runs = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.is_file() else {}
    runs[evidence_path(target).stem] = {
        "framework": str(setting.target),
        "torch": setting.torch,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}, CPU",
        "calls": calls,
    }
    RUNS.write_text(json.dumps(runs, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def compare_evidence(setting: Setting, against: str | None) -> int:
    """Run everything, write nothing, print what differs from the record.

    And where linter and runs disagree.
    Returns 0 if all verdicts are as recorded, else 1.
    """
    agree = True
    for target, records in run_calls(all_calls(), setting).items():
        other = target if against is None else parse_target(f"{target.info.short}=={against}")
        path = evidence_path(other)
        recorded = read_evidence(path)
        print(f"{target.name} {target.version} against {path.name}: {counts(records)}")
        if not recorded:
            print(f"  nothing is recorded in {path.name}")
            agree = False
        for difference in differences(recorded, records):
            agree = agree and not difference.changes_verdict
            print(f"  {difference}")
        for record in records:
            for kind in disagreements(record):
                print(f"  {described(record, kind)}")
    return int(not agree)


def counts(records: Sequence[Record]) -> str:
    """Count the records by what became of the literal port and of the port, in one line."""
    shown = []
    for part in (Part.LITERAL, Part.PORT):
        found: Counter[str] = Counter()
        for record in records:
            run = record.runs.get(part)
            called = f"{run.fidelity} " if run is not None and run.fidelity else ""
            found[f"{called}{record.verdict(part) or 'none'}"] += 1
        shown.append(f"{part}: " + ", ".join(f"{n} {what}" for what, n in sorted(found.items())))
    return "; ".join(shown)


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
    verdicts = ((part, record.verdict(part) or "") for part in record.runs)
    shown = [(), *((cause,) for cause in record.found), *verdicts]
    return {(record.optimizer, *one) for one in shown}


def run_sample(setting: Setting) -> int:
    """Run the sample and compare it with the evidence.

    Returns 0 when all verdicts agree, 1 otherwise, and when nothing is recorded to agree with.
    A target that has no evidence yet is named and left out.
    Raises what `measure` raises.
    """
    everything = {one: read_evidence(evidence_path(one)) for one in newest_executed()}
    recorded = {target: records for target, records in everything.items() if records}
    targets = list(recorded)
    for target in everything.keys() - recorded.keys():
        print(f"conformance ci: no evidence for {target.name} {target.version}: left out")
    if not targets:
        return 1
    calls = sample(list(recorded.values()))
    count = disagreements = 0
    versions = map(version_of, targets)
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
        f"{disagreements} disagreements",
    )
    return int(disagreements > 0 or not count)
