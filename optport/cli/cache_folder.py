"""The folder of a cache: one file an entry, read and replaced whole, thrown away when unused.

Whatever goes wrong with it, an entry is absent or is not kept: nothing here raises `OSError`, but
for `remove_folder`, which is asked for. On POSIX, a folder or an entry that belongs to another user
or that others can write to is not used, and links in their place are not followed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time

FOLDER = "optport-check"
"""The name of the folder, in the directory that caches are kept in."""
MAX_ENTRY = 4 << 20
"""Bytes of an entry; a larger one is not kept."""
MAX_ENTRIES = 50_000
"""Entries that a sweep leaves; those used last stay."""
DAY = 86_400.0
UNUSED = 30 * DAY
"""Seconds for which an entry stays that is not used."""

_ENTRY = re.compile(r"[0-9a-f]{40}")
_TEMPORARY = re.compile(r"[0-9a-f]{40}\.[0-9a-f]{16}\.tmp")
_SWEPT = "swept"
"""A file that is as old as the last sweep."""
_NOTICES = {
    "CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# Results of optport check; `optport clean` removes them.\n",
    ".gitignore": b"*\n",
}
_BINARY = getattr(os, "O_BINARY", 0)
_STRICT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY
_RELATIVE = hasattr(os, "O_DIRECTORY") and {os.open, os.stat, os.unlink} <= os.supports_dir_fd


class Folder:
    """An open folder. The names of its entries are 40 hexadecimal digits."""

    def __init__(self, path: str, number: int | None) -> None:
        """Take its path and, where the system has that, the number that it is open under."""
        self._number = number
        self._start = "" if number is not None else os.path.join(path, "")
        self._path = path
        self._now = time.time()
        self.writable = True
        """Whether no entry has failed to be written so far."""

    def read(self, name: str) -> bytes | None:
        """Return an entry, and note that it was used; None where there is none to be used."""
        try:
            number = os.open(self._start + name, os.O_RDONLY | _STRICT, dir_fd=self._number)
        except OSError:
            return None
        try:
            status = os.fstat(number)
            if not (stat.S_ISREG(status.st_mode) and _is_ours(status)):
                return None
            if status.st_size > MAX_ENTRY:
                return None
            data = os.read(number, status.st_size)
            if abs(self._now - status.st_mtime) > DAY and os.utime in os.supports_fd:
                os.utime(number)
        except OSError:
            return None
        finally:
            os.close(number)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Put an entry in place in one step; after a failure no more are written."""
        if not self.writable or len(data) > MAX_ENTRY:
            return
        temporary = f"{name}.{os.urandom(8).hex()}.tmp"
        try:
            self._create(temporary, data)
            start, number = self._start, self._number
            os.replace(start + temporary, start + name, src_dir_fd=number, dst_dir_fd=number)
        except BaseException as error:  # an interrupt, too, leaves nothing behind
            self.writable = False
            with contextlib.suppress(OSError):
                self._unlink(temporary)
            if not isinstance(error, OSError):
                raise

    def _create(self, name: str, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _STRICT
        number = os.open(self._start + name, flags, 0o600, dir_fd=self._number)
        try:
            if os.write(number, data) != len(data):
                raise OSError("there is no room")
        finally:
            os.close(number)

    def _unlink(self, name: str) -> None:
        os.unlink(self._start + name, dir_fd=self._number)

    def notices(self) -> None:
        """Write what keeps backups and git away from it."""
        for name, data in _NOTICES.items():
            with contextlib.suppress(OSError):
                self._create(name, data)

    def sweep(self) -> None:
        """Throw away what has not been used for long, unless that was done within a day."""
        with contextlib.suppress(OSError):
            status = self._status(_SWEPT)
            if status is not None:
                if abs(self._now - status.st_mtime) < DAY:
                    return
                self._unlink(_SWEPT)
            self._create(_SWEPT, b"")
            self._sweep()

    def _sweep(self) -> None:
        kept = []
        for name in self._names():
            status = self._status(name)
            if status is None:
                continue
            age = abs(self._now - status.st_mtime)
            if age > (UNUSED if _ENTRY.fullmatch(name) else DAY):
                self._try_unlink(name)
            else:
                kept.append((age, name))
        kept.sort()
        for _, name in kept[MAX_ENTRIES:]:
            self._try_unlink(name)

    def _names(self) -> list[str]:
        """The names of entries, and of those that were not finished."""
        names = os.listdir(self._path if self._number is None else self._number)
        return [name for name in names if _ENTRY.fullmatch(name) or _TEMPORARY.fullmatch(name)]

    def _status(self, name: str) -> os.stat_result | None:
        try:
            return os.stat(self._start + name, dir_fd=self._number, follow_symlinks=False)
        except OSError:
            return None

    def _try_unlink(self, name: str) -> None:
        with contextlib.suppress(OSError):
            self._unlink(name)

    def empty(self) -> None:
        """Throw away all that optport has put there."""
        for name in (*self._names(), _SWEPT, *_NOTICES):
            self._try_unlink(name)

    def close(self) -> None:
        """Let go of it."""
        if self._number is not None:
            os.close(self._number)
            self._number = None


def open_folder(directory: str) -> Folder | None:
    """Open the folder in a directory, and make it if need be; None where that can't be."""
    path = os.path.join(directory, FOLDER)
    made = False
    try:
        if not os.path.lexists(path):
            os.makedirs(directory, 0o700, exist_ok=True)
            os.mkdir(path, 0o700)
            made = True
    except FileExistsError:  # another process was quicker
        pass
    except (OSError, ValueError):
        return None
    try:
        folder = _opened(path)
    except (OSError, ValueError):
        return None
    if made:
        folder.notices()
    folder.sweep()
    return folder


def remove_folder(directory: str) -> bool:
    """Remove the folder in a directory, and the directory if it is empty then.

    Returns whether there was one. Raises `OSError` where it is not ours or can't be removed.
    """
    path = os.path.join(directory, FOLDER)
    if not os.path.lexists(path):
        return False
    folder = _opened(path)
    try:
        folder.empty()
    finally:
        folder.close()
    os.rmdir(path)
    with contextlib.suppress(OSError):
        os.rmdir(directory)
    return True


def _opened(path: str) -> Folder:
    """Open a folder; raises `OSError` where that fails or it is not to be used."""
    if not _RELATIVE:
        status = os.lstat(path)
        if not stat.S_ISDIR(status.st_mode) or not _is_ours(status):
            raise PermissionError(1, "it is another user's, or others can write to it", path)
        return Folder(path, None)
    number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    if not _is_ours(os.fstat(number)):
        os.close(number)
        raise PermissionError(1, "it is another user's, or others can write to it", path)
    return Folder(path, number)


def _is_ours(status: os.stat_result) -> bool:
    """Whether a file is this user's, and nobody else can write to it; certain on Windows."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022
