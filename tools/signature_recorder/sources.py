"""A release of a framework: a wheel, or a directory such as ``site-packages``. It is only read."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from packaging.version import InvalidVersion, Version

# The spelling of the distributions that install each framework's package.
_DISTRIBUTIONS = {
    "torch": r"torch",
    "paddle": r"paddlepaddle(-[a-z0-9]+)?",
    "mindspore": r"mindspore(-(gpu|ascend|cuda[a-z0-9-]*))?",
}
_Path = Path | zipfile.Path


class RecordError(Exception):
    """Unusable input; the message is one line that says what was wrong and what is allowed."""


class Source:
    """A wheel, or a directory with packages in it.

    Raises:
        RecordError: there is neither at ``path`` (Path).
    """

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        if not path.exists():
            raise RecordError(f"{path}: no such file or directory")
        if path.is_file() and path.suffix != ".whl":
            raise RecordError(f"{path}: neither a wheel (*.whl) nor a directory")
        try:
            self._root: _Path = path if path.is_dir() else zipfile.Path(path)
        except zipfile.BadZipFile:
            raise RecordError(f"{path}: not a wheel (a wheel is a zip archive)") from None

    def modules(self, name: str) -> dict[str, str]:
        """Return the texts (str) of the module ``name`` (str, dotted) and of all below it.

        They are by path (str); there are none where it is not there as .py.

        Raises:
            RecordError: the archive is damaged there.
        """
        path = name.replace(".", "/")
        files = [*_below(self._root / path, path), (f"{path}.py", self._root / f"{path}.py")]
        unreadable = zipfile.BadZipFile, EOFError, NotImplementedError, SyntaxError, ValueError
        try:
            return {
                path: importlib.util.decode_source(file.read_bytes())
                for path, file in files
                if path.endswith(".py") and file.is_file()
            }
        except unreadable as error:
            raise RecordError(f"{self.label}: cannot read {name}: {error}") from error

    def version(self, framework: str) -> str:
        """Return the version (str) of ``framework`` (str) that its dist-info states.

        Raises:
            RecordError: there is no dist-info of the framework, or several disagree.
        """
        versions = {
            release_number(one.version)
            for one in distributions(path=[self.label])
            if re.fullmatch(
                _DISTRIBUTIONS[framework], re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower()
            )
        }
        if len(versions) != 1:
            found = ", ".join(sorted(versions, key=Version)) or "none"
            raise RecordError(
                f"{self.label}: one dist-info of {framework} is needed to tell its version "
                f"(found: {found})"
            )
        return versions.pop()


def _below(folder: _Path, path: str) -> Iterator[tuple[str, _Path]]:
    """Yield the files below a folder by their paths, which begin with that of the folder."""
    for one in folder.iterdir() if folder.is_dir() else ():
        inside = f"{path}/{one.name}"
        yield from _below(one, inside) if one.is_dir() else [(inside, one)]


def release_number(text: str) -> str:
    """Return the release number in ``text`` (str) with at least three components.

    A post-release or local label ("+cpu") marks another build of the same code.

    Raises:
        RecordError: ``text`` is not a final release's version.
    """
    try:
        version = Version(text)
    except InvalidVersion:
        version = None
    if version is None or version.is_prerelease:
        raise RecordError(
            f"version {text!r} is not that of a final release, such as 2.10.0 or 2.10.0+cpu"
        )
    return ".".join(map(str, (*version.release, 0, 0)[: max(3, len(version.release))]))
