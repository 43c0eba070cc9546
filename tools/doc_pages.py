"""Pages from their templates below `tools/pages`."""

from __future__ import annotations

from pathlib import Path

from doc_evidence import code, table
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    autoescape=False,
)
_TEMPLATES.globals["table"] = table
_TEMPLATES.filters["code"] = code


def page(template: str, **data: object) -> str:
    """The text of a page that a template makes of some data."""
    return _TEMPLATES.get_template(f"{template}.md").render(data)
