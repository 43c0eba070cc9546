"""What `optport check` prints: one module a format, each a `Formatter`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol

from optport.formats.result import FileResult, Totals
from optport.formats.style import PLAIN, Style

_CLASSES = {
    "concise": ("optport.formats.concise", "Concise"),
    "full": ("optport.formats.full", "Full"),
    "github": ("optport.formats.github", "Github"),
    "gitlab": ("optport.formats.gitlab", "Gitlab"),
    "json": ("optport.formats.json_report", "Json"),
    "junit": ("optport.formats.junit", "Junit"),
    "sarif": ("optport.formats.sarif", "Sarif"),
}


class Formatter(Protocol):
    """Makes of results the text of one format. Every text ends with a line end."""

    def file(self, result: FileResult) -> Iterable[str]:
        """Yield what is printed as soon as a file has been checked."""
        ...

    def end(self, totals: Totals) -> Iterable[str]:
        """Yield what is printed when all files have been."""
        ...


def formatter(name: str, style: Style = PLAIN) -> Formatter:
    """Return a new formatter; `name` is one of `optport.config_keys.FORMATS`."""
    module, made = _CLASSES[name]
    found: Formatter = getattr(import_module(module), made)(style)
    return found
