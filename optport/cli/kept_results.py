"""Results of files as text to be kept, and read back: JSON of lists, each with a fixed order.

What is read need not be what was written. It becomes a result only if each part has its type and
its place, and so whatever is made of a result can be made of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from optport.catalogue import CATALOGUE
from optport.edits import Applicability, Edit, Fix
from optport.finding import Finding
from optport.formats.result import Diagnostic, FileResult
from optport.places import Place
from optport.values import Certainty

Made = TypeVar("Made")

MAX_COUNT = 1 << 31
"""Lines and columns are below it."""


def encode(result: FileResult) -> bytes:
    """Return a result as text; the file's name, which is known, is left out."""
    rows = [_diagnostic_row(one) for one in result.diagnostics]
    parts = rows, result.constructions, result.troubles, result.warnings
    return json.dumps(parts, separators=(",", ":")).encode("ascii")


def decode(body: bytes, path: str) -> FileResult | None:
    """Return the result of the file of that name; None where the text holds none."""
    try:
        diagnostics, constructions, troubles, warnings = json.loads(body.decode("ascii"))
        return FileResult(
            path,
            _each(diagnostics, lambda row: _diagnostic(row, path)),
            _each(constructions, lambda one: _construction(one, path)),
            _each(troubles, _text),
            _each(warnings, _text),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
        return None


def _diagnostic_row(one: Diagnostic) -> list[Any]:
    finding, fix = one.finding, one.finding.fix
    return [
        finding.code,
        _place_row(finding.place),
        finding.message,
        finding.hint,
        finding.targets,
        finding.optimizer,
        finding.arguments,
        finding.certainty.value,
        None if fix is None else _fix_row(fix),
        [_place_row(call) for call in finding.calls],
        one.column,
        one.end_column,
        one.source,
        one.cell,
        one.edit_columns,
    ]


def _fix_row(fix: Fix) -> list[Any]:
    edits = [[_place_row(edit.place), edit.content] for edit in fix.edits]
    return [fix.applicability.value, edits]


def _place_row(place: Place) -> list[int]:
    return [place.line, place.col, place.end_line, place.end_col]


def _diagnostic(row: Any, path: str) -> Diagnostic:
    code, place, message, hint, targets, optimizer, arguments, certainty, *rest = _list(row)
    fix, calls, column, end_column, source, cell, edit_columns = rest
    finding = Finding(
        kind=CATALOGUE[code],
        place=_place(place),
        message=_text(message),
        hint=_text(hint),
        targets=tuple(_each(targets, _text)),
        optimizer=_text(optimizer),
        arguments=tuple(_each(arguments, _text)),
        certainty=Certainty(_count(certainty)),
        fix=None if fix is None else _fix(fix),
        calls=tuple(_each(calls, _place)),
    )
    edits = () if finding.fix is None else finding.fix.edits
    columns = tuple(_each(edit_columns, _pair))
    if len(columns) != len(edits):
        raise ValueError("edits without their columns")
    return Diagnostic(
        path,
        finding,
        _count(column),
        _count(end_column),
        _text(source),
        None if cell is None else _count(cell),
        columns,
    )


def _construction(one: Any, path: str) -> dict[str, Any]:
    """Return a construction if it is what `construction_json` makes."""
    if one["path"] != path or not {*one} <= _CONSTRUCTION:
        raise ValueError("not a construction of this file")
    for key in ("line", "col", *(["cell"] if "cell" in one else [])):
        _count(one[key])
    for key in ("optimizer", "certainty"):
        _text(one[key])
    for port in one["ports"].values():
        if {*port} != _PORT:
            raise ValueError("not a port")
        if port["call"] is not None:
            _text(port["call"])
        _text(port["fidelity"])
        _each(port["setup"], _text)
        _each(port["also"], _text)
    found: dict[str, Any] = one
    return found


_CONSTRUCTION = {"path", "cell", "line", "col", "optimizer", "certainty", "ports"}
_PORT = {"call", "setup", "also", "fidelity"}


def _fix(row: Any) -> Fix:
    applicability, edits = _list(row)
    return Fix(Applicability(applicability), tuple(_each(edits, _edit)))


def _edit(row: Any) -> Edit:
    place, content = _list(row)
    return Edit(_place(place), _text(content))


def _place(row: Any) -> Place:
    line, col, end_line, end_col = _each(row, _count)
    return Place(line, col, end_line, end_col)


def _pair(row: Any) -> tuple[int, int]:
    begin, end = _each(row, _count)
    return begin, end


def _each(value: Any, read: Callable[[Any], Made]) -> list[Made]:
    return [read(one) for one in _list(value)]


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise ValueError("not a list")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < MAX_COUNT:
        raise ValueError("not a count")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not a text")
    return value
