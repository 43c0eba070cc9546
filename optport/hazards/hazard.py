"""One hazard on one target, before the targets of the same cause are joined in one finding."""

from __future__ import annotations

from dataclasses import dataclass

from optport.places import Place
from optport.values import Certainty


@dataclass(frozen=True, slots=True)
class Hazard:
    """What one target does with one argument (or with the call), worded in parts.

    `subject` opens the message, `clause` says what this target does, `advice` what to write.
    `cured` says whether the port takes care of it, so that following the port trains as torch.
    """

    name: str
    target: str
    place: Place
    certainty: Certainty
    subject: str
    clause: str
    advice: str
    argument: str | None = None
    cured: bool = True


@dataclass(frozen=True, slots=True)
class Port:
    """The best counterpart call known: an expression over the torch call's own arguments.

    `setup` are statements to run before, `also` what has to change elsewhere in closed words,
    `fidelity` is ``exact``, ``approximate`` or ``none`` (then `call` is None).
    """

    call: str | None
    fidelity: str
    setup: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


NO_PORT = Port(None, "none")
EXACT = "exact"
APPROXIMATE = "approximate"
