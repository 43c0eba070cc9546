"""Writing a file anew, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile


class UnwritableFile(Exception):
    """A file that can't be written; the message says why. It is as it was."""


def replace_file(path: str, before: bytes, after: bytes) -> None:
    """Put other bytes in the place of what a file held; links are followed to their file.

    The new file is written beside the old one and takes its place in one step, with the same
    permissions. Raises `UnwritableFile`, also when the file is no longer what it was.
    """
    target = os.path.realpath(path)
    try:
        status = os.stat(target)
        if not stat.S_ISREG(status.st_mode):
            raise UnwritableFile("it is no regular file")
        if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
            raise UnwritableFile("it is read-only")
        number, temporary = tempfile.mkstemp(
            prefix=".optport-", suffix=".tmp", dir=os.path.dirname(target)
        )
    except OSError as error:
        raise UnwritableFile(error.strerror or str(error)) from None
    try:
        with open(number, "wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(number)
        _take_over(temporary, status)
        with open(target, "rb") as stream:
            if stream.read() != before:
                raise UnwritableFile("it was changed meanwhile")
        os.replace(temporary, target)
    except BaseException as error:  # an interrupt, too, leaves nothing behind
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise UnwritableFile(error.strerror or str(error)) from None
        raise


def _take_over(path: str, status: os.stat_result) -> None:
    """Give a file the owner and the permissions of another."""
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
