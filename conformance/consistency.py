"""Where the table and the linter claim something else than the evidence shows.

Needs no framework: it compares the recorded runs with what the table gives today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from conformance.calls import all_calls, evidence_of, is_call
from conformance.cases import ORDINARY, SAME_BELOW
from conformance.coverage import uncovered
from conformance.defects import is_known, mended
from conformance.group_rules import group_problems
from conformance.records import (
    EVIDENCE,
    Record,
    evidence_path,
    new_record,
    read_call,
    read_evidence,
    same_run,
)
from conformance.values import signature
from optport.options import make_options
from optport.signatures import ApiKind
from optport.table import api_names, api_table, targets
from optport.targets import Target, parse_target

#: Codes that may be reported though the literal port trains as torch does: what can be dropped,
#: what the target requires, a caveat about torch itself, and a decay that goes by names.
MAY_BE_SAME: Final = frozenset({"OPT103", "OPT203", "OPT301", "OPT305"})

#: At most this share of a target's calls may be flagged although nothing differs.
MOST_FALSE_ALARMS: Final = 0.02

_HAZARDS: Final = ("OPT101", "OPT102", "OPT104", "OPT201", "OPT202", "OPT203", "OPT302", "OPT303")
_GROUP_CODES: Final = ("OPT401", "OPT402", "OPT403", "OPT404")
_HAZARD_CODES: Final = (*_HAZARDS, "OPT304", "OPT305", *_GROUP_CODES)


def newest_executed() -> list[Target]:
    """The newest version of each target that can be executed."""
    return [parse_target(info.short) for info in targets().values() if info.executed]


def recorded_targets() -> list[Target]:
    """Every version of a target that evidence is recorded of."""
    found = []
    for info in targets().values():
        for path in sorted(EVIDENCE.glob(f"{info.name}-*.jsonl")):
            version = path.stem.removeprefix(f"{info.name}-")
            found.append(parse_target(f"{info.short}=={version}"))
    return found


def problems(target: Target) -> list[str]:
    """Everything that the evidence of a target does not bear out, one line each."""
    recorded = read_evidence(evidence_path(target))
    if not recorded:
        return [f"{evidence_path(target).name} is missing or empty"]
    found = [
        *_stale(target, recorded),
        *_not_executed(target, recorded),
        *_without_case(target, recorded),
        *_inexact(target, recorded),
        *_without_hazard(target, recorded),
        *missed_alarms(target, recorded),
        *group_problems(target, recorded),
    ]
    if target in newest_executed():
        # An older version may have no counterpart at all, and for what it lacks, a value that
        # trains the same here is flagged as one that does not.
        found += mended(target, disagreeing(recorded))
        found += _too_many_false_alarms(recorded)
        found += uncovered(target, recorded)
    return found


def ground(entry: Record | None) -> bool | None:
    """Whether a run shows that a port trains differently; None where nothing was run."""
    if entry is None or entry.get("verdict") in (None, "torch-error"):
        return None
    if entry["verdict"] != "same":
        return True
    return any((entry.get(copy) or 0.0) >= SAME_BELOW for copy in ("small", "dead"))


def literal_run(record: Record) -> Record:
    """The run of the literal port, or of what is left of it without the argument that is lost."""
    entry: Record = record.get("dropped") or record["literal"]
    return entry


def literal_runs(record: Record) -> list[Record]:
    """The runs of what a person may write: with groups, also those that leave the groups alone."""
    return [literal_run(record), *([record["kept"]] if "kept" in record else [])]


def worst_literal(record: Record) -> Record:
    """The run of :func:`literal_runs` that goes furthest wrong."""
    return max(literal_runs(record), key=lambda one: (one["verdict"] != "same", "error" in one))


def missed(record: Record) -> bool:
    """Whether a port that trains differently with ordinary gradients, or raises, is not flagged."""
    # What can be dropped, and a decay by names that the problem does not have, explain none.
    explained = any(not cause.startswith(("OPT103", "OPT305")) for cause in record["found"])
    for entry in literal_runs(record):
        verdict = entry.get("verdict")
        if verdict == "diverges" and not explained and "unsteady" not in record:
            return True
        if verdict in ("error", "no counterpart") and not record["found"]:
            return True
    return False


def false_alarm(record: Record) -> bool:
    """Whether a call is flagged, by more than :data:`MAY_BE_SAME`, although nothing differs."""
    codes = {cause.partition(" ")[0] for cause in record["found"]}
    same = all(ground(entry) is False for entry in literal_runs(record))
    return same and bool(codes - MAY_BE_SAME)


def wrong_port(record: Record) -> bool:
    """Whether a port that is called exact raises or leaves torch's weights."""
    port = record.get("port")
    if port is None or port["fidelity"] != "exact":
        return False
    if port.get("verdict") == "diverges" and "unsteady" in record:
        return False
    return port.get("verdict") not in ("same", "torch-error")


def disagreeing(recorded: Mapping[str, Record]) -> frozenset[str]:
    """The calls with a missed alarm or a wrong port."""
    return frozenset(
        call for call, record in recorded.items() if missed(record) or wrong_port(record)
    )


def missed_alarms(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    """Yield the calls whose literal port trains differently without any finding."""
    for call, record in recorded.items():
        if missed(record) and not is_known(target, call):
            entry = worst_literal(record)
            yield f"{call}: not flagged, but {entry['verdict']}: {_why(entry)}"


def _why(entry: Record) -> str:
    return str(entry.get("error") or furthest(entry))


def furthest(entry: Record) -> float | None:
    """The largest deviation of the copies with ordinary gradients; None where none is known."""
    return max((entry[copy] for copy in ORDINARY if entry.get(copy) is not None), default=None)


def _inexact(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    for call, record in recorded.items():
        if wrong_port(record) and not is_known(target, call):
            port = record["port"]
            said = f"{call}: port {port['call']} is called exact, but {port['verdict']}"
            yield f"{said}: {_why(port)}"
        named = record.get("named-port")
        if named is not None and named["fidelity"] == "exact" and named["verdict"] != "same":
            yield f"{call}: port {named['call']}, with names in gamma: {_why(named)}"


def _stale(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    calls = all_calls()
    for call in calls:
        if call not in recorded:
            yield f"{call}: not executed"
            continue
        today = new_record(call, target)
        if not same_run(today, recorded[call]):
            yield f"{call}: the table gives other calls than were executed"
        elif today["found"] != recorded[call]["found"]:
            yield f"{call}: found {recorded[call]['found']} then, {today['found']} now"
        elif _fidelity(today) != _fidelity(recorded[call]):
            yield f"{call}: the port's fidelity was another"
    yield from (f"{call}: executed, but no call any more" for call in set(recorded) - set(calls))


def _fidelity(record: Record) -> str | None:
    port = record["port"]
    return None if port is None else str(port["fidelity"])


def _not_executed(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    for name in api_names(ApiKind.OPTIMIZER):
        table = api_table(name)
        assert table is not None
        for row in table.correspondences:
            if row.target != target.name or row.counterpart is None:
                continue
            for text in evidence_of(row):
                record = recorded.get(text)
                if is_call(text) and text.startswith(f"{name}(") and not _was_run(record):
                    yield f"{name}, row {row.counterpart}: evidence {text} was not executed"


def _was_run(record: Record | None) -> bool:
    if record is None:
        return False
    if record["literal"]["verdict"] == "no counterpart":
        return True
    return bool(literal_run(record)["verdict"] != "torch-error")


def _without_case(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    """Parameters of torch that no executed call gives."""
    given: set[tuple[str, str]] = set()
    counterparts: set[str] = set()
    options = make_options(f"{target.info.short}=={target.version}")
    for call, record in recorded.items():
        if record["literal"]["verdict"] == "no counterpart" or not _was_run(record):
            continue
        construction, _ = read_call(call, options)
        counterparts.add(construction.api)
        given.update((construction.api, name) for name in construction.arguments)
    for name in sorted(counterparts):
        for parameter in signature(name).by_name:
            if (name, parameter) not in given:
                yield f"{name}: no executed call gives {parameter}"


def _without_hazard(target: Target, recorded: Mapping[str, Record]) -> Iterator[str]:
    """Codes that are reported for an optimizer and argument without any run that shows it.

    Calls that torch rejects at the version of the runs (older ones take them) show nothing
    either way.
    """
    shown: dict[tuple[str, str], set[bool | None]] = defaultdict(set)
    for call, record in recorded.items():
        for cause in record["found"]:
            shown[call.partition("(")[0], cause].add(shows(target, record, cause))
    for (optimizer, cause), seen in sorted(shown.items()):
        if cause.partition(" ")[0] in _HAZARD_CODES and True not in seen and False in seen:
            yield f"{optimizer}: {cause} is reported, and no run shows it"
        if cause.startswith("OPT303") and not _same_below(optimizer, cause, recorded):
            yield f"{optimizer}: {cause} has no value below its threshold that trains the same"


def shows(target: Target, record: Record, cause: str) -> bool | None:
    """Whether the runs of a call show that what was found there is so."""
    code = cause.partition(" ")[0]
    if "OPT302" in record["found"] and code != "OPT302":
        # What else is said is about the class that the advice leads to.
        elsewhere = _neighbour(target, record)
        if elsewhere is not None and "OPT302" not in elsewhere["found"]:
            return shows(target, elsewhere, cause)
    if record["literal"]["verdict"] == "no counterpart":
        return True
    if code == "OPT305":
        return ground(record.get("named") or record.get("dropped"))
    if code == "OPT104":
        entry = literal_run(record)
        return entry["verdict"] == "error" or bool(entry.get("frozen")) or ground(entry)
    if code in _GROUP_CODES:
        # Left alone or looked up, a key is a hazard where either way leads off.
        grounds = [ground(entry) for entry in literal_runs(record)]
        return next((known for known in (True, False) if known in grounds), None)
    return ground(literal_run(record))


def _neighbour(target: Target, record: Record) -> Record | None:
    """The record of the same call on the target that the port went to, if that is another one."""
    call = (record["port"] or {}).get("call", "")
    for info in targets().values():
        if info.executed and call.startswith(info.name + "."):
            return _recorded(target.at(info.name)).get(record["torch"])
    return None


@cache
def _recorded(target: Target) -> Mapping[str, Record]:
    return read_evidence(evidence_path(target))


def _same_below(optimizer: str, cause: str, recorded: Mapping[str, Record]) -> bool:
    """Whether some call that gives the argument is not found under the cause and is same.

    Where no literal port can be built at all, the port has to do.
    """
    argument = cause.partition(" ")[2]
    return any(
        call.startswith(f"{optimizer}(") and f"{argument}=" in call
        for call, record in recorded.items()
        if cause not in record["found"]
        and "same" in (record["literal"]["verdict"], (record["port"] or {}).get("verdict"))
    )


def _too_many_false_alarms(recorded: Mapping[str, Record]) -> Iterator[str]:
    alarms = [call for call, record in recorded.items() if false_alarm(record)]
    if len(alarms) > MOST_FALSE_ALARMS * len(recorded):
        share = len(alarms) / len(recorded)
        yield f"{share:.1%} of the calls are flagged although nothing differs:"
        yield from (f"  {call}: {', '.join(recorded[call]['found'])}" for call in alarms)
