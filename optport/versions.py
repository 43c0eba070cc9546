"""Release numbers: parsing, ordering, and the newest recorded one that is not newer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}\Z")


class UsageError(ValueError):
    """What the user asked for can't be had; the message says what was wrong and what is allowed."""


@lru_cache(maxsize=512)
def parse_version(text: str) -> tuple[int, ...]:
    """Turn ``"2.13"`` or ``"2.13.0+cpu"`` into ``(2, 13, 0)``, padded to three numbers.

    A local part behind ``+`` is dropped, as `torch.__version__` carries one. Raises `UsageError`
    when the rest is not numbers joined by dots.
    """
    public = text.strip().partition("+")[0]
    if not _NUMBER.match(public):
        shown = text.strip() if len(text) <= 40 else f"{text.strip()[:40]}…"
        raise UsageError(f"{shown!r} is not a version number such as 2.13.0")
    numbers = tuple(int(part) for part in public.split("."))
    return numbers + (0,) * (3 - len(numbers))


def known_range(known: Sequence[str]) -> str:
    """Say which versions are known, oldest and newest: ``"2.6.2 … 3.3.1"``."""
    return f"{known[0]} … {known[-1]}"


def resolve_version(asked: str, known: Sequence[str]) -> str:
    """Return the newest of `known` (oldest first) that is not newer than `asked`.

    Raises `UsageError` when `asked` lies outside the known range or is no version number.
    """
    number = parse_version(asked)
    if not parse_version(known[0]) <= number <= parse_version(known[-1]):
        raise UsageError(f"version {asked.strip()} is not known; known: {known_range(known)}")
    return [version for version in known if parse_version(version) <= number][-1]
