"""Which codes are on: prefixes that select and ignore, the longest of which wins, as in ruff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optport.catalogue import CATALOGUE
from optport.versions import UsageError

ALL = "ALL"


def codes_of(selector: str) -> frozenset[str]:
    """Return the codes that a selector stands for: a code, the beginning of one, or ``ALL``.

    Raises `UsageError` that names the known ones.
    """
    if selector == ALL:
        return frozenset(CATALOGUE)
    found = frozenset(code for code in CATALOGUE if code.startswith(selector))
    if not selector.startswith("OPT") or not found:
        raise UsageError(
            f"unknown code {selector!r}; known: ALL, OPT, and {', '.join(CATALOGUE)} "
            "or their beginnings"
        )
    return found


def enabled_codes(
    layers: Iterable[tuple[Sequence[str] | None, Sequence[str], Sequence[str]]],
) -> frozenset[str]:
    """Return the codes that are on after layers of (select, extend-select, ignore).

    A layer that selects starts anew; one that does not changes what those before it left. Within
    a layer the longer selector wins, and of two equally long ones the one that ignores.
    """
    enabled = set(CATALOGUE)
    for select, extended, ignored in layers:
        if select is not None:
            enabled.clear()
        steps = [(_length(one), False, one) for one in (*(select or ()), *extended)]
        steps += [(_length(one), True, one) for one in ignored]
        for _, ignores, selector in sorted(steps):
            if ignores:
                enabled -= codes_of(selector)
            else:
                enabled |= codes_of(selector)
    return frozenset(enabled)


def _length(selector: str) -> int:
    return 0 if selector == ALL else len(selector)
