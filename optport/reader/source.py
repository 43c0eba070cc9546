"""Places in a source text, and the text of an expression."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from operator import add

from optport.places import Place
from optport.reader.lines import LineIndex

_BARE = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Tuple)
"""Expressions whose text may come without the parentheses that they need in a call."""


UNWRITABLE = "…"
"""The text of an expression that can't be written out: it is nested too deep, or too long."""


def parenthesised(text: str, node: ast.expr) -> str:
    """Return an expression's text so that it can stand anywhere in a call."""
    bare = isinstance(node, _BARE) and not text.startswith("(")
    return f"({text})" if bare else text


class SourceText:
    """A file's text, to show expressions as the file spells them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._written_out: dict[ast.expr, str] = {}
        self._found: dict[str, bool] = {}

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text, by the words on them."""
        return LineIndex(self.text)

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8, with every line ended by LF."""
        # As Python's tokenizer counts lines: form feeds and the like do not end one.
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        return text.encode("utf-8", "surrogatepass")

    def has(self, pattern: str) -> bool:
        """Whether a regular expression finds something in the text; it is looked for once."""
        if pattern not in self._found:
            self._found[pattern] = re.search(pattern, self.text) is not None
        return self._found[pattern]

    @cached_property
    def _starts(self) -> list[int]:
        ends = map(add, accumulate(map(len, self.data.split(b"\n"))), count(1))
        return [0, *ends]

    def place(self, node: ast.expr | ast.keyword | ast.stmt) -> Place:
        """Return where `node` stands."""
        return Place(
            node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
        )

    def offset(self, node: ast.expr | ast.keyword | ast.stmt) -> int:
        """Return where in `data` a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end_offset(self, node: ast.expr | ast.keyword | ast.stmt) -> int:
        """Return where in `data` a node ends."""
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def place_of(self, begin: int, end: int) -> Place:
        """Return the place of the bytes of `data` from `begin` to `end`."""
        return Place(*self._position(begin), *self._position(end))

    def span_of(self, place: Place) -> tuple[int, int]:
        """Return from where to where in the source's bytes a place is."""
        begin = self._starts[place.line - 1] + place.col
        return begin, self._starts[place.end_line - 1] + place.end_col

    def _position(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1]

    def expression(self, node: ast.expr) -> str:
        """Return the text of `node` on one line; `UNWRITABLE` where it can't be had."""
        text = self._written_out.get(node)
        if text is None:  # one argument may have many uses
            if isinstance(node, ast.Name):
                text = node.id  # also that of a name which stands only in what locals() gives
            elif node.lineno != node.end_lineno:
                text = _one_line(node)
            else:
                begin, end = self.offset(node), self.end_offset(node)
                text = parenthesised(self.data[begin:end].decode("utf-8", "replace"), node)
            self._written_out[node] = text
        return text

    def element(self, node: ast.expr, position: int) -> str:
        """Return the text of an element of what `node` gives."""
        return _one_line(ast.Subscript(node, ast.Constant(position)))


def unparsed(node: ast.AST) -> str | None:
    """Return a node as source; None where it is nested too deep, or holds too many digits."""
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return None


def _one_line(node: ast.expr) -> str:
    return unparsed(node) or UNWRITABLE
