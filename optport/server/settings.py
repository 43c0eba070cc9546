"""What to check for: the settings of a file's pyproject.toml, and above them the editor's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from optport.config import Configuration, Settings
from optport.versions import UsageError

FILE = "pyproject.toml"
_STATED = ("settings", "optport")
"""Under which names clients send settings; some send them as they are."""


def overrides_of(sent: object) -> Mapping[str, object]:
    """Return the settings that a client sent, named as in ``[tool.optport]``.

    Raises `UsageError` for what is no object.
    """
    for name in _STATED:
        if isinstance(sent, Mapping) and name in sent:
            sent = sent[name]
    if sent is None:
        return {}
    if not isinstance(sent, Mapping):
        raise UsageError(f"the editor's settings: an object is expected, not {sent!r:.40}")
    return {str(key): value for key, value in sent.items() if value is not None}


class ServerSettings:
    """The settings of every file; what can't be read is complained of once, and passed over."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._overrides: Mapping[str, object] = {}
        self._complaints: set[str] = set()
        self._seen: dict[Path, tuple[tuple[Path, int], ...]] = {}
        self._configuration = Configuration()

    def override(self, sent: object) -> None:
        """Take the client's settings; they win over the files'."""
        try:
            overrides = overrides_of(sent)
            Configuration(overrides, isolated=True, label=_label)
        except UsageError as error:
            self._complain(str(error))
            overrides = {}
        self._overrides = overrides
        self.reread()

    def reread(self) -> None:
        """Forget what the files said."""
        self._configuration = Configuration(self._overrides, label=_label)
        self._complaints.clear()
        self._seen.clear()

    def settings_for(self, path: Path) -> Settings:
        """Return the settings of a file; the editor's alone if its pyproject.toml is in error."""
        self._follow(path.parent)
        try:
            return self._configuration.settings_for(path)
        except UsageError as error:
            self._once(str(error))
        return Configuration(self._overrides, isolated=True, label=_label).settings_for(path)

    def _once(self, complaint: str) -> None:
        if complaint not in self._complaints:
            self._complaints.add(complaint)
            self._complain(complaint)

    def _follow(self, folder: Path) -> None:
        """Read the files again where one of them is another than when it was last read."""
        now = tuple(_stamps(folder))
        if self._seen.setdefault(folder, now) != now:
            self.reread()
            self._seen[folder] = now


def _label(key: str) -> str:
    return f"the editor's settings: {key}"


def _stamps(folder: Path) -> Iterator[tuple[Path, int]]:
    for parent in (folder, *folder.parents):
        file = parent / FILE
        with suppress(OSError):
            yield file, file.stat().st_mtime_ns
