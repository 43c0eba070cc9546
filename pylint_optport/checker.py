"""Translating between pylint and the core: options in, findings out.

The core is imported when the first file concerns it: most runs of pylint never need it.
"""

from __future__ import annotations

import sys

# Reading the table may need it later, when a linted directory comes first on Python's path.
import zipfile  # noqa: F401
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from astroid import nodes
from pylint.checkers import BaseChecker
from pylint.config import find_default_config_files
from pylint.interfaces import HIGH, INFERENCE

from optport.defaults import DEFAULT_TARGETS, NOTES_HELP, TARGETS_HELP, TORCH_VERSION_HELP
from optport.gate import concerns_us
from optport.versions import UsageError
from pylint_optport.messages import DEFECT, messages, symbol
from pylint_optport.modules import Modules, View
from pylint_optport.places import nodes_at, source_text

if TYPE_CHECKING:
    from pylint.lint import PyLinter

    from optport.finding import Finding
    from optport.options import Options

_USAGE_ERROR = 32
"""pylint's exit status for options that can't be met."""


class OptportChecker(BaseChecker):
    """Reports what would train differently when torch.optim code moves to another framework."""

    name = "optport"
    msgs = messages()
    options = (
        (
            "optport-targets",
            {
                "type": "string",
                "default": DEFAULT_TARGETS,
                "metavar": "<targets>",
                "help": TARGETS_HELP,
            },
        ),
        (
            "optport-torch-version",
            {
                "type": "string",
                "default": "",
                "metavar": "<version>",
                "help": TORCH_VERSION_HELP,
            },
        ),
        (
            "optport-notes",
            {"type": "yn", "default": False, "metavar": "<y or n>", "help": NOTES_HELP},
        ),
    )

    def __init__(self, linter: PyLinter) -> None:
        """Take the linter that is to be told of findings."""
        super().__init__(linter)
        self._modules = Modules()
        self._view: View
        self._text = ""
        self._concerned = False

    def visit_module(self, node: nodes.Module) -> None:
        """Look at a file's text: most files can't concern us."""
        self._text = source_text(node)
        self._view = self._modules.seen_from(node.name, node.package)
        self._concerned = concerns_us(self._text, self.linter.config.optport_notes)

    def visit_import(self, node: nodes.Import) -> None:
        """Look whether a module that is imported may bring an optimizer."""
        self._look(name for name, _ in node.names)

    def visit_importfrom(self, node: nodes.ImportFrom) -> None:
        """Look whether a name from a module may bring an optimizer."""
        module = "." * (node.level or 0) + node.modname
        dot = "" if module.endswith(".") else "."
        self._look(f"{module}{dot}{name}" for name, _ in node.names)

    def _look(self, names: Iterable[str]) -> None:
        try:
            self._concerned = self._concerned or any(map(self._view.may_bring, names))
        except Exception:  # the check meets it again, and says so
            self._concerned = True

    def leave_module(self, node: nodes.Module) -> None:
        """Check a file that may concern us, once all of its imports have been seen."""
        if self._concerned:
            self._check(node)

    def _check(self, module: nodes.Module) -> None:
        from optport.guard import DEFECT_CODE, check_guarded
        from optport.parsing import parse_source

        try:
            options = _asked_for(self.linter)
            tree = parse_source(self._text)
        except UsageError as error:  # in a configuration of the file's own directory
            self._defect(module, str(error))
            return
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return  # pylint says so itself
        report = check_guarded(tree, self._text, options, self._view)
        nodes_of = nodes_at(module, (finding.place for finding in report.findings))
        for finding in report.findings:
            self._report(nodes_of[finding.place], finding)
        if report.defect is not None:
            self._defect(module, report.defect.removeprefix(f"{DEFECT_CODE} "))

    def _report(self, node: nodes.NodeNG, finding: Finding) -> None:
        place = finding.place
        self.add_message(
            symbol(finding.kind),
            node=node,
            line=place.line,
            col_offset=place.col,
            end_lineno=place.end_line,
            end_col_offset=place.end_col,
            args=(finding.message,),
            confidence=HIGH if finding.certainty.word == "certain" else INFERENCE,
        )

    def _defect(self, module: nodes.Module, message: str) -> None:
        self.add_message(DEFECT, node=module, line=1, args=(message,), confidence=HIGH)


@lru_cache
def _options(targets: str, torch_version: str, notes: bool) -> Options:
    from optport.options import make_options

    # A configuration file may have one target a line.
    return make_options(",".join(targets.splitlines()), torch_version, notes)


def _asked_for(linter: PyLinter) -> Options:
    config = linter.config
    return _options(config.optport_targets, config.optport_torch_version, config.optport_notes)


def register(linter: PyLinter) -> None:
    """Add the checker: what pylint calls in a plugin.

    With several jobs, pylint 3 calls it again in linters that have the checker already.
    """
    if not any(isinstance(checker, OptportChecker) for checker in linter.get_checkers()):
        linter.register_checker(OptportChecker(linter))


def load_configuration(linter: PyLinter) -> None:
    """End the run with one line if the options can't be met, as pylint does for its own."""
    config = linter.config
    asked = config.optport_targets, config.optport_torch_version, config.optport_notes
    if asked == (DEFAULT_TARGETS, "", False):
        return  # nothing to look up until a file concerns us
    try:
        _asked_for(linter)
        configuration = next(iter(find_default_config_files()), None)
        if config.optport_torch_version and configuration is not None:
            from optport.unquoted import refuse_unquoted

            refuse_unquoted(str(configuration), "pylint", config.optport_torch_version)
    except UsageError as error:
        print(f"pylint: error: {error}", file=sys.stderr)
        sys.exit(_USAGE_ERROR)
