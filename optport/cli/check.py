"""``optport check``: from the command line to what is printed."""

from __future__ import annotations

import argparse
import os
from contextlib import closing

from optport.cli.check_options import label, overrides
from optport.cli.checking import Given, Job
from optport.cli.console import Console
from optport.cli.parallel import check_files
from optport.cli.reporting import Reporter
from optport.config import Configuration
from optport.files import STANDARD_INPUT, UnreadableFile, read_bytes
from optport.printable import printable
from optport.versions import UsageError
from optport.walking import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.cli.cache import Cache
    from optport.settings import Settings


def run(asked: argparse.Namespace, console: Console) -> int:
    """Check what is asked for; returns the exit status. Raises `UsageError`."""
    if asked.stdin_filename:
        asked.paths = [STANDARD_INPUT]
    given = overrides(asked)
    configuration = Configuration(given, config=asked.config, isolated=asked.isolated, label=label)
    settings = configuration.settings_in(os.getcwd())
    job = _job(asked, settings, console)
    troubles = _Troubles(console)
    if asked.stdin_filename:
        whole = os.path.abspath(asked.stdin_filename)
        own = configuration.settings_in(os.path.dirname(whole))
        if own.flag("force-exclude") and own.excludes_within(whole):
            return _passed_over(job, console)
        files = [Given(STANDARD_INPUT, own, asked.stdin_filename)]
    else:
        respect = settings.flag("respect-gitignore", default=True)
        walk = Walk(configuration, troubles.tell, respect)
        files = [Given(name, own) for name, own in walk.files(asked.paths or ["."])]
    if job.fix or job.add_noqa:
        files = _each_once(files)
    console.flush()
    reporter = Reporter(asked, settings, job, console, troubles.told)
    with closing(job), closing(check_files(files, job)) as results:
        for result in results:
            reporter.file(result)
    return reporter.end()


def _each_once(files: list[Given]) -> list[Given]:
    """Leave out links to files that are there under other names: two writers get in their way."""
    return list({os.path.realpath(given.name): given for given in reversed(files)}.values())[::-1]


class _Troubles:
    """Tells of trouble with directories, each once."""

    def __init__(self, console: Console) -> None:
        self.told: list[str] = []
        self._console = console

    def tell(self, name: str, why: str) -> None:
        line = f"{printable(name)}: {why}" if name else why
        if line not in self.told:
            self.told.append(line)
            self._console.trouble(line)


def _passed_over(job: Job, console: Console) -> int:
    """End a run on standard input that is excluded; whoever wants it fixed gets it as it is."""
    if job.fix and not job.diff:
        try:
            console.print_bytes(read_bytes(STANDARD_INPUT))
        except UnreadableFile as error:
            console.trouble(str(error))
            return 2
    return 0


def _job(asked: argparse.Namespace, settings: Settings, console: Console) -> Job:
    if asked.add_noqa and (asked.fix or asked.diff):
        raise UsageError("--add-noqa can't be used with --fix or --diff")
    if asked.add_noqa and STANDARD_INPUT in asked.paths:
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
        cache=None if fix or asked.add_noqa else _cache(asked, console),
    )


def _cache(asked: argparse.Namespace, console: Console) -> Cache | None:
    if asked.no_cache or os.environ.get("OPTPORT_NO_CACHE", "") not in ("", "0", "false"):
        return None
    from optport.cli.cache import Cache, cache_directory

    directory = cache_directory(asked.cache_dir)
    cache = None if directory is None else Cache(directory)
    if cache is not None and asked.cache_dir and not cache.open():
        shown = printable(asked.cache_dir)
        console.warn(f"--cache-dir {shown}: not used: not a directory that is yours alone")
    return cache
