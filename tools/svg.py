"""Small SVG drawings that read well on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

TEXT = "#6e7681"
"""Mid grey: readable on white and on near-black where a viewer knows no colour scheme."""

STYLE = (
    "text{font:12px sans-serif;fill:#6e7681}.head{font-weight:bold}.axis{stroke:#8b949e;"
    "stroke-width:1;fill:none}.grid{stroke:#8b949e;stroke-opacity:.3;fill:none}"
    ".limit{stroke:#8b949e;stroke-dasharray:2 3;fill:none}.end{text-anchor:end}"
    ".mid{text-anchor:middle}"
    "@media (prefers-color-scheme:dark){text{fill:#c9d1d9}}"
    "@media (prefers-color-scheme:light){text{fill:#32383f}}"
)


def number(value: float) -> str:
    """A coordinate, short and the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def document(width: int, height: int, title: str, text: str, parts: Iterable[str]) -> str:
    """A whole drawing; `title` and `text` describe it to who cannot see it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">'
    )
    lines = [
        head,
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(text)}</desc>",
        f"<style>{STYLE}</style>",
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def label(x: float, y: float, text: str, kind: str = "") -> str:
    """A text; `kind` names classes of :data:`STYLE`."""
    shown = f' class="{kind}"' if kind else ""
    return f'<text x="{number(x)}" y="{number(y)}"{shown}>{escape(text)}</text>'


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A filled rectangle."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" fill="{fill}"/>'
    )


def straight(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line of a class of :data:`STYLE`."""
    return f'<polyline class="{kind}" points="{_points(points)}"/>'


def curve(
    points: Sequence[tuple[float, float]], colour: str, width: float = 2, dash: str = ""
) -> str:
    """A coloured line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline fill="none" stroke="{colour}" stroke-width="{number(width)}"{dashed} '
        f'stroke-linejoin="round" points="{_points(points)}"/>'
    )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
