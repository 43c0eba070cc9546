"""Annotations: the optimizers and schedulers that they name."""

from __future__ import annotations

import ast
import re

from optport.parsing import parse_expression
from optport.reader.built import Built
from optport.reader.containers import DictValue, Entry, ListValue
from optport.reader.objects import ANY_CLASS, NAMESPACE, Annotated, Interpreter
from optport.reader.scopes import Point
from optport.reader.torch_names import base_class, torch_class
from optport.values import UNKNOWN, Qualified, Value, ValueSet, exactly

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,9}")
_MAX_ALTERNATIVES = 8
_MAX_TEXT = 80
_CALLABLE = "Callable"
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Iterator", "Collection", "set", "Set"})
_TUPLES = frozenset({"tuple", "Tuple"})
_DICTS = frozenset({"dict", "Dict", "Mapping"})
_TYPES = {"type": "type", "Type": "type"}


def objects_of(annotation: ast.expr | None, at: Point, asker: Interpreter) -> ValueSet:
    """Return the objects of torch that something annotated like this may be.

    Those are all of them where the annotation names nothing but optimizers and schedulers; of a
    class that it promises another may come.
    """
    held = _held(annotation, at, asker)
    if held is not None:
        return held
    found: list[Value] = []
    complete = True
    for node, making in _alternatives(annotation):
        values = UNKNOWN if node is None else asker.value(node, at)
        apis = [_torch_api(value) for value in values.values]
        complete = complete and values.complete and not making and None not in apis
        for api in apis:
            if api is not None:
                found.append(_class(api, making) if making else Built(api, declared=annotation))
    return ValueSet(tuple(found), complete and bool(found))


def _held(annotation: ast.expr | None, at: Point, asker: Interpreter) -> ValueSet | None:
    """The collection of what its elements are annotated as; None where that is not known."""
    if not isinstance(annotation, ast.Subscript):
        return None
    name = getattr(annotation.value, "id", "") or getattr(annotation.value, "attr", "")
    inner = annotation.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if any(isinstance(one, ast.Subscript) for one in parts) or len(parts) > _MAX_ALTERNATIVES:
        return None
    many = name in _LISTS or getattr(parts[-1], "value", None) is Ellipsis
    parts = parts[:1] if many else parts
    elements = [objects_of(one, at, asker) for one in parts]
    if not any(one.known for one in elements):
        return None
    if name in _DICTS and len(parts) == 2:
        entry = Entry(parts[1], elements[1], parts[1], at)
        return exactly(DictValue((entry,), complete=False))
    kept = name in _LISTS or name in _TUPLES
    return exactly(ListValue(tuple(elements), many)) if kept else None


def _torch_api(value: Value) -> str | None:
    """The class of torch that a value is, or names for annotations alone."""
    if not isinstance(value, (Qualified, Annotated)):
        return None
    return torch_class(value.name) or base_class(value.name)


def _class(api: str, making: str) -> Qualified:
    """What is annotated as a class or as what makes an optimizer; which one, it tells seldom."""
    told = making != _CALLABLE and base_class(f"{NAMESPACE}.{api}") is None
    return Qualified(f"{NAMESPACE}.{api}" if told else ANY_CLASS)


def _alternatives(annotation: ast.expr | None) -> list[tuple[ast.expr | None, str]]:
    """The names in ``A | B``, ``Optional[A]``, ``"A"``; and in ``type[A]``, ``Callable[…, A]``.

    The second part says of the latter which of the two it is. What is not followed is None.
    """
    found: list[tuple[ast.expr | None, str]] = []
    pending: list[tuple[ast.expr | None, str]] = [] if annotation is None else [(annotation, "")]
    while pending:
        node, making = pending.pop()
        if len(found) == _MAX_ALTERNATIVES:
            return [*found, (None, "")]
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.append((node, making))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            pending += [(node.left, making), (node.right, making)]
        elif isinstance(node, ast.Subscript):
            name = getattr(node.value, "id", "") or getattr(node.value, "attr", "")
            inner = node.slice
            if name == "Optional":
                pending.append((inner, making))
            elif name in _TYPES and not making:
                pending.append((inner, _TYPES[name]))
            elif isinstance(inner, ast.Tuple) and name == "Union":
                pending += [(one, making) for one in inner.elts]
            elif isinstance(inner, ast.Tuple) and name == _CALLABLE and len(inner.elts) == 2:
                pending.append((inner.elts[1], _CALLABLE))
            else:
                found.append((None, making))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            pending += [(one, making) for one in _in_text(node.value)]
        elif not (isinstance(node, ast.Constant) and node.value is None):
            found.append((None, making))
    return found


def _in_text(text: str) -> list[ast.expr | None]:
    """The annotation that a text holds; its names alone where it is not one."""
    if len(text) <= _MAX_TEXT and "\\" not in text:
        try:
            return [parse_expression(text.strip())]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return [None, *(_dotted(name[0]) for name in _NAME.finditer(text, endpos=_MAX_TEXT))]


def _dotted(name: str) -> ast.expr:
    first, *rest = name.split(".")
    node: ast.expr = ast.Name(first)
    for attribute in rest:
        node = ast.Attribute(node, attribute)
    return node
