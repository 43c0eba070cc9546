"""``optport check``: from the command line to what is printed."""

from __future__ import annotations

import argparse
import os
from contextlib import closing

from optport.cli.check_options import label, overrides
from optport.cli.checking import Given, Job
from optport.cli.console import Console
from optport.cli.parallel import check_files
from optport.config import Configuration
from optport.files import STANDARD_INPUT
from optport.printable import printable
from optport.versions import UsageError
from optport.walking import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.settings import Settings


def run(asked: argparse.Namespace, console: Console) -> int:
    """Check what is asked for; returns the exit status. Raises `UsageError`."""
    given = overrides(asked)
    configuration = Configuration(given, config=asked.config, isolated=asked.isolated, label=label)
    settings = configuration.settings_in(os.getcwd())
    job = _job(asked, settings, console)
    told: set[str] = set()

    def tell(name: str, why: str) -> None:
        line = f"{printable(name)}: {why}" if name else why
        if line not in told:
            told.add(line)
            console.trouble(line)

    walk = Walk(configuration, tell, respect=settings.flag("respect-gitignore", default=True))
    files = [
        Given(name, own, asked.stdin_filename if name == STANDARD_INPUT else None)
        for name, own in walk.files(_paths(asked))
    ]
    if asked.stdin_filename and files:
        files = [_standard_input(asked.stdin_filename, configuration)]
    console.flush()
    from optport.cli.reporting import Reporter  # late: most of a run that finds nothing

    reporter = Reporter(asked, settings, job, console, sorted(told))
    with closing(check_files(files, job)) as results:
        for result in results:
            reporter.file(result)
    return reporter.end()


def _paths(asked: argparse.Namespace) -> list[str]:
    if asked.stdin_filename:
        return [STANDARD_INPUT]
    return asked.paths or ["."]


def _standard_input(shown: str, configuration: Configuration) -> Given:
    settings = configuration.settings_for(os.path.dirname(os.path.abspath(shown)))
    return Given(STANDARD_INPUT, settings, shown)


def _job(asked: argparse.Namespace, settings: Settings, console: Console) -> Job:
    if asked.add_noqa and (asked.fix or asked.diff):
        raise UsageError("--add-noqa can't be used with --fix or --diff")
    if asked.add_noqa and (asked.stdin_filename or STANDARD_INPUT in asked.paths):
        raise UsageError("--add-noqa needs a file to write to")
    output = console.output
    fix = asked.diff or (settings.flag("fix") and not asked.add_noqa)
    return Job(
        fix=fix,
        diff=asked.diff,
        unsafe=settings.flag("unsafe-fixes"),
        add_noqa=asked.add_noqa,
        ports=settings.text("output-format") == "json" and not asked.add_noqa,
        escaped=output is not None and output.isatty(),
    )
