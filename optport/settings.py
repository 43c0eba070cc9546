"""Settings: what holds for the files of one directory, out of configuration and command line.

Neither `dataclasses` nor `typing` is imported here: with them, a run that finds nothing to check
would take half as long again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from optport.config_keys import NOT_JUDGING, read_keys
from optport.defaults import DEFAULT_TARGETS
from optport.globs import Patterns
from optport.versions import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from optport.options import Options

DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints"),
    *(".mypy_cache", ".nox", ".pants.d", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache"),
    *(".svn", ".tox", ".venv", ".vscode", "__pycache__", "__pypackages__", "_build", "buck-out"),
    *("dist", "node_modules", "site-packages", "venv"),
)
"""What is left out of directories unless ``exclude`` says otherwise: ruff's list and caches."""


class Layer:
    """One source of settings: a configuration file, or the options of a command line."""

    def __init__(
        self, data: Mapping[str, object], root: str, label: Callable[[str], str] = str
    ) -> None:
        """Take the keys and values, the directory that patterns start from, and `label`.

        `label` makes of a key what messages call it. Raises `UsageError` as `read_keys` does.
        """
        self.root = root
        self.label = label
        self.values = read_keys(data, label)


class Settings:
    """What holds for the files of one directory. Read-only."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        """Take the layers; a later one overrides. Raises `UsageError` for options."""
        self._layers = tuple(layers)
        self.notes = self.flag("notes")
        self.asked: Options | None = None
        """The options, None while each is at its default: nothing need be loaded for that."""
        if self.notes or self._last("targets") or self._last("torch-version"):
            self.asked = self._make_options()

    def _last(self, key: str) -> Layer | None:
        for layer in reversed(self._layers):
            if key in layer.values:
                return layer
        return None

    def flag(self, key: str, default: bool = False) -> bool:
        """The value of a key that is true or false."""
        layer = self._last(key)
        return default if layer is None else bool(layer.values[key])

    def text(self, key: str) -> str:
        """The value of a key that is a string; empty where it isn't set."""
        layer = self._last(key)
        return "" if layer is None else str(layer.values[key])

    def _listed(self, layer: Layer | None, key: str) -> tuple[str, ...]:
        value = () if layer is None else layer.values.get(key, ())
        assert isinstance(value, tuple)
        return value

    @property
    def options(self) -> Options:
        """The three options that every front end has."""
        if self.asked is None:
            from optport.options import default_options

            return default_options()
        return self.asked

    def _make_options(self) -> Options:
        from optport.options import OptionError, make_options

        targets = self._last("targets")
        try:
            return make_options(
                str(targets.values["targets"]) if targets else DEFAULT_TARGETS,
                self.text("torch-version"),
                self.notes,
            )
        except OptionError as error:
            layer = self._last(error.option)
            label = layer.label(error.option) if layer else error.option
            raise UsageError(f"{label}: {error.reason}") from None

    @cached_property
    def judging(self) -> str:
        """What of it the findings in a file follow from, as text: alike where they are alike."""
        layers = []
        for one in self._layers:
            judging = {key: value for key, value in one.values.items() if key not in NOT_JUDGING}
            layers.append((judging, one.root if "per-file-ignores" in judging else ""))
        return repr(layers)

    @cached_property
    def enabled(self) -> frozenset[str]:
        """The codes that are on."""
        from optport.selection import enabled_codes

        layers = []
        for one in self._layers:
            select = self._listed(one, "select") if "select" in one.values else None
            layers.append((select, self._listed(one, "extend-select"), self._listed(one, "ignore")))
        return enabled_codes(layers)

    @cached_property
    def _ignored(self) -> Sequence[tuple[bool, Patterns, frozenset[str]]]:
        """Whether the files are those that do *not* match, the pattern, the codes."""
        from optport.selection import codes_of

        layer = self._last("per-file-ignores")
        table = layer.values["per-file-ignores"] if layer else {}
        assert isinstance(table, dict)
        found = []
        for pattern, selectors in table.items():
            patterns = Patterns([(layer.root if layer else "", pattern.removeprefix("!"))])
            codes = frozenset(code for one in selectors for code in codes_of(one))
            found.append((pattern.startswith("!"), patterns, codes))
        return found

    def reports(self, path: str | Path, code: str) -> bool:
        """Whether findings of a code are reported in a file."""
        if code not in self.enabled:
            return False
        if not self._ignored:
            return True
        whole = _slashed(os.path.abspath(path))
        name = whole.rpartition("/")[2]
        return not any(
            code in codes and patterns.match(name, whole) != negated
            for negated, patterns, codes in self._ignored
        )

    @cached_property
    def _excluded(self) -> Patterns:
        layer = self._last("exclude")
        root = layer.root if layer else os.getcwd()
        rooted = [
            (root, one) for one in (self._listed(layer, "exclude") if layer else DEFAULT_EXCLUDE)
        ]
        for one in self._layers:
            rooted += [(one.root, pattern) for pattern in self._listed(one, "extend-exclude")]
        return Patterns((_slashed(root), pattern) for root, pattern in rooted)

    def excludes(self, name: str, path: str) -> bool:
        """Whether a file or directory of this name and absolute path is left out.

        Says nothing of the directories above it: who descends has asked for them before.
        """
        return self._excluded.match(name, _slashed(path))

    def excludes_within(self, path: str | Path) -> bool:
        """Whether a file is left out for itself or for a directory that it is in."""
        whole = os.path.abspath(path)
        while True:
            above, name = os.path.split(whole)
            if not name:
                return False
            if self.excludes(name, whole):
                return True
            whole = above


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")
