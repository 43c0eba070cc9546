"""The evidence: every call that a row of the table rests on, executed and recorded.

``python -m conformance.evidence paddle==3.3.1 mindspore==2.10.0`` runs, for every target of those
frameworks, the literal port and the port of every call, and writes one file for each target and
version below ``evidence/``. What is recorded already is not run again unless ``--again`` is given
or the port has changed. ``--compare`` runs everything, writes nothing, and prints what came out
differently.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from conformance.calls import all_calls
from conformance.cases import Case, CaseError, Result, read_results
from conformance.compare import differences, verdict_counts
from conformance.environments import EnvironmentFailure, Version, default_cache
from conformance.pool import WorkerFailure
from conformance.records import (
    EVIDENCE,
    Record,
    add_figures,
    carry_over,
    cases_of,
    evidence_path,
    new_record,
    read_call,
    read_evidence,
    same_run,
    torch_call,
    write_evidence,
)
from conformance.runner import DEFAULT_TORCH, measure
from optport.table import targets
from optport.targets import Target, parse_target
from optport.versions import UsageError

__all__ = ["evidence_path", "main", "read_call", "read_evidence", "torch_call"]

RUNS = EVIDENCE / "runs.json"


def executed_targets(version: Version) -> list[Target]:
    """The targets of a framework at a version that can be executed.

    Raises UsageError for a version that no signatures are recorded of.
    """
    found = []
    for info in targets().values():
        newest = parse_target(info.short)
        if info.executed and newest.family.framework == version.framework:
            found.append(parse_target(f"{info.short}=={version.version}"))
    return found


def run_calls(
    calls: Sequence[str],
    version: Version,
    cache: Path,
    *,
    known: dict[Target, dict[str, Record]] | None = None,
    workers: int = 1,
    keep: bool = True,
) -> dict[Target, list[Record]]:
    """Run the calls on every target of a framework version; returns the records.

    `known` holds what needs no run. Results are kept below the cache as they come, so that a
    run that was interrupted goes on where it stopped, unless `keep` is false. Raises what
    `measure` raises.
    """
    records: dict[Target, list[Record]] = {}
    needed: dict[str, Case] = {}
    entries: list[tuple[Record, dict[str, Case]]] = []
    for target in executed_targets(version):
        recorded = (known or {}).get(target, {})
        records[target] = []
        for call in calls:
            record = new_record(call, target)
            records[target].append(record)
            if same_run(record, recorded.get(call)):
                carry_over(record, recorded[call])
            else:
                cases = cases_of(record, target)
                entries.append((record, cases))
                needed.update((case.id, case) for case in cases.values())
    todo = list(needed.values())
    if keep:
        results = _measured(todo, version, cache, workers)
    else:
        results = measure(todo, str(version), cache, progress=True, workers=workers)
    for record, cases in entries:
        add_figures(record, cases, results)
    return records


def _measured(cases: list[Case], version: Version, cache: Path, workers: int) -> dict[str, Result]:
    """Measure, keeping the results in a file of the cache until all are there."""
    if not cases:
        return {}
    kept = cache / f"unfinished-{version.name}-torch-{DEFAULT_TORCH}.jsonl"
    cache.mkdir(parents=True, exist_ok=True)
    results = read_results(kept, mend=True)
    todo = [case for case in cases if case.id not in results]
    with kept.open("a", encoding="utf-8") as out:

        def keep(result: Result) -> None:
            print(result.to_json(), file=out, flush=True)

        results |= measure(
            todo, str(version), cache, on_result=keep, progress=True, workers=workers
        )
    kept.unlink()
    return results


def record_evidence(version: Version, cache: Path, again: bool, workers: int) -> None:
    """Run what is not recorded yet for a framework version, and write its evidence files."""
    chosen = executed_targets(version)
    known = {} if again else {one: read_evidence(evidence_path(one)) for one in chosen}
    for target, records in run_calls(
        all_calls(), version, cache, known=known, workers=workers
    ).items():
        write_evidence(evidence_path(target), records)
        _note_run(target, version, len(records))
        print(f"{target.name} {target.version}: {verdict_counts(records)}")


def _note_run(target: Target, version: Version, calls: int) -> None:
    runs = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.is_file() else {}
    runs[evidence_path(target).stem] = {
        "framework": str(version),
        "torch": DEFAULT_TORCH,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}, CPU",
        "calls": calls,
    }
    RUNS.write_text(json.dumps(runs, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def compare_evidence(version: Version, against: str | None, cache: Path, workers: int) -> bool:
    """Run everything, print what differs from the record; returns whether all verdicts agree."""
    agree = True
    for target, records in run_calls(all_calls(), version, cache, workers=workers).items():
        other = target if against is None else parse_target(f"{target.info.short}=={against}")
        path = evidence_path(other)
        recorded = read_evidence(path)
        print(f"{target.name} {target.version} against {path.name}: {verdict_counts(records)}")
        if not recorded:
            print(f"  nothing is recorded in {path.name}")
            agree = False
        for difference in differences(recorded, records):
            agree = agree and not difference.changes_verdict
            print(f"  {difference}")
    return agree


def main(arguments: Sequence[str] | None = None) -> int:
    """Record or compare the evidence for the versions given.

    Returns 0, 1 when a comparison finds another verdict or a framework cannot be run, 2 for a
    version that is unknown.
    """
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence", description=__doc__)
    parser.add_argument("versions", nargs="+", metavar="FRAMEWORK==VERSION")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--again", action="store_true", help="run what is recorded already, too")
    parser.add_argument(
        "--compare", action="store_true", help="run everything, write nothing, print differences"
    )
    parser.add_argument(
        "--against", metavar="VERSION", help="compare with the evidence of this version instead"
    )
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)"
    )
    asked = parser.parse_args(arguments)
    agree = True
    try:
        for text in asked.versions:
            version, started = Version.parse(text), time.monotonic()
            cache = asked.cache.resolve()
            if asked.compare:
                agree &= compare_evidence(version, asked.against, cache, asked.workers)
            else:
                record_evidence(version, cache, asked.again, asked.workers)
            print(f"{version}: {time.monotonic() - started:.0f} seconds")
    except (UsageError, CaseError, ValueError) as error:
        print(f"conformance.evidence: {error}", file=sys.stderr)
        return 2
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance.evidence: {error}", file=sys.stderr)
        return 1
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
