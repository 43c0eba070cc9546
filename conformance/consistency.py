"""Where the table and the linter claim something else than the evidence shows.

Needs no framework: it compares the recorded runs with what the table gives today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from conformance.generate import all_calls, evidence_of, is_call
from conformance.group_rules import Cases, group_problems
from conformance.judgement import false_alarm, ground, is_hidden, missed, worst_literal, wrong_port
from conformance.records import (
    EVIDENCE,
    Part,
    Record,
    evidence_path,
    executed,
    literal_parts,
    new_record,
    read_evidence,
    same_run,
)
from conformance.values import signature
from optport.hazards.case import Case
from optport.signatures import ApiKind
from optport.table import api_names, api_table, targets
from optport.table.audit_parameters import SOURCE_KINDS
from optport.table.model import Correspondence, ParameterRow
from optport.targets import Target, parse_target
from optport.values import Certainty

#: At most this share of a target's calls may be flagged although nothing differs.
MOST_FALSE_ALARMS: Final = 0.02

_HAZARDS: Final = ("OPT101", "OPT102", "OPT104", "OPT201", "OPT202", "OPT203", "OPT302", "OPT303")
_GROUP_CODES: Final = ("OPT401", "OPT402", "OPT403", "OPT404")
_HAZARD_CODES: Final = (*_HAZARDS, "OPT304", "OPT305", *_GROUP_CODES)

Recorded = Mapping[str, Record]


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
    cases = executed(target, recorded)
    found = [
        *_stale(target, recorded),
        *_not_executed(target, recorded),
        *_without_case(cases),
        *_inexact(target, recorded),
        *_without_hazard(target, recorded),
        *missed_alarms(target, recorded),
        *group_problems(target, cases),
    ]
    if target in newest_executed():
        # An older version may have no counterpart at all, and for what it lacks, a value that
        # trains the same here is flagged as one that does not.
        found += _too_many_false_alarms(recorded)
        found += _uncovered(target, cases)
    return found


def missed_alarms(target: Target, recorded: Recorded) -> Iterator[str]:
    """Yield the calls whose literal port trains differently without any finding."""
    for call, record in recorded.items():
        if missed(record):
            yield f"{call}: not flagged, but {record.why(worst_literal(record))}"


def _inexact(target: Target, recorded: Recorded) -> Iterator[str]:
    for call, record in recorded.items():
        if wrong_port(record):
            port = record.port
            assert port is not None
            yield f"{call}: port {port.call} is called {port.fidelity}: {record.why(Part.PORT)}"
        named = record.runs.get(Part.NAMED_PORT)
        if named is not None and named.fidelity == "exact" and record.parting(Part.NAMED_PORT):
            yield f"{call}: port {named.call}, with names in gamma: {record.why(Part.NAMED_PORT)}"


def _stale(target: Target, recorded: Recorded) -> Iterator[str]:
    calls = all_calls()
    for call in calls:
        if call not in recorded:
            yield f"{call}: not executed"
            continue
        today, then = new_record(call, target), recorded[call]
        if not same_run(today, then):
            yield f"{call}: the table gives other calls than were executed"
        elif today.found != then.found:
            yield f"{call}: found {list(then.found)} then, {list(today.found)} now"
        elif any(run != today.runs[part].made_as(run) for part, run in then.runs.items()):
            yield f"{call}: the port's fidelity was another, or what the literal port loses"
    yield from (f"{call}: executed, but no call any more" for call in set(recorded) - set(calls))


def _not_executed(target: Target, recorded: Recorded) -> Iterator[str]:
    for name in api_names(ApiKind.OPTIMIZER):
        for row in _rows(name, target):
            for text in evidence_of(row):
                run = recorded.get(text)
                named = is_call(text) and text.startswith(f"{name}(")
                if named and (run is None or run.torch_error is not None):
                    yield f"{name}, row {row.counterpart}: evidence {text} was not executed"


def _rows(name: str, target: Target) -> list[Correspondence]:
    """The rows of an optimizer that name a counterpart on a target."""
    table = api_table(name, target.name)
    return [row for row in table.correspondences if row.counterpart] if table else []


def _without_case(cases: Cases) -> Iterator[str]:
    """Parameters of torch that no executed call gives."""
    given = defaultdict[str, set[str]](set)
    for record, case in cases:
        if record.torch_error is None:
            given[record.optimizer].update(case.construction.arguments)
    for name in sorted(given):
        for parameter in signature(name).by_name:
            if parameter not in given[name]:
                yield f"{name}: no executed call gives {parameter}"


def _without_hazard(target: Target, recorded: Recorded) -> Iterator[str]:
    """Codes that are reported for an optimizer and argument without any run that shows it.

    Calls that torch rejects at the version of the runs (older ones take them) show nothing
    either way.
    """
    shown: dict[tuple[str, str], set[bool | None]] = defaultdict(set)
    for record in recorded.values():
        for cause in record.found:
            shown[record.optimizer, cause].add(shows(target, record, cause))
    for (optimizer, cause), seen in sorted(shown.items()):
        if cause.partition(" ")[0] in _HAZARD_CODES and True not in seen and False in seen:
            yield f"{optimizer}: {cause} is reported, and no run shows it"


def shows(target: Target, record: Record, cause: str) -> bool | None:
    """Whether the runs of a call show that what was found there is so."""
    code = cause.partition(" ")[0]
    # What else is said is about the class that the advice leads to.
    elsewhere = _neighbour(target, record)
    if elsewhere is not None and elsewhere != record:
        leads = "OPT302" in record.found and code != "OPT302"
        rejected = code == "OPT104" and cause in elsewhere.found
        if rejected or (leads and "OPT302" not in elsewhere.found):
            return shows(target, elsewhere, cause)
    literal = record.runs.get(Part.LITERAL)
    if literal is None:
        return True
    if code == "OPT305":
        return ground(record, Part.NAMED)
    if code == "OPT104":
        frozen = literal.result is not None and literal.result.frozen
        return frozen or ground(record, Part.LITERAL)
    if code in _GROUP_CODES:
        # Left alone or looked up, a key is a hazard where either way leads off.
        grounds = [ground(record, part) for part in literal_parts(record)]
        return next((known for known in (True, False) if known in grounds), None)
    known = ground(record, Part.LITERAL)
    return None if known is False and is_hidden(record, Part.LITERAL) else known


def _neighbour(target: Target, record: Record) -> Record | None:
    """The record of the same call on the target that the port went to, if that is another one."""
    call = record.port.call if record.port is not None else ""
    for info in targets().values():
        if info.executed and call.startswith(info.name + "."):
            return _recorded(target.at(info.name)).get(record.torch)
    return None


@cache
def _recorded(target: Target) -> Recorded:
    return read_evidence(evidence_path(target))


def _too_many_false_alarms(recorded: Recorded) -> Iterator[str]:
    alarms = [call for call, record in recorded.items() if false_alarm(record)]
    if len(alarms) > MOST_FALSE_ALARMS * len(recorded):
        share = len(alarms) / len(recorded)
        yield f"{share:.1%} of the calls are flagged although nothing differs:"
        yield from (f"  {call}: {', '.join(recorded[call].found)}" for call in alarms)


def _uncovered(target: Target, cases: Cases) -> Iterator[str]:
    """The rows of a target, and the values rejected there, that no run shows.

    Rows do not name the calls that are generated: this is what holds them to the evidence. What is
    rejected by one counterpart shows it for all that are said to reject it alike.
    """
    rows, rejected = set[str](), set[str]()
    for record, case in cases:
        if record.verdict(Part.LITERAL) not in (None, "torch-error"):
            rows.add(_named(case.row))
            rejected.update(_met(case))
    for name in api_names(ApiKind.OPTIMIZER):
        for row in _rows(name, target):
            if target.signature(row.counterpart or "") is None:
                continue
            if _named(row) not in rows:
                yield f"{_named(row)}: no executed call is judged by it"
            errors = [error for one in row.parameters.values() for error in _to_be_met(one)]
            for error in errors:
                if error not in rejected:
                    yield f"{_named(row)}: no executed call shows {error}"


def _named(row: Correspondence) -> str:
    condition = "" if row.when is None else f" when {row.when.text}"
    return f"{row.torch}, row {row.counterpart}{condition}"


def _met(case: Case) -> Iterator[str]:
    for name in case.construction.arguments:
        row = case.rows.get(name)
        for rejection in row.rejects if row is not None else ():
            if rejection.met(case.lookup) is Certainty.CERTAIN:
                yield f"{name}: {rejection.error}"


def _to_be_met(parameter: ParameterRow) -> Iterator[str]:
    """The rejections that a call can show; a source is named for what torch itself rejects."""
    if not any(text.startswith(SOURCE_KINDS) for text in parameter.evidence):
        yield from (f"{parameter.name}: {rejection.error}" for rejection in parameter.rejects)
