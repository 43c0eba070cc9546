"""Annotations: the optimizers and schedulers that they name."""

from __future__ import annotations

import ast
import re

from optport.parsing import parse_expression
from optport.reader.built import Built
from optport.reader.classes import Instance, OwnClass
from optport.reader.containers import DictValue, Entry, ListValue
from optport.reader.names import bindings_of
from optport.reader.objects import ANY_CLASS, NAMESPACE, Annotated, Interpreter, keyword_of
from optport.reader.scopes import Assigned, Point
from optport.reader.torch_names import base_class, torch_class
from optport.values import UNKNOWN, Qualified, Value, ValueSet, exactly, union

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,9}")
_MAX_ALTERNATIVES = 8
_MAX_DEPTH = 4
"""Collections, and names of annotations, that are looked into one inside the other."""
_MAX_TEXT = 80
_CALLABLE = "Callable"
_SETS = frozenset({"set", "Set", "frozenset", "FrozenSet", "AbstractSet", "MutableSet"})
_ITERATED = frozenset({"Iterable", "Iterator", "AsyncIterable", "AsyncIterator", "Collection"})
_GENERATORS = frozenset({"Generator", "AsyncGenerator"})
_LISTS = (
    frozenset({"list", "List", "Sequence", "MutableSequence", "deque", "Deque"})
    | _SETS
    | _ITERATED
    | _GENERATORS
)
_TUPLES = frozenset({"tuple", "Tuple"})
_DICTS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"}
)
_TYPES = {"type": "type", "Type": "type"}
_LOOKED_THROUGH = frozenset(
    {"Optional", "Annotated", "ClassVar", "Final", "InitVar", "Required", "NotRequired"}
    | {"ReadOnly", "Awaitable"}
)
"""What says something more of its first part, which it is otherwise."""
VARIABLE = "TypeVar"
"""What makes a variable of annotations."""
GENERICS = _LISTS | _TUPLES | _DICTS | _TYPES.keys() | _LOOKED_THROUGH | {"Union", _CALLABLE}
"""The last names of what annotations give parts in brackets."""


def objects_of(annotation: ast.expr | None, at: Point, asker: Interpreter) -> ValueSet:
    """Return the objects of torch, and of classes of the file, that something annotated may be.

    Those are all of them where the annotation names nothing but optimizers and schedulers; of a
    class that it promises another may come.
    """
    return UNKNOWN if annotation is None else _objects(annotation, at, asker, None, 0)


def _objects(
    annotation: ast.expr, at: Point, asker: Interpreter, declared: ast.expr | None, depth: int
) -> ValueSet:
    """The objects of an annotation; by another name they are those of where that is `declared`."""
    found: list[Value] = []
    complete = depth <= _MAX_DEPTH and asker.evaluation.spend(1)
    for node, making in _alternatives(annotation) if complete else ():
        if node is None:
            value = UNKNOWN
        elif isinstance(node, ast.Subscript):
            value = UNKNOWN if making else _held(node, at, asker, declared, depth)
        else:
            value = _named(node, making, at, asker, declared or annotation, depth)
        found += value.values
        complete = complete and value.complete
    return ValueSet(tuple(found), complete and bool(found))


def _named(
    node: ast.expr, making: str, at: Point, asker: Interpreter, declared: ast.expr, depth: int
) -> ValueSet:
    """The objects of one name in an annotation."""
    values = asker.value(node, at)
    found: list[Value] = []
    complete = values.complete and not making
    for value in values.values:
        api = _torch_api(value)
        if api is not None:
            found.append(_class(api, making) if making else Built(api, declared=declared))
        elif isinstance(value, OwnClass) and not making:
            found.append(Instance(value, declared=declared))
            complete = complete and _is_torch(value)
        else:
            complete = False
    if found or making or not isinstance(node, ast.Name):
        return ValueSet(tuple(found), complete)
    meant = [_objects(one, place, asker, declared, depth + 1) for one, place in _meant(node, at)]
    return union(meant)


def _meant(node: ast.Name, at: Point) -> list[tuple[ast.expr, Point]]:
    """The annotations that a name is another name of, or that a variable of types may be."""
    bindings = bindings_of(node.id, at)
    given = bindings[0].definition if len(bindings) == 1 else None
    if not isinstance(given, Assigned) or given.path:
        return []
    value, place = given.value, bindings[0].at
    if isinstance(value, (ast.Subscript, ast.BinOp)):
        return [(value, place)]
    if not isinstance(value, ast.Call) or _last_name(value.func) != VARIABLE:
        return []
    bound = keyword_of(value, "bound")
    given_types = value.args[1 : 1 + _MAX_ALTERNATIVES] if bound is None else [bound]
    return [(one, place) for one in given_types]


def _held(
    annotation: ast.Subscript, at: Point, asker: Interpreter, declared: ast.expr | None, depth: int
) -> ValueSet:
    """The collection of what its elements are annotated as."""
    name = _last_name(annotation.value)
    inner = annotation.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if not parts or len(parts) > _MAX_ALTERNATIVES:
        return UNKNOWN
    many = name in _LISTS or getattr(parts[-1], "value", None) is Ellipsis
    parts = parts[:1] if many else parts
    elements = [_alike(_objects(one, at, asker, declared, depth + 1)) for one in parts]
    if not any(one.known for one in elements):
        return UNKNOWN
    if name in _DICTS and len(parts) == 2:
        entry = Entry(parts[1], elements[1], parts[1], at)
        return exactly(DictValue((entry,), complete=False, others=elements[1]))
    kept = name in _LISTS or name in _TUPLES
    return exactly(ListValue(tuple(elements), many)) if kept else UNKNOWN


def _torch_api(value: Value) -> str | None:
    """The class of torch that a value is, or names for annotations alone."""
    if not isinstance(value, (Qualified, Annotated)):
        return None
    return torch_class(value.name) or base_class(value.name)


def _class(api: str, making: str) -> Qualified:
    """What is annotated as a class or as what makes an optimizer; which one, it tells seldom."""
    told = making != _CALLABLE and base_class(f"{NAMESPACE}.{api}") is None
    return Qualified(f"{NAMESPACE}.{api}" if told else ANY_CLASS)


def _alternatives(annotation: ast.expr) -> list[tuple[ast.expr | None, str]]:
    """The names in ``A | B``, ``Optional[A]``, ``"A"``; and in ``type[A]``, ``Callable[…, A]``.

    The second part says of the latter which of the two it is. A collection is one of them as a
    whole; what is not followed is None.
    """
    found: list[tuple[ast.expr | None, str]] = []
    pending: list[tuple[ast.expr | None, str]] = [(annotation, "")]
    while pending:
        node, making = pending.pop()
        if len(found) == _MAX_ALTERNATIVES:
            return [*found, (None, "")]
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.append((node, making))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            pending += [(node.left, making), (node.right, making)]
        elif isinstance(node, ast.Subscript):
            name = _last_name(node.value)
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if name in _LOOKED_THROUGH and parts:
                pending.append((parts[0], making))
            elif name in _TYPES and not making:
                pending += [(one, _TYPES[name]) for one in parts[:1]]
            elif name == "Union":
                pending += [(one, making) for one in parts]
            elif name == _CALLABLE and len(parts) == 2:
                pending.append((parts[1], _CALLABLE))
            else:
                found.append((node, making))
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


def _alike(element: ValueSet) -> ValueSet:
    """What a collection holds; what may be anything else, too, tells too little."""
    mixed = not element.complete and any(isinstance(one, Built) for one in element.values)
    return UNKNOWN if mixed else element


def _is_torch(own: OwnClass) -> bool:
    """Whether a class of the file derives from an optimizer or scheduler of torch's."""
    for one in own.line():
        for base in one.node.bases:
            found = one.base(base).exact
            name = found.name if isinstance(found, Qualified) else ""
            if torch_class(name) or base_class(name):
                return True
    return False


def _last_name(node: ast.expr) -> str:
    name = getattr(node, "id", "") or getattr(node, "attr", "")
    return name if isinstance(name, str) else ""
