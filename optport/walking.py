"""Finding the source files below directories, and the settings of each."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator

from optport.config import Configuration
from optport.files import STANDARD_INPUT
from optport.gitignore import Ignored, ignores, read_ignored, rules_above
from optport.settings import Settings
from optport.versions import UsageError

ENDINGS = (".py", ".pyi", ".ipynb")
"""How the names of source files end, below directories."""

Found = tuple[str, Settings]
"""A file's name, as it is opened and shown, and its settings."""

Tell = Callable[[str, str], None]
"""Takes the name of a file or directory, and what the trouble with it is."""


class Walk:
    """Finds the files of one run, each once, however often it is named."""

    def __init__(self, configuration: Configuration, tell: Tell, respect: bool = True) -> None:
        """Take where settings come from, whom to tell of trouble, and whether git's rules hold."""
        self._configuration = configuration
        self._tell = tell
        self._respect = respect
        self._seen: set[str] = set()

    def files(self, paths: Iterable[str]) -> Iterator[Found]:
        """Yield the files named, and the source files below the directories named.

        Those of a directory come in the order of their names, before those of the directories in
        it. Links to files are followed, links to directories are not; links to nothing, pipes,
        sockets and devices are passed over there. Raises `UsageError` for a path that is empty, as
        a variable that is not set leaves it.
        """
        for name in paths:
            if not name:
                raise UsageError("a path is empty; write . for the current directory")
            shown = tidied(name)
            whole = os.path.abspath(name)
            if name == STANDARD_INPUT:
                whole = STANDARD_INPUT
            elif _is_directory(whole):
                yield from self._below(shown, whole)
                continue
            if whole not in self._seen:
                self._seen.add(whole)
                yield from self._given(name if name == STANDARD_INPUT else shown, whole)

    def _given(self, shown: str, whole: str) -> Iterator[Found]:
        try:
            settings = self._configuration.settings_for(whole)
        except UsageError as error:
            self._tell("", str(error))
            return
        if not (settings.flag("force-exclude") and settings.excludes_within(whole)):
            yield shown, settings

    def _below(self, shown: str, whole: str) -> Iterator[Found]:
        """Walk with a list of our own: a tree may be deeper than Python's stack."""
        pending = [Directory(shown, whole, self._rules_above(shown, whole))]
        while pending:
            directory = pending.pop()
            if directory.whole in self._seen:
                continue
            self._seen.add(directory.whole)
            try:
                settings = self._configuration.settings_in(directory.whole)
            except UsageError as error:
                self._tell("", str(error))
                continue
            directories = []
            for entry in self._entries(directory):
                below = entry.is_dir(follow_symlinks=False)
                if not below and not entry.name.endswith(ENDINGS):
                    continue
                whole = directory.whole_path(entry.name)
                if settings.excludes(entry.name, whole) or directory.ignores(
                    entry.name, whole, below
                ):
                    continue
                if below:
                    directories.append(
                        Directory(directory.shown_path(entry.name), whole, directory.rules)
                    )
                elif whole not in self._seen and _is_source(entry):
                    self._seen.add(whole)
                    yield directory.shown_path(entry.name), settings
            pending += reversed(directories)

    def _rules_above(self, shown: str, whole: str) -> tuple[Ignored, ...]:
        if not self._respect:
            return ()
        try:
            return tuple(rules_above(whole))
        except OSError as error:
            self._tell(str(error.filename or shown), error.strerror or str(error))
            return ()

    def _entries(self, directory: Directory) -> list[os.DirEntry[str]]:
        """List a directory in the order of names, and read its ``.gitignore``."""
        try:
            with os.scandir(directory.whole) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._tell(directory.shown, error.strerror or str(error))
            return []
        if self._respect and any(entry.name == ".gitignore" for entry in entries):
            try:
                own = read_ignored(directory.whole_path(".gitignore"), directory.whole)
                directory.rules += (own,) if own else ()
            except OSError as error:
                self._tell(directory.shown_path(".gitignore"), error.strerror or str(error))
        return entries


class Directory:
    """A directory that is walked through."""

    def __init__(self, shown: str, whole: str, rules: tuple[Ignored, ...]) -> None:
        """Take its name as shown, its absolute path, and the rules that hold in it."""
        self.shown = shown
        self.whole = whole
        self.rules = rules
        self._shown_start = "" if shown == "." else os.path.join(shown, "")
        self._whole_start = os.path.join(whole, "")

    def shown_path(self, name: str) -> str:
        """The name to show of what is in it."""
        return self._shown_start + name

    def whole_path(self, name: str) -> str:
        """The absolute path of what is in it."""
        return self._whole_start + name

    def ignores(self, name: str, whole: str, below: bool) -> bool:
        """Whether git's rules leave out what is in it; `below`: a directory."""
        return bool(self.rules) and ignores(self.rules, name, whole.replace(os.sep, "/"), below)


def tidied(name: str) -> str:
    """Return a path as it is shown: without ``./`` in front, doubled and final slashes."""
    if os.sep != "/":
        return os.path.normpath(name)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    start = "/" if name.startswith("/") else ""
    if not start and parts == [STANDARD_INPUT]:
        return f"./{STANDARD_INPUT}"  # the file of that name
    return start + "/".join(parts) or "."


def _is_directory(path: str) -> bool:
    try:
        return os.path.isdir(path)
    except ValueError:  # a name that no file can have: reading it says so
        return False


def _is_source(entry: os.DirEntry[str]) -> bool:
    """Whether it can be read as a file, or reading it will say why not."""
    try:
        return entry.is_file()
    except OSError as error:
        return error.errno != errno.ELOOP
