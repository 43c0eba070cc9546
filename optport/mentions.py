"""Whether a file names an optimizer in its code, and not only in comments and docstrings.

The second gate, for files that passed the first: it looks at what has a line with such a name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cached_property

from optport.gate import LOOK_UP, REFLECTING, looks_up_in_pieces, trigger_words
from optport.line_sets import below
from optport.reader.lines import LineIndex
from optport.stars import may_be_starred

_MAX_TEXT = 100


def named_in_code(tree: ast.Module, source: LineIndex, notes: bool = False) -> bool:
    """Whether the code holds an optimizer's name: as a name, an attribute, an import or a string.

    With `notes`, also whether it holds a way around the name, such as `getattr`. Without any of
    them nothing is constructed that could be found. The name of a class of the file's own is none.
    """
    wanted = trigger_words(notes)
    lines = source.with_words(wanted)
    if looks_up_in_pieces(source.text):
        lines = source.with_words((LOOK_UP,), lines)
    file = _File(tree, source.text)
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
        if may_be_starred(self._tree):
            return frozenset()
        return frozenset(node.name for node in self._tree.body if isinstance(node, ast.ClassDef))

    @cached_property
    def _reflects(self) -> bool:
        return any(word in self._text for word in REFLECTING)
