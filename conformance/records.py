"""One record of the evidence: a torch call, its ports to one target, and what running them gave."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from conformance.cases import (
    COPIES,
    GROUPS_ORDER,
    MOST_GROWTH,
    ORDINARY,
    Case,
    Regime,
    Result,
    is_grouped,
)
from conformance.literal import dropped, kept_port, literal_port
from optport.check import Report, check_source
from optport.findings import Finding
from optport.hazards.case import Case as HazardCase
from optport.hazards.case import find_case
from optport.hazards.hazard import Port
from optport.options import Options, make_options
from optport.reader.model import Construction
from optport.targets import Target

EVIDENCE: Final = Path(__file__).parent.parent / "evidence"

Record = dict[str, Any]

#: The parts of a record that are executed. ``literal``: the names looked up only. ``dropped``: the
#: same where an argument has no place, which is then left out. ``kept``: the same with the groups
#: handed over as torch has them. ``port``: the port that the linter gives. ``named``: the literal
#: port of a flat parameter list whose names hold "gamma". ``named-port``: the port of that.
#: ``unordered``: the port of groups in another order than the model's, gradients handed over in
#: that of the model.
PARTS: Final = ("literal", "dropped", "kept", "port", "named", "named-port", "unordered")

#: How a call begins that says itself what is trained.
_OWN_PARAMETERS: Final = re.compile(r"\w+\((\[\{|model\.)")

#: How a call begins whose groups are not in the order of the model.
_REVERSED: Final = re.compile(r"\w+\(\[\{'params': params\[3:\]")

_RENAME: Final = "for one in params: one.name = 'gamma_' + one.name"
_DIGITS: Final = 3


def gives_parameters(call: str) -> bool:
    """Whether an evidence call says itself what is trained: groups, or something of the model."""
    return _OWN_PARAMETERS.match(call) is not None


def torch_call(call: str, params: str = "params") -> str:
    """Spell an evidence call out: ``Adam(lr=1)`` → ``torch.optim.Adam(params, lr=1)``.

    A call whose parameters are groups, or come from the model, gives them itself.
    """
    if gives_parameters(call):
        return f"torch.optim.{call}"
    name, _, rest = call.partition("(")
    return f"torch.optim.{name}({params}{', ' if rest != ')' else ''}{rest}"


def read_call(
    call: str, options: Options, params: str = "params"
) -> tuple[Construction, dict[str, Port]]:
    """Read an evidence call as the linter does; returns it with its ports by target."""
    (checked,) = _report(call, options, params).constructions
    return checked.construction, dict(checked.ports)


@cache
def _report(call: str, options: Options, params: str) -> Report:
    return check_source(f"import torch\n{torch_call(call, params)}\n", options)


def findings(call: str, target: Target) -> list[Finding]:
    """What the linter says about an evidence call for one target."""
    options = make_options(f"{target.info.short}=={target.version}")
    return _report(call, options, "params").findings


def causes(found: Iterable[Finding]) -> list[str]:
    """The findings in short, ``OPT303 eps``, sorted."""
    return sorted({f"{one.code} {name}".strip() for one in found for name in one.arguments or [""]})


def new_record(call: str, target: Target) -> Record:
    """The record of a call on a target, still without figures."""
    options = make_options(f"{target.info.short}=={target.version}")
    construction, ports = read_call(call, options)
    found = causes(findings(call, target))
    record: Record = {"torch": call, "found": found, "literal": None, "port": None}
    case = find_case(construction, target)
    if case is None:
        record["literal"] = {"verdict": "no counterpart"}
        return record
    lost = dropped(case)
    if lost:
        record["literal"] = {"verdict": "impossible", "lost": ", ".join(lost)}
        record["dropped"] = {"call": literal_port(case)}
    else:
        record["literal"] = {"call": literal_port(case)}
    if is_grouped(call):
        _add_groups(record, case, ports[target.name])
    record["port"] = _port(ports[target.name], call)
    if "OPT305 weight_decay" in found:
        construction, ports = read_call(call, options, "model.parameters()")
        case = find_case(construction, target)
        assert case is not None
        if not lost:
            record["named"] = {"call": literal_port(case)}
        record["named-port"] = _named(_port(ports[target.name], call))
    return {name: value for name, value in record.items() if value is not None or name == "port"}


def _add_groups(record: Record, case: HazardCase, port: Port) -> None:
    """Add what is run for groups only. What looks names up only, gets gradients in any order."""
    literal = record.get("dropped") or record["literal"]
    literal["also"] = [GROUPS_ORDER]
    kept = kept_port(case)
    if kept != literal["call"]:
        record["kept"] = {"call": kept, "also": [GROUPS_ORDER]}
    if port.call is not None and _REVERSED.match(record["torch"]):
        unordered = _port(port, record["torch"]) or {}
        unordered["also"] = [word for word in port.also if word != GROUPS_ORDER]
        record["unordered"] = {key: unordered[key] for key in ("call", "setup", "also")}


def _port(port: Port, call: str) -> Record | None:
    """The port of an evidence call; where that leaves its parameters to us, they are a list."""
    if port.call is None:
        return None
    return {
        "call": port.call,
        "setup": list(port.setup),
        "also": list(port.also),
        "fidelity": port.fidelity if gives_parameters(call) else port.closeness,
    }


def _named(port: Record | None) -> Record | None:
    """The port over the problem's model, whose methods have torch's names."""
    if port is not None:
        port["call"] = port["call"].replace(".trainable_params()", ".parameters()")
    return port


def cases_of(record: Record, target: Target) -> dict[str, Case]:
    """The cases to run for a record, by the part that their results belong to.

    The id of a case is made from what it runs, so that equal runs have equal ids.
    """
    found = {}
    for part in PARTS:
        entry = record.get(part)
        if entry is None or "call" not in entry:
            continue
        named = part.startswith("named")
        torch = torch_call(record["torch"], "model.parameters()" if named else "params")
        setup = (*((_RENAME,) if named else ()), *entry.get("setup", ()))
        also = tuple(entry.get("also", ()))
        run = json.dumps([torch, target.name, target.version, entry["call"], setup, also])
        digest = hashlib.sha256(run.encode()).hexdigest()[:24]
        found[part] = Case(digest, torch, target.name, entry["call"], setup, also)
    return found


def add_figures(record: Record, cases: Mapping[str, Case], results: Mapping[str, Result]) -> None:
    """Enter what running the cases of a record gave, where there is a result."""
    for part, case in cases.items():
        if case.id in results:
            result = results[case.id]
            record[part].update(_figures(result))
            if result.verdict != "torch-error" and not result.regime.steady:
                record["unsteady"] = _regime(result.regime)


def _regime(regime: Regime) -> str:
    """What is unsteady about a call, in short."""
    noise = [value for copy, value in regime.noise.items() if copy in ORDINARY]
    known = [value for value in noise if value is not None]
    if not known or len(known) < len(noise) or regime.grown is None:
        return "weights not finite"
    if regime.grown >= MOST_GROWTH:
        return f"weights grow by {regime.grown:.0e}"
    return f"float32 and float64 part by {max(known):.0e}"


def _figures(result: Result) -> Record:
    figures: Record = {"verdict": result.verdict}
    for copy in COPIES:
        value = getattr(result, copy)
        # Where torch itself is unsteady, the figure of a further copy would only be rounding.
        if value is not None and (copy in ORDINARY or result.regime.tells(copy, value)):
            figures[copy] = float(f"{value:.{_DIGITS - 1}e}")
    if result.frozen:
        figures["frozen"] = True
    if result.error:
        figures["error"] = " ".join(result.error.split())[:160]
    return figures


def same_run(record: Record, known: Record | None) -> bool:
    """Whether a recorded run was of just these calls, and left figures for all of them."""
    if known is None:
        return False
    for part in PARTS:
        mine, theirs = record.get(part) or {}, known.get(part) or {}
        keys = ("call", "setup", "also", "lost")
        if any(mine.get(key) != theirs.get(key) for key in keys):
            return False
        if mine and "verdict" not in theirs:
            return False
    return True


def carry_over(record: Record, known: Record) -> None:
    """Enter the figures of a recorded run of the same calls."""
    for part in PARTS:
        if record.get(part):
            record[part] = {**known[part], **record[part]}
    if "unsteady" in known:
        record["unsteady"] = known["unsteady"]


def evidence_path(target: Target) -> Path:
    """Where the evidence of a target at a version is."""
    return EVIDENCE / f"{target.name}-{target.version}.jsonl"


def read_evidence(path: Path) -> dict[str, Record]:
    """Read one evidence file: the records by torch call; empty when there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {record["torch"]: record for record in map(json.loads, lines)}


def write_evidence(path: Path, records: Iterable[Record]) -> None:
    """Write one evidence file, a line each record."""
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


def executed(record: Record) -> Iterator[tuple[str, Record]]:
    """Yield the parts of a record that were run, with their figures."""
    for part in PARTS:
        entry = record.get(part)
        if entry is not None and "call" in entry:
            yield part, entry
