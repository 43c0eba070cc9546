"""What an optimizer is handed to train: one flat list of parameters, or groups."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from optport.reader.containers import DictValue, Entry
from optport.reader.group_members import is_named
from optport.reader.model import Container, Shape
from optport.reader.names import MAX_SOURCES, sources_of
from optport.reader.objects import Interpreter, elements_of
from optport.reader.scopes import Point
from optport.values import UNKNOWN, ValueSet


@dataclass(frozen=True, slots=True)
class RawGroup:
    """One parameter group's entries; `sure` when it surely is one of the groups."""

    entries: tuple[Entry, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class RawParameters:
    """The form of what is handed over, with the groups that can be read.

    `inline` says that the groups stand in the call itself, one dict display after the other.
    """

    shape: Shape
    groups: tuple[RawGroup, ...] = ()
    inline: bool = False
    container: Container = Container.PLAIN


_FLAT_METHODS = {"parameters", "buffers"}
_PASS_ON = {"list", "tuple", "iter", "set", "reversed", "sorted", "chain"}


def read_parameters(node: ast.expr, at: Point, asker: Interpreter) -> RawParameters:
    """Return the form of the parameters that `node` stands for, and the groups in it."""
    value = asker.value(node, at)
    groups = tuple(_groups(value))
    if groups:
        inline = isinstance(node, ast.List) and all(_is_plain_dict(e) for e in node.elts)
        shape = Shape.GROUPS if _only_groups(value) else Shape.UNKNOWN
        return RawParameters(shape, groups, inline)
    if isinstance(node, (ast.List, ast.Tuple)) and not node.elts:
        return RawParameters(Shape.FLAT)
    container = Container.NAMED if is_named(node, at) else Container.PLAIN
    return RawParameters(_flat_or_unknown(node, at), container=container)


def _only_groups(value: ValueSet) -> bool:
    """Whether nothing but lists of groups can come out."""
    elements = [element for option in value.values for element in elements_of(option) or [UNKNOWN]]
    return value.complete and all(
        element.complete and any(isinstance(one, DictValue) for one in element.values)
        for element in elements
    )


def _is_plain_dict(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)


def _groups(value: ValueSet) -> Iterator[RawGroup]:
    for option in value.values:
        for element in elements_of(option) or ():
            sure = value.complete and len(value.values) == 1 and element.exact is not None
            for table in element.values:
                if isinstance(table, DictValue):
                    yield RawGroup(table.entries, sure)


def _flat_or_unknown(node: ast.expr, at: Point) -> Shape:
    """Tell by the expressions that the parameters come from; unknown where they disagree."""
    shapes: set[Shape] = set()
    pending = sources_of(node, at)
    for _ in range(MAX_SOURCES):
        if not pending:
            break
        expression, point = pending.pop()
        inner = _passed_on(expression)
        if inner is None:
            shapes.add(_own_shape(expression))
        for part in inner or ():
            pending.extend(sources_of(part, point))
    return shapes.pop() if len(shapes) == 1 and not pending else Shape.UNKNOWN


def _passed_on(node: ast.expr) -> list[ast.expr] | None:
    """The expressions that a wrapping one takes its elements from, or None if it has its own."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    if isinstance(node, ast.Call) and node.args:
        callee = node.func
        name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
        if name == "filter":
            return node.args[1:2]
        if name in _PASS_ON:
            return [a.value if isinstance(a, ast.Starred) else a for a in node.args]
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and isinstance(node.elt, ast.Name):
        return [node.generators[-1].iter]
    return None


def _own_shape(node: ast.expr) -> Shape:
    if isinstance(node, (ast.List, ast.Tuple)) and node.elts:
        plain = (ast.Attribute, ast.Subscript)
        return Shape.FLAT if all(isinstance(e, plain) for e in node.elts) else Shape.UNKNOWN
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return Shape.FLAT if node.func.attr in _FLAT_METHODS else Shape.UNKNOWN
    return Shape.UNKNOWN
