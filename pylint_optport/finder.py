"""Finding the modules of the user's own that an import leads to. Nothing is imported or run."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import field
from functools import cached_property
from pathlib import Path

from astroid import MANAGER
from astroid.exceptions import AstroidError

from optport.files import UnreadableFile, read_text
from optport.lean import dataclass
from optport.signatures import ApiKind, known_names

_INSTALLED = frozenset({"site-packages", "dist-packages"})
TORCH = "torch"
"""The top-level name that is never followed: what it holds, the core knows by name."""

_SPACE = r"(?:[ \t\f]|\\\r?\n)"
_IMPORT = re.compile(
    rf"(?:^|[;:\r]){_SPACE}*(?:from\b(?:{_SPACE}|[.\w]){{1,400}}?)?\bimport\b{_SPACE}*(\(?)",
    re.MULTILINE,
)
_REST = re.compile(r"(?:[^\r\n\\#;]|\\\r?\n)*")
_WORD = re.compile(r"\w+|\*")
_NAMED_LIKE_OPTIMIZERS = re.compile(r"optim|(?:^|_)opt(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a module's text shows at a glance, as far as optimizers may come through it."""

    may_export: bool
    """Whether it may name an optimizer of torch, or import one under a name that tells."""
    imported: frozenset[str]
    """The words of its import statements; ``*`` for a star import."""

    @property
    def has_star(self) -> bool:
        """Whether there is a star import."""
        return "*" in self.imported

    def may_hold(self, name: str) -> bool:
        """Whether an optimizer may be had from the module under that name."""
        return self.may_export or name in self.imported or self.has_star


def outline(text: str) -> Outline:
    """Look over a module's text."""
    words = frozenset(word for part in _imported(text) for word in _WORD.findall(part))
    may_export = (
        ("torch" in text and "optim" in text)
        or any(_NAMED_LIKE_OPTIMIZERS.search(word) for word in words)
        or not words.isdisjoint(known_names(ApiKind.OPTIMIZER))
    )
    return Outline(may_export, words)


def _imported(text: str) -> Iterator[str]:
    """Yield what stands behind each ``import``, within brackets or to the end of the statement.

    Each character is looked at once, whatever brackets are open.
    """
    at = 0
    closing = 0
    while found := _IMPORT.search(text, at):
        start = found.end()
        if found[1] and 0 <= closing < start:
            closing = text.find(")", start)
        if found[1] and closing >= 0:
            at = closing
        else:
            rest = _REST.match(text, start)
            at = start if rest is None else rest.end()
        yield text[start:at]


@dataclass(eq=False)
class Source:
    """A module or namespace of the user's own."""

    name: str
    path: Path | None = None
    """None for a namespace: a directory without ``__init__.py``."""
    package: bool = True

    @cached_property
    def outline(self) -> Outline:
        """What the module's text shows at a glance."""
        return outline(self.text())

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the module's text: a name that is bound there is one of them."""
        return frozenset(_WORD.findall(unicodedata.normalize("NFKC", self.text())))

    @property
    def inside(self) -> str:
        """The package that the module's relative imports start at."""
        return self.name if self.package else self.name.rpartition(".")[0]

    def text(self) -> str:
        """Return the module's text; empty where it can't be read."""
        try:
            return "" if self.path is None else read_text(self.path)
        except UnreadableFile:
            return ""


@dataclass
class Finder:
    """Finds modules by their full names; remembers what it found."""

    _found: dict[str, Source | None] = field(default_factory=dict)

    def find(self, name: str, home: str = "") -> Source | None:
        """Return the module of that name, None for one that is not the user's own.

        Installed packages are followed only from their own modules; `home` is the top-level
        package of the module that asks.
        """
        top, _, below = name.partition(".")
        if top == TORCH or (top in sys.stdlib_module_names and top != home):
            return None
        if name not in self._found:
            parent = self.find(name.rpartition(".")[0], home) if below else None
            inside = not below or (parent is not None and parent.package)
            self._found[name] = _located(name) if inside else None
        found = self._found[name]
        installed = found is not None and found.path is not None and _is_installed(found.path)
        return found if not installed or top == home else None


def _is_installed(path: Path) -> bool:
    return not _INSTALLED.isdisjoint(path.parts)


def _located(name: str) -> Source | None:
    try:
        spec = MANAGER.file_from_module_name(name, None)
    except (AstroidError, ImportError, ValueError, OSError):
        return None
    if not spec.location:
        namespace = bool(spec.submodule_search_locations)
        return Source(name) if namespace else None
    path = Path(spec.location)
    if path.suffix != ".py" or not path.is_file():
        return None  # compiled, or in an archive
    return Source(name, path, package=path.stem == "__init__")
