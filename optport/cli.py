"""The command line: ``python -m optport check [--format json] PATH…``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from optport import __version__
from optport.check import Report, parse_source
from optport.defaults import DEFAULT_TARGETS, NOTES_HELP, TARGETS_HELP, TORCH_VERSION_HELP
from optport.files import UnreadableFile, python_files, read_text
from optport.gate import concerns_us
from optport.guard import check_guarded
from optport.options import Options, make_options
from optport.report import construction_json, dump, finding_json, text_line
from optport.versions import UsageError

NOTHING_FOUND, FOUND, TROUBLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 nothing found, 1 findings, 2 trouble."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        options = make_options(
            asked.optport_targets, asked.optport_torch_version, asked.optport_notes
        )
        return _check(asked.paths, options, asked.format)
    except UsageError as error:
        return _trouble(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m optport",
        description="Find what would train differently when torch.optim code moves to Paddle or "
        "MindSpore.",
    )
    parser.add_argument("--version", action="version", version=f"optport {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check files and directories")
    check.add_argument(
        "paths", nargs="+", metavar="PATH", help="Python file or directory, - for standard input"
    )
    check.add_argument("--format", choices=("text", "json"), default="text")
    check.add_argument(
        "--optport-targets", default=DEFAULT_TARGETS, metavar="TARGETS", help=TARGETS_HELP
    )
    check.add_argument(
        "--optport-torch-version", default="", metavar="VERSION", help=TORCH_VERSION_HELP
    )
    check.add_argument("--optport-notes", action="store_true", help=NOTES_HELP)
    return parser


def _trouble(message: str) -> int:
    print(f"optport: error: {message}", file=sys.stderr)
    return TROUBLE


def _check(paths: Sequence[str], options: Options, style: str) -> int:
    findings: list[dict[str, Any]] = []
    constructions: list[dict[str, Any]] = []
    status = NOTHING_FOUND
    for path in python_files(paths):
        name = str(path)
        try:
            text = read_text(path)
            tree = parse_source(text) if concerns_us(text, options.notes) else None
        except (UnreadableFile, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            status = _trouble(f"{name}: {_reason(error)}")
            continue
        report = (
            Report() if tree is None else check_guarded(tree, text, options, ports=style == "json")
        )
        if report.defect is not None:
            status = _trouble(f"{name}: {report.defect}")
        if report.findings and status == NOTHING_FOUND:
            status = FOUND
        if style == "json":
            findings.extend(finding_json(name, finding) for finding in report.findings)
            constructions.extend(construction_json(name, one) for one in report.constructions)
        else:
            for finding in report.findings:
                print(text_line(name, finding))
    if style == "json":
        print(dump(findings, constructions))
    return status


def _reason(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"syntax error in line {error.lineno}: {error.msg}"
    if isinstance(error, RecursionError | MemoryError):
        return "nested too deep for Python's own parser"
    return str(error)
