"""``optport check``: its options, and what they say as settings."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from optport.cli.console import Console
from optport.config_keys import FORMATS
from optport.defaults import DEFAULT_TARGETS, NOTES_HELP, TARGETS_HELP, TORCH_VERSION_HELP
from optport.versions import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
_ON_OFF = argparse.BooleanOptionalAction


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    check = commands.add_parser(
        "check",
        help="check files and directories",
        description="Check Python files, stubs and notebooks.",
        allow_abbrev=False,
    )
    check.set_defaults(run=_run)
    check.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="file or directory, - for standard input (default: .)",
    )
    _add_meaning(check)
    _add_selection(check)
    _add_fixes(check)
    _add_files(check)
    _add_output(check)
    _add_configuration(check)
    _add_cache(check)


def _run(asked: argparse.Namespace, console: Console) -> int:
    from optport.cli.check import run

    return run(asked, console)


def _add_meaning(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("what to check for")
    group.add_argument(
        "--targets",
        "--optport-targets",
        metavar="TARGETS",
        help=f"{TARGETS_HELP} (default: {DEFAULT_TARGETS})",
    )
    group.add_argument(
        "--torch-version", "--optport-torch-version", metavar="VERSION", help=TORCH_VERSION_HELP
    )
    group.add_argument(
        "--notes", "--optport-notes", action="store_true", default=None, help=NOTES_HELP
    )


def _add_selection(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("selection of codes")
    for name, does in (
        ("--select", "report these codes alone (OPT202, OPT2, ALL; comma-separated)"),
        ("--ignore", "don't report these codes"),
        ("--extend-select", "report these codes, too"),
    ):
        group.add_argument(name, action="append", metavar="CODES", help=does)
    group.add_argument(
        "--per-file-ignores",
        action="append",
        metavar="PATTERN:CODE",
        help="don't report these codes in files of these names (tests/*:OPT2; comma-separated)",
    )


def _add_fixes(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("changing files")
    group.add_argument("--fix", action=_ON_OFF, help="mend what can be mended in the source")
    group.add_argument("--diff", action="store_true", help="print what --fix would change")
    group.add_argument(
        "--unsafe-fixes",
        action=_ON_OFF,
        help="also mend what may change torch's speed, memory or rounding",
    )
    group.add_argument(
        "--add-noqa", action="store_true", help="write a # noqa comment for all that is found"
    )


def _add_files(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("selection of files")
    group.add_argument(
        "--exclude",
        action="append",
        metavar="PATTERNS",
        help="leave files and directories of these names out, instead of the usual ones",
    )
    group.add_argument(
        "--extend-exclude",
        action="append",
        metavar="PATTERNS",
        help="leave files and directories of these names out, too",
    )
    group.add_argument(
        "--respect-gitignore",
        action=_ON_OFF,
        help="leave out what .gitignore does (default)",
    )
    group.add_argument(
        "--force-exclude",
        action=_ON_OFF,
        help="leave excluded files out even when they are named",
    )
    group.add_argument(
        "--stdin-filename", metavar="NAME", help="the name of what standard input holds"
    )


def _add_output(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("output")
    group.add_argument(
        "--output-format",
        "--format",
        choices=(*FORMATS, "text"),
        help="how findings are printed (default: full at a terminal, else concise)",
    )
    group.add_argument("-o", "--output-file", metavar="FILE", help="print findings to this file")
    group.add_argument(
        "--statistics", action="store_true", default=None, help="print how many of each code"
    )
    group.add_argument(
        "-e",
        "--exit-zero",
        action="store_true",
        default=None,
        help="end with status 0 whatever is found",
    )
    group.add_argument(
        "-q",
        "--quiet",
        action="store_true",
        default=None,
        help="print findings and errors, nothing else",
    )


def _add_configuration(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("configuration").add_mutually_exclusive_group()
    group.add_argument(
        "--config", metavar="FILE", help="read [tool.optport] of this file and no other"
    )
    group.add_argument("--isolated", action="store_true", help="read no configuration file")


def _add_cache(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("cache")
    group.add_argument(
        "-n", "--no-cache", action="store_true", help="neither use nor keep what was found before"
    )
    group.add_argument(
        "--cache-dir", metavar="DIR", help="keep it in this directory (default: the user's caches)"
    )


_PART = re.compile(r"(?:\{[^{}]*\}|[^,])+")
"""What stands between commas that are not in braces."""


def _listed(values: list[str]) -> list[str]:
    parts = [part.strip() for value in values for part in _PART.findall(value)]
    return [part for part in parts if part]


def _by_file(values: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in _listed(values):
        pattern, colon, code = pair.rpartition(":")
        if not colon or not pattern.strip():
            raise UsageError(f"--per-file-ignores: {pair!r} is not PATTERN:CODE")
        found.setdefault(pattern.strip(), []).append(code.strip())
    return found


_READ: dict[str, Callable[[list[str]], object]] = {
    "exclude": _listed,
    "extend-exclude": _listed,
    "extend-select": _listed,
    "ignore": _listed,
    "per-file-ignores": _by_file,
    "select": _listed,
}
_KEYS = (
    *_READ,
    *("exit-zero", "fix", "force-exclude", "notes", "output-format", "quiet"),
    *("respect-gitignore", "statistics", "targets", "torch-version", "unsafe-fixes"),
)


def overrides(asked: argparse.Namespace) -> dict[str, object]:
    """Return what the command line sets, by the keys of ``[tool.optport]``.

    Raises `UsageError`.
    """
    found: dict[str, object] = {}
    for key in _KEYS:
        value = getattr(asked, key.replace("-", "_"))
        if value is not None:
            found[key] = _READ[key](value) if key in _READ else value
    if found.get("output-format") == "text":
        found["output-format"] = "concise"
    return found


def label(key: str) -> str:
    """What messages call an option; the three that every front end has go by their common name."""
    return f"--optport-{key}" if key in ("targets", "torch-version", "notes") else f"--{key}"
