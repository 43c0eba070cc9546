"""The keys of ``[tool.optport]``: what each may hold, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optport.globs import alternatives
from optport.printable import printable
from optport.versions import UsageError

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")

Value = object
Read = Callable[[object], Value]


def read_keys(data: Mapping[str, object], label: Callable[[str], str]) -> dict[str, Value]:
    """Check the values of a table by the kinds of their keys, and return them as they are used.

    `label` makes of a key what a message calls it. Raises `UsageError` for an unknown key and for
    a value that its key does not take; the line says what is allowed.
    """
    found: dict[str, Value] = {}
    for key, value in data.items():
        read = KEYS.get(key)
        if read is None:
            only = key in ON_COMMAND_LINE
            why = "is for the command line only" if only else f"is unknown; allowed: {_LISTED}"
            raise UsageError(f"{label(printable(key))} {why}")
        try:
            found[key] = read(value)
        except UsageError as error:
            raise UsageError(f"{label(key)} {error}") from None
    return found


def _shown(value: object) -> str:
    text = printable(repr(value))
    return text if len(text) <= 40 else f"{text[:40]}…"


def _wrong(wanted: str, value: object) -> UsageError:
    return UsageError(f"must be {wanted}, not {_shown(value)}")


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong("true or false", value)
    return value


def _targets(value: object) -> str:
    wanted = 'a list or a string such as "paddle,mindspore==2.9.0"'
    if isinstance(value, str):
        return ",".join(value.splitlines())
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    raise _wrong(wanted, value)


def _version(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong('a string such as "2.13"', value)
    return value


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _wrong("a list of strings", value)
    return tuple(value)


def _patterns(value: object) -> tuple[str, ...]:
    found = _strings(value)
    for pattern in found:
        alternatives(pattern)
    return found


def _codes(value: object) -> tuple[str, ...]:
    selectors = _strings(value)
    if selectors:
        from optport.selection import codes_of  # the catalogue: for those who choose

        for selector in selectors:
            try:
                codes_of(selector)
            except UsageError as error:
                raise UsageError(f"has the {error}") from None
    return selectors


def _by_file(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _wrong('a table such as { "tests/*" = ["OPT2"] }', value)
    _patterns(list(value))
    return {pattern: _codes(codes) for pattern, codes in value.items()}


def _format(value: object) -> str:
    if not isinstance(value, str) or value not in FORMATS:
        raise _wrong(f"one of {', '.join(FORMATS)}", value)
    return value


KEYS: Mapping[str, Read] = {
    "exclude": _patterns,
    "exit-zero": _flag,
    "extend-exclude": _patterns,
    "extend-select": _codes,
    "fix": _flag,
    "force-exclude": _flag,
    "ignore": _codes,
    "notes": _flag,
    "output-format": _format,
    "per-file-ignores": _by_file,
    "quiet": _flag,
    "respect-gitignore": _flag,
    "select": _codes,
    "statistics": _flag,
    "targets": _targets,
    "torch-version": _version,
    "unsafe-fixes": _flag,
}
"""The keys, in order, with what reads the value of each."""

NOT_JUDGING = frozenset(
    {
        *("exclude", "exit-zero", "extend-exclude", "fix", "force-exclude", "output-format"),
        *("quiet", "respect-gitignore", "statistics", "unsafe-fixes"),
    }
)
"""The keys that say which files are checked and how findings are printed, not what is found."""

ON_COMMAND_LINE = frozenset(
    {
        *("add-noqa", "cache-dir", "config", "diff", "isolated", "no-cache", "output-file"),
        "stdin-filename",
    }
)
"""Options of `check` that a checked tree's configuration may not set."""

_LISTED = ", ".join(KEYS)
