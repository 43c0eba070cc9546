"""Where the cells' sources stand in the text of a notebook: JSON read for places, not values."""

from __future__ import annotations

import re
from dataclasses import field

from optport.files import UnreadableFile
from optport.lean import dataclass

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:"
    r'(?P<string>"(?:[^"\\]|\\.)*+")'
    r"|(?P<mark>[\[\]{},:])"
    r"|(?P<number>[^ \t\n\r\[\]{},:\"]+))",
    re.DOTALL,
)


@dataclass(slots=True)
class SourceSpans:
    """The source of a cell in the text: where its strings begin and end, quotes and all."""

    listed: bool = False
    """Whether it is a list of strings; else it is one."""
    strings: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Container:
    is_list: bool
    at: int | str = 0
    """The index, or the key, of what is read next."""
    wants_key: bool = False


def source_spans(text: str) -> dict[int, SourceSpans]:
    """Return where the source of each cell stands in valid JSON, by the cell's index.

    Of keys given twice the last counts, as it does for `json`. No recursion: nesting is a list.
    """
    found: dict[int, SourceSpans] = {}
    path: list[_Container] = []
    at = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        mark = match["mark"]
        begin = match.start(match.lastgroup or 0)
        if mark in ("[", "{"):
            _value(found, path, mark == "[", None)
            path.append(_Container(mark == "[", 0, wants_key=mark == "{"))
        elif mark in ("]", "}"):
            path.pop()
        elif mark == ",":
            if path[-1].is_list:
                path[-1].at = int(path[-1].at) + 1
            else:
                path[-1].wants_key = True
        elif match["string"] and path and path[-1].wants_key:
            path[-1].at = _text_of(match["string"])
            path[-1].wants_key = False
        elif mark is None:
            _value(found, path, False, (begin, at) if match["string"] else None)
    if text[at:].strip():
        raise UnreadableFile("not a notebook: no JSON")
    return found


def _text_of(literal: str) -> str:
    import json

    return str(json.loads(literal, strict=False))


def _value(
    found: dict[int, SourceSpans],
    path: list[_Container],
    listed: bool,
    string: tuple[int, int] | None,
) -> None:
    """Note a value that begins, if it is a cell's source, a string of it, or the list of cells."""
    keys = [one.at for one in path[:4]]
    if keys == ["cells"]:
        found.clear()
    elif len(path) in (3, 4) and keys[0] == "cells" and keys[2] == "source":
        if not isinstance(keys[1], int):
            return
        if len(path) == 3:
            found[keys[1]] = SourceSpans(listed, [string] if string else [])
        elif string and path[3].is_list and keys[1] in found:
            found[keys[1]].strings.append(string)
