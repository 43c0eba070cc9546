"""Trajectories for the pictures of the rule pages: loss and distance to torch, step by step.

The cases of ``pictures.toml`` are run on the newest recorded version of their targets and written
to ``evidence/trajectories.json``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from conformance.cases import Case, Result
from conformance.pool import WorkerFailure
from conformance.records import EVIDENCE, Part, cases_of, new_record
from conformance.runner import Setting, measure, version_of
from optport.targets import parse_target

Trajectory = dict[str, Any]

PICTURES: Final = Path(__file__).with_name("pictures.toml")
TRAJECTORIES: Final = EVIDENCE / "trajectories.json"

_DIGITS: Final = 4

#: The run of least squares that is shown.
_RUN: Final = "1"


@dataclass(frozen=True)
class Picture:
    """One case to show.

    Attributes:
        code: the hazard that it shows.
        call: the torch call.
        target: short name of the target.
        literal: the part of the record that is the literal port.
        port: the part that is the port.
    """

    code: str
    call: str
    target: str
    literal: str = Part.LITERAL
    port: str = Part.PORT


PICTURED: Final = [
    Picture(**one) for one in tomllib.loads(PICTURES.read_text(encoding="utf-8"))["pictures"]
]


def read_trajectories() -> list[Trajectory]:
    """The recorded trajectories, in the order of :data:`PICTURED`."""
    found: list[Trajectory] = json.loads(TRAJECTORIES.read_text(encoding="utf-8"))
    return found


def picture_cases(picture: Picture) -> tuple[Trajectory, dict[str, Case]]:
    """What stands still of a picture, and its cases under ``literal`` and ``port``."""
    target = parse_target(picture.target)
    record = new_record(picture.call, target)
    parts = {"literal": Part(picture.literal), "port": Part(picture.port)}
    found = {name: replace(cases_of(record)[part], series=_RUN) for name, part in parts.items()}
    fixed = {
        "code": picture.code,
        "torch": picture.call,
        "target": target.name,
        "version": target.version,
        "run": _RUN,
        "literal": {"part": picture.literal, "call": found["literal"].call},
        "port": {"call": found["port"].call, "fidelity": record.runs[parts["port"]].fidelity},
    }
    return fixed, found


def record_trajectories(setting: Setting) -> int:
    """Record the data of the pictures."""
    entries = [picture_cases(picture) for picture in PICTURED]
    cases = [case for _, mine in entries for case in mine.values()]
    results: dict[str, Result] = {}
    for version in {version_of(parse_target(one.target)) for one in PICTURED}:
        mine = [case for case in cases if case.framework == version.framework]
        results |= measure(mine, replace(setting, target=version))
    for entry, shown in entries:
        for name, case in shown.items():
            series = results[case.id].series
            if series is None:
                raise WorkerFailure(f"{case.call}: no trajectory: {results[case.id].error}")
            entry["loss"] = _rounded(series["torch"])
            entry[name]["loss"] = _rounded(series["loss"])
            entry[name]["distance"] = _rounded(series["distance"])
    lines = [json.dumps(entry) for entry, _ in entries]
    TRAJECTORIES.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return 0


def stale_pictures() -> list[str]:
    """Say which recorded trajectories are of other calls than the table gives today."""
    wanted = [picture_cases(picture)[0] for picture in PICTURED]
    recorded = map(_standing, read_trajectories())
    pairs = zip_longest(wanted, recorded, fillvalue={"code": "", "torch": "nothing"})
    return [f"{a['code']} {a['torch']}: recorded with other calls" for a, b in pairs if a != b]


def _standing(entry: Trajectory) -> Trajectory:
    """A trajectory without what was measured."""
    return {
        key: _standing(value) if isinstance(value, dict) else value
        for key, value in entry.items()
        if key not in ("loss", "distance")
    }


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    return [None if one is None else float(f"{one:.{_DIGITS - 1}e}") for one in values]
