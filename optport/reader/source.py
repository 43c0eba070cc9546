"""Places in a source text, and the text of an expression."""

from __future__ import annotations

import ast

from optport.places import Place

_BARE = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Tuple)
"""Expressions whose text may come without the parentheses that they need in a call."""


def parenthesised(text: str, node: ast.expr) -> str:
    """Return an expression's text so that it can stand anywhere in a call."""
    bare = isinstance(node, _BARE) and not text.startswith("(")
    return f"({text})" if bare else text


class SourceText:
    """A file's text, to show expressions as the file spells them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines: list[bytes] | None = None
        self._written_out: dict[ast.expr, str] = {}

    def place(self, node: ast.expr | ast.keyword) -> Place:
        """Return where `node` stands."""
        return Place(
            node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
        )

    def expression(self, node: ast.expr) -> str:
        """Return the text of `node` on one line; ``…`` where it can't be had."""
        if self._lines is None:
            # As Python's tokenizer counts lines: form feeds and the like do not end one.
            text = self.text.replace("\r\n", "\n").replace("\r", "\n")
            self._lines = text.encode("utf-8", "surrogatepass").split(b"\n")
        place = self.place(node)
        if place.line != place.end_line:
            if node not in self._written_out:  # one argument of a partial may have many uses
                self._written_out[node] = _one_line(node)
            return self._written_out[node]
        line = self._lines[place.line - 1 : place.line]
        text = (line[0] if line else b"")[place.col : place.end_col].decode("utf-8", "replace")
        return parenthesised(text, node)


def _one_line(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):  # nested too deep to be written out
        return "…"
