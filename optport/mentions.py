"""Whether a file names an optimizer in its code, and not only in comments and docstrings.

The second gate, for files that passed the first: it looks at what has a line with such a name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cached_property

from optport.gate import (
    REFLECTING,
    begins_word,
    exports_no_optimizer,
    folded,
    trigger_word_ends,
    trigger_words,
)
from optport.line_sets import LineSet, below

_MAX_TEXT = 100


def named_in_code(tree: ast.Module, text: str, notes: bool = False) -> bool:
    """Whether the code holds an optimizer's name: as a name, an attribute, an import or a string.

    With `notes`, also whether it holds a way around the name, such as `getattr`. Without any of
    them nothing is constructed that could be found. The name of a class of the file's own is none.
    """
    wanted = trigger_words(notes)
    lines = _lines(text, notes)
    file = _File(tree, text)
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if _is_inert(node):
            continue
        inside: Iterable[ast.AST] = (node,)
        if isinstance(node, ast.JoinedStr):  # places in it are wrong before Python 3.12
            inside = ast.walk(node)
        else:
            pending.extend(below(node, lines))
        for one in inside:
            if not wanted.isdisjoint(_names(one)) and not file.is_irrelevant(one):
                return True
    return False


def _lines(text: str, notes: bool) -> LineSet:
    """The lines that hold a trigger word."""
    text = folded(text)
    if "\r" in text:  # Python ends a line at CR, too
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = LineSet(text.count("\n") + 2)
    line, seen = 1, 0
    for match in trigger_word_ends(notes).finditer(text):
        at = match.start()
        if begins_word(text, at):
            line += text.count("\n", seen, at)
            seen = at
            lines[line] = 1
    return lines


def _is_inert(node: ast.AST) -> bool:
    """Whether a statement is a docstring, or the list of what a module exports."""
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        return isinstance(target, ast.Name) and target.id == "__all__"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _names(node: ast.AST) -> Iterable[str]:
    """What a node by itself names."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (node.attr,)
    if isinstance(node, ast.alias):
        return (node.name.rpartition(".")[2],)
    text = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(text, str):
        return ()
    return _NAME.findall(text) if _is_looked_up(text) else (text,)


def _is_looked_up(text: str) -> bool:
    """Whether a text is the full name of something, or an annotation with such a name."""
    return len(text) < _MAX_TEXT and _ANNOTATION.fullmatch(text) is not None


_NAME = re.compile(r"\w+")
_ANNOTATION = re.compile(r"""\w*[.:][\w.:]*|[\w.:]+\s*[\[|][\w.:\[\]|,\s"']*""")
"""No single name: that may be a key, and is one of torch's where something looks it up."""


class _File:
    """What of a file tells whether a name that stands in it is one of torch's."""

    def __init__(self, tree: ast.Module, text: str) -> None:
        self._tree = tree
        self._text = text

    def is_irrelevant(self, node: ast.AST) -> bool:
        """Whether it is the name of a class of the file, or a string that nothing looks up."""
        if isinstance(node, ast.Name):
            return node.id in self._classes
        text = node.value if isinstance(node, ast.Constant) else None
        return isinstance(text, str) and not _is_looked_up(text) and not self._reflects

    @cached_property
    def _classes(self) -> frozenset[str]:
        """The names that stand for classes of the file alone."""
        if _may_be_starred(self._tree):
            return frozenset()
        return frozenset(node.name for node in self._tree.body if isinstance(node, ast.ClassDef))

    @cached_property
    def _reflects(self) -> bool:
        return any(word in self._text for word in REFLECTING)


def _may_be_starred(tree: ast.Module) -> bool:
    """Whether a star import may bring optimizers, in a branch too; functions can't have one."""
    blocks: list[list[ast.stmt]] = [tree.body]
    for block in blocks:  # grows while it is gone through
        for node in block:
            if isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                if node.names[0].name == "*" and not exports_no_optimizer(module):
                    return True
            elif type(node) in _BRANCHING:
                blocks += [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
                arms = (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))
                blocks += [arm.body for arm in arms]
    return False


_BRANCHING = frozenset(
    {ast.If, ast.Try, ast.TryStar, ast.For, ast.While, ast.With, ast.Match}
    | {ast.AsyncFor, ast.AsyncWith}
)
