"""``.gitignore``: which files git would leave out, by git's own rules.

A file's patterns hold below its directory; of those that match, the last one of the deepest file
decides. What is below an ignored directory is never looked at, so that it can't be had back.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence

from optport.globs import wildcards

MAX_BYTES = 1 << 18
"""How much of one file is read."""
MAX_PATTERN = 1 << 10
"""Patterns longer than that are passed over."""


class Rule:
    """One line: what it matches, relative to the directory of its file."""

    def __init__(self, pattern: str) -> None:
        """Take a line without its end and without the blanks behind it, ``!`` and all."""
        self.negated = pattern.startswith("!")
        pattern = pattern.removeprefix("!")
        self.only_directories = pattern.endswith("/")
        pattern = pattern.removesuffix("/")
        self.anchored = "/" in pattern
        parts = pattern.removeprefix("/").split("/")
        self._parts = [
            None if part == "**" else re.compile(wildcards(part), re.DOTALL) for part in parts
        ]

    def match(self, name: str, path: str) -> bool:
        """Whether it matches a name, or a path relative to the file's directory."""
        if not self.anchored:
            [part] = self._parts
            return part is None or part.fullmatch(name) is not None
        return _components_match(self._parts, path.split("/"))


def _components_match(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Match the names of a path one by one; None takes any number, at the end at least one."""
    part = name = 0
    retry: tuple[int, int] | None = None
    while name < len(names):
        if part < len(parts):
            wanted = parts[part]
            if wanted is None:
                if part == len(parts) - 1:
                    return True
                part += 1
                retry = part, name
                continue
            if wanted.fullmatch(names[name]):
                part += 1
                name += 1
                continue
        if retry is None:
            return False
        retry = part, name = retry[0], retry[1] + 1
    return part == len(parts)


class Ignored:
    """The rules of one ``.gitignore``."""

    def __init__(self, root: str, data: bytes) -> None:
        """Take the directory that they hold in, an absolute path, and what the file holds."""
        self._start = len(_as_bytes(root).rstrip("/")) + 1
        text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
        self._rules = [Rule(line) for line in map(_cleaned, text.split("\n")) if line]

    def decide(self, name: str, path: str, directory: bool) -> bool | None:
        """Whether a path (absolute, with slashes) is ignored; None where no rule is for it."""
        below = path[self._start :]
        for rule in reversed(self._rules):
            if (directory or not rule.only_directories) and rule.match(name, below):
                return not rule.negated
        return None


def _cleaned(line: str) -> str:
    r"""Take off the line's end and blanks behind; empty for comments and what is no pattern."""
    line = line.removesuffix("\r")
    if line.startswith("#") or len(line) > MAX_PATTERN:
        return ""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return line[: len(bare) + 1] if backslashes % 2 else bare


def ignores(rules: Sequence[Ignored], name: str, path: str, directory: bool) -> bool:
    """Whether the files of rules, the deepest last, leave a path out."""
    name, path = _as_bytes(name), _as_bytes(path)
    for one in reversed(rules):
        found = one.decide(name, path, directory)
        if found is not None:
            return found
    return False


def _as_bytes(name: str) -> str:
    """One character for each byte: git's patterns know bytes alone."""
    return name if name.isascii() else os.fsencode(name).decode("latin-1")


def read_ignored(path: str, root: str) -> Ignored | None:
    """Read one file of rules for what is below `root`; None where there is none.

    Raises `OSError` for one that can't be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
    except (OSError, ValueError):  # none, or in a directory that gives trouble of its own
        return None
    with open(path, "rb") as stream:
        data = stream.read(MAX_BYTES)
    return Ignored(root.replace(os.sep, "/"), data)


def rules_above(directory: str) -> list[Ignored]:
    """Read the rules that hold in a directory because of those above it, the deepest last.

    They end at the repository's root, or, outside of one, at the directory of the run.
    Raises `OSError`.
    """
    above = [directory]
    while not os.path.lexists(os.path.join(above[-1], ".git")):
        parent = os.path.dirname(above[-1])
        if parent == above[-1]:  # no repository
            inside = directory == os.getcwd() or directory.startswith(os.path.join(os.getcwd(), ""))
            end = above.index(os.getcwd()) if inside else 0
            del above[end + 1 :]
            break
        above.append(parent)
    found = []
    top = above[-1]
    for root in reversed(above):
        if root == top:
            found.append(read_ignored(os.path.join(root, ".git", "info", "exclude"), root))
        if root != directory:
            found.append(read_ignored(os.path.join(root, ".gitignore"), root))
    return [one for one in found if one is not None]
