"""Translating between flake8 and the core: options in, findings out.

The core is imported when the first file concerns it: most runs of flake8 never need it.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from flake8.options.manager import OptionManager

from optport import __version__
from optport.defaults import DEFAULT_TARGETS, NOTES_HELP, TARGETS_HELP, TORCH_VERSION_HELP
from optport.gate import concerns_us
from optport.stars import may_be_starred

if TYPE_CHECKING:
    from optport.options import Options

_NO_TOML = object()
"""Told from None: Flake8-pyproject has an option for its file, which is None for the usual one."""

_Problem = tuple[int, int, str, type[Any]]


class Plugin:
    """What flake8 makes for every file, and asks to run."""

    name = "flake8-optport"
    version = __version__
    options: ClassVar[Options | None] = None
    """What the user asked for; None while every option is at its default."""

    def __init__(self, tree: ast.Module, lines: list[str]) -> None:
        """Take the file's syntax tree and its lines, as flake8 hands them over."""
        self._tree = tree
        self._lines = lines

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Add the three options to flake8's command line and configuration files."""
        manager.add_option(
            "--optport-targets",
            default=DEFAULT_TARGETS,
            parse_from_config=True,
            metavar="TARGETS",
            help=f"{TARGETS_HELP} (default: %(default)s)",
        )
        manager.add_option(
            "--optport-torch-version",
            default="",
            parse_from_config=True,
            metavar="VERSION",
            help=TORCH_VERSION_HELP,
        )
        manager.add_option(
            "--optport-notes",
            default=False,
            action="store_true",
            parse_from_config=True,
            help=NOTES_HELP,
        )

    @classmethod
    def parse_options(cls, manager: OptionManager, options: argparse.Namespace, _: Any) -> None:
        """Keep the options; ends flake8 with one line and status 2 if they can't be met."""
        asked = options.optport_targets, options.optport_torch_version, options.optport_notes
        if asked == (DEFAULT_TARGETS, "", False):
            cls.options = None  # nothing to look up until a file concerns us
            return
        try:
            cls.options = _read(*asked, getattr(options, "toml_config", _NO_TOML))
        except ValueError as error:  # a `UsageError`
            manager.parser.exit(2, f"flake8: error: {error}\n")

    def run(self) -> Iterator[_Problem]:
        """Yield line, column, text and reporter of every finding."""
        text = "".join(self._lines)
        options = self.options
        notes = options is not None and options.notes
        if not concerns_us(text, notes, may_be_starred(self._tree), self._lines):
            return
        from optport.guard import check_guarded

        report = check_guarded(self._tree, text, options)
        for finding in report.findings:
            message = f"{finding.code} {finding.message}"
            yield finding.place.line, finding.place.col, message, type(self)
        if report.defect is not None:
            yield 1, 0, report.defect, type(self)


def _read(targets: object, torch_version: object, notes: bool, toml: object) -> Options:
    """Read options as flake8 hands them over; from TOML they need be no text."""
    from optport.config_keys import read_keys
    from optport.options import make_options
    from optport.unquoted import refuse_unquoted

    asked = {"targets": targets, "torch-version": torch_version}
    read = read_keys(asked, lambda key: f"--optport-{key}")
    if torch_version and toml is not _NO_TOML:
        refuse_unquoted(str(toml or "pyproject.toml"), "flake8", str(torch_version))
    return make_options(str(read["targets"]), str(read["torch-version"]), notes)
