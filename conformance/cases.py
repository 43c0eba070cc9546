"""The cases to run and the results of running them, and their JSON-lines form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

Verdict = Literal["same", "diverges", "error", "torch-error"]

#: Verdicts in the order in which a summary lists them.
VERDICTS: Final[tuple[Verdict, ...]] = ("same", "diverges", "error", "torch-error")

#: A port is "same" while its ``base`` deviation stays below this.
SAME_BELOW: Final = 1e-3

#: A call is steady while torch's own float32 and float64 runs part by less than this, and its
#: weights grow less than so many times.
STEADY_BELOW: Final = 1e-4
MOST_GROWTH: Final = 1e3

#: A deviation that is so many times torch's own noise tells something all the same.
FAR_ABOVE: Final = 30.0

#: The copies of the weights that every optimizer moves; see :mod:`conformance.problem`. The last
#: one is there only where there are parameter groups.
COPIES: Final = ("base", "small", "dead", "other")

#: The copies with ordinary gradients, by which a port is judged.
ORDINARY: Final = ("base", "other")

#: What a case may ask the runner to do on the target's side beside making the optimizer.
NEGATE_LOSS: Final = "negate-loss"
STEP_SCHEDULER: Final = "step-scheduler-each-step"
GROUPS_ORDER: Final = "groups-order"
ALSO: Final = frozenset({NEGATE_LOSS, STEP_SCHEDULER, GROUPS_ORDER})

#: Module of the target's optimizers -> framework whose environment runs it.
FRAMEWORK_OF_TARGET: Final[Mapping[str, str]] = {
    "paddle.optimizer": "paddle",
    "mindspore.nn": "mindspore",
    "mindspore.experimental.optim": "mindspore",
    "mindspore.mint.optim": "mindspore",
}


class CaseError(ValueError):
    """A line of a case file is not a case; the message says which line and why."""


@dataclass(frozen=True)
class Case:
    """One optimizer construction in torch and its port.

    Attributes:
        id: name of the case, unique in its file.
        torch: Python expression that makes the torch optimizer from ``params`` (three parameters,
            four where there are groups) or from ``model``; may use ``torch``, ``np``, ``math``.
        target: a key of :data:`FRAMEWORK_OF_TARGET`.
        call: Python expression that makes the target's optimizer; as ``torch``, with ``paddle``
            or ``mindspore`` (also ``ms``) in place of ``torch``, and with what ``setup`` defined.
        setup: statements to execute before ``call``.
        also: words of :data:`ALSO`. An unknown word makes the verdict "error".
        series: the copy whose loss and distance are wanted for every step; not read from files.
    """

    id: str
    torch: str
    target: str
    call: str
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    series: str | None = None

    @property
    def framework(self) -> str:
        """``"paddle"`` or ``"mindspore"``. Raises CaseError for any other target."""
        try:
            return FRAMEWORK_OF_TARGET[self.target]
        except KeyError:
            known = ", ".join(sorted(FRAMEWORK_OF_TARGET))
            raise CaseError(
                f"case {self.id!r}: unknown target {self.target!r} (known: {known})"
            ) from None

    @property
    def is_lbfgs(self) -> bool:
        """Whether torch's side takes a closure (and therefore runs fewer steps)."""
        return re.search(r"\bLBFGS\b", self.torch) is not None

    @property
    def is_sparse(self) -> bool:
        """Whether torch's side demands sparse gradients."""
        return re.search(r"\bSparseAdam\b", self.torch) is not None

    @property
    def copies(self) -> int:
        """How many copies of the weights there are: with parameter groups one more."""
        return len(COPIES) if is_grouped(self.torch) else len(COPIES) - 1


@dataclass(frozen=True)
class Regime:
    """What kind of problem a torch call makes of the reference problem.

    Attributes:
        noise: how far torch's own weights in float64 leave those in float32, by copy; None if
            they are finite on one side only, or were not run.
        grown: how many times its size at the start the largest weight of ``base`` becomes; None:
            not finite.
    """

    noise: Mapping[str, float | None] = field(default_factory=dict)
    grown: float | None = None

    @property
    def steady(self) -> bool:
        """Whether an ordinary copy's deviation says something about the port, not of rounding."""
        ordinary = all(self.steady_copy(copy) for copy in ORDINARY if copy in (*self.noise, "base"))
        return ordinary and self.grown is not None and self.grown < MOST_GROWTH

    def tells(self, copy: str, deviation: float) -> bool:
        """Whether a port's deviation on a copy is more than what rounding makes of it."""
        noise = self.noise.get(copy)
        return noise is not None and (noise < STEADY_BELOW or deviation > FAR_ABOVE * noise)

    def steady_copy(self, copy: str) -> bool:
        """Whether rounding alone leaves the copy where it is."""
        noise = self.noise.get(copy)
        return noise is not None and noise < STEADY_BELOW


@dataclass(frozen=True)
class Result:
    """What one case did.

    Attributes:
        id: the case's.
        base: largest distance between torch's and the target's weights over the trajectory,
            relative to the largest distance torch's weights move; plain least squares.
            None: not run, or not finite on one side only.
        small: the same for the copy whose loss is scaled by 1e-6.
        dead: the same for the copy that has rows whose gradient is exactly zero.
        verdict: "same" (``base``, and ``other``, < 1e-3), "diverges", "error" (the target raised,
            hung or crashed) or "torch-error" (torch did).
        error: one line, for the last two verdicts and for weights that are not finite.
        frozen: True when the target raised nothing and left the ``base`` weights where they were
            although torch moved them.
        regime: what torch's own runs say about the call.
        series: for a case that asks for it: ``torch`` (loss), ``loss`` (the port's) and
            ``distance``, a number for the start and for every step.
        other: for calls with parameter groups the same as ``base``, of a copy with other data.
    """

    id: str
    base: float | None
    small: float | None
    dead: float | None
    verdict: Verdict
    error: str | None = None
    frozen: bool = False
    regime: Regime = field(default_factory=Regime)
    series: Mapping[str, list[float | None]] | None = None
    other: float | None = None

    def to_json(self) -> str:
        """One JSON object on one line; ``frozen`` only when true, ``other`` only when known."""
        record: dict[str, object] = {
            "id": self.id,
            "base": self.base,
            "small": self.small,
            "dead": self.dead,
            "verdict": self.verdict,
            "error": self.error,
        }
        if self.other is not None:
            record["other"] = self.other
        if self.frozen:
            record["frozen"] = True
        if self.verdict != "torch-error":
            record["noise"] = dict(self.regime.noise)
            record["grown"] = self.regime.grown
        if self.series is not None:
            record["series"] = self.series
        return json.dumps(record, ensure_ascii=False, allow_nan=False)


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON-lines file, in file order; empty lines are skipped.

    Raises CaseError for a line that is not a case or repeats an id, OSError as opening does.
    """
    cases: list[Case] = []
    seen: set[str] = set()
    for where, record in _records(path):
        case = _case(where, record)
        if case.id in seen:
            raise CaseError(f"{where}: the id {case.id!r} is used twice")
        seen.add(case.id)
        cases.append(case)
    return cases


def read_results(path: Path, mend: bool = False) -> dict[str, Result]:
    """The results of an output file by id; none if there is no file.

    A last line without its end (the runner was killed while writing) is left out, so that its
    case runs again; with `mend` it is cut off the file, too, so that the next result is not
    glued to it. Raises CaseError for any other line that is not a result.
    """
    results: dict[str, Result] = {}
    if not path.exists():
        return results
    if mend:
        _cut_torn_end(path)
    for where, record in _records(path, drop_torn_end=True):
        verdict = record.get("verdict")
        if verdict not in VERDICTS:
            raise CaseError(f"{where}: not a result (verdict {verdict!r})")
        result = Result(
            id=_text(where, record, "id"),
            base=_deviation(where, record, "base"),
            small=_deviation(where, record, "small"),
            dead=_deviation(where, record, "dead"),
            verdict=verdict,
            error=None if record.get("error") is None else _text(where, record, "error"),
            frozen=record.get("frozen") is True,
            regime=Regime(_noise(where, record), _deviation(where, record, "grown")),
            other=_deviation(where, record, "other"),
        )
        results[result.id] = result
    return results


def is_grouped(torch: str) -> bool:
    """Whether a torch call hands over parameter groups."""
    return "[{" in torch


def one_line(text: str, limit: int = 300) -> str:
    """``text`` on one line without runs of blanks, cut to ``limit`` characters."""
    joined = " ".join(text.split())
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"


def _records(path: Path, drop_torn_end: bool = False) -> Iterator[tuple[str, dict[str, object]]]:
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    if drop_torn_end:
        # What follows the last newline is either nothing or a line that was cut off.
        lines = lines[:-1]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise CaseError(f"{where}: not JSON: {error}") from None
        if not isinstance(record, dict):
            raise CaseError(f"{where}: not a JSON object")
        yield where, record


def _cut_torn_end(path: Path) -> None:
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)


def _case(where: str, record: Mapping[str, object]) -> Case:
    case = Case(
        id=_text(where, record, "id"),
        torch=_text(where, record, "torch"),
        target=_text(where, record, "target"),
        call=_text(where, record, "call"),
        setup=_texts(where, record, "setup"),
        also=_texts(where, record, "also"),
    )
    try:
        _ = case.framework  # raises for an unknown target
    except CaseError as error:
        raise CaseError(f"{where}: {error}") from None
    return case


def _text(where: str, record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value:
        raise CaseError(f"{where}: {key!r} must be a string that is not empty")
    return value


def _texts(where: str, record: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = record.get(key) or []
    if not isinstance(value, Iterable) or isinstance(value, (str, Mapping)):
        raise CaseError(f"{where}: {key!r} must be a list of strings")
    texts = tuple(value)
    if not all(isinstance(text, str) for text in texts):
        raise CaseError(f"{where}: {key!r} must be a list of strings")
    return texts


def _noise(where: str, record: Mapping[str, object]) -> dict[str, float | None]:
    noise = record.get("noise") or {}
    if not isinstance(noise, dict):
        raise CaseError(f"{where}: 'noise' must be an object")
    return {copy: _deviation(where, noise, copy) for copy in noise}


def _deviation(where: str, record: Mapping[str, object], key: str) -> float | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, (int, float)):
        raise CaseError(f"{where}: {key!r} must be a number or null")
    return float(value)
