"""Unified differences of files, byte for byte."""

from __future__ import annotations

import difflib
import re

from optport.printable import printable


def difference(name: str, before: bytes, after: bytes, escaped: bool = False) -> bytes:
    """Return the unified difference of two contents of a file, as ``patch`` takes it.

    `escaped` is for a terminal: what is no visible character is shown escaped.
    """
    if before == after:
        return b""
    found = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(before),
        _lines(after),
        name.encode("utf-8", "surrogateescape"),
        name.encode("utf-8", "surrogateescape"),
    )
    made = b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in found
    )
    if not escaped:
        return made
    shown = made.decode("utf-8", "surrogateescape").replace("\t", "    ").replace("\r\n", "\n")
    return "".join(f"{printable(line)}\n" for line in shown.split("\n")[:-1]).encode()


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)
