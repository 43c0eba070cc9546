"""Finding and reading Python files."""

from __future__ import annotations

import io
import os
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

SKIPPED_DIRECTORIES = frozenset({"__pycache__", "node_modules"})
"""Directories that are never descended into; neither are hidden ones."""


class UnreadableFile(Exception):
    """A file that can't be read as Python text; the message says why."""


def python_files(paths: Iterable[str]) -> Iterator[Path]:
    """Yield the files named, and every ``*.py`` below the directories named, in sorted order.

    Links to directories are not followed; pipes, sockets and devices are passed over there.
    """
    for name in paths:
        path = Path(name)
        if path.is_dir():
            for folder, folders, files in os.walk(path):
                folders[:] = sorted(
                    f for f in folders if f not in SKIPPED_DIRECTORIES and not f.startswith(".")
                )
                found = (Path(folder, f) for f in sorted(files) if f.endswith(".py"))
                yield from (f for f in found if f.is_file() or not f.exists())
        else:
            yield path  # reading it says what is wrong, should it not be there


def decode(data: bytes) -> str:
    """Decode Python source by its byte order mark or coding line; raises `UnreadableFile`."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise UnreadableFile(f"not Python text: {error}") from None
    if "\0" in text:
        raise UnreadableFile("not Python text: it holds NUL bytes")
    return text


STANDARD_INPUT = Path("-")


def read_text(path: Path) -> str:
    """Read one source file, or standard input for ``-``; raises `UnreadableFile` that says why."""
    try:
        return decode(sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes())
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error)) from None
