"""Comments above a statement: what could not be ported, and what has to change elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from optport.edits import Edit, line_starts
from optport.places import Place
from optport.rewrite.nodes import nodes_of

MARK = "# optport:"
_CLAUSE = re.compile(r"\s*(?:else|elif|except|finally|case)\b")
"""How a line begins above which no statement can stand; a variable may be called `case`, too."""
_SETUP = re.compile(r"\s*(?:scheduler = |import math$)")
"""How the lines begin that a port puts between its comments and the statement."""

_LATER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Statements:
    """The statements of a module, to find the line above which a comment can stand."""

    def __init__(self, tree: ast.Module, text: str) -> None:
        self._tree = tree
        self._data = text.encode("utf-8", "surrogatepass")
        self._lines = [*line_starts(self._data), len(self._data)]
        self._end = "\r\n" if "\r\n" in text else "\n"
        self._first, self._around = _first_lines(tree, len(self._lines))

    def comments(self, place: Place, words: Iterable[str]) -> list[Edit]:
        """Return the edits that put a comment for each of `words` above the statement at `place`.

        Where one stands already, an earlier run has said all that there was to say.
        """
        line = before = self._line(place)
        while before > 1 and _SETUP.match(self._text(before - 1)):
            before -= 1
        if before > 1 and self._text(before - 1).lstrip().startswith(MARK):
            return []
        return self._above(line, [f"{MARK} {word}" for word in dict.fromkeys(words)])

    def lines(self, place: Place, written: Iterable[str]) -> list[Edit] | None:
        """Return the edits that put lines above the statement at `place`, indented as it is.

        None where that is too early: where others begin its line, or what stands there is
        evaluated later, or more than once.
        """
        written = list(written)
        if not written:
            return []
        return self._above(self._line(place), written) if self._is_first(place) else None

    def _is_first(self, place: Place) -> bool:
        """Whether what stands at a place is evaluated once, by a statement that begins its line."""
        line = self._line(place)
        holding = [one for one in self._beginning.get(line, ()) if _holds(one, place)]
        inner = max(holding, key=lambda one: (one.lineno, one.col_offset), default=None)
        if inner is None or any(_holds(one, place) for one in _evaluated_later(inner)):
            return False
        begin = self._text(line).encode("utf-8", "surrogatepass")[: inner.col_offset]
        return not begin.strip()

    @cached_property
    def _beginning(self) -> dict[int, list[ast.stmt]]:
        """The statements that begin on a line, with their decorators."""
        found: dict[int, list[ast.stmt]] = {}
        for node in nodes_of(self._tree):
            if isinstance(node, ast.stmt):
                found.setdefault(_first_line(node), []).append(node)
        return found

    def _above(self, line: int, written: Iterable[str]) -> list[Edit]:
        text = self._text(line)
        indent = text[: len(text) - len(text.lstrip())]
        content = "".join(f"{indent}{one}{self._end}" for one in written)
        return [Edit(Place(line, 0, line, 0), content)] if content else []

    def behind(self, statement: ast.stmt, written: str) -> Edit | None:
        """Return the edit that puts a line behind a statement; None if others share its lines."""
        if not self._is_alone(statement):
            return None
        last = statement.end_lineno or statement.lineno
        text = self._text(statement.lineno)
        indent = text[: len(text) - len(text.lstrip())]
        whole = len(self._text(last).encode("utf-8", "surrogatepass"))
        return Edit(Place(last, whole, last, whole), f"{self._end}{indent}{written}")

    def without(self, statement: ast.stmt) -> Edit | None:
        """Return the edit that takes out a statement's lines; None where others share them."""
        last = statement.end_lineno or statement.lineno
        if not self._is_alone(statement) or last + 1 >= len(self._lines):
            return None
        return Edit(Place(statement.lineno, 0, last + 1, 0), "")

    def without_gaps(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return edits, with a blank line taken out where taking out lines would leave two."""
        edits = list(edits)
        runs: list[list[Edit]] = []
        for edit in sorted(one for one in edits if _takes_out_lines(one)):
            if runs and runs[-1][-1].place.end_line == edit.place.line:
                runs[-1].append(edit)
            else:
                runs.append([edit])
        wider = {}
        for run in runs:
            place = run[-1].place
            above, below = run[0].place.line - 1, place.end_line
            inside = above >= 1 and below + 1 < len(self._lines)
            if inside and not self._text(above).strip() and not self._text(below).strip():
                wider[run[-1]] = Edit(replace(place, end_line=below + 1), "")
        return [wider.get(edit, edit) for edit in edits]

    def _is_alone(self, statement: ast.stmt) -> bool:
        last = statement.end_lineno or statement.lineno
        before = self._text(statement.lineno).encode("utf-8", "surrogatepass")
        after = self._text(last).encode("utf-8", "surrogatepass")
        behind = after[statement.end_col_offset or 0 :].strip()
        return not before[: statement.col_offset].strip() and behind[:1] in (b"", b"#")

    def _line(self, place: Place) -> int:
        line = self._first[place.line] or place.line
        while line > 1 and self._text(line - 1).endswith("\\"):
            line -= 1
        return line

    def _text(self, line: int) -> str:
        whole = self._data[self._lines[line - 1] : self._lines[line]]
        return whole.decode("utf-8", "surrogatepass").rstrip("\r\n")


def _first_lines(tree: ast.Module, lines: int) -> tuple[list[int], list[int]]:
    """For each line, where the smallest statement begins that it belongs to, and the one around it.

    The first lines of both; 0 for none. The one around begins on an earlier line.
    """
    spans = sorted(
        (
            (_first_line(node), -(node.end_lineno or node.lineno))
            for node in nodes_of(tree)
            if isinstance(node, ast.stmt)
        ),
    )
    found = [0] * (lines + 1)
    outer = [0] * (lines + 1)
    around: list[tuple[int, int]] = []
    following = 0
    for line in range(1, lines):
        while following < len(spans) and spans[following][0] <= line:
            around.append(spans[following])
            following += 1
        while around and -around[-1][1] < line:
            around.pop()
        if around:
            found[line] = around[-1][0]
            outer[line] = next((first for first, _ in reversed(around) if first < line), 0)
    return found, outer


def _evaluated_later(statement: ast.stmt) -> Iterator[ast.expr]:
    """What is evaluated when it is called, or for each element."""
    return (node for node in ast.walk(statement) if isinstance(node, _LATER))


def _holds(node: ast.stmt | ast.expr, place: Place) -> bool:
    begin, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return begin <= (place.line, place.col) and (place.end_line, place.end_col) <= end


def _takes_out_lines(edit: Edit) -> bool:
    place = edit.place
    return not edit.content and place.col == place.end_col == 0 and place.line < place.end_line


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
