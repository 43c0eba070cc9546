"""What stands around a use: its statement, the loop over groups that its object is from."""

from __future__ import annotations

import ast
import re
import sys
from functools import cached_property
from typing import Final

from optport.lean import dataclass
from optport.reader.source import SourceText, unparsed
from optport.rewrite.nodes import nodes_of
from optport.rewrite.pieces import NotWritten

Whole = ast.For | ast.ListComp

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
_MISPLACED: Final = sys.version_info < (3, 12)
"""Whether what stands in a formatted text has wrong places."""
_OPERATORS: Final = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Pow: "**",
}


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """A loop or list comprehension over an object's groups."""

    node: Whole
    variable: str
    object: ast.expr

    @property
    def is_list(self) -> bool:
        """Whether it makes a list."""
        return isinstance(self.node, ast.ListComp)

    @property
    def iterable(self) -> ast.expr:
        """What it goes through."""
        return self.node.iter if isinstance(self.node, ast.For) else self.node.generators[0].iter

    @property
    def element(self) -> ast.stmt | ast.expr:
        """What is done for each group: a loop's first statement, a list's element."""
        return self.node.body[0] if isinstance(self.node, ast.For) else self.node.elt

    @property
    def is_plain(self) -> bool:
        """Whether the element is all that there is."""
        if isinstance(self.node, ast.For):
            simple = isinstance(self.element, _SIMPLE)
            return simple and len(self.node.body) == 1 and not self.node.orelse
        return len(self.node.generators) == 1 and not self.node.generators[0].ifs

    @property
    def uses(self) -> int:
        """How often the element names the group."""
        names = (node for node in ast.walk(self.element) if isinstance(node, ast.Name))
        return sum(node.id == self.variable for node in names)

    def around(self, text: str, source: SourceText) -> str:
        """Return what stands in its place: its element, below the comments of the loop."""
        if self.is_list:
            return f"[{text}]"
        begin, end = source.offset(self.node), source.offset(self.element)
        head = source.data[begin:end].decode("utf-8", "surrogatepass")
        if "#" in head and re.search("['\"]", head):
            raise NotWritten
        comments = re.findall(r"#[^\n]*", head)
        return f"\n{' ' * self.node.col_offset}".join([*(one.rstrip() for one in comments), text])


class Tree:
    """The tree of a module, upwards."""

    def __init__(self, tree: ast.Module, source: SourceText) -> None:
        """Take the tree of `source`."""
        self._tree = tree
        self._source = source
        self._loops: dict[Whole, Loop] = {}

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {
            child: node for node in nodes_of(self._tree) for child in ast.iter_child_nodes(node)
        }

    # -- places ---

    def is_placed(self, node: ast.AST) -> bool:
        """Whether a node's place is right."""
        return self._formatted(node) is None

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int] | None:
        """Return from where to where a node stands; None where that can't be told."""
        whole = self._formatted(node)
        if whole is None:
            return self._source.offset(node), self._source.end_offset(node)
        begin, end = self._source.offset(whole), self._source.end_offset(whole)
        try:
            text = self.unparsed(node).encode("utf-8", "surrogatepass")
        except NotWritten:
            return None
        data = self._source.data[begin:end]
        at = begin + data.find(text)
        return (at, at + len(text)) if data.count(text) == 1 else None

    def size(self, node: ast.expr) -> int:
        """Return how much text a node has."""
        begin, end = self.span(node) or (0, 0)
        return end - begin

    def unparsed(self, node: ast.AST) -> str:
        """Return an expression of a formatted text, with quotes as they are there.

        Raises `NotWritten` where that can't be.
        """
        text = unparsed(node)
        if text is None:
            raise NotWritten
        whole = self._formatted(node)
        if whole is not None:
            at = self._source.offset(whole)
            opening = self._source.data[at : self._source.end_offset(whole)]
            if opening.lstrip(b"rRfF").startswith(b"'"):
                return text.replace("'", '"')
        return text

    def _formatted(self, node: ast.AST) -> ast.JoinedStr | None:
        """The outermost formatted text around a node whose place can't be relied on."""
        found: ast.JoinedStr | None = None
        up: ast.AST | None = node if _MISPLACED else None
        while up is not None and not isinstance(up, ast.stmt):
            up = self._parents.get(up)
            found = up if isinstance(up, ast.JoinedStr) else found
        return found

    # -- what is around ---

    def statement_of(self, node: ast.AST) -> tuple[ast.stmt, list[ast.stmt]]:
        """Return the statement that a node is part of, and all statements of its block."""
        while not isinstance(node, ast.stmt):
            node = self._parents[node]
        around = self._parents[node]
        for name in ("body", "orelse", "finalbody"):
            block = getattr(around, name, None)
            if isinstance(block, list) and node in block:
                return node, block
        return node, [node]

    def assignment(self, node: ast.expr) -> tuple[int, int]:
        """Return where the statement stands that assigns to `node` and to nothing else."""
        statement = self._parents[node]
        only = isinstance(statement, ast.Assign) and statement.targets == [node]
        if not only and not isinstance(statement, ast.AugAssign):
            raise NotWritten
        assert isinstance(statement, ast.stmt)
        return self._source.offset(statement), self._source.end_offset(statement)

    def assigned(self, node: ast.expr | None) -> ast.expr | None:
        """Return what is assigned to `node`."""
        statement = None if node is None else self._parents[node]
        return statement.value if isinstance(statement, (ast.Assign, ast.AugAssign)) else None

    def operator(self, node: ast.expr) -> str:
        """Return the operator by which `node` is changed in place."""
        statement = self._parents[node]
        found = _OPERATORS.get(type(statement.op)) if isinstance(statement, ast.AugAssign) else None
        if found is None:
            raise NotWritten
        return found

    def first_taken(self, node: ast.expr) -> ast.expr | None:
        """Return the first item of what `node` gives, where that is taken."""
        up = self._parents[node]
        if not isinstance(up, ast.Subscript) or up.value is not node:
            return None
        return up if isinstance(up.slice, ast.Constant) and up.slice.value == 0 else None

    # -- objects ---

    def object_of(self, node: ast.expr) -> ast.expr | None:
        """Return what a use is of, as it stands there: the optimizer of its groups."""
        if isinstance(node, ast.Call):
            node = node.func
        base = _base(node)
        return base.value if isinstance(base, ast.Attribute) else None

    def loop_of(self, node: ast.expr, member: str) -> Loop | None:
        """Return the loop over `member` of an object whose variable a use is of."""
        base = _base(node)
        if not isinstance(base, ast.Name) or isinstance(node, ast.Call):
            return None
        up: ast.AST | None = node
        while up is not None:
            up = self._parents.get(up)
            if isinstance(up, ast.For):
                target, iterable = up.target, up.iter
            elif isinstance(up, ast.ListComp):
                target, iterable = up.generators[0].target, up.generators[0].iter
            else:
                continue
            if isinstance(target, ast.Name) and target.id == base.id:
                if isinstance(iterable, ast.Attribute) and iterable.attr == member:
                    return self._loops.setdefault(up, Loop(up, base.id, iterable.value))
                return None
        return None


def item_of(node: ast.expr, key: str | None) -> ast.expr:
    """Return the part of a use that takes the item `key`, without what is taken of that."""
    part = node
    while key is not None and isinstance(part, ast.Subscript):
        if isinstance(part.slice, ast.Constant) and part.slice.value == key:
            return part
        part = part.value
    return node


def is_of_first(node: ast.expr) -> bool:
    """Whether an item of a group is one of the first group, or of one in a loop."""
    group = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(group, ast.Name):
        return True
    index = group.slice if isinstance(group, ast.Subscript) else None
    return isinstance(index, ast.Constant) and index.value == 0


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node
