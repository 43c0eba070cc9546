"""What was found in files, kept for as long as neither they, nor settings, nor optport change.

An entry goes by the file's name and all that the user can set. It begins with a seal: a digest of
the program, the file's content and the rest of the entry. One with another seal counts as absent,
and so it is never older than what it tells of.

hashlib and the folder are imported when the first file is asked for: most runs on a few files end
before that.
"""

from __future__ import annotations

import os
import sys

from optport import __version__
from optport.files import STANDARD_INPUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.cli.cache_folder import Folder
    from optport.cli.checking import Given
    from optport.formats.result import FileResult

_SEAL = 32
"""Bytes of a seal, as of any digest here: what they begin with has a fixed length."""
NAME = 40
"""Hexadecimal digits of an entry's name."""


class Cache:
    """The results of one run that are kept, and those of runs before."""

    def __init__(self, directory: str) -> None:
        """Take the directory to keep them in. It is made when the first file is asked for."""
        self._directory = directory
        self._folder: Folder | None = None
        self._program: bytes | None = None

    def open(self) -> bool:
        """Whether results can be kept; makes the folder when first asked."""
        if self._program is None:
            from optport.cli.cache_folder import open_folder

            self._program = program_digest()
            self._folder = open_folder(self._directory)
        return self._folder is not None

    def slot(self, given: Given, ports: bool, data: bytes) -> Slot | None:
        """Return the place for the result of a file that holds `data`; None where there is none.

        `ports`: whether the result is to hold them.
        """
        if given.name == STANDARD_INPUT:
            return None
        if not self.open() or self._folder is None or self._program is None:
            return None
        return Slot(self._folder, self._program, given, ports, data)

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder is not None:
            self._folder.close()
            self._folder = None


class Slot:
    """The place for the result of one file."""

    def __init__(
        self, folder: Folder, program: bytes, given: Given, ports: bool, data: bytes
    ) -> None:
        """Take where entries are, and all that the result follows from."""
        from hashlib import sha256

        parts = os.path.abspath(given.name), given.shown, given.settings.judging, "01"[ports]
        name = sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
        origin = sha256(program + name.digest())
        origin.update(data)
        self._folder = folder
        self._path = given.shown
        self._name = name.hexdigest()[:NAME]
        self._origin = origin.digest()
        self.result: FileResult | None = None
        """What was looked up; None where there is nothing to say of the file."""

    def look_up(self) -> bool:
        """Whether the result is kept; it is `result` then."""
        entry = self._folder.read(self._name)
        if entry is None:
            return False
        body = entry[_SEAL:]
        if entry[:_SEAL] != self._seal(body):
            return False
        if body:
            from optport.cli.kept_results import decode

            self.result = decode(body, self._path)
        return not body or self.result is not None

    def fill(self, result: FileResult) -> None:
        """Keep a result, unless it tells of a failure of optport's own, which may not last."""
        if result.defective:
            return
        body = b""
        try:
            if result.diagnostics or result.constructions or result.troubles or result.warnings:
                from optport.cli.kept_results import encode

                body = encode(result)
            self._folder.write(self._name, self._seal(body) + body)
        except MemoryError:  # what was found is not lost for it
            return

    def _seal(self, body: bytes) -> bytes:
        from hashlib import sha256

        return sha256(self._origin + body).digest()


def cache_directory(asked: str | None = None) -> str | None:
    """Return the directory that caches are kept in; None where the system knows none.

    That is `asked`, ``$OPTPORT_CACHE_DIR``, or what the system has for the user's caches: never a
    directory of the checked tree, which could hold entries of its own making.
    """
    if own := asked or os.environ.get("OPTPORT_CACHE_DIR"):
        return os.path.abspath(own)
    place: tuple[str, ...]
    if base := os.environ.get("XDG_CACHE_HOME", ""):
        place = (base, "optport")
    elif sys.platform == "win32":
        place = (os.environ.get("LOCALAPPDATA", ""), "optport", "cache")
    elif sys.platform == "darwin":
        place = (os.path.expanduser("~"), "Library", "Caches", "optport")
    else:
        place = (os.path.expanduser("~"), ".cache", "optport")
    return os.path.join(*place) if os.path.isabs(place[0]) else None


def program_digest() -> bytes:
    """Return a digest of what makes results of sources: optport's own files, and Python's parser.

    A file counts by its name, size and time: that is what a checkout changes as it is worked on.
    An archive, which can't be looked into, counts by its version.
    """
    from hashlib import sha256

    files = sorted(_own_files(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    parts = __version__, sys.version, sys.get_int_max_str_digits(), files
    return sha256(repr(parts).encode()).digest()


def _own_files(directory: str) -> list[tuple[str, int, int]]:
    found = []
    pending = [directory]
    while pending:
        try:
            with os.scandir(pending.pop()) as listing:
                for entry in listing:
                    if entry.name == "__pycache__":
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        status = entry.stat()
                        found.append((entry.path, status.st_size, status.st_mtime_ns))
        except OSError:
            continue
    return found
