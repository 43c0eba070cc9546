"""The closed types of what holds on a target whatever the torch name is."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from optport.lean import dataclass
from optport.signatures import ApiKind
from optport.table.conditions import is_kind
from optport.table.parameters import OwnParameter, ParameterRow, Rejection
from optport.table.templates import Template


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


@dataclass(frozen=True, slots=True)
class NumpyRule:
    """What a target makes of NumPy's numbers and arrays; of all arguments unless it names some."""

    error: str
    parameters: tuple[str, ...] = ()

    def rejection(self, parameter: str) -> Rejection:
        """Return the rejection of one as a torch parameter's value."""
        return Rejection(is_kind(parameter, "numpy"), self.error, (), write="float")


class Takes(enum.StrEnum):
    """What is handed to what, where a scheduler sets an optimizer's rate."""

    OPTIMIZER = "optimizer"  # the scheduler takes the optimizer, as in torch
    SCHEDULER = "scheduler"  # the optimizer takes the scheduler as its learning rate


class GroupRate(enum.StrEnum):
    """What a scheduler does to a parameter group with a rate of its own."""

    OWN = "own"  # it schedules that rate, as in torch
    FACTOR = "factor"  # the group's rate is a factor on the schedule
    CONSTANT = "constant"  # it leaves that rate alone


@dataclass(frozen=True, slots=True)
class SchedulerRules:
    """How schedulers are used on a target.

    `rate` is an expression for the optimizer's rate there, over ``optimizer``, and `float_rate`
    says that schedules take no int for it. `by_factor` and `by_rate` are ports of any schedule that
    has a closed form, over its ``factor`` or ``rate``, ``lr``, the base rate, and ``optimizer``;
    `instead` is the advice to write one. `counts` says what schedules go on with, where that is not
    the scheduler's own steps, `one_only` that an optimizer has no place for a second scheduler.
    `calls` says what a schedule's function is called with, where that is no int, and `by_int` is
    one that calls ``function`` with an int. `attach` is a statement that gives a built
    ``optimizer`` its ``scheduler``.
    """

    takes: Takes
    groups: GroupRate
    rate: Template
    by_factor: Template
    by_rate: Template
    instead: str
    counts: str | None = None
    one_only: str | None = None
    float_rate: bool = False
    calls: str | None = None
    by_int: Template | None = None
    attach: Template | None = None


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
    schedulers: SchedulerRules | None = None
    """None where the target has no schedulers."""
    methods: Mapping[str, str] = field(default_factory=dict)
    """What a module's methods without arguments are called there, by torch's names."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the parameters of torch's norm layers are called, and what they are called there."""
    numpy: NumpyRule | None = None
    """None where NumPy's numbers are taken as Python's are."""
    note: str | None = None
