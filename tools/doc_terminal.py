"""The picture of what `optport check` prints at a terminal: its real output, drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from svg import number

ROOT = Path(__file__).parent.parent
COMMAND = (
    *("check", "--isolated", "--no-cache", "--select=OPT103,OPT104,OPT202"),
    "--output-format=full",
)
SHOWN = "optport check --select=OPT103,OPT104,OPT202 examples/train.py"
WIDTH, HEIGHT, EDGE = 7.8, 18.0, 16.0
"""Pixels of a character, of a line, and around all of them."""

_ESCAPE = re.compile(r"\x1b\[([\d;]*)m")
_COLOURS = {"31": "#ff7b72", "34": "#79c0ff", "36": "#56d4dd"}
_PLAIN, _BRIGHT = "#c9d1d9", "#f0f6fc"
_STYLE = (
    "rect{fill:#0d1117}text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"
    "'DejaVu Sans Mono',monospace;white-space:pre}.bold{font-weight:bold}"
)


@dataclass(frozen=True)
class _Run:
    """Text of one look, where it stands on its line."""

    column: int = 0
    text: str = ""
    colour: str | None = None
    ground: str | None = None
    bold: bool = False
    underlined: bool = False


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
    wholes = text.rstrip("\n").split("\n")
    lines = [line for whole in wholes for line in _wrapped(_runs(whole), columns)]
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
        parts += [_ground(row, run) for run in line if run.ground]
        parts += [_drawn(row, run) for run in line if run.text.strip()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _runs(line: str) -> list[_Run]:
    found: list[_Run] = []
    run = _Run()
    for at, part in enumerate(_ESCAPE.split(line)):
        if at % 2 == 0:
            run = replace(run, text=part)
            found.append(run)
            run = replace(run, column=run.column + len(part))
        else:
            run = _changed(run, part)
    return [run for run in found if run.text]


def _changed(run: _Run, codes: str) -> _Run:
    """The look that the codes of one escape sequence make of another."""
    left = iter(codes.split(";"))
    for code in left:
        if code in ("", "0"):
            run = _Run(run.column)
        elif code in ("1", "4"):
            run = replace(run, bold=run.bold or code == "1", underlined=code == "4")
        elif code in ("38", "48", "58"):
            next(left)  # 2: red, green and blue follow
            colour = "#" + "".join(f"{int(next(left)):02x}" for _ in range(3))
            run = _coloured(run, code, colour)
        elif code in ("39", "49"):
            run = _coloured(run, code, None)
        elif code in _COLOURS:
            run = replace(run, colour=_COLOURS[code])
    return run


def _coloured(run: _Run, code: str, colour: str | None) -> _Run:
    if code == "58":  # of the line below the text: that of the text will do
        return run
    return replace(run, colour=colour) if code[0] == "3" else replace(run, ground=colour)


def _wrapped(runs: list[_Run], columns: int) -> Iterator[list[_Run]]:
    """Yield the lines that a line is shown on."""
    line: list[_Run] = []
    for run in runs:
        begin = run.column
        while begin < run.column + len(run.text):
            room = columns - begin % columns
            text = run.text[begin - run.column :][:room]
            line.append(replace(run, column=begin % columns, text=text))
            begin += len(text)
            if begin % columns == 0:
                yield line
                line = []
    if line or not runs:
        yield line


def _ground(row: int, run: _Run) -> str:
    x, y = EDGE + run.column * WIDTH, EDGE + row * HEIGHT
    size = f'width="{number(len(run.text) * WIDTH)}" height="{number(HEIGHT)}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size} style="fill:{run.ground}"/>'


def _drawn(row: int, run: _Run) -> str:
    before = len(run.text) - len(run.text.lstrip())
    x = EDGE + (run.column + before) * WIDTH
    y = EDGE + (row + 0.75) * HEIGHT
    text = run.text.strip()
    look = ' class="bold"' if run.bold else ""
    look += ' text-decoration="underline"' if run.underlined else ""
    colour = run.colour or (_BRIGHT if run.bold else _PLAIN)
    length = f'textLength="{number(len(text) * WIDTH)}" lengthAdjust="spacingAndGlyphs"'
    place = f'x="{number(x)}" y="{number(y)}"'
    return f'<text {place} fill="{colour}"{look} {length}>{escape(text)}</text>'
