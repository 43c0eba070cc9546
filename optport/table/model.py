"""The closed types of the mapping table."""

from __future__ import annotations

import ast
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optport.signatures import ApiKind, Parameter
from optport.table.conditions import Condition, Lookup
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


WRITINGS = ("float", "tuple", "bool", "positive")
"""The ways to write a rejected value instead."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Values that a counterpart's parameter does not take; all of them where `when` is None.

    `error` says what happens there; `write` says how the value is to be written instead: as
    ``float``, ``tuple`` (of floats), ``bool``, ``positive`` (a tiny number for 0), or as an
    element of another argument, such as ``step_sizes[0]``. `harmless` marks a value
    whose argument can simply be dropped. `before` limits the rejection to older target versions.
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

    `squared` says that the port does best with the square of eps; it is exact under `exact_when`.
    """

    text: str
    matters: Condition
    squared: bool = False
    exact_when: Condition | None = None


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
    rejects: tuple[Rejection, ...] = ()
    rejects_in_groups: tuple[Rejection, ...] = ()
    """What a group's key does not take, beside what the target's group rules say."""
    placement: Placement | None = None
    workaround: Workaround | None = None
    negated: bool = False
    none_becomes: str | None = None
    """What a None element is written as there."""
    decay_skips_names: tuple[str, ...] = ()
    """Parts of parameter names that the decay of a flat parameter list leaves out."""
    inexact_when: Condition | None = None
    """When rounding alone makes even a faithful port leave torch's weights."""
    advice: str | None = None
    """What to do about a lost or ignored argument, or about eps, where nothing better is known."""
    note: str | None = None
    origin: Origin = Origin.ROW

    def carried(self, value: Any) -> Any:
        """Return a torch value as the counterpart takes it: negated, None elements replaced."""
        if self.negated and isinstance(value, (int, float)):
            return -value
        if self.none_becomes is not None and isinstance(value, (tuple, list)):
            instead = ast.literal_eval(self.none_becomes)
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
    """A parameter that only the counterpart has: left at its default unless `value` is needed."""

    name: str
    note: str
    evidence: tuple[str, ...]
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One row of the table: a name of torch, a target, and the counterpart there (or none)."""

    torch: str
    target: str
    counterpart: str | None
    evidence: tuple[str, ...]
    parameters: Mapping[str, ParameterRow] = field(default_factory=dict)
    own: Mapping[str, OwnParameter] = field(default_factory=dict)
    when: Condition | None = None
    when_unread: bool = False
    """Whether the row is chosen, too, when its condition hangs on a value that can't be read."""
    differs: str | None = None
    """How the update rule differs whatever the arguments are."""
    behaviour: str | None = None
    """What this counterpart does instead, where the torch optimizer itself has a caveat."""
    advice: str | None = None
    """What to do where there is no counterpart, or a differing one, and nothing better is known."""
    ignored_in_groups: tuple[str, ...] = ()
    """Parameters of the counterpart that a group's key of that name does not set."""
    inexact: str | None = None
    """Why no port to it trains exactly as torch, though no single argument is to blame."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Detour:
    """A better port than the literal one: the call read as one of `torch`, on `target`.

    It holds where torch's two optimizers train the same under `when`.
    """

    targets: tuple[str, ...]
    torch: str
    target: str
    evidence: tuple[str, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something wrong with a torch optimizer itself, reported for every use under `hazard`."""

    hazard: str
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A statement of an official table that the runs do not bear out (or do, after all)."""

    page: str
    says: str
    measured: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiTable:
    """All rows of one name below `torch.optim`."""

    name: str
    kind: ApiKind
    correspondences: tuple[Correspondence, ...]
    detours: tuple[Detour, ...] = ()
    corrections: tuple[Correction, ...] = ()
    caveat: Caveat | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GroupRules:
    """What a target makes of parameter groups.

    `keys` are the keys that it knows under names of their own; None stands for the counterpart's
    parameter names. `honoured` are the parameters that a group can set (None: all of them), and
    `rejects_others` says whether any other key raises or is silently ignored.
    """

    evidence: tuple[str, ...]
    keys: Mapping[str, str] | None = None
    honoured: tuple[str, ...] | None = None
    rejects_others: bool = False
    lr_is_factor: bool = False
    reorders: bool = False
    """Whether groups change the order in which gradients have to be handed over."""
    containers: Mapping[str, str] = field(default_factory=dict)
    """What happens for parameters in a container that is not taken, by the container's kind."""
    rejections: Mapping[str, Rejection] = field(default_factory=dict)
    """Values that a group's key does not take, by torch's name of the parameter."""
    lenient: tuple[str, ...] = ()
    """Counterparts to which the rejections do not apply."""


@dataclass(frozen=True, slots=True, eq=False)
class KindRules:
    """What holds for every counterpart of one kind on a target.

    `parameters` says what a torch parameter of a name becomes there, as it stands in the file.
    """

    parameters: Mapping[str, Any]
    own: Mapping[str, OwnParameter]
    where: str
    read: dict[tuple[str, bool], ParameterRow] = field(default_factory=dict)
    """The parameters that were read, by name and by whether their `to` applies."""


@dataclass(frozen=True, slots=True, eq=False)
class TargetInfo:
    """One API family that code may move to, as the table knows it."""

    name: str
    short: str
    executed: bool
    """Whether its rows rest on runs; otherwise on the source, and ports are never called exact."""
    default: bool
    rules: Mapping[ApiKind, KindRules]
    rejections: Mapping[str, Any]
    """What rows refer to by name, as it stands in the file; the same for every target."""
    groups: GroupRules
    note: str | None = None
