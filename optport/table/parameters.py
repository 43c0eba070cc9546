"""The closed types of what becomes of one parameter."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

from optport import parsing
from optport.lean import dataclass
from optport.signatures import Parameter
from optport.table.conditions import Condition
from optport.table.operands import Lookup
from optport.table.templates import Template
from optport.values import Certainty


class Fate(enum.StrEnum):
    """What becomes of a torch parameter on a target."""

    KEPT = "kept"  # same name there
    RENAMED = "renamed"  # one parameter of another name
    SPLIT = "split"  # a pair becomes one parameter for each element
    IGNORED = "ignored"  # taken there, and silently without effect
    INERT = "inert"  # no counterpart, and never an effect on training
    LOST = "lost"  # no counterpart, and training changes with it
    CHOSEN = "chosen"  # its value chose the counterpart, and is no argument of it
    REPLACED = "replaced"  # no counterpart, but another change has the same effect
    MERGED = "merged"  # it goes into an expression for one of the counterpart's own parameters
    BASE_RATE = "base-rate"  # the optimizer of a scheduler that is made first: its rate goes there


class Origin(enum.StrEnum):
    """Where it is said what becomes of a parameter."""

    ROW = "the row"
    TARGET = "the target's defaults"
    SIGNATURE = "the signatures"


class Also(enum.StrEnum):
    """What has to change outside of the call for a port to train as torch does."""

    NEGATE_LOSS = "negate-loss"
    STEP_SCHEDULER = "step-scheduler-each-step"
    GROUPS_ORDER = "groups-order"
    SCALARS = "scalars-of-shape-1"  # parameters without dimensions are not taken


@dataclass(frozen=True, slots=True)
class Workaround:
    """How the effect of a `Fate.REPLACED` parameter is had on a target.

    `advice` may show the argument as ``{text}``. `expression`, over torch's parameters in braces,
    takes the place of the counterpart's `argument`; it is made beforehand, under the name
    `scheduler`, where it has to be stepped.
    """

    advice: str
    also: tuple[Also, ...]
    argument: str | None = None
    expression: str | None = None


WRITINGS = (
    "float",
    "numbers",
    "int",
    "bool",
    "tuple",
    "list",
    "ints",
    "sorted",
    "first",
    "positive",
)
"""The ways to write a rejected value instead."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Values that a counterpart's parameter does not take; all of them where `when` is None.

    `error` says what happens there; `write` says how the value is to be written instead: as
    ``float``, ``numbers`` (those in the tensors of a pair), ``int``, ``bool``, ``tuple`` (of
    floats), ``list``, ``ints`` (a list of them), ``sorted``, ``first`` (the one element of a list),
    ``positive`` (a tiny number for 0), or as an element of another argument, such as
    ``step_sizes[0]``. `harmless` marks a value whose argument can simply be dropped. `before`
    limits the rejection to older target versions.
    """

    when: Condition | None
    error: str
    evidence: tuple[str, ...]
    write: str | None = None
    harmless: bool = False
    before: str | None = None

    def met(self, lookup: Lookup) -> Certainty:
        """Say how surely the arguments that `lookup` gives are rejected."""
        return Certainty.CERTAIN if self.when is None else self.when.holds(lookup)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a counterpart's formula has eps, and from which value on that matters.

    `squared` says that the port does best with the square of eps; it is exact under `exact_when`,
    close under `close_when`, or, where that says nothing, wherever eps does not matter.
    """

    text: str
    matters: Condition
    squared: bool = False
    exact_when: Condition | None = None
    close_when: Condition | None = None
    deviation: str | None = None
    """How far a port that is not exact for it leaves torch, and at which gradients."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Values of a parameter that a counterpart takes and makes something else of.

    `becomes` is how such a value is written in the port. `when` limits it to some values, `before`
    to older versions of the target, `torch_since` and `torch_before` to some of torch, `scheduled`
    to optimizers whose rate is scheduled: surely where a scheduler of the file sets it. With
    `rare` nobody writes such values but to try them: what can't be read is not taken for one.
    """

    text: str
    when: Condition | None = None
    advice: str | None = None
    becomes: Template | None = None
    before: str | None = None
    torch_since: str | None = None
    torch_before: str | None = None
    scheduled: bool = False
    rare: bool = False

    def met(self, lookup: Lookup) -> Certainty:
        """How surely the values are among those that it is about."""
        held = Certainty.CERTAIN if self.when is None else self.when.holds(lookup)
        return Certainty.NO if self.rare and held is Certainty.UNRESOLVED else held


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """What becomes of one torch parameter on one counterpart."""

    name: str
    fate: Fate
    evidence: tuple[str, ...]
    to: tuple[str, ...] = ()
    default_differs: bool | None = None
    """Whether leaving it out trains differently; only said where the two defaults differ."""
    equivalent_when: Condition | None = None
    """When the differing defaults have the same effect all the same."""
    default_hazard: str | None = None
    """The hazard that a differing default is reported as, where it is not the usual one."""
    neutral: Condition | None = None
    """When a lost, replaced or ignored argument has no effect."""
    leaves_traces: bool = False
    """Whether torch changes a little with it where it is neutral, or in averages that it keeps."""
    rejects: tuple[Rejection, ...] = ()
    rejects_in_groups: tuple[Rejection, ...] = ()
    """What a group's key does not take, beside what the target's group rules say."""
    differences: tuple[Difference, ...] = ()
    placement: Placement | None = None
    workaround: Workaround | None = None
    negated: bool = False
    none_becomes: str | None = None
    """What a None element is written as there."""
    expression: str | None = None
    """What the counterpart gets, as a template, where that is not the value itself."""
    decay_skips_names: tuple[str, ...] = ()
    """Parts of parameter names that the decay of a flat parameter list leaves out."""
    inexact_when: Condition | None = None
    """When even a faithful port leaves torch's weights."""
    close_when: Condition | None = None
    """When a port that is not exact is close to them."""
    deviation: str | None = None
    """How far it leaves them, and at which gradients."""
    advice: str | None = None
    """What to do about a lost or ignored argument, or about eps, where nothing better is known."""
    note: str | None = None
    origin: Origin = Origin.ROW

    def carried(self, value: Any) -> Any:
        """Return a torch value as the counterpart takes it: negated, None elements replaced."""
        if self.negated and isinstance(value, (int, float)):
            return -value
        if self.none_becomes is not None and isinstance(value, (tuple, list)):
            instead = parsing.literal(self.none_becomes)
            return tuple(instead if element is None else element for element in value)
        return value

    def differs(self, mine: Parameter, theirs: Sequence[Parameter]) -> bool:
        """Whether torch's default, carried over, is another value than the counterpart's own.

        `theirs` are the counterpart's parameters under the names in `to`.
        """
        if self.fate is Fate.SPLIT:
            pairs = zip(mine.value, theirs, strict=True)
            return not all(same_default(one, other.value) for one, other in pairs)
        return not same_default(self.carried(mine.value), theirs[0].value)


def same_default(one: Any, other: Any) -> bool:
    """Whether two defaults are the same value; 0 and 0.0 are, 0 and None are not."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


@dataclass(frozen=True, slots=True)
class OwnParameter:
    """A parameter that only the counterpart has: left at its default unless `value` is needed.

    `value` is a template over torch's parameters and ``lr``, the rate of a scheduler's
    optimizer. `equivalent_when` says when its default has the same effect; `ask` what only the
    user knows.
    """

    name: str
    note: str
    evidence: tuple[str, ...]
    value: str | None = None
    equivalent_when: Condition | None = None
    ask: str | None = None
