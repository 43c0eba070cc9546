"""Reading source files, byte for byte: what can be read as Python text can be written back."""

from __future__ import annotations

import io
import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

STANDARD_INPUT = "-"


class UnreadableFile(Exception):
    """A file that can't be read as Python text; the message says why."""


def decode(data: bytes) -> str:
    """Decode Python source by its byte order mark or coding line; raises `UnreadableFile`."""
    text = decode_as(data, encoding_of(data))
    if "\0" in text:
        raise UnreadableFile("not Python text: it holds NUL bytes")
    return text


def encoding_of(data: bytes) -> str:
    """Return the encoding that Python reads a source in; raises `UnreadableFile`."""
    second = data.find(b"\n", data.find(b"\n") + 1)
    head = data if second < 0 else data[:second]
    if b"coding" not in head and not data.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    import tokenize  # for those who say what encoding it is

    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        raise UnreadableFile(f"not Python text: {error}") from None


def decode_as(data: bytes, encoding: str) -> str:
    """Decode a source text; raises `UnreadableFile`."""
    try:
        return data.decode(encoding)
    except (ValueError, LookupError, Warning) as error:  # whatever a codec has to say
        raise UnreadableFile(f"not Python text: {error}") from None


def encode_as(text: str, encoding: str) -> bytes | None:
    """Encode a source text, None where the encoding has no such characters."""
    try:
        return text.encode(encoding)
    except (ValueError, LookupError, Warning):
        return None


def read_bytes(path: str | Path) -> bytes:
    """Read one file, or standard input for ``-``; raises `UnreadableFile` that says why."""
    try:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise UnreadableFile("standard input is closed")
            return sys.stdin.buffer.read()
        with open(path, "rb", buffering=0) as stream:
            if stat.S_ISCHR(os.fstat(stream.fileno()).st_mode) and not stream.isatty():
                raise UnreadableFile("a device, which may have no end")
            return stream.read()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL, a closed stream
        raise UnreadableFile(getattr(error, "strerror", None) or str(error)) from None


def read_text(path: str | Path) -> str:
    """Read one source file, or standard input for ``-``; raises `UnreadableFile` that says why."""
    return decode(read_bytes(path))
