"""The picture of what `optport check` prints at a terminal: its real output, drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text
from svg import number

ROOT = Path(__file__).parent.parent
COMMAND = (
    *("check", "--isolated", "--no-cache", "--select=OPT103,OPT104,OPT202"),
    "--output-format=full",
)
SHOWN = "optport check --select=OPT103,OPT104,OPT202 examples/train.py"
WIDTH, HEIGHT, EDGE = 7.8, 18.0, 16.0
"""Pixels of a character, of a line, and around all of them."""

_ESCAPE = re.compile(r"\x1b\[[\d;]*m")
_UNDERLINES = re.compile(r"\x1b\[58;[\d;]*m")
"""Colours of lines below the text, which rich does not know: that of the text will do."""
_PALETTE = {1: "#ff7b72", 4: "#79c0ff", 6: "#56d4dd"}
_PLAIN, _BRIGHT = "#c9d1d9", "#f0f6fc"
_STYLE = (
    "rect{fill:#0d1117}text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"
    "'DejaVu Sans Mono',monospace;white-space:pre}.bold{font-weight:bold}"
)
_CONSOLE = Console(color_system="truecolor", force_terminal=True)


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
    lines = list(_lines(text, columns))
    width, height = columns * WIDTH + 2 * EDGE, len(lines) * HEIGHT + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" '
        f'height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(_ESCAPE.sub('', text))}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{number(width)}" height="{number(height)}" rx="8"/>',
    ]
    for row, line in enumerate(lines):
        pieces = list(_pieces(line))
        parts += [_ground(row, *one) for one in pieces if _colour(one[2].bgcolor)]
        parts += [_drawn(row, *one) for one in pieces if one[1].strip()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lines(text: str, columns: int) -> Iterator[Text]:
    """Yield the lines that a text is shown on."""
    for line in text.rstrip("\n").split("\n"):
        shown = Text.from_ansi(_UNDERLINES.sub("", line))
        yield from shown.divide(range(columns, len(shown), columns))


def _pieces(line: Text) -> Iterator[tuple[int, str, Style]]:
    """Yield the pieces of one look with the column that they begin in."""
    column = 0
    for text, style, _ in line.render(_CONSOLE):
        if text:
            yield column, text, style or Style()
            column += len(text)


def _colour(colour: Color | None) -> str | None:
    if colour is None or colour.is_default:
        return None
    return _PALETTE[colour.number] if colour.number is not None else colour.name


def _ground(row: int, column: int, text: str, style: Style) -> str:
    x, y = EDGE + column * WIDTH, EDGE + row * HEIGHT
    size = f'width="{number(len(text) * WIDTH)}" height="{number(HEIGHT)}"'
    fill = _colour(style.bgcolor)
    return f'<rect x="{number(x)}" y="{number(y)}" {size} style="fill:{fill}"/>'


def _drawn(row: int, column: int, text: str, style: Style) -> str:
    before = len(text) - len(text.lstrip())
    x = EDGE + (column + before) * WIDTH
    y = EDGE + (row + 0.75) * HEIGHT
    text = text.strip()
    look = ' class="bold"' if style.bold else ""
    look += ' text-decoration="underline"' if style.underline else ""
    colour = _colour(style.color) or (_BRIGHT if style.bold else _PLAIN)
    length = f'textLength="{number(len(text) * WIDTH)}" lengthAdjust="spacingAndGlyphs"'
    place = f'x="{number(x)}" y="{number(y)}"'
    return f'<text {place} fill="{colour}"{look} {length}>{escape(text)}</text>'
