"""Reading one TOML table key by key, with errors that name file and row."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from optport.resources import exists, read
from optport.table.conditions import ALWAYS, Alternative, Condition, parse_condition
from optport.table.templates import Template, parse_template

_VALUE = re.compile(r"(?<![\w.'\"])value(?![\w'\"])")
"""The word in a condition that stands for the row's own parameter."""
Word = TypeVar("Word", bound=enum.StrEnum)


class TableError(ValueError):
    """The table's data are wrong; the message names file and row, and what is allowed."""


def prepare(directory: Path) -> None:
    """Write JSON beside every TOML file below a copy of the table: what is read there instead."""
    for path in directory.rglob("*.toml"):
        path.with_suffix(".json").write_text(json.dumps(data_of(path)), encoding="utf-8")


@lru_cache(maxsize=32)
def data_of(path: Path) -> Any:
    """The data of a TOML file: from the JSON that the build puts beside it, which is quicker."""
    prepared = path.with_suffix(".json")
    if exists(prepared):
        return json.loads(read(prepared))
    import tomllib

    try:
        return tomllib.loads(read(path))
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{path.name}: {error}") from None


class Row:
    """One TOML table being read: takes keys one by one and complains about what is left.

    `quantities` are what its conditions compute, by the names that they have for it.
    """

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise TableError(f"{where}: expected a table, not {data!r}")
        self.data = dict(data)
        self.where = where
        self.allowed: list[str] = []
        self.quantities: Mapping[str, str] = {}

    def fail(self, message: str) -> TableError:
        """Return the error that names file and row."""
        return TableError(f"{self.where}: {message}")

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """Return and remove the value of `key`; `default` when it is not there."""
        self.allowed.append(key)
        value = self.data.pop(key, None)  # TOML has no null
        if value is None:
            return default
        if not isinstance(value, kind):
            kinds = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise self.fail(f"{key} must be a {kinds}, not {value!r}")
        return value

    def need(self, key: str, kind: type) -> Any:
        """Like `take`, for a key that has to be there."""
        value = self.take(key, kind)
        if value is None or value == []:
            raise self.fail(f"{key} is missing")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of strings as a tuple; empty when the key is not there."""
        values = self.take(key, list)
        if values is None:
            return ()
        if not all(isinstance(value, str) for value in values):
            raise self.fail(f"{key} must be a list of strings, not {values!r}")
        return tuple(values)

    def each(self, key: str) -> Iterator[tuple[Any, str]]:
        """Yield every table of a list of tables, with its name for errors."""
        for number, item in enumerate(self.take(key, list, []), start=1):
            yield item, f"{self.where}: {key} {number}"

    def evidence(self) -> tuple[str, ...]:
        """Return the evidence, which no row goes without."""
        found = self.strings("evidence")
        if not found:
            raise self.fail("evidence is missing")
        return found

    def condition(self, key: str, value: str = "value") -> Condition | None:
        """Return the condition under `key`, `value` standing for the row's own parameter.

        ``true`` is one that always holds; a list holds alternatives, each with its reason.
        """
        text = self.take(key, (str, bool, list))
        if text is None or text is False:
            return None
        if text is True:
            return ALWAYS
        if isinstance(text, list):
            alternatives = tuple(self._alternative(key, item, value) for item in text)
            text = " or ".join(one.when for one in alternatives)
            return replace(self._parsed(text), alternatives=alternatives)
        return self._parsed(self._spelled_out(text, value))

    def _alternative(self, key: str, data: Any, value: str) -> Alternative:
        row = Row(data, f"{self.where}: {key}")
        alternative = Alternative(
            self._spelled_out(row.need("when", str), value), row.need("why", str)
        )
        row.finish()
        return alternative

    def _spelled_out(self, text: str, value: str) -> str:
        """A condition with what is computed in place of its name."""
        for name, computed in self.quantities.items():
            text = re.sub(rf"\b{name}\b", f"({computed})", text)
        return _VALUE.sub(value, text)

    def _parsed(self, text: str) -> Condition:
        try:
            return parse_condition(text)
        except ValueError as error:
            raise self.fail(str(error)) from None

    def template(self, key: str) -> Template | None:
        """Return the template under `key`."""
        text = self.take(key, str)
        try:
            return None if text is None else parse_template(text)
        except ValueError as error:
            raise self.fail(str(error)) from None

    def need_template(self, key: str) -> Template:
        """Like `template`, for a key that has to be there."""
        found = self.template(key)
        if found is None:
            raise self.fail(f"{key} is missing")
        return found

    def word(self, key: str, words: type[Word]) -> Word | None:
        """Return a word of a closed set; None when the key is not there."""
        text = self.take(key, str)
        return None if text is None else self._word(key, text, words)

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Return a list of words of a closed set; empty when the key is not there."""
        return tuple(self._word(key, text, words) for text in self.strings(key))

    def _word(self, key: str, text: str, words: type[Word]) -> Word:
        try:
            return words(text)
        except ValueError:
            raise self.fail(f"{key}: {text!r} is not one of {', '.join(words)}") from None

    def finish(self) -> None:
        """Complain about keys that nobody took."""
        if self.data:
            allowed = ", ".join(sorted(set(self.allowed)))
            raise self.fail(f"unknown key {sorted(self.data)[0]!r}; allowed: {allowed}")
