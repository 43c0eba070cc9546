"""One record of the evidence: a torch call, its ports to one target, and what running them gave."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from conformance.cases import (
    GROUPS_ORDER,
    LIMITS,
    RUNS,
    Case,
    Figures,
    Result,
    fidelity,
    furthest,
    is_grouped,
    one_line,
    parting,
)
from conformance.literal import kept_port, literal_port, lost
from optport.check import Report, judge_read
from optport.finding import Finding
from optport.gate import concerns_us
from optport.hazards import case as hazards
from optport.hazards.case import find_case
from optport.hazards.hazard import Port
from optport.mentions import named_in_code
from optport.options import Options, make_options
from optport.parsing import parse_source
from optport.reader.constructions import find_constructions
from optport.reader.model import Construction, MethodUse, Unresolved
from optport.reader.source import SourceText
from optport.targets import Target

EVIDENCE: Final = Path(__file__).resolve().parent.parent / "evidence"


class Part(enum.StrEnum):
    """What is executed for a call."""

    LITERAL = "literal"  # the names looked up only
    KEPT = "kept"  # the same with the groups handed over as torch has them, where that differs
    PORT = "port"  # the port that the linter gives
    NAMED = "named"  # the literal port of a flat parameter list whose names hold "gamma"
    NAMED_PORT = "named-port"  # the port of that
    UNORDERED = "unordered"  # the port of groups in another order than the model's, without words


#: How a call begins that says itself what is trained.
_OWN_PARAMETERS: Final = re.compile(r"\w+\((\[\{|model\.)")

#: How a call begins whose groups are not in the order of the model.
_REVERSED: Final = re.compile(r"\w+\(\[\{'params': params\[3:\]")

_RENAME: Final = "for one in params: one.name = 'gamma_' + one.name"

#: Noise below this changes no verdict, and is not written down.
_QUIET: Final = 1e-4


#: What is written of a run and of its result.
_OF_RUN: Final = ("call", "setup", "also", "lost", "fidelity")
_OF_RESULT: Final = ("off", "error", "frozen", "scalar")


@dataclass(frozen=True)
class Run:
    """One port, and what running it gave (nothing yet while ``result`` is None).

    Attributes:
        call, setup, also: as in :class:`conformance.cases.Case`.
        lost: of a literal port, the arguments that change training and have no place, left out.
        fidelity: of a port, what the linter calls it.
        result: without the noise, which stands in the record.
    """

    call: str
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    fidelity: str | None = None
    result: Result | None = None

    @property
    def made(self) -> tuple[object, ...]:
        """What is executed: equal for runs that give the same."""
        return self.call, self.setup, self.also

    def made_as(self, other: Run) -> Run:
        """The same with the result of another."""
        return replace(self, result=other.result)

    def to_json(self) -> dict[str, Any]:
        """As an object, without what is empty."""
        entry = vars(self)
        if self.result is not None:
            entry = entry | vars(self.result) | {"off": _rounded(self.result.off)}
        return {key: entry[key] for key in (*_OF_RUN, *_OF_RESULT) if entry.get(key)}

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """From what :meth:`to_json` gives, of a run that was executed."""
        made = {key: entry[key] for key in _OF_RUN if key in entry}
        made = {key: tuple(one) if isinstance(one, list) else one for key, one in made.items()}
        result = Result(**{key: entry[key] for key in _OF_RESULT if key in entry})
        return cls(**made, result=result)


@dataclass(frozen=True)
class Record:
    """A call on a target.

    Attributes:
        torch: the call, without ``torch.optim.`` and without its parameters.
        found: what the linter found, in short: ``OPT303 eps``.
        runs: what is executed; no literal port where there is no counterpart.
        noise: how far torch's own float64 leaves its float32, where that is much; by run.
        torch_error: what torch raised; then nothing else was run.
    """

    torch: str
    found: tuple[str, ...]
    runs: Mapping[Part, Run]
    noise: Figures = field(default_factory=dict)
    torch_error: str | None = None

    @property
    def optimizer(self) -> str:
        """The torch optimizer."""
        return self.torch.partition("(")[0]

    @property
    def codes(self) -> set[str]:
        """The codes found."""
        return {cause.partition(" ")[0] for cause in self.found}

    @property
    def port(self) -> Run | None:
        """The port."""
        return self.runs.get(Part.PORT)

    def result(self, part: Part) -> Result | None:
        """What running a part gave; None where nothing was run."""
        run = self.runs.get(part)
        if run is None or run.result is None:
            return None
        return replace(run.result, noise=self.noise, torch_error=self.torch_error)

    def verdict(self, part: Part) -> str | None:
        """``"same"``, ``"parts"``, ``"error"`` or ``"torch-error"``; None where nothing was run."""
        result = self.result(part)
        if self.torch_error is not None:
            return "torch-error"
        return None if result is None else result.verdict

    def parting(self, part: Part) -> list[str]:
        """The reference runs on which a part leaves torch."""
        result = self.result(part)
        return [] if result is None else parting(result.off, self.noise)

    def measured(self, part: Part) -> str | None:
        """The fidelity that a part deserves: ``none`` where it raises, None for nothing run."""
        result = self.result(part)
        if result is None or self.torch_error is not None:
            return None
        return "none" if result.error else fidelity(result.off, self.noise)

    def why(self, part: Part) -> str:
        """What became of a part, in short."""
        result = self.result(part)
        if result is None or self.torch_error is not None:
            return self.torch_error or "not run"
        if result.error is not None:
            return result.error
        shown = [f"{run} {_shown(result.off[run])}" for run in self.parting(part)]
        return ", ".join(shown) or f"{_shown(furthest(result.off))} at most"

    def to_json(self) -> str:
        """One line. A port that runs as the literal one stands without figures."""
        entry: dict[str, Any] = {"torch": self.torch, "found": self.found}
        if self.torch_error is not None:
            entry["torch-error"] = self.torch_error
        if self.noise:
            entry["noise"] = _rounded(self.noise)
        literal = self.runs.get(Part.LITERAL)
        for part, run in self.runs.items():
            copied = part is Part.PORT and literal is not None and literal.made == run.made
            entry[part] = replace(run, result=None).to_json() if copied else run.to_json()
        return json.dumps(entry, ensure_ascii=False)

    @classmethod
    def read(cls, line: str) -> Self:
        """From what :meth:`to_json` gives."""
        entry = json.loads(line)
        runs = {part: Run.read(entry[part]) for part in Part if part in entry}
        literal, port = runs.get(Part.LITERAL), runs.get(Part.PORT)
        if literal is not None and port is not None and literal.made == port.made:
            runs[Part.PORT] = replace(port, result=literal.result)
        noise = entry.get("noise", {})
        return cls(entry["torch"], tuple(entry["found"]), runs, noise, entry.get("torch-error"))


def _rounded(figures: Figures) -> Figures:
    known = {run: figures[run] for run in RUNS if run in figures}
    return {run: None if one is None else float(f"{one:.1e}") for run, one in known.items()}


def _shown(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.1e}"


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


def _report(call: str, options: Options, params: str) -> Report:
    return check_read(f"import torch\n{torch_call(call, params)}\n", options)


def executed(target: Target, recorded: Mapping[str, Record]) -> list[tuple[Record, hazards.Case]]:
    """The records with a literal port, and the calls as the linter judges them today."""
    options = options_for(target)
    found = []
    for call, record in recorded.items():
        case = find_case(read_call(call, options)[0], target)
        if case is not None and Part.LITERAL in record.runs:
            found.append((record, case))
    return found


def findings(call: str, target: Target) -> list[Finding]:
    """What the linter says about an evidence call for one target."""
    return _report(call, options_for(target), "params").findings


def options_for(target: Target) -> Options:
    """The linter's options for one target at its version."""
    return make_options(f"{target.info.short}=={target.version}")


@cache
def new_record(call: str, target: Target) -> Record:
    """The record of a call on a target, still without results; worked out once a process."""
    options = options_for(target)
    found = _causes(findings(call, target))
    runs: dict[Part, Run | None] = {}
    construction, ports = read_call(call, options)
    port = _port(ports[target.name], call)
    case = find_case(construction, target)
    if case is not None:
        # What looks names up only, gets gradients in any order.
        also = (GROUPS_ORDER,) if is_grouped(call) else ()
        runs[Part.LITERAL] = Run(literal_port(case), also=also, lost=tuple(lost(case)))
        if is_grouped(call) and kept_port(case) != literal_port(case):
            runs[Part.KEPT] = Run(kept_port(case), also=also)
    runs[Part.PORT] = port
    if port is not None and _REVERSED.match(call):
        words = tuple(word for word in port.also if word != GROUPS_ORDER)
        runs[Part.UNORDERED] = replace(port, also=words, fidelity=None)
    if "OPT305 weight_decay" in found:
        construction, ports = read_call(call, options, "model.parameters()")
        case = find_case(construction, target)
        assert case is not None
        runs[Part.NAMED] = Run(literal_port(case), setup=(_RENAME,))
        named = _port(ports[target.name], call)
        if named is not None:
            # The problem's model has methods of torch's names only.
            own = named.call.replace(".trainable_params()", ".parameters()")
            setup = (_RENAME, *named.setup)
            runs[Part.NAMED_PORT] = replace(named, call=own, setup=setup)
    kept = {part: run for part in Part if (run := runs.get(part)) is not None}
    return Record(call, found, kept)


def _causes(found: Iterable[Finding]) -> tuple[str, ...]:
    """The findings in short, ``OPT303 eps``, sorted."""
    return tuple(
        sorted({f"{one.code} {name}".strip() for one in found for name in one.arguments or [""]})
    )


def _port(port: Port, call: str) -> Run | None:
    """The port of an evidence call; where that leaves its parameters to us, they are a list."""
    if port.call is None:
        return None
    fidelity = port.fidelity if gives_parameters(call) else port.closeness
    return Run(port.call, tuple(port.setup), tuple(port.also), fidelity=fidelity)


def cases_of(record: Record) -> dict[Part, Case]:
    """The cases to run for a record, by the part that their results belong to."""
    found = {}
    for part, run in record.runs.items():
        named = part in (Part.NAMED, Part.NAMED_PORT)
        torch = torch_call(record.torch, "model.parameters()" if named else "params")
        found[part] = Case(torch, run.call, run.setup, run.also)
    return found


def with_results(record: Record, results: Mapping[str, Result]) -> Record:
    """The record with what running its cases gave, where there is a result."""
    runs = dict(record.runs)
    known = {part: results.get(case.id) for part, case in cases_of(record).items()}
    for part, result in known.items():
        if result is not None:
            error = None if result.error is None else one_line(result.error)
            runs[part] = replace(runs[part], result=replace(result, noise={}, error=error))
    some = next((result for result in known.values() if result is not None), Result())
    heard = {run: own for run, own in some.noise.items() if run in LIMITS}
    loud = {run: own for run, own in heard.items() if own is None or own >= _QUIET}
    return replace(record, runs=runs, noise=loud, torch_error=some.torch_error)


def same_run(record: Record, known: Record | None) -> bool:
    """Whether a recorded run was of just these calls, and left figures for all of them."""
    if known is None or record.runs.keys() != known.runs.keys():
        return False
    return all(
        run.made == known.runs[part].made and known.runs[part].result is not None
        for part, run in record.runs.items()
    )


def results_of(record: Record) -> dict[str, Result]:
    """What is known of the cases of a record, by their ids."""
    known = {case.id: record.result(part) for part, case in cases_of(record).items()}
    return {case: result for case, result in known.items() if result is not None}


def evidence_path(target: Target) -> Path:
    """Where the evidence of a target at a version is."""
    return EVIDENCE / f"{target.name}-{target.version}.jsonl"


def read_evidence(path: Path) -> dict[str, Record]:
    """Read one evidence file: the records by torch call; empty when there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {record.torch: record for record in map(Record.read, lines)}


def write_evidence(path: Path, records: Iterable[Record]) -> None:
    """Write one evidence file, a line each record."""
    path.write_text("".join(f"{record.to_json()}\n" for record in records), encoding="utf-8")


def literal_parts(record: Record) -> Iterator[Part]:
    """Yield what a person may write: with groups, also to leave these alone."""
    yield from (part for part in (Part.LITERAL, Part.KEPT) if part in record.runs)


@cache
def check_read(text: str, options: Options) -> Report:
    """Check a source that names torch's optimizers, as the linter does."""
    report = Report()
    judge_read(_read(text, options.torch_version), report, options)
    return report


@cache
def _read(text: str, torch_version: str) -> Sequence[Construction | Unresolved | MethodUse]:
    tree, source = parse_source(text), SourceText(text)
    assert concerns_us(text)
    assert named_in_code(tree, source.lines)
    return list(find_constructions(tree, source, torch_version))
