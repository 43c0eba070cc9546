"""Standard output and error: never in the way, whatever becomes of them."""

from __future__ import annotations

import contextlib
import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


class OutputLost(Exception):
    """Nothing more can be printed; `status` is what the program ends with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Console:
    """Prints findings on standard output, and trouble on standard error.

    A pipe that nobody reads any more ends the program quietly; a disk that is full ends it with a
    line. No character is refused for the encoding of the output.
    """

    def __init__(self) -> None:
        """Take the streams of the process."""
        self.status = 0
        """What the program would end with as things are."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")

    @property
    def output(self) -> TextIO | None:
        """Standard output; None where it is closed."""
        return sys.stdout

    def print(self, text: str) -> None:
        """Print on standard output; raises `OutputLost`."""
        if sys.stdout is None:
            return
        try:
            sys.stdout.write(text)
        except OSError as error:
            self._lost(error)

    def print_bytes(self, data: bytes) -> None:
        """Print bytes as they are on standard output; raises `OutputLost`."""
        if sys.stdout is None:
            return
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        except OSError as error:
            self._lost(error)

    def flush(self) -> None:
        """See to it that all is printed; raises `OutputLost`."""
        if sys.stdout is None:
            return
        try:
            sys.stdout.flush()
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> None:
        # What is still in the buffer can't be printed at exit either.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise OutputLost(self.status) from None
        self.trouble(f"standard output: {error.strerror or error}")
        raise OutputLost(2) from None

    def trouble(self, message: str) -> None:
        """Print one line on standard error: what could not be done."""
        self.status = 2
        self.tell(f"optport: error: {message}\n")

    def warn(self, message: str) -> None:
        """Print one line on standard error that changes nothing."""
        self.tell(f"optport: warning: {message}\n")

    def tell(self, text: str) -> None:
        """Print on standard error, if it takes anything."""
        if sys.stderr is None:
            return
        with contextlib.suppress(OSError):
            if sys.stdout is not None:
                sys.stdout.flush()
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()
