"""The evidence: every call that a row of the table rests on, executed and recorded.

``python -m conformance.evidence paddle==3.3.1 mindspore==2.10.0`` runs, for every target of those
frameworks, the literal port and the port of every call, and writes one file for each target and
version below ``evidence/``. What is recorded already is not run again unless ``--again`` is given
or the port has changed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from conformance.cases import Case, Result
from conformance.environments import Version, default_cache
from conformance.literal import NotExpressible, literal_port
from conformance.runner import measure
from optport.check import check_source
from optport.hazards.case import find_case
from optport.hazards.hazard import Port
from optport.options import Options, make_options
from optport.reader.constructions import Construction
from optport.table import optimizer_table, optimizers, targets
from optport.targets import Target, parse_target

EVIDENCE = Path(__file__).parent.parent / "evidence"
EXTRA_CALLS = EVIDENCE / "calls.txt"
DIGITS = 3


def table_calls() -> list[str]:
    """Every torch call that a row names as evidence, and the further ones of ``calls.txt``."""
    calls: dict[str, None] = {}
    for name in optimizers():
        table = optimizer_table(name)
        assert table is not None
        for text in _evidence(table):
            if text.endswith(")") and ": " not in text.partition("(")[0]:
                calls[text] = None
    for line in EXTRA_CALLS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            calls[line] = None
    return list(calls)


def _evidence(node: Any) -> Iterator[str]:
    """All evidence strings anywhere in a table's dataclasses."""
    pending = [node]
    while pending:
        item = pending.pop()
        fields = getattr(item, "__dataclass_fields__", {})
        for name in fields:
            value = getattr(item, name)
            if name == "evidence":
                yield from value
            elif isinstance(value, (tuple, list)):
                pending.extend(value)
            elif hasattr(value, "values"):
                pending.extend(value.values())
            else:
                pending.append(value)


def torch_call(call: str) -> str:
    """Spell an evidence call out: ``Adam(lr=1)`` → ``torch.optim.Adam(params, lr=1)``."""
    name, _, rest = call.partition("(")
    return f"torch.optim.{name}(params{', ' if rest != ')' else ''}{rest}"


def read_call(call: str, options: Options) -> tuple[Construction, dict[str, Port]]:
    """Read an evidence call as the linter does; returns it with its ports by target."""
    report = check_source(f"import torch\n{torch_call(call)}\n", options)
    (checked,) = report.constructions
    return checked.construction, dict(checked.ports)


def cases_for(call: str, target: Target) -> tuple[dict[str, Any], list[Case]]:
    """Return the record of a call on a target, still without figures, and the cases to run."""
    options = make_options(f"{target.info.short}=={target.version}")
    construction, ports = read_call(call, options)
    port = ports[target.name]
    record: dict[str, Any] = {"torch": call, "literal": None, "port": None}
    cases: list[Case] = []
    found = find_case(construction, target)
    if found is None:
        record["literal"] = {"verdict": "no counterpart"}
        return record, cases
    try:
        text = literal_port(found)
    except NotExpressible as lost:
        record["literal"] = {"verdict": "impossible", "lost": str(lost)}
    else:
        record["literal"] = {"call": text}
        cases.append(Case(f"{call} literal", torch_call(call), target.name, text))
    if port.call is not None:
        record["port"] = {
            "call": port.call,
            "setup": list(port.setup),
            "also": list(port.also),
            "fidelity": port.fidelity,
        }
        cases.append(
            Case(f"{call} port", torch_call(call), target.name, port.call, port.setup, port.also)
        )
    return record, cases


def _figures(result: Result) -> dict[str, Any]:
    figures: dict[str, Any] = {"verdict": result.verdict}
    for copy in ("base", "small", "dead"):
        value = getattr(result, copy)
        if value is not None:
            figures[copy] = float(f"{value:.{DIGITS - 1}e}")
    if result.error:
        figures["error"] = " ".join(result.error.split())[:160]
    return figures


def _same_run(record: dict[str, Any], known: dict[str, Any] | None) -> bool:
    """Whether a recorded run was of just these calls."""
    if known is None:
        return False
    for part in ("literal", "port"):
        mine, theirs = record[part] or {}, known[part] or {}
        if any(mine.get(key) != theirs.get(key) for key in ("call", "setup", "also", "lost")):
            return False
    return True


def read_evidence(path: Path) -> dict[str, dict[str, Any]]:
    """Read one evidence file: the records by torch call; empty when there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {record["torch"]: record for record in map(json.loads, lines)}


def evidence_path(target: Target) -> Path:
    """Where the evidence of a target at a version is."""
    return EVIDENCE / f"{target.name}-{target.version}.jsonl"


def record_evidence(target: Target, cache: Path, again: bool = False) -> None:
    """Run what is not recorded yet for one target, and write its evidence file."""
    path = evidence_path(target)
    known = {} if again else read_evidence(path)
    records: list[dict[str, Any]] = []
    cases: list[Case] = []
    for call in table_calls():
        record, needed = cases_for(call, target)
        if _same_run(record, known.get(call)):
            kept = known[call]
            if record["port"] is not None:
                kept["port"]["fidelity"] = record["port"]["fidelity"]
            records.append(kept)
        else:
            records.append(record)
            cases.extend(needed)
    version = f"{target.family.framework}=={target.version}"
    results = measure(cases, version, cache, progress=True) if cases else {}
    for record in records:
        for part in ("literal", "port"):
            result = results.get(f"{record['torch']} {part}")
            if result is not None:
                record[part].update(_figures(result))
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Record the evidence for the versions given; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence", description=__doc__)
    parser.add_argument("versions", nargs="+", metavar="FRAMEWORK==VERSION")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--again", action="store_true", help="run what is recorded already, too")
    asked = parser.parse_args(arguments)
    for text in asked.versions:
        version = Version.parse(text)
        for info in targets().values():
            target = parse_target(f"{info.short}")
            if target.family.framework == version.framework and info.executed:
                chosen = parse_target(f"{info.short}=={text.partition('==')[2]}")
                print(f"{chosen.name} {chosen.version}", file=sys.stderr)
                record_evidence(chosen, asked.cache, asked.again)
    return 0


if __name__ == "__main__":
    sys.exit(main())
