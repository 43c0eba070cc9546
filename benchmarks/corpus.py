"""Real files to measure on: installed packages' own sources, sorted into classes and sampled."""

from __future__ import annotations

import ast
import enum
import hashlib
import importlib.metadata
import random
import sysconfig
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from optport.check import check_tree
from optport.gate import concerns_us
from optport.options import default_options

_INSTALLED = "site-packages"


class Stratum(enum.Enum):
    """What a file is to optport; each is sampled by itself."""

    PLAIN = "without the word torch"
    PLAIN_PASSING = "without the word torch, passing the gate"
    TORCH = "with torch, stopped by the gate"
    TORCH_PASSING = "with torch, passing the gate, nothing constructed"
    CONSTRUCTS = "with constructions, installed packages"
    SCRIPTS = "with constructions, other directories"


@dataclass(frozen=True, slots=True)
class FileClass:
    """A class of files that a figure is given for."""

    name: str
    strata: tuple[Stratum, ...]


PLAIN = FileClass("(a) without torch", (Stratum.PLAIN, Stratum.PLAIN_PASSING))
TORCH = FileClass("(b) torch, no optimizer", (Stratum.TORCH, Stratum.TORCH_PASSING))
CONSTRUCTS = FileClass("(c) with optimizers, installed packages", (Stratum.CONSTRUCTS,))
SCRIPTS = FileClass("(c) with optimizers, other directories", (Stratum.SCRIPTS,))
PASSING = FileClass(
    "(c′) everything that passes the gate",
    (Stratum.PLAIN_PASSING, Stratum.TORCH_PASSING, Stratum.CONSTRUCTS, Stratum.SCRIPTS),
)
CLASSES = (PLAIN, TORCH, CONSTRUCTS, SCRIPTS, PASSING)


@dataclass(frozen=True, slots=True)
class Found:
    """One file on disk: where, of which package, with how many lines, and what it is to us."""

    path: Path
    package: str
    lines: int
    stratum: Stratum


@dataclass(frozen=True)
class Sampled:
    """One file that is measured on, and how many its stratum has."""

    found: Found
    text: str
    drawn_from: int

    @cached_property
    def lines(self) -> list[str]:
        """The lines, with their ends."""
        return self.text.splitlines(keepends=True)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return parse(self.text)


def parse(text: str) -> ast.Module:
    """Parse without the warnings about the source; raises `SyntaxError` or `ValueError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def standard_library() -> Path:
    """The directory of the running interpreter's standard library."""
    return Path(sysconfig.get_path("stdlib"))


def count_lines(text: str) -> int:
    """Lines of a text, with or without an end of line at its end."""
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def is_installed(directory: Path) -> bool:
    """Whether a directory holds packages as they are installed, and not somebody's scripts."""
    return directory.name == _INSTALLED or directory == standard_library()


def classify(text: str, installed: bool = True) -> Stratum | None:
    """Tell what a file is to optport; None when it can't be parsed."""
    has_torch = "torch" in text
    if not concerns_us(text):
        return Stratum.TORCH if has_torch else Stratum.PLAIN
    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if check_tree(tree, text, default_options()).constructions:
        return Stratum.CONSTRUCTS if installed else Stratum.SCRIPTS
    return Stratum.TORCH_PASSING if has_torch else Stratum.PLAIN_PASSING


def _python_files(directory: Path) -> Iterator[Path]:
    """All of a directory's own files, sorted; of the standard library not what is installed."""
    nested = directory / _INSTALLED
    for path in sorted(directory.rglob("*.py")):
        if path.is_file() and nested not in path.parents:
            yield path


def package_of(path: Path, directory: Path) -> str:
    """Name the package a file is of: its folder in ``site-packages``, else the directory."""
    if directory.name == _INSTALLED:
        return path.relative_to(directory).parts[0].removesuffix(".py")
    if directory == standard_library():
        return "standard library"
    return directory.name.replace("+", "/")


def read(path: Path) -> str | None:
    """Read a source as flake8 does; None where its encoding forbids."""
    try:
        with tokenize.open(path) as stream:
            return stream.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def find(directories: Iterable[Path]) -> Iterator[Found]:
    """Find and classify every readable file of the directories; of equal texts, the first only."""
    seen: set[bytes] = set()
    for directory in directories:
        for path in _python_files(directory):
            text = read(path)
            if text is None:
                continue
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
            if digest in seen:
                continue
            seen.add(digest)
            stratum = classify(text, is_installed(directory))
            if stratum is not None:
                yield Found(path, package_of(path, directory), count_lines(text), stratum)


@dataclass(frozen=True)
class Corpus:
    """All files found, and those chosen by seed."""

    files: Sequence[Found]
    seed: int

    def of(self, stratum: Stratum) -> list[Found]:
        """The files of a stratum, in the order of their paths."""
        return [found for found in self.files if found.stratum is stratum]

    def sample(self, stratum: Stratum, count: int) -> list[Sampled]:
        """Choose `count` files that can be parsed; a smaller count chooses the first of them."""
        population = self.of(stratum)
        order = random.Random(self.seed).sample(population, len(population))
        chosen: list[tuple[Found, str]] = []
        for found in order:
            if len(chosen) == count:
                break
            text = read(found.path)
            if text is not None and _parses(text):
                chosen.append((found, text))
        return [Sampled(found, text, len(population)) for found, text in chosen]

    def packages(self) -> Counter[str]:
        """How many files each package has."""
        return Counter(found.package for found in self.files)


def _parses(text: str) -> bool:
    try:
        parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def versions(directories: Iterable[Path]) -> Mapping[str, str]:
    """The versions of the packages installed in the directories, by the names imported."""
    found: dict[str, str] = {}
    for directory in directories:
        for distribution in importlib.metadata.distributions(path=[str(directory)]):
            names = (distribution.read_text("top_level.txt") or distribution.name).split()
            found.update(dict.fromkeys(names, distribution.version))
    return found
