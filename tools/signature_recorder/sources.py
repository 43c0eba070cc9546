"""Where the .py files of a release come from: a wheel or a directory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from signature_recorder.errors import RecordError


class Source:
    """A wheel, or a directory with packages in it, such as ``site-packages``.

    Raises:
        RecordError: a file that is not a readable zip archive.
    """

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        try:
            self._root = path if path.is_dir() else zipfile.Path(path)
        except zipfile.BadZipFile:
            raise RecordError(f"{path}: not a wheel (a wheel is a zip archive)") from None

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str, with ``/``), None if there is none.

        Raises:
            RecordError: the archive is damaged there.
        """
        file = self._root / path
        try:
            return file.read_bytes() if file.is_file() else None
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise RecordError(f"{self.label}: cannot read {path}: {error}") from error

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each distribution that is there."""
        for name in sorted(entry.name for entry in self._root.iterdir()):
            content = self.read(f"{name}/METADATA") if name.endswith(".dist-info") else None
            if content is not None:
                yield content


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
