"""What a run of ``optport check`` prints, and the status that it ends with."""

from __future__ import annotations

import argparse
import os
from collections import Counter

from optport.cli.checking import Job
from optport.cli.console import Console
from optport.files import STANDARD_INPUT
from optport.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.formats import Formatter
    from optport.formats.result import FileResult


class Reporter:
    """Prints results as they come in, and what is said at the end."""

    def __init__(
        self,
        asked: argparse.Namespace,
        settings: Settings,
        job: Job,
        console: Console,
        troubles: list[str],
    ) -> None:
        """Take what was asked for, and the troubles that there have been."""
        self._job = job
        self._console = console
        self._file: str | None = asked.output_file
        self._quiet = settings.flag("quiet")
        self._exit_zero = settings.flag("exit-zero")
        self._statistics = settings.flag("statistics")
        self._format = settings.text("output-format") or self._usual_format()
        self._troubles = troubles
        self._aside = job.fix and not job.diff and STANDARD_INPUT in asked.paths
        """Whether standard output is for the fixed source."""
        self._token = ""
        self._kept: list[str] = []
        self._codes: Counter[str] = Counter()
        self._fixable: Counter[str] = Counter()
        self._found = self._fixed = self._safe = self._unsafe = self._added = self._changed = 0
        self._formatter: Formatter | None = None

    def _usual_format(self) -> str:
        output = self._console.output
        terminal = self._file is None and output is not None and output.isatty()
        return "full" if terminal else "concise"

    @property
    def _text(self) -> bool:
        """Whether the format is for people."""
        return self._format in ("full", "concise")

    def _made(self) -> Formatter:
        """The formatter, loaded when first needed."""
        if self._formatter is None:
            from optport.formats import formatter
            from optport.formats.style import PLAIN, style_for

            output = self._console.output
            coloured = self._file is None and output is not None
            style = style_for(output) if coloured and output is not None else PLAIN
            self._formatter = formatter(self._format, style)
        return self._formatter

    def file(self, result: FileResult) -> None:
        """Print what there is to say of one file, and count it."""
        from optport.finding import can_fix

        for line in result.warnings:
            self._console.warn(line)
        for line in result.troubles:
            self._troubles.append(line)
            self._console.trouble(line)
        for one in result.diagnostics:
            code = one.finding.code
            self._codes[code] += 1
            if can_fix(one.finding, self._job.unsafe):
                self._safe += 1
                self._fixable[code] += 1
            elif can_fix(one.finding, unsafe=True):
                self._unsafe += 1
        self._found += len(result.diagnostics)
        self._fixed += len(result.fixed)
        self._added += result.added
        self._changed += bool(result.output)
        if self._found and not self._console.status and not self._exit_zero:
            self._console.status = 1
        if result.output:
            self._print_output(result.output)
        if not (self._statistics or self._job.diff or self._job.add_noqa):
            for text in self._made().file(result):
                self._print(text)

    def _print_output(self, output: bytes) -> None:
        """Print a difference, or the fixed source."""
        if self._job.diff and not self._token and os.environ.get("GITHUB_ACTIONS") == "true":
            # A line of source may look like a command to the workflow's runner.
            self._token = os.urandom(16).hex()
            self._console.print(f"::stop-commands::{self._token}\n")
        self._console.print_bytes(output)

    def _print(self, text: str) -> None:
        if self._file is not None:
            self._kept.append(text)
        elif self._aside:
            self._console.tell(text)
        else:
            self._console.print(text)

    def end(self) -> int:
        """Print what is said at the end; returns the exit status."""
        if self._job.diff:
            return self._end_of_difference()
        if self._job.add_noqa:
            if not self._quiet:
                made = f"{self._added} finding{'s' * (self._added != 1)}"
                self._console.tell(f"Wrote comments that suppress {made}.\n")
            return 2 if self._troubles else 0
        for text in self._closing():
            self._print(text)
        if self._file is not None:
            self._write(self._file)
        if self._troubles:
            return 2
        return 1 if self._found and not self._exit_zero else 0

    def _end_of_difference(self) -> int:
        if self._token:
            self._console.print(f"::{self._token}::\n")
        if not self._quiet and self._fixed:
            self._console.tell(f"Would fix {self._fixed} problem{'s' * (self._fixed != 1)}.\n")
        if self._troubles:
            return 2
        return 1 if self._changed and not self._exit_zero else 0

    def _closing(self) -> list[str]:
        if self._statistics:
            from optport.formats.statistics import statistics

            return [statistics(self._codes, self._fixable, self._format)]
        if self._text and (self._quiet or not self._says_something()):
            return []
        from optport.formats.result import Totals

        totals = Totals(self._found, self._fixed, self._safe, self._unsafe, self._troubles)
        return list(self._made().end(totals))

    def _says_something(self) -> bool:
        """Whether a format for people has something to say at the end."""
        return self._format == "full" or bool(self._fixed)

    def _write(self, path: str) -> None:
        try:
            with open(path, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write("".join(self._kept))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self._console.trouble(f"{path}: {why}")
            self._troubles.append(path)
