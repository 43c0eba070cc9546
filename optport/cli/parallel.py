"""Checking many files: shared out to processes where that is quicker, results in order."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence

from optport.cli.checking import Given, Job, check_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.formats.result import FileResult

MIN_FILES = 64
"""From how many files on a second process pays."""
MAX_PROCESSES = 16
MAX_ALONE = 256
"""Files that one process looks at before it is copied: what the first of them that may concern us
makes it import is there in the copies, too."""
MAX_UNCOLLECTED = 200_000
"""How many objects may be made before Python looks for cycles among them: some 40 MB."""


def check_files(files: Sequence[Given], job: Job) -> Generator[FileResult, None, None]:
    """Check files and yield what there is to say, in their order."""
    with _collecting_between_files():
        processes = min(_processors(), MAX_PROCESSES)
        alone = 0
        while alone < min(len(files), MAX_ALONE) and not _is_loaded():
            yield from _checked(files[alone : alone + 1], job)
            alone += 1
        files = files[alone:]
        if len(files) < MIN_FILES or processes < 2 or not _can_fork():
            yield from _checked(files, job)
            return
        # As many pieces as a pipe of any system has room for the numbers of.
        size = max(8, -(-len(files) // 1000))
        chunks = [files[at : at + size] for at in range(0, len(files), size)]
        from optport.cli.crew import Crew  # what it needs takes its time to import

        with Crew(chunks, lambda chunk: list(_checked(chunk, job)), processes - 1) as crew:
            for results in crew.in_order():
                yield from results


def _checked(files: Iterable[Given], job: Job) -> Iterator[FileResult]:
    for given in files:
        if result := check_file(given, job):
            yield result
        if gc.get_count()[0] > MAX_UNCOLLECTED:
            gc.collect()
            gc.freeze()  # modules and tables stay: no need to go through them again


@contextlib.contextmanager
def _collecting_between_files() -> Iterator[None]:
    """Keep Python from looking for cycles while a tree is read: all of it is in use then."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _is_loaded() -> bool:
    """Whether a file has been read so far that may concern us, and its readers been imported."""
    return "optport.cli.sources" in sys.modules


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Whether a process can be split: not where other threads may hold locks."""
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)
