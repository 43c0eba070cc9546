"""Configuration: ``[tool.optport]`` of the nearest ``pyproject.toml``, and what overrides it.

As in ruff, every file has the settings of the nearest configuration above it; a ``pyproject.toml``
without the section is passed over. What the command line or an editor says comes on top.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping

from optport.printable import printable
from optport.settings import Layer, Settings
from optport.versions import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Configuration", "Settings", "read_configuration", "settings_for"]

SECTION = "[tool.optport]"


class Configuration:
    """Finds the settings of files. Holds what it has read; make a new one when that changes."""

    def __init__(
        self,
        overrides: Mapping[str, object] | None = None,
        *,
        config: str | Path | None = None,
        isolated: bool = False,
        label: Callable[[str], str] = str,
    ) -> None:
        """Take what overrides the files, by the keys of ``[tool.optport]``.

        `config` is the one file to read instead of the nearest; `isolated` reads none. `label`
        makes of an override's key what messages call it. Raises `UsageError`.
        """
        self._overrides = Layer(overrides or {}, os.getcwd(), label)
        self._by_directory: dict[str, Settings | UsageError] = {}
        self._fixed: Settings | None = None
        if isolated:
            self._fixed = Settings([self._overrides])
        elif config is not None:
            layer = read_configuration(os.path.abspath(config), os.getcwd(), wanted=True)
            self._fixed = Settings([layer, self._overrides] if layer else [self._overrides])

    def settings_for(self, path: str | Path) -> Settings:
        """Return the settings of a file, or of what is in a directory; raises `UsageError`."""
        whole = os.path.abspath(path)
        return self.settings_in(whole if os.path.isdir(whole) else os.path.dirname(whole))

    def settings_in(self, directory: str) -> Settings:
        """Return the settings of what is in a directory, an absolute path; raises `UsageError`."""
        if self._fixed is not None:
            return self._fixed
        passed = []
        found: Settings | UsageError | None = None
        while found is None and directory not in self._by_directory:
            passed.append(directory)
            try:
                layer = read_configuration(os.path.join(directory, "pyproject.toml"), directory)
                above = os.path.dirname(directory)
                if layer or above == directory:
                    found = Settings([layer, self._overrides] if layer else [self._overrides])
                directory = above
            except UsageError as error:
                found = error
        found = found or self._by_directory[directory]
        self._by_directory.update(dict.fromkeys(passed, found))
        if isinstance(found, UsageError):
            raise found
        return found


def settings_for(path: str | Path, overrides: Mapping[str, object] | None = None) -> Settings:
    """Return the settings of one file or directory, read anew; raises `UsageError`."""
    return Configuration(overrides).settings_for(path)


def read_configuration(path: str, root: str, wanted: bool = False) -> Layer | None:
    """Read the section of one file; None where there is no such file or section.

    `root` is the directory that its patterns start from. A file that is `wanted` has to be there.
    Raises `UsageError` that names the file.
    """
    shown = printable(_relative(path))
    if not wanted and not _is_file(path):
        return None
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise UsageError(f"{shown}: {error.strerror or error}") from None
    section = _section(data, shown) if wanted or b"optport" in data else None
    if section is None:
        if wanted:
            raise UsageError(f"{shown}: has no {SECTION}")
        return None
    return Layer(section, root, lambda key: f"{shown}: {SECTION} {key}")


def _is_file(path: str) -> bool:
    """Whether there is such a file, as far as one may look; opening a pipe would wait for ever."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _section(data: bytes, shown: str) -> Mapping[str, object] | None:
    import tomllib

    try:
        tool = tomllib.loads(data.decode("utf-8")).get("tool", {})
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{shown}: is no TOML: {printable(str(error))}") from None
    section = tool.get("optport") if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise UsageError(f"{shown}: tool.optport must be a table")
    return section


def _relative(path: str) -> str:
    here = os.path.join(os.getcwd(), "")
    return path.removeprefix(here)
