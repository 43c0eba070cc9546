"""Patterns of file names as ruff's settings have them: ``*.pyi``, ``src/**/test_*.py``, ``{a,b}``.

A pattern without a slash is for the name of a file or directory, wherever it is; one with a slash
for its path, from the directory of the configuration on. ``*`` takes slashes, too.

Matching takes time in proportion to pattern and name, whatever they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from optport.versions import UsageError

MAX_ALTERNATIVES = 256
"""How many patterns one with braces and ``**/`` may amount to."""

_TOKEN = re.compile(r"\*+|\?|\[[!^]?\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*+\]|\\?.|\\\Z", re.DOTALL)
_CLASS_PART = re.compile(r"\[:([a-z]+):\]|\\(.)|(.)", re.DOTALL)
_NAMED = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def wildcards(pattern: str) -> str:
    r"""Return the regular expression (for `re.fullmatch`) of a pattern of ``*``, ``?``, ``[…]``.

    What stands between two stars is taken where it is first found and never tried again, so that
    no pattern can make matching slow. A backslash takes the next character as it is.
    """
    pieces = [""]
    for token in _TOKEN.findall(pattern):
        if token[0] == "*":
            pieces.append("")
        elif token == "?":
            pieces[-1] += "."
        elif token[0] == "[" and len(token) > 2:
            pieces[-1] += _character_class(token[1:-1])
        elif token in ("[", "\\"):
            return r"(?!)"  # a class without end, nothing to take: matches nothing, as in git
        else:
            pieces[-1] += re.escape(token[-1])
    first, *others = pieces
    if not others:
        return first
    middle = "".join(f"(?>.*?{piece})" for piece in others[:-1] if piece)
    return f"{first}{middle}.*{others[-1]}"


def _character_class(text: str) -> str:
    """Return the expression of a class, as git reads it: a range that runs backwards is empty."""
    negated = text[0] in "!^"
    chosen = [r"(?!)"]
    before = ""  # the character that a dash makes a range of
    dashed = False
    for name, escaped, plain in _CLASS_PART.findall(text[negated:]):
        one = escaped or plain
        if name:
            chosen.append(f"[{_NAMED[name]}]" if name in _NAMED else "(?!)")
            before = ""
        elif dashed:
            if before <= one:
                chosen.append(f"[{re.escape(before)}-{re.escape(one)}]")
            before, dashed = "", False
        elif plain == "-" and before:
            dashed = True
        else:
            chosen.append(re.escape(one))
            before = one
    if dashed:  # at the end it stands for itself
        chosen.append("-")
    either = "|".join(chosen)
    return f"(?!{either})." if negated else f"(?:{either})"


def alternatives(pattern: str) -> list[str]:
    """Write braces out, and ``**/`` as nothing or any directories.

    Raises `UsageError` when that makes too many patterns.
    """
    written = re.sub(r"(^|/)\*\*/", r"\1{,*/}", pattern)
    done: list[str] = []
    pending = [written]
    while pending:
        one = pending.pop()
        found = re.search(r"\{([^{}]*)\}", one)
        if found is None:
            done.append(one)
            continue
        pending += [
            one[: found.start()] + part + one[found.end() :] for part in found[1].split(",")
        ]
        if len(done) + len(pending) > MAX_ALTERNATIVES:
            raise UsageError(f"has a pattern with more than {MAX_ALTERNATIVES} alternatives")
    return done


class Patterns:
    """Several patterns, each relative to a directory of its own."""

    def __init__(self, rooted: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a directory (absolute, with slashes) and a pattern."""
        names: list[str] = []
        paths: list[str] = []
        for root, pattern in rooted:
            cleaned = pattern.removeprefix("./").rstrip("/")
            expressions = map(wildcards, alternatives(cleaned))
            if "/" not in cleaned:
                names += expressions
            elif cleaned.startswith("/"):
                paths += expressions
            else:
                above = re.escape(root.rstrip("/"))
                paths += [f"{above}/{one}" for one in expressions]
        self._names = _either(names)
        self._paths = _either(paths)

    def match(self, name: str, path: str) -> bool:
        """Whether one is for this name, or for this absolute path with slashes."""
        return bool(
            (self._names and self._names.fullmatch(name))
            or (self._paths and self._paths.fullmatch(path))
        )


def _either(expressions: list[str]) -> re.Pattern[str] | None:
    if not expressions:
        return None
    return re.compile("|".join(f"(?:{one})" for one in expressions), re.DOTALL)
