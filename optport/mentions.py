"""Whether a file names an optimizer in its code, and not only in comments and docstrings.

The second gate, for files that passed the first: it looks at the few lines with such a name.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter

from optport.gate import (
    REFLECTING,
    begins_word,
    brings_none,
    telling_word_ends,
    telling_words,
)

_BLOCKS = frozenset({"body", "orelse", "finalbody", "handlers"})
_ONE = (ast.expr, ast.arguments, ast.arg, ast.pattern)
"""What may stand in a field by itself and hold a name."""
_LINE = attrgetter("lineno")


def named_in_code(tree: ast.Module, text: str, notes: bool = False) -> bool:
    """Whether the code holds an optimizer's name: as a name, an attribute, an import or a string.

    With `notes`, also whether it holds a way around the name, such as `getattr`. Without any of
    them nothing is constructed that could be found. The name of a class of the file's own is none.
    """
    wanted = telling_words(notes)
    for line in _lines(text, notes):
        for node in _nodes_on(tree, line):
            name = _name(node)
            if name in wanted and not _is_beside_the_point(node, tree, text):
                return True
    return False


def _is_beside_the_point(node: ast.AST, tree: ast.Module, text: str) -> bool:
    """Whether a name is that of a class of the file, or a string that nothing takes for a name."""
    if isinstance(node, ast.Name):
        own = any(isinstance(one, ast.ClassDef) and one.name == node.id for one in tree.body)
        return own and not _may_be_starred(tree)
    return isinstance(node, ast.Constant) and not any(word in text for word in REFLECTING)


def _lines(text: str, notes: bool) -> Iterator[int]:
    """Yield the lines that hold a telling word, each once, in order."""
    if "\r" in text:  # Python ends a line at CR, too
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    line, last, seen = 1, 0, 0
    for match in telling_word_ends(notes).finditer(text):
        at = match.start()
        if begins_word(text, at):
            line += text.count("\n", seen, at)
            seen = at
            if line > last:
                yield line
            last = line


def _nodes_on(tree: ast.Module, line: int) -> Iterator[ast.AST]:
    """Yield the nodes on a line that say something, those of a text with values all of them."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr):  # places inside of it are wrong before Python 3.12
            yield from ast.walk(node)
        elif not _says_nothing(node):
            yield node
            pending.extend(_below(node, line))


def _below(node: ast.AST, line: int) -> Iterator[ast.AST]:
    """Yield what is right below a node and on a line, or has no place of its own."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            if name in _BLOCKS:
                yield from _statements_on(value, line)
                continue
            for item in value:
                if isinstance(item, ast.AST) and _is_on(item, line):
                    yield item
        elif isinstance(value, _ONE) and _is_on(value, line):
            yield value


def _is_on(node: ast.AST, line: int) -> bool:
    first: int | None = getattr(node, "lineno", None)
    return first is None or first <= line <= (getattr(node, "end_lineno", None) or first)


def _statements_on(block: list[ast.stmt], line: int) -> Iterator[ast.stmt]:
    """Yield the statements of a block that are on a line: found by halving, blocks can be long."""
    after = bisect_right(block, line, key=_LINE)
    if after < len(block):
        decorators = getattr(block[after], "decorator_list", ())
        if any(decorator.lineno <= line for decorator in decorators):
            yield block[after]
    while after and _is_on(block[after - 1], line):
        after -= 1
        yield block[after]


def _says_nothing(node: ast.AST) -> bool:
    """Whether a statement is a docstring, or the list of what a module exports."""
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        return isinstance(target, ast.Name) and target.id == "__all__"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(node: ast.AST) -> object:
    """What a node by itself names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.alias):
        return node.name.rpartition(".")[2]
    return node.value if isinstance(node, ast.Constant) else None


def _may_be_starred(tree: ast.Module) -> bool:
    """Whether a star import may bring optimizers, in a branch too; functions can't have one."""
    blocks: list[list[ast.stmt]] = [tree.body]
    for block in blocks:  # grows while it is gone through
        for node in block:
            if isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                if node.names[0].name == "*" and not brings_none(module):
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
