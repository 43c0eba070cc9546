"""Annotations: the optimizers and schedulers that they name."""

from __future__ import annotations

import ast
import re

from optport.reader.built import Built
from optport.reader.objects import Annotated, Interpreter
from optport.reader.scopes import Point
from optport.reader.torch_names import base_class, torch_class
from optport.values import Qualified, ValueSet

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,9}")
_MAX_ALTERNATIVES = 8
_MAX_TEXT = 80


def objects_of(annotation: ast.expr | None, at: Point, asker: Interpreter) -> ValueSet:
    """Return the objects of torch that something annotated like this may be: never all of them."""
    found = []
    for node in _alternatives(annotation):
        for value in asker.value(node, at).values:
            if isinstance(value, (Qualified, Annotated)):
                api = torch_class(value.name) or base_class(value.name)
                if api is not None:
                    found.append(Built(api))
    return ValueSet(tuple(found))


def _alternatives(annotation: ast.expr | None) -> list[ast.expr]:
    """The names in ``A | B``, ``Optional[A]`` and ``"A"``."""
    found: list[ast.expr] = []
    pending = [] if annotation is None else [annotation]
    while pending and len(found) < _MAX_ALTERNATIVES:
        node = pending.pop()
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.append(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            pending += [node.left, node.right]
        elif isinstance(node, ast.Subscript):
            name = getattr(node.value, "id", "") or getattr(node.value, "attr", "")
            if name == "Optional":
                pending.append(node.slice)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [_dotted(name[0]) for name in _NAME.finditer(node.value, endpos=_MAX_TEXT)]
    return found


def _dotted(name: str) -> ast.expr:
    first, *rest = name.split(".")
    node: ast.expr = ast.Name(first)
    for attribute in rest:
        node = ast.Attribute(node, attribute)
    return node
