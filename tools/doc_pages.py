"""Pages and drawings from their templates below `tools/pages`."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from doc_evidence import code, table
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    extensions=["jinja2.ext.do"],
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    autoescape=False,
)
_TEMPLATES.globals["table"] = table
_TEMPLATES.filters["code"] = code
_STYLE = (
    "text{fill:#6e7681}"  # mid grey: where a viewer knows no colour scheme
    "@media (prefers-color-scheme:dark){text{fill:#c9d1d9}}"
    "@media (prefers-color-scheme:light){text{fill:#32383f}}"
)
_NEEDLESS = re.compile(r' (?:aria-\w+|class|pointer-events|role|version|xmlns:\w+)="[^"]*"')
"""Attributes that no viewer of a picture looks at."""


def page(template: str, **data: object) -> str:
    """The text of a page that a template makes of some data."""
    return _TEMPLATES.get_template(template).render(data)


def drawing(template: str, title: str, described: str, **data: object) -> str:
    """An SVG drawing by the Vega-Lite specification that a template makes of some data.

    `title` and `described` are for who cannot see it. Needs the extra `docs`.
    """
    from vl_convert import vegalite_to_svg

    drawn = vegalite_to_svg(page(f"{template}.json", **data))
    head, _, shapes = _NEEDLESS.sub("", drawn).replace("><", ">\n<").partition(">")
    said = f"<title>{escape(title)}</title>\n<desc>{escape(described)}</desc>"
    return f'{head} role="img">\n{said}\n<style>{_STYLE}</style>{shapes}\n'
