"""What an optimizer is handed to train: one flat list of parameters, or groups."""

from __future__ import annotations

import ast
import enum

from optport.reader.evaluate import DEEPEST, Evaluator
from optport.reader.scopes import Point


class Shape(enum.Enum):
    """The form of an optimizer's first argument."""

    FLAT = enum.auto()
    GROUPS = enum.auto()
    UNKNOWN = enum.auto()


_FLAT_METHODS = {"parameters", "buffers"}
_PASS_ON = {"list", "tuple", "filter", "iter", "set", "reversed", "sorted", "chain"}


def parameter_shape(node: ast.expr, at: Point, evaluator: Evaluator) -> Shape:
    """Return the form of the parameters that `node` stands for; unknown if its sources disagree."""
    shapes: set[Shape] = set()
    pending = evaluator.sources(node, at)
    steps = 0
    while pending:
        expression, point = pending.pop()
        steps += 1
        if steps > DEEPEST:
            return Shape.UNKNOWN
        inner = _passed_on(expression)
        if inner is not None:
            for part in inner:
                pending.extend(evaluator.sources(part, point))
        else:
            shapes.add(_own_shape(expression))
    return shapes.pop() if len(shapes) == 1 else Shape.UNKNOWN


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
        dicts = [_is_dict(element) for element in node.elts]
        if any(dicts):
            return Shape.GROUPS
        plain = (ast.Attribute, ast.Subscript)
        return Shape.FLAT if all(isinstance(e, plain) for e in node.elts) else Shape.UNKNOWN
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return Shape.GROUPS if _is_dict(node.elt) else Shape.UNKNOWN
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return Shape.FLAT if node.func.attr in _FLAT_METHODS else Shape.UNKNOWN
    return Shape.UNKNOWN


def _is_dict(node: ast.expr) -> bool:
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"
    return isinstance(node, ast.Dict) or made
