"""One hazard on one target, before the targets of the same cause are joined in one finding."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import field

from optport.catalogue import HazardKind
from optport.hazards.advice import Advice
from optport.lean import dataclass
from optport.places import Place
from optport.reader.model import Argument
from optport.values import Certainty


@dataclass(frozen=True, slots=True)
class Hazard:
    """What one target does with one argument (or with the call), in parts to be worded.

    `subject` is what is found fault with, as the source spells it, `mine` torch's side of it.
    `where` is the counterpart's full name, `brief` what it is called where that gets too long;
    `clause` says what it does. `cured` says whether the port takes care of it, so that following
    the port trains as torch.
    """

    kind: HazardKind
    target: str
    place: Place
    certainty: Certainty
    subject: str
    where: str
    brief: str
    clause: str
    advice: Advice
    mine: str = ""
    argument: str | None = None
    cured: bool = True
    elsewhere: bool = False
    """Whether the port has something changed outside of the call."""

    again: Callable[[Argument], Advice] | None = field(default=None, compare=False, repr=False)
    """What makes the advice for the same argument of another call, where it depends on its value.

    Only where that is watched.
    """

    def moved(self, place: Place, advice: Advice, subject: str) -> Hazard:
        """Return the same hazard somewhere else, with advice for there."""
        return Hazard(
            self.kind,
            self.target,
            place,
            self.certainty,
            subject,
            self.where,
            self.brief,
            self.clause,
            advice,
            self.mine,
            self.argument,
            self.cured,
            self.elsewhere,
        )


class Fidelity(enum.StrEnum):
    """How closely a port follows torch, from best to worst."""

    EXACT = "exact"  # on every reference run
    CLOSE = "close"  # but for what small gradients show
    INCOMPLETE = "incomplete"  # if what it takes over unread is rewritten, too
    APPROXIMATE = "approximate"
    NONE = "none"  # there is no port


@dataclass(frozen=True, slots=True)
class Written:
    """One argument of a port, or one entry of a group.

    `name` is the counterpart's, `source` the torch parameter that it comes from and that the call
    gives; None for one that is written in addition.
    """

    name: str
    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """The best counterpart call known: an expression over the torch call's own arguments.

    `setup` are statements to run before, `also` what has to change elsewhere in closed words;
    `call` is None where there is no port. `deviations` say how far the port leaves torch, and at
    which gradients. `closeness` is the fidelity once what can't be read is
    rewritten, too. `callee` and `arguments` are the call's parts; `groups` are the parts of the
    parameter groups that can be read, in their order, also where they do not stand in the call.
    """

    call: str | None
    fidelity: Fidelity
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    closeness: Fidelity = Fidelity.NONE
    deviations: tuple[str, ...] = ()
    callee: str | None = None
    arguments: tuple[Written, ...] = ()
    groups: tuple[tuple[Written, ...], ...] | None = None


NO_PORT = Port(None, Fidelity.NONE)
