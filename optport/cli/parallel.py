"""Checking many files: shared out to processes where that is quicker, results in order.

Nothing beside `os` is needed for it: starting `multiprocessing` takes longer than the check of
several hundred files.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import struct
import sys
from collections.abc import Generator, Iterator, Sequence

from optport.cli.checking import Given, Job, check_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.formats.result import FileResult

MIN_FILES = 256
"""From how many files on a second process pays."""
MAX_PROCESSES = 16
_TOKEN = struct.Struct("=I")
_HEADER = struct.Struct("=IQ")

Chunk = Sequence[Given]


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
    with _Crew(chunks, job, processes - 1) as crew:
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


def _check(chunk: Chunk, job: Job) -> list[FileResult]:
    return [result for given in chunk if (result := check_file(given, job))]


class _Crew:
    """The process and some copies of it. Each takes the next piece of work when it has done one.

    The numbers of the pieces wait in a pipe that all read from. Should a copy be ended, the
    first one does what it left.
    """

    def __init__(self, chunks: Sequence[Chunk], job: Job, copies: int) -> None:
        self._chunks = chunks
        self._job = job
        self._done: dict[int, list[FileResult]] = {}
        self._received: dict[int, bytearray] = {}
        """What has come from each copy, by the pipe's number."""
        self._children: list[int] = []
        self._tokens, entrance = os.pipe()
        os.write(entrance, b"".join(_TOKEN.pack(index) for index in range(len(chunks))))
        os.close(entrance)
        for _ in range(copies):
            self._start()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGINT)
        for pipe in [self._tokens, *self._received]:
            os.close(pipe)
        for child in self._children:
            with contextlib.suppress(OSError):
                os.waitpid(child, 0)

    def _start(self) -> None:
        exit_, entrance = os.pipe()
        try:
            child = os.fork()
        except OSError:  # no more processes: this one does it all
            os.close(exit_)
            os.close(entrance)
            return
        if child == 0:
            status = 1
            try:
                os.close(exit_)
                while (index := self._next()) is not None:
                    payload = pickle.dumps(_check(self._chunks[index], self._job))
                    _write(entrance, _HEADER.pack(index, len(payload)) + payload)
                status = 0
            finally:
                os._exit(status)
        os.close(entrance)
        self._children.append(child)
        self._received[exit_] = bytearray()

    def _next(self) -> int | None:
        token = os.read(self._tokens, _TOKEN.size)
        return _TOKEN.unpack(token)[0] if token else None

    def in_order(self) -> Iterator[list[FileResult]]:
        """Work, and yield the results of the pieces in their order."""
        yielded = 0
        working = True
        while yielded < len(self._chunks):
            if working:
                index = self._next()
                working = index is not None
                if index is not None:
                    self._done[index] = _check(self._chunks[index], self._job)
            elif self._received:
                self._receive(None)
            else:  # a copy was ended
                self._done.setdefault(yielded, _check(self._chunks[yielded], self._job))
            self._receive(0)
            while yielded in self._done:
                yield self._done.pop(yielded)
                yielded += 1

    def _receive(self, timeout: float | None) -> None:
        """Take what has come from the copies; None waits for it."""
        if not self._received:
            return
        for pipe in select.select(list(self._received), [], [], timeout)[0]:
            data = os.read(pipe, 1 << 20)
            if not data:
                os.close(pipe)
                del self._received[pipe]
                continue
            self._received[pipe] += data
            self._unpack(self._received[pipe])

    def _unpack(self, received: bytearray) -> None:
        while len(received) >= _HEADER.size:
            index, length = _HEADER.unpack_from(received)
            end = _HEADER.size + length
            if len(received) < end:
                return
            self._done[index] = pickle.loads(bytes(received[_HEADER.size : end]))
            del received[:end]


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
