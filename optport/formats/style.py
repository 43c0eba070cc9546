"""Colours and links of terminals."""

from __future__ import annotations

import os
from typing import TextIO

from optport.lean import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How to set text off; plain unless `colour` and `links` are on."""

    colour: bool = False
    links: bool = False

    def _painted(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour and text else text

    def code(self, text: str, address: str | None = None) -> str:
        """A code, linked to its page where there is an address."""
        painted = self._painted(text, "1;31")
        if not (self.links and address):
            return painted
        return f"\x1b]8;;{address}\x1b\\{painted}\x1b]8;;\x1b\\"

    def strong(self, text: str) -> str:
        """What is to be seen first."""
        return self._painted(text, "1")

    def frame(self, text: str) -> str:
        """What surrounds quoted source."""
        return self._painted(text, "34")

    def marker(self, text: str) -> str:
        """What points to a place in it."""
        return self._painted(text, "1;31")

    def advice(self, text: str) -> str:
        """What to do, and that it can be done by itself."""
        return self._painted(text, "36")


PLAIN = Style()


def style_for(stream: TextIO) -> Style:
    """Return the style for a stream: colours and links at a terminal.

    ``NO_COLOR`` (not empty) turns colours off, ``FORCE_COLOR`` (not empty) on; links are for
    terminals alone.
    """
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    colour = terminal
    if os.environ.get("FORCE_COLOR"):
        colour = True
    if os.environ.get("NO_COLOR"):
        colour = False
    return Style(colour, links=terminal)
