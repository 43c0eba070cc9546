"""How bad each code is: what SARIF, GitLab, an editor call a level or a severity."""

from __future__ import annotations

import enum

from optport.catalogue import Kind


class Level(enum.StrEnum):
    """What becomes of the literal port."""

    RAISES = "raises"  # it can't be built, or stops at the first step
    DIFFERS = "differs"  # it runs and trains differently
    INERT = "inert"  # an argument that may go: training stays the same
    NOTE = "note"  # information, asked for


_RAISES = frozenset(
    {
        "unsupported-optimizer",
        "rejected-value",
        "missing-default",
        "rejected-group-option",
        "rejected-params",
        "missing-method",
        "step-closure",
        "unsupported-scheduler",
        "rejected-scheduler-value",
    }
)


def level(kind: Kind) -> Level:
    """Return the level of a kind of finding; what is not known to raise differs."""
    if kind.note:
        return Level.NOTE
    if kind.name == "inert-argument":
        return Level.INERT
    return Level.RAISES if kind.name in _RAISES else Level.DIFFERS
