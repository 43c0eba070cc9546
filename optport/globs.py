"""Patterns of file names as ruff's settings have them: ``*.pyi``, ``src/**/test_*.py``, ``{a,b}``.

A pattern without a slash is for the name of a file or directory, wherever it is; one with a slash
for its path, from the directory of the configuration on. ``*`` takes slashes, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(
    r"(?P<deep>(?:(?<=/)|^)\*\*/)"  # any directories, none included
    r"|(?P<any>\*+)|(?P<one>\?)"
    r"|(?P<class>\[[!^]?\]?[^\]]*\])"
    r"|(?P<open>\{)|(?P<comma>,)|(?P<close>\})"
    r"|(?P<literal>\\?.)",
    re.DOTALL,
)


def translate(pattern: str) -> str:
    """Return the regular expression (for `re.fullmatch`) that a pattern stands for."""
    parts = []
    depth = 0
    for match in _TOKEN.finditer(pattern):
        kind, text = match.lastgroup, match[0]
        if kind == "deep":
            parts.append("(?:.*/)?")
        elif kind == "any":
            parts.append(".*")
        elif kind == "one":
            parts.append(".")
        elif kind == "class":
            parts.append(_character_class(text))
        elif kind == "open":
            depth += 1
            parts.append("(?:")
        elif kind == "comma" and depth:
            parts.append("|")
        elif kind == "close" and depth:
            depth -= 1
            parts.append(")")
        else:
            parts.append(re.escape(text[-1]))
    if depth:  # a brace that is never closed stands for itself
        return ".*".join(map(re.escape, pattern.split("*")))
    return "".join(parts)


def _character_class(text: str) -> str:
    inner = text[1:-1]
    negated = inner[:1] in ("!", "^")
    chosen = re.sub(r"([\\\[\]&~|^])", r"\\\1", inner[negated:])
    found = f"[{'^' * negated}{chosen}]"
    try:
        re.compile(found)
    except re.error:  # such as a range that runs backwards
        return re.escape(text)
    return found


class Patterns:
    """Several patterns, each relative to a directory of its own."""

    def __init__(self, rooted: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a directory (absolute, with slashes) and a pattern."""
        names, paths = [], []
        for root, pattern in rooted:
            cleaned = pattern.removeprefix("./").rstrip("/")
            if "/" not in cleaned:
                names.append(translate(cleaned))
            elif cleaned.startswith("/"):
                paths.append(translate(cleaned))
            else:
                paths.append(f"{re.escape(root.rstrip('/'))}/{translate(cleaned)}")
        self._names = _either(names)
        self._paths = _either(paths)

    def match(self, name: str, path: str) -> bool:
        """Whether one is for this name, or for this absolute path with slashes."""
        return bool(
            (self._names and self._names.fullmatch(name))
            or (self._paths and self._paths.fullmatch(path))
        )


def _either(expressions: list[str]) -> re.Pattern[str] | None:
    return (
        re.compile("|".join(f"(?:{one})" for one in expressions), re.DOTALL)
        if expressions
        else None
    )
