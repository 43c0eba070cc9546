"""Whether a file names an optimizer in its code, and not only in comments and docstrings.

The second gate, for files that passed the first: it looks at the few lines with such a name.
"""

from __future__ import annotations

import ast
import re

from optport.gate import (
    REFLECTING,
    begins_word,
    imports_star,
    telling_word_ends,
    telling_words,
)


def named_in_code(tree: ast.Module, text: str, notes: bool = False) -> bool:
    """Whether the code holds an optimizer's name: as a name, an attribute, an import or a string.

    With `notes`, also whether it holds a way around the name, such as `getattr`. Without any of
    them nothing is constructed that could be found. The name of a class of the file's own is none.
    """
    wanted = telling_words(notes)
    lines = _lines(text, telling_word_ends(notes))
    own = frozenset() if imports_star(tree) else _own_classes(tree)
    reflecting = any(word in text for word in REFLECTING)
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if not _on_one(lines, node) or _says_nothing(node):
            continue
        if isinstance(node, ast.JoinedStr):  # places inside of it are wrong before Python 3.12
            if any(_name(inner, reflecting) in wanted for inner in ast.walk(node)):
                return True
            continue
        name = _name(node, reflecting)
        if name in wanted and not (name in own and isinstance(node, ast.Name)):
            return True
        pending.extend(ast.iter_child_nodes(node))
    return False


def _own_classes(tree: ast.Module) -> frozenset[str]:
    """The names of the file's own classes: by themselves they bring no optimizer of torch's."""
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))


def _lines(text: str, words: re.Pattern[str]) -> bytearray:
    """One byte for each line, from 1: whether one of the words is on it."""
    if "\r" in text:  # Python ends a line at CR, too
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = bytearray(text.count("\n") + 2)
    line, seen = 1, 0
    for match in words.finditer(text):
        if begins_word(text, match.start()):
            line += text.count("\n", seen, match.start())
            seen = match.start()
            lines[line] = 1
    return lines


def _on_one(lines: bytearray, node: ast.AST) -> bool:
    """Whether a node has one of the lines; a node without a place may have any."""
    first: int | None = getattr(node, "lineno", None)
    if first is None:
        return True
    for decorator in getattr(node, "decorator_list", ()):
        first = min(first, decorator.lineno)
    last = getattr(node, "end_lineno", None) or first
    return lines.find(1, first, last + 1) >= 0


def _says_nothing(node: ast.AST) -> bool:
    """Whether a statement is a docstring, or the list of what a module exports."""
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        return isinstance(target, ast.Name) and target.id == "__all__"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(node: ast.AST, reflecting: bool) -> str | None:
    """What a node by itself names; a string names something only for `getattr` and the like."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.alias):
        return node.name.rpartition(".")[2]
    if reflecting and isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
