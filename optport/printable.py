"""Text from source files and file names, made safe to show.

A message is one line, and no terminal, log or workflow runner may take a part of it for a command:
what isn't a visible character is shown escaped, as Python would write it.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 and C1 controls: escape sequences, line ends
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"  # characters without a shape of their own
    "\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f"  # line separators, bidirectional controls
    "\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff"  # half a character: a file name's byte that is not UTF-8
    "\U000e0000-\U000e007f"  # tags
    "]"
    r"|##(?=(?:vso|teamcity)?\[)"  # begins a command anywhere in a line of some build logs
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "##": "#\\x23"}


def printable(text: str) -> str:
    r"""Return the text with everything that is no visible character escaped.

    Control, separator, bidirectional and invisible characters become ``\n``, ``\x1b``, ``\u202e``;
    bytes of a file name that are no UTF-8 become ``\xe9``.
    """
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return _UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if found in _SHORT:
        return _SHORT[found]
    number = ord(found)
    if 0xDC80 <= number <= 0xDCFF:  # how Python keeps an undecodable byte of a file name
        number -= 0xDC00
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
