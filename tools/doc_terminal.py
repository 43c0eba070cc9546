"""The picture of what `optport check` prints at a terminal: its real output, drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

from svg import number

ROOT = Path(__file__).parent.parent
COMMAND = ("check", "--isolated", "--select=OPT103,OPT104,OPT202", "--output-format=full")
SHOWN = "optport check --select=OPT103,OPT104,OPT202 examples/train.py"
COLUMNS = 112
WIDTH, HEIGHT, EDGE = 7.8, 18.0, 16.0
"""Pixels of a character, of a line, and around all of them."""

_ESCAPE = re.compile(r"\x1b\[([\d;]*)m")
_COLOURS = {"31": "#ff7b72", "34": "#79c0ff", "36": "#56d4dd", "1": "#f0f6fc", "0": "#c9d1d9"}
_STYLE = (
    "rect{fill:#0d1117}text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"
    "'DejaVu Sans Mono',monospace;white-space:pre}.bold{font-weight:bold}"
)


class _Run(NamedTuple):
    """Text of one look, where it stands on its line."""

    column: int
    text: str
    colour: str
    bold: bool


def terminal_pages() -> Mapping[str, str]:
    """Return the picture by its name below docs/."""
    return {"pictures/check.svg": picture(f"\x1b[36m$\x1b[0m {SHOWN}\n{printed()}")}


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


def picture(text: str) -> str:
    """Return a drawing of what a terminal shows of a text with its colours."""
    lines = [line for whole in text.rstrip("\n").split("\n") for line in _wrapped(_runs(whole))]
    width, height = COLUMNS * WIDTH + 2 * EDGE, len(lines) * HEIGHT + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" '
        f'height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}" role="img">',
        "<title>What optport check prints</title>",
        f"<desc>{escape(_ESCAPE.sub('', text))}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{number(width)}" height="{number(height)}" rx="8"/>',
    ]
    for row, line in enumerate(lines):
        parts += [_drawn(row, run) for run in line if run.text.strip()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _runs(line: str) -> list[_Run]:
    found: list[_Run] = []
    colour, bold, column = _COLOURS["0"], False, 0
    for at, part in enumerate(_ESCAPE.split(line)):
        if at % 2 == 0:
            found.append(_Run(column, part, colour, bold))
            column += len(part)
            continue
        codes = part.split(";")
        bold = "1" in codes
        colour = _COLOURS[next((one for one in codes if one != "1"), "1" if bold else "0")]
    return [run for run in found if run.text]


def _wrapped(runs: list[_Run]) -> Iterator[list[_Run]]:
    """Yield the lines that a line is shown on."""
    line: list[_Run] = []
    for run in runs:
        begin = run.column
        while begin < run.column + len(run.text):
            room = COLUMNS - begin % COLUMNS
            text = run.text[begin - run.column :][:room]
            line.append(run._replace(column=begin % COLUMNS, text=text))
            begin += len(text)
            if begin % COLUMNS == 0:
                yield line
                line = []
    if line or not runs:
        yield line


def _drawn(row: int, run: _Run) -> str:
    before = len(run.text) - len(run.text.lstrip())
    x = EDGE + (run.column + before) * WIDTH
    y = EDGE + (row + 0.75) * HEIGHT
    text = run.text.strip()
    bold = ' class="bold"' if run.bold else ""
    length = f'textLength="{number(len(text) * WIDTH)}" lengthAdjust="spacingAndGlyphs"'
    place = f'x="{number(x)}" y="{number(y)}"'
    return f'<text {place} fill="{run.colour}"{bold} {length}>{escape(text)}</text>'
