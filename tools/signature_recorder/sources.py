"""Where the .py files of a release come from: a wheel or a directory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from signature_recorder.errors import RecordError


class Source(Protocol):
    """A tree of files; paths are relative and use ``/``."""

    label: str

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str), None if there is no such file."""

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each installed distribution."""


class DirectorySource:
    """A directory with packages in it, such as ``site-packages``."""

    def __init__(self, root: Path) -> None:
        self.label = str(root)
        self._root = root

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str), None if there is no such file."""
        try:
            return (self._root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each installed distribution."""
        for path in sorted(self._root.glob("*.dist-info/METADATA")):
            yield path.read_bytes()


class WheelSource:
    """A wheel file.

    Raises:
        RecordError: the file is not a readable zip archive.
    """

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        try:
            self._archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise RecordError(f"{path}: not a wheel (a wheel is a zip archive)") from None
        self._names = frozenset(self._archive.namelist())

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str), None if there is no such file.

        Raises:
            RecordError: the archive is damaged there.
        """
        if path not in self._names:
            return None
        try:
            return self._archive.read(path)
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise RecordError(f"{self.label}: cannot read {path}: {error}") from error

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each distribution in the wheel."""
        for name in sorted(self._names):
            if re.fullmatch(r"[^/]+\.dist-info/METADATA", name):
                yield self._archive.read(name)


def module_file(source: Source, name: str) -> tuple[str, bytes] | None:
    """Return path (str) and content (bytes) of the module ``name`` (str, dotted).

    None means that ``source`` (Source) does not have it as .py.
    """
    path = name.replace(".", "/")
    for candidate in (f"{path}/__init__.py", f"{path}.py"):
        content = source.read(candidate)
        if content is not None:
            return candidate, content
    return None
