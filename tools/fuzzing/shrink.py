"""Making a source smaller that still fails in the same way."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from pysource_minimize import minimize

Fails = Callable[[str], bool]


class _Late(Exception):
    """The time is over."""


def shrunk(text: str, fails: Fails, seconds: float = 30.0) -> str:
    """Return a smaller source for which `fails` is still true, found within the time given."""
    until = time.monotonic() + seconds
    best = text

    def check(smaller: str) -> bool:
        nonlocal best
        if time.monotonic() >= until:
            raise _Late
        failing = fails(smaller)
        if failing and len(smaller) < len(best):
            best = smaller
        return failing

    # By lines first: what fails for its layout alone is no more once it is written from a tree.
    with contextlib.suppress(_Late, SyntaxError, ValueError, RecursionError, MemoryError):
        while any(map(check, _without_lines(best))):
            pass
        minimize(best, check, compilable=False)
    return best


def _without_lines(text: str) -> Iterator[str]:
    """Yield the text without a run of lines, long runs first."""
    lines = text.splitlines(keepends=True)
    size = len(lines) // 2
    while size:
        for start in range(0, len(lines), size):
            yield "".join(lines[:start] + lines[start + size :])
        size //= 2
