"""Trajectories for the pictures of the rule pages: loss and distance to torch, step by step.

``python -m conformance.trajectories --cache DIR`` runs the cases of :data:`PICTURED` on the newest
recorded version of their targets and writes ``evidence/trajectories.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from conformance.cases import Case, Result
from conformance.environments import EnvironmentFailure, default_cache
from conformance.pool import WorkerFailure
from conformance.records import EVIDENCE, Record, cases_of, new_record
from conformance.runner import measure
from optport.targets import Target, parse_target

TRAJECTORIES: Final = EVIDENCE / "trajectories.json"

_DIGITS: Final = 4


@dataclass(frozen=True)
class Picture:
    """One case to show.

    Attributes:
        code: the hazard that it shows.
        call: the torch call.
        target: short name of the target.
        literal: the part of the record that is the literal port.
        port: the part that is the port.
        copy: the copy of the weights that shows it.
    """

    code: str
    call: str
    target: str
    literal: str = "literal"
    port: str = "port"
    copy: str = "base"


def _grouped(optimizer: str, option: str, rest: str) -> str:
    return f"{optimizer}([{{'params': params[:3], {option}}}, {{'params': params[3:]}}], {rest})"


PICTURED: Final = (
    Picture("OPT102", "Adagrad(lr=0.1, lr_decay=0.1)", "paddle", literal="dropped"),
    Picture("OPT102", "SGD(lr=0.1, momentum=0.9, dampening=0.5)", "paddle", literal="dropped"),
    Picture("OPT201", "Adamax()", "paddle"),
    Picture("OPT201", "RMSprop(lr=0.01)", "paddle"),
    Picture("OPT202", "ASGD()", "paddle"),
    Picture("OPT202", "ASGD()", "mindspore"),
    Picture("OPT301", "ASGD(lr=0.1, lambd=0.1)", "paddle", literal="dropped"),
    Picture("OPT302", "AdamW(lr=0.02)", "mindspore"),
    Picture("OPT302", "RMSprop(lr=0.01, alpha=0.9)", "mindspore"),
    Picture("OPT303", "Adam(lr=0.02, eps=0.001)", "mindspore"),
    Picture("OPT303", "RMSprop(lr=0.01, eps=0.001)", "paddle"),
    Picture("OPT304", "Adam(lr=0.5, amsgrad=True, betas=(0.9, 0.9))", "mindspore.experimental"),
    Picture("OPT305", "Adam(lr=0.02, weight_decay=0.1)", "mindspore", "named", "named-port"),
    Picture("OPT401", _grouped("Adam", "'lr': 0.002", "lr=0.02"), "paddle"),
    Picture("OPT402", _grouped("Adam", "'eps': 0.1", "lr=0.02"), "paddle", literal="kept"),
)


def read_trajectories() -> list[dict[str, Any]]:
    """The recorded trajectories, in the order of :data:`PICTURED`."""
    found: list[dict[str, Any]] = json.loads(TRAJECTORIES.read_text(encoding="utf-8"))
    return found


def picture_cases(picture: Picture) -> tuple[Record, dict[str, Case]]:
    """What stands still of a picture, and its cases under ``literal`` and ``port``."""
    target = parse_target(picture.target)
    record = new_record(picture.call, target)
    cases = cases_of(record, target)
    found = {
        name: replace(
            cases[part], id=f"{picture.code} {name} {cases[part].id}", series=picture.copy
        )
        for name, part in (("literal", picture.literal), ("port", picture.port))
    }
    fixed = {
        "code": picture.code,
        "torch": picture.call,
        "target": target.name,
        "version": target.version,
        "literal": {"part": picture.literal, "call": found["literal"].call},
        "port": {
            "call": found["port"].call,
            "fidelity": record[picture.port]["fidelity"],
        },
    }
    return fixed, found


def record_trajectories(cache: Path) -> list[Record]:
    """Run the pictured cases; returns what is to be written."""
    entries = [picture_cases(picture) for picture in PICTURED]
    by_version: dict[str, list[Case]] = defaultdict(list)
    for picture, (_, cases) in zip(PICTURED, entries, strict=True):
        by_version[_version(parse_target(picture.target))] += cases.values()
    results: dict[str, Result] = {}
    for version, wanted in by_version.items():
        results |= measure(wanted, version, cache, progress=True)
    for fixed, cases_here in entries:
        for name, case in cases_here.items():
            series = results[case.id].series
            if series is None:
                raise WorkerFailure(f"{case.call}: no trajectory: {results[case.id].error}")
            fixed["loss"] = _rounded(series["torch"])
            fixed[name]["loss"] = _rounded(series["loss"])
            fixed[name]["distance"] = _rounded(series["distance"])
    return [fixed for fixed, _ in entries]


def stale_pictures() -> list[str]:
    """Say which recorded trajectories are of other calls than the table gives today."""
    recorded = read_trajectories()
    wanted = [picture_cases(picture)[0] for picture in PICTURED]
    found = [
        f"{new['code']} {new['torch']}: recorded with other calls"
        for new, old in zip(wanted, recorded, strict=False)
        if not _same(new, old)
    ]
    if len(wanted) != len(recorded):
        found.append(f"{len(wanted)} pictures are wanted, {len(recorded)} recorded")
    return found


def _same(new: Record, old: Record) -> bool:
    keys = ("code", "torch", "target", "version")
    calls = all(new[part]["call"] == old[part]["call"] for part in ("literal", "port"))
    return calls and all(new[key] == old[key] for key in keys)


def _version(target: Target) -> str:
    return f"{target.family.framework}=={target.version}"


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    return [None if one is None else float(f"{one:.{_DIGITS - 1}e}") for one in values]


def main(arguments: Sequence[str] | None = None) -> int:
    """Record the trajectories; returns 1 when a framework cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m conformance.trajectories", description=__doc__)
    parser.add_argument("--cache", type=Path, default=default_cache())
    asked = parser.parse_args(arguments)
    try:
        records = record_trajectories(asked.cache.resolve())
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance.trajectories: {error}", file=sys.stderr)
        return 1
    text = ",\n".join(json.dumps(record) for record in records)
    TRAJECTORIES.write_text(f"[\n{text}\n]\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
