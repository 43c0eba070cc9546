"""What a finding is. How findings come about is in `optport.findings`, which takes the rules."""

from __future__ import annotations

from dataclasses import field

from optport.catalogue import Kind
from optport.edits import Applicability, Fix
from optport.lean import dataclass
from optport.places import Place
from optport.values import Certainty


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands at one place under one code, for every target that it holds for."""

    kind: Kind
    place: Place
    message: str
    hint: str
    targets: tuple[str, ...]
    optimizer: str
    arguments: tuple[str, ...]
    """The torch parameters that it is about; several where a call leaves several out."""
    certainty: Certainty
    fix: Fix | None = None
    """The edits of this source that mend it; None where only a port does."""
    calls: tuple[Place, ...] = field(default=(), compare=False)
    """The calls that it belongs to; a comment on their first and last lines suppresses it."""

    @property
    def code(self) -> str:
        """The code, such as ``OPT202``."""
        return self.kind.code

    @property
    def argument(self) -> str | None:
        """The torch parameter that it is about, the first of several; None for none."""
        return self.arguments[0] if self.arguments else None


def can_fix(finding: Finding, unsafe: bool) -> bool:
    """Whether a finding has a fix, and one that may be applied."""
    fix = finding.fix
    return fix is not None and (unsafe or fix.applicability is Applicability.SAFE)
