"""Checking many files: shared out to processes where that is quicker, results in order."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence

from optport.cli.checking import Given, Job, check_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.formats.result import FileResult

MIN_FILES = 256
"""From how many files on a second process pays."""
MAX_PROCESSES = 16


def check_files(files: Sequence[Given], job: Job) -> Generator[FileResult, None, None]:
    """Check files and yield what there is to say, in their order."""
    processes = min(_processors(), MAX_PROCESSES)
    if len(files) < MIN_FILES or processes < 2 or not _can_fork():
        for given in files:
            if result := check_file(given, job):
                yield result
        return
    # As many pieces as a pipe of any system has room for the numbers of.
    size = max(16, -(-len(files) // 1000))
    chunks = [files[at : at + size] for at in range(0, len(files), size)]
    from optport.cli.crew import Crew  # what it needs takes its time to import

    with Crew(chunks, lambda chunk: _check(chunk, job), processes - 1) as crew:
        for results in crew.in_order():
            yield from results


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Whether a process can be split: not where other threads may hold locks."""
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def _check(chunk: Sequence[Given], job: Job) -> list[FileResult]:
    return [result for given in chunk if (result := check_file(given, job))]
