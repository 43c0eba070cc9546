"""Annotations: the optimizers and schedulers that they name."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

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
    return UNKNOWN if annotation is None else _Reading(asker).objects(annotation, at, None, 0)


class _Reading:
    """The reading of one annotation, in which what a name means is looked up once."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._known: dict[tuple[ast.expr, ast.expr], ValueSet] = {}

    def objects(
        self, annotation: ast.expr, at: Point, declared: ast.expr | None, depth: int
    ) -> ValueSet:
        """The objects of an annotation; by another name they are of where that is `declared`."""
        found: list[Value] = []
        complete = depth <= _MAX_DEPTH and self._asker.evaluation.spend(1)
        for node, making, text in _alternatives(annotation) if complete else ():
            where = declared or text
            if node is None:
                value = UNKNOWN
            elif isinstance(node, ast.Subscript):
                value = UNKNOWN if making else self._held(node, at, where, depth)
            else:
                value = self._named(node, making, at, where or annotation, depth)
            found += value.values
            complete = complete and value.complete
        # Several may mean the same one.
        return ValueSet(tuple(dict.fromkeys(found)), complete and bool(found))

    def _named(
        self, node: ast.expr, making: str, at: Point, declared: ast.expr, depth: int
    ) -> ValueSet:
        """The objects of one name in an annotation."""
        values = self._asker.value(node, at)
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
        meant = _meant(node, at)
        return union([self._other(one, place, declared, depth) for one, place in meant])

    def _other(self, meant: ast.expr, at: Point, declared: ast.expr, depth: int) -> ValueSet:
        """The objects of what a name in an annotation means."""
        key = meant, declared
        if key not in self._known:
            self._known[key] = UNKNOWN  # what a circle sees of itself
            self._known[key] = self.objects(meant, at, declared, depth + 1)
        return self._known[key]

    def _held(
        self, annotation: ast.Subscript, at: Point, declared: ast.expr | None, depth: int
    ) -> ValueSet:
        """The collection of what its elements are annotated as."""
        name = _last_name(annotation.value)
        inner = annotation.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if not parts or len(parts) > _MAX_ALTERNATIVES:
            return UNKNOWN
        many = name in _LISTS or getattr(parts[-1], "value", None) is Ellipsis
        parts = parts[:1] if many else parts
        elements = [_alike(self.objects(one, at, declared, depth + 1)) for one in parts]
        if not any(one.known for one in elements):
            return UNKNOWN
        if name in _DICTS and len(parts) == 2:
            entry = Entry(parts[1], elements[1], parts[1], at)
            return exactly(DictValue((entry,), complete=False, others=elements[1]))
        kept = name in _LISTS or name in _TUPLES
        return exactly(ListValue(tuple(elements), many)) if kept else UNKNOWN


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


def _torch_api(value: Value) -> str | None:
    """The class of torch that a value is, or names for annotations alone."""
    if not isinstance(value, (Qualified, Annotated)):
        return None
    return torch_class(value.name) or base_class(value.name)


def _class(api: str, making: str) -> Qualified:
    """What is annotated as a class or as what makes an optimizer; which one, it tells seldom."""
    told = making != _CALLABLE and base_class(f"{NAMESPACE}.{api}") is None
    return Qualified(f"{NAMESPACE}.{api}" if told else ANY_CLASS)


def _alternatives(annotation: ast.expr) -> list[_Alternative]:
    """The names in ``A | B``, ``Optional[A]``, ``"A"``; and in ``type[A]``, ``Callable[…, A]``.

    A collection is one of them as a whole.
    """
    found: list[_Alternative] = []
    pending = [_Alternative(annotation)]
    while pending:
        one = pending.pop()
        node, making, text = one
        if len(found) == _MAX_ALTERNATIVES:
            return [*found, _Alternative(None)]
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.append(one)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            pending += [_Alternative(side, making, text) for side in (node.left, node.right)]
        elif isinstance(node, ast.Subscript):
            name = _last_name(node.value)
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if name in _LOOKED_THROUGH and parts:
                pending.append(_Alternative(parts[0], making, text))
            elif name in _TYPES and not making:
                pending += [_Alternative(part, _TYPES[name], text) for part in parts[:1]]
            elif name == "Union":
                pending += [_Alternative(part, making, text) for part in parts]
            elif name == _CALLABLE and len(parts) == 2:
                pending.append(_Alternative(parts[1], _CALLABLE, text))
            else:
                found.append(one)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            pending += [_Alternative(part, making, text or node) for part in _in_text(node.value)]
        elif not (isinstance(node, ast.Constant) and node.value is None):
            found.append(_Alternative(None, making))
    return found


class _Alternative(NamedTuple):
    """One of what an annotation names; None for what is not followed."""

    node: ast.expr | None
    making: str = ""
    """By which annotation it is the class that is meant, or what makes one."""
    text: ast.expr | None = None
    """The text in the source that it stands in."""


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
