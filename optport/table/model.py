"""The closed types of the mapping table; those of parameters and targets can be had here, too."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field

from optport.lean import dataclass
from optport.signatures import ApiKind
from optport.table.conditions import Condition
from optport.table.curves import Curve
from optport.table.parameters import (
    WRITINGS,
    Also,
    Difference,
    Fate,
    Origin,
    OwnParameter,
    ParameterRow,
    Placement,
    Rejection,
    Workaround,
    same_default,
)
from optport.table.target_model import (
    GroupRate,
    GroupRules,
    KindRules,
    SchedulerRules,
    Takes,
    TargetInfo,
)
from optport.table.templates import Template

__all__ = [
    "PARTS",
    "WRITINGS",
    "Access",
    "Also",
    "ApiTable",
    "Caveat",
    "Correction",
    "Correspondence",
    "Detour",
    "Difference",
    "Fate",
    "GroupRate",
    "GroupRules",
    "KindRules",
    "Origin",
    "Outside",
    "OwnParameter",
    "ParameterRow",
    "Placement",
    "Rejection",
    "Role",
    "SchedulerRules",
    "Takes",
    "TargetInfo",
    "Use",
    "Verdict",
    "Workaround",
    "same_default",
]


class Role(enum.StrEnum):
    """The part that a parameter of torch plays, whatever the target."""

    PARAMS = "params"  # what an optimizer trains
    RATE = "rate"
    OPTIMIZER = "optimizer"  # whose rate a scheduler sets
    FUNCTION = "function"  # what a scheduler asks for a factor
    INNER = "inner"  # schedulers that a scheduler is made of
    START = "start"  # how many steps a scheduler has taken before
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class Outside:
    """What has to change outside of a call, whatever the port is, and why: under `when`, if any."""

    word: Also
    text: str
    when: Condition | None = None


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
    differs_in_time: bool = False
    """Whether that shows only in some runs, by how long they go on."""
    behaviour: str | None = None
    """What this counterpart does instead, where the torch optimizer itself has a caveat."""
    advice: str | None = None
    """What to do where there is no counterpart, or a differing one, and nothing better is known."""
    ignored_in_groups: tuple[str, ...] = ()
    """Parameters of the counterpart that a group's key of that name does not set."""
    inexact: str | None = None
    """Why no port to it trains exactly as torch, though no single argument is to blame."""
    inexact_before: str | None = None
    """The version of torch from which on `inexact` does not hold any more."""
    close_when: Condition | None = None
    """When a port that is not exact is close to torch all the same."""
    also: tuple[Outside, ...] = ()
    later: tuple[Difference, ...] = ()
    """What becomes of a scheduler that a sequence of schedulers starts after another one."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Detour:
    """A better port than the literal one: the call read as one of `torch`, on `target`.

    It holds where torch's two optimizers train the same under `when`; if `flat`, where all
    arguments are known and hold for all parameters alike. `given` are arguments of `torch`, as
    templates over those of the call. `rate` is a schedule over them that stands for the rate: it is
    made beforehand, under the name `scheduler`, and stepped after each step of the optimizer.
    """

    targets: tuple[str, ...]
    torch: str
    target: str
    evidence: tuple[str, ...]
    when: Condition | None = None
    flat: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    rate: str | None = None
    inexact_when: Condition | None = None
    """When even this port leaves torch's weights, by the arguments of the call."""
    close_when: Condition | None = None
    """When a port that is not exact is close to them."""
    deviation: str | None = None
    """How far it leaves them, and when."""


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


class Verdict(enum.StrEnum):
    """What is to be said about the use of a method or an attribute on a target."""

    MISSING = "missing"  # there is no such member
    DIFFERS = "differs"  # there is one, and it does something else
    CLOSURE = "closure"  # it takes no closure


class Access(enum.StrEnum):
    """How a member is used."""

    CALL = "call"
    READ = "read"
    WRITE = "write"  # assigned to
    UPDATE = "update"  # assigned to in place: `*=`
    DELETE = "delete"
    PASSED = "passed"  # the object is handed to a function


PARTS = frozenset({"object", "use", "value", "float_value", "operator"})
"""What stands in a use's port beside parameters: the optimizer or scheduler, the use itself, what
is assigned, that as a float, and the operator of an assignment in place."""


@dataclass(frozen=True, slots=True)
class Use:
    """What becomes of some uses of a method or an attribute on some targets.

    The first that fits holds; where none fits, the target does the same. All that is stated has to
    fit: `access` (none: any), the kind of the `receiver`, the `key` of a group that is looked at or
    set, the parameter that is `given` or `left_out`, `when` and not `unless` (over the method's
    parameters, ``value`` for what is assigned, and the ``object``'s own arguments), whether a
    scheduler sets the optimizer's rate (`scheduled`), and whether all that do, or the object is,
    are of some classes (`schedulers`),
    whether the member `itself` is meant and no item of it, whether a value that is read gets
    formatted, whether all keys of a group are looked at (`whole`), whether something looks into
    what a call gives (`opened`), versions of target and torch. `becomes` is the whole use in the
    port, over the method's parameters and `PARTS`: empty where the statement goes. `write` are
    arguments that make torch do what the target does. `moot_with` are methods: whoever follows what
    is said about one of them on the same object has no use left for this one.
    """

    targets: tuple[str, ...]
    verdict: Verdict
    advice: str
    text: str | None = None
    access: tuple[Access, ...] = ()
    receiver: ApiKind | None = None
    key: str | None = None
    given: str | None = None
    left_out: str | None = None
    when: Condition | None = None
    unless: Condition | None = None
    scheduled: bool = False
    schedulers: tuple[str, ...] = ()
    formatted: bool = False
    opened: bool = False
    whole: bool = False
    itself: bool = False
    before: str | None = None
    torch_since: str | None = None
    torch_before: str | None = None
    becomes: Template | None = None
    write: Mapping[str, str] = field(default_factory=dict)
    moot_with: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiTable:
    """All rows of one name below `torch.optim`.

    An optimizer or a scheduler has a correspondence for every target, a method or an attribute
    `uses`. A scheduler may have a `curve`, its closed form; `absolute` are its parameters that are
    rates themselves, and `overwrites_groups` says that it sets every group to the same rate. It is
    `steady_when` its rate never changes, so that nobody needs to count its steps.
    """

    name: str
    kind: ApiKind
    correspondences: tuple[Correspondence, ...]
    uses: tuple[Use, ...] = ()
    curve: Curve | None = None
    absolute: tuple[str, ...] = ()
    overwrites_groups: bool = False
    steady_when: Condition | None = None
    detours: tuple[Detour, ...] = ()
    corrections: tuple[Correction, ...] = ()
    caveat: Caveat | None = None
    note: str | None = None
