"""Copies of this process that share work with it.

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
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_TOKEN = struct.Struct("=I")
_HEADER = struct.Struct("=IQ")


class Crew:
    """The process and some copies of it. Each takes the next piece of work when it has done one.

    The numbers of the pieces wait in a pipe that all read from. Should a copy be ended, the
    first one does what it left.
    """

    def __init__(self, chunks: Sequence[Any], work: Callable[[Any], Any], copies: int) -> None:
        """Take the pieces, what to do with one (its result can be pickled), and how many copies.

        As many pieces as a pipe has room for the numbers of: a thousand fit everywhere.
        """
        self._chunks = chunks
        self._work = work
        self._done: dict[int, Any] = {}
        self._received: dict[int, bytearray] = {}
        """What has come from each copy, by the pipe's number."""
        self._children: list[int] = []
        self._tokens, entrance = os.pipe()
        os.write(entrance, b"".join(_TOKEN.pack(index) for index in range(len(chunks))))
        os.close(entrance)
        self._copies = copies

    def __enter__(self) -> Crew:
        try:
            for _ in range(self._copies):
                self._start()
        except BaseException:  # such as an interrupt
            self.__exit__()
            raise
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
        # An interrupt waits until this process knows its copy, and the copy what ends it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            self._fork(exit_, entrance, before)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _fork(self, exit_: int, entrance: int, mask: set[Any]) -> None:
        try:
            child = os.fork()
        except OSError:  # no more processes: this one does it all
            os.close(exit_)
            os.close(entrance)
            return
        if child == 0:
            status = 1
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                os.close(exit_)
                while (index := self._next()) is not None:
                    payload = pickle.dumps(self._work(self._chunks[index]))
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

    def in_order(self) -> Iterator[Any]:
        """Work, and yield the results of the pieces in their order."""
        yielded = 0
        working = True
        while yielded < len(self._chunks):
            if working:
                index = self._next()
                working = index is not None
                if index is not None:
                    self._done[index] = self._work(self._chunks[index])
            elif self._received:
                self._receive(None)
            else:  # a copy was ended
                self._done[yielded] = self._work(self._chunks[yielded])
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
