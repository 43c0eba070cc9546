"""The picture of what `optport check` prints at a terminal: its real output, drawn."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from doc_pages import page
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parent.parent
COMMAND = (
    *("check", "--isolated", "--no-cache", "--select=OPT103,OPT104,OPT202"),
    "--output-format=full",
)
SHOWN = "optport check --select=OPT103,OPT104,OPT202 examples/train.py"
_ESCAPE = re.compile(r"\x1b\[[\d;]*m")
_UNDERLINES = re.compile(r"\x1b\[58;[\d;]*m")
"""Colours of lines below the text, which rich does not know: that of the text will do."""
_NEEDLESS = re.compile(r'<text [^>]*>\n</text>| clip-path="[^"]*"')
"""The ends of lines, and what never cuts anything off here."""
_BLACK, _WHITE = (13, 17, 23), (201, 209, 217)
_RED, _GREEN, _YELLOW = (255, 123, 114), (86, 211, 100), (227, 179, 65)
_BLUE, _MAGENTA, _CYAN = (121, 192, 255), (210, 168, 255), (86, 212, 221)
_COLOURS = [_BLACK, _RED, _GREEN, _YELLOW, _BLUE, _MAGENTA, _CYAN, _WHITE]


def terminal_pages() -> Mapping[str, str]:
    """Return the picture by its name below docs/."""
    text = f"\x1b[36m$\x1b[0m {SHOWN}\n{printed()}"
    return {"pictures/check.svg": picture(text, "What optport check prints")}


def printed() -> str:
    """What a terminal with colours is sent."""
    done = subprocess.run(
        [sys.executable, "-m", "optport", *COMMAND, "examples/train.py"],
        cwd=ROOT,
        env={**os.environ, "FORCE_COLOR": "1", "NO_COLOR": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 1:
        raise RuntimeError(done.stderr)
    return done.stdout


def picture(text: str, title: str, columns: int = 112) -> str:
    """Return a drawing of what a terminal shows of a text with its colours."""
    nowhere = io.StringIO()
    console = Console(
        file=nowhere, record=True, width=columns, color_system="truecolor", force_terminal=True
    )
    for line in text.rstrip("\n").split("\n"):
        shown = Text.from_ansi(_UNDERLINES.sub("", line))
        for part in shown.divide(range(columns, len(shown), columns)):
            console.print(part, no_wrap=True)
    svg = console.export_svg(
        theme=TerminalTheme(_BLACK, _WHITE, _COLOURS),
        code_format=page("terminal.svg", title=title, text=_ESCAPE.sub("", text)),
        unique_id="p",
    )
    return _NEEDLESS.sub("", svg).replace("><", ">\n<")
