"""The closed types of the catalogue."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from optport.lean import dataclass
from optport.signatures import ApiKind

PAGES = "docs/rules"
"""Where the codes' pages are, from the repository's root."""


class HazardKind(enum.StrEnum):
    """What a rule finds, whatever kind of API it is found of: that and the API give the code."""

    UNSUPPORTED = "unsupported"  # no counterpart
    LOST = "lost"  # an argument without counterpart that changes training
    INERT = "inert"  # one without counterpart that changes nothing, in torch either
    NEEDLESS = "needless"  # one that only the port can do without
    REJECTED = "rejected"  # a value that the counterpart does not take
    IGNORED = "ignored"  # an argument that the counterpart takes and ignores
    DEFAULT = "default"  # left out, and the defaults train differently
    ASGD_RATE = "asgd-rate"  # the same of ASGD's rate
    REQUIRED = "required"  # left out, and the counterpart requires it
    UNMATCHED = "unmatched"  # the counterpart follows torch only with arguments of its own
    EQUIVALENT = "equivalent"  # left out, and the defaults only look different
    CAVEAT = "caveat"  # torch's class is faulty, and the counterpart does something else
    ALGORITHM = "algorithm"  # another rule, whatever the arguments
    MEANING = "meaning"  # an argument or a member that means something else
    EPSILON = "epsilon"  # eps elsewhere in the formula
    NAMED_DECAY = "named-decay"  # a weight decay that goes by the parameters' names
    GROUP_FACTOR = "group-factor"  # a group's rate that is a factor
    GROUP_IGNORED = "group-ignored"
    GROUP_REJECTED = "group-rejected"
    PARAMS = "params"  # a container of parameters that is not taken
    NAME_FILTER = "name-filter"  # groups chosen by names that are others there
    GROUP_ORDER = "group-order"  # groups that change the order of the gradients
    UNRESOLVED = "unresolved"
    HIDDEN = "hidden"  # arguments that can't be read
    PORT = "port"
    RAISES = "raises"  # torch itself does, so that there is nothing to port
    WIRING = "wiring"  # the scheduler goes to the optimizer, not the other way round


@dataclass(frozen=True, slots=True)
class Wording:
    """The first half of a message, before the advice.

    `sure` and `may` are templates over ``{subject}`` (what is found fault with, as the source
    spells it), ``{mine}`` (torch's side of it) and ``{facts}`` (the targets' side). `may` words
    what is not certain; where there is none, the wording does not hedge. `fact` words one target's
    side from ``{names}`` and ``{clause}``; `rest` says of one target, or of several, that there is
    more than fits.
    """

    sure: str
    may: str | None = None
    fact: str = "{names}"
    rest: tuple[str, str] = ("{names} differs too", "{names} differ too")

    @property
    def hedges(self) -> bool:
        """Whether it says by itself that something is not certain."""
        return self.may is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding.

    `bad` is a call that has it, as seen for `targets`; `good` is what to write where that follows
    neither from the finding's fix nor from the port.
    """

    code: str
    name: str
    summary: str
    why: str
    wordings: Mapping[HazardKind, Wording]
    bad: str
    good: str = ""
    targets: str = "paddle,mindspore"
    apis: tuple[ApiKind, ...] = (ApiKind.OPTIMIZER,)

    @property
    def note(self) -> bool:
        """Whether it is information rather than a hazard, and off unless asked for."""
        return self.code.startswith("OPT9")

    @property
    def help(self) -> str:
        """The code's page, from the repository's root."""
        return f"{PAGES}/{self.code}.md"
