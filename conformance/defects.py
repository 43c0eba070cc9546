"""Known disagreements between linter and runs, that are to be mended: ``evidence/defects.txt``.

They are excepted from the comparison, and the comparison fails when one of them is no disagreement
any more, so that the list only holds what is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from conformance.records import EVIDENCE
from optport.targets import Target

DEFECTS: Final = EVIDENCE / "defects.txt"


@cache
def known_defects() -> Mapping[str, frozenset[str]]:
    """The calls that are known to disagree, by target.

    A line that begins with ``#`` is a comment, one in brackets names the target of those below.
    Raises ValueError for a call without a target above it.
    """
    return read_defects(DEFECTS.read_text(encoding="utf-8"))


def read_defects(text: str) -> dict[str, frozenset[str]]:
    """Read the list; raises ValueError as :func:`known_defects`."""
    found: dict[str, set[str]] = {}
    target = ""
    for line in text.splitlines():
        if line.startswith("["):
            target = line.strip("[]")
        elif line and not line.startswith("#"):
            if not target:
                raise ValueError(f"{line}: no target above it")
            found.setdefault(target, set()).add(line)
    return {name: frozenset(calls) for name, calls in found.items()}


def is_known(target: Target, call: str) -> bool:
    """Whether linter and run are known to disagree on a call."""
    return call in known_defects().get(target.name, frozenset())


def mended(target: Target, disagreeing: frozenset[str]) -> Iterator[str]:
    """Yield the known defects of a target that are none any more."""
    for call in sorted(known_defects().get(target.name, frozenset()) - disagreeing):
        yield f"{call}: no disagreement any more; take it out of {DEFECTS.name}"
