"""Measure recall, false alarms and resolved values on a labelled corpus.

``python tools/measure_corpus.py LABELS NEGATIVES SOURCES``: the labels and the look-alikes as JSON,
and the directory that holds the sources. Prints what is found, per form and per repository,
lists what is missed, and how many findings a user sees per 100 constructions, by target and code.
Files that Python does not read are counted and named. Exits with 1 when a look-alike is reported.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from optport.check import Report, check_source  # noqa: E402
from optport.files import UnreadableFile, read_text  # noqa: E402
from optport.hazards.spelling import plain  # noqa: E402
from optport.options import make_options  # noqa: E402
from optport.values import UNREAD, Literal  # noqa: E402

Label = dict[str, Any]
Key = tuple[str, int, int]
Shares = dict[tuple[int, str], list[bool]]
"""Of several things, in the order that they are printed in, whether each label was a hit."""


@dataclass
class Measured:
    """What was found in the corpus."""

    constructions: dict[Key, list[Any]] = field(default_factory=dict)
    findings: dict[Key, list[str]] = field(default_factory=dict)
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Findings that are no notes, by target and code; one for two targets counts for each."""
    shown: int = 0
    """Findings that are no notes."""
    unread: list[str] = field(default_factory=list)
    files: int = 0
    seconds: float = 0.0


def measure(sources: Path, names: Iterable[str]) -> Measured:
    """Check every file once, notes included."""
    options = make_options(notes=True)
    measured = Measured()
    for name in names:
        started = time.perf_counter()
        try:
            report = check_source(read_text(sources / name), options)
        except (UnreadableFile, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            measured.unread.append(f"{name}: {type(error).__name__}: {error}")
            continue
        measured.seconds += time.perf_counter() - started
        measured.files += 1
        _collect(measured, name, report)
    return measured


def _collect(measured: Measured, name: str, report: Report) -> None:
    for checked in report.constructions:
        place = checked.construction.place
        key = name, place.line, place.col
        measured.constructions.setdefault(key, []).append(checked.construction)
    for finding in report.findings:
        key = name, finding.place.line, finding.place.col
        measured.findings.setdefault(key, []).append(finding.code)
        if not finding.kind.note:
            measured.shown += 1
            measured.codes.update((target, finding.code) for target in finding.targets)


def _key(label: Label) -> Key:
    return f"{label['repo']}/{label['path']}", label["line"], label["col"]


def _compare(labels: list[Label], measured: Measured) -> None:
    """Print what is missed, and how much is found."""
    shares: Shares = defaultdict(list)
    repositories: dict[str, list[bool]] = defaultdict(list)
    for label in labels:
        key, form = _key(label), label["form"]
        hit = key in measured.constructions
        if label["kind"] == "construction":
            everywhere = [(0, "constructions"), (1, "outside tests"), (2, f"  {form}")]
            for one in everywhere if "test" not in label["path"] else everywhere[::2]:
                shares[one].append(hit)
            repositories[label["repo"]].append(hit)
            if not hit:
                print("missed:", *key, label["class"], form)
            _compare_values(label, measured.constructions.get(key, []), shares)
        elif label["kind"] == "abstract-construction" and form != "yaml-partial":
            hit = hit or "OPT901" in measured.findings.get(key, ())
            shares[3, "decided at run time, noted or possible"].append(hit)
            if not hit:
                print("not noted:", *key, form, label["callee"])
    for (_, name), hits in sorted(shares.items(), key=lambda one: one[0][0]):
        print(f"{name}: {sum(hits)} of {len(hits)} ({mean(hits):.1%})")
    if repositories:
        print(f"average of the repositories: {mean(map(mean, repositories.values())):.1%}")


def _compare_values(label: Label, constructions: list[Any], shares: Shares) -> None:
    for name, value in (label.get("values") or {}).items():
        if value["via"] in (None, "literal"):
            continue
        hit = any(_resolved(one, name) for one in constructions)
        shares[4, "values that reach a literal, resolved"].append(hit)
        shares[5, f"  {value['via']}"].append(hit)
        if not hit:
            print("unread:", *_key(label), name, value["src"], value["via"])


def _resolved(construction: Any, name: str) -> bool:
    argument = construction.arguments.get(name)
    if argument is None:
        return False
    values = argument.value.values
    known = [plain(type(argument.value)((one,), True)) is not UNREAD for one in values]
    return any(known) and all(isinstance(one, Literal) for one in values)


def _noise(measured: Measured) -> None:
    """Print the findings per 100 constructions."""
    places = len(measured.constructions)
    if not places:
        return
    print(f"findings: {measured.shown}, {100 * measured.shown / places:.0f} per 100 constructions")
    for target in sorted({target for target, _ in measured.codes}):
        codes = {code: n for (of, code), n in sorted(measured.codes.items()) if of == target}
        rates = ", ".join(f"{code} {100 * n / places:.1f}" for code, n in codes.items())
        print(f"  {target}, per 100: {rates}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; returns 1 when a look-alike is reported."""
    labels_path, negatives_path, sources = map(Path, arguments or sys.argv[1:])
    labels: list[Label] = json.loads(labels_path.read_text(encoding="utf-8"))
    negatives: dict[str, list[Label]] = json.loads(negatives_path.read_text(encoding="utf-8"))
    names = sorted(str(path.relative_to(sources)) for path in sources.rglob("*.py"))
    measured = measure(sources, names)
    _compare(labels, measured)
    alike = {(n["rel"], n["line"], n["col"]) for rows in negatives.values() for n in rows}
    reported = sorted(alike & (set(measured.constructions) | set(measured.findings)))
    for key in reported:
        print("false alarm:", *key)
    print(f"look-alikes reported: {len(reported)} of {len(alike)}")
    _noise(measured)
    for line in measured.unread:
        print("not read:", line)
    print(f"{measured.files} files in {measured.seconds:.1f} s")
    return int(bool(reported))


if __name__ == "__main__":
    sys.exit(main())
