"""What an argument is by its form, where its value can't be read: a list of so many, a range."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from optport.reader.model import Argument
from optport.values import ITERABLE, SOME_FLOAT, UNREAD, Literal, Numpy, ValueSet, exactly

_MAX_DEPTH = 12
"""Operations in a row that are looked through for ints."""
MAX_ELEMENTS = 1_000
"""Elements of a display that is looked at."""


def value_of(argument: Argument, floats: bool = False) -> ValueSet:
    """Return an argument's value, or what its form tells of it; with `floats`, that it is one."""
    node = argument.display or argument.node
    if node is not None and _is_iterable(node):
        number = any(isinstance(one, Numpy) for one in argument.value.values)
        return argument.value if number else exactly(Literal(ITERABLE))
    if argument.value.known or node is None:
        return argument.value if node is None else _without_ints(argument.value, node)
    value = _form(node)
    if value is not None:
        return exactly(Literal(value))
    return SOME_FLOAT if floats and _is_float(node) else argument.value


def _without_ints(value: ValueSet, node: ast.expr) -> ValueSet:
    """A display's value without the elements of which no more is known than that they are ints."""
    only = value.exact
    elements = only.value if isinstance(only, Literal) else None
    if not isinstance(node, (ast.List, ast.Tuple)) or not isinstance(elements, (list, tuple)):
        return value
    if len(elements) != len(node.elts) or not any(one is UNREAD for one in elements):
        return value
    pairs = list(zip(elements, node.elts, strict=True))
    if not all(_is_int(inner) for one, inner in pairs if one is UNREAD):
        return value
    kept = [one for one, _ in pairs if one is not UNREAD]
    return exactly(Literal(kept if isinstance(elements, list) else tuple(kept)))


def _form(node: ast.expr) -> list[Any] | tuple[Any, ...] | range | None:
    """A list, tuple or range with the elements that are told of, where an expression is one."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return _display(node)
    if isinstance(node, ast.ListComp):
        return _several([node.elt])
    if isinstance(node, ast.BinOp):
        return _put_together(node)
    if not isinstance(node, ast.Call):
        return None
    if not isinstance(node.func, ast.Name):
        return _several([node]) if getattr(node.func, "attr", "") == _AS_LIST else None
    make = _MAKING.get(node.func.id)
    if make is None or not node.args:
        return _range(node)
    inner = node.args[0]
    alone = len(node.args) == 1 and not node.keywords
    numbers = _range(inner) if alone and isinstance(inner, ast.Call) else None
    if numbers is not None and len(numbers) <= MAX_ELEMENTS:
        return make(numbers)
    return tuple(_several([inner])) if make is tuple else _several([inner])


def _display(node: ast.List | ast.Tuple) -> list[Any] | tuple[Any, ...] | None:
    if len(node.elts) > MAX_ELEMENTS:
        return None
    starred = any(isinstance(one, ast.Starred) for one in node.elts)
    many = starred or all(map(_is_int, node.elts))
    elements = _several(node.elts) if many else [UNREAD for _ in node.elts]
    return elements if isinstance(node, ast.List) else tuple(elements)


def _put_together(node: ast.BinOp) -> list[Any] | tuple[Any, ...] | None:
    """The sum of two displays, or of one and something else; a display several times over."""
    sides = [one for one in (node.left, node.right) if isinstance(one, (ast.List, ast.Tuple))]
    elements = [element for one in sides for element in one.elts]
    if not sides or not isinstance(node.op, (ast.Add, ast.Mult)) or len(elements) > MAX_ELEMENTS:
        return None
    all_told = len(sides) == 2 or isinstance(node.op, ast.Mult)
    several = _several(elements) if all_told else list(_UNTOLD)
    return several if isinstance(sides[0], ast.List) else tuple(several)


_MAKING: Mapping[str, Callable[[Any], list[Any] | tuple[Any, ...]]] = {
    "list": list,
    "tuple": tuple,
    "sorted": sorted,
}
_UNTOLD: tuple[Any, ...] = (UNREAD, UNREAD)
"""Elements of which neither the number nor a value is known."""


def _several(elements: list[ast.expr]) -> list[Any]:
    """What is known of a list's elements, that can't be read: of ints nothing needs to be told."""
    return [] if all(map(_is_int, elements)) else list(_UNTOLD)


def _is_int(node: ast.expr, depth: int = 0) -> bool:
    """Whether an expression, or each element of it, is an int, whatever it is made of."""
    depth += 1
    if depth > _MAX_DEPTH:
        return False
    if isinstance(node, ast.Starred):
        node = node.value
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    if isinstance(node, ast.BinOp):
        whole = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv))
        return whole and _is_int(node.left, depth) and _is_int(node.right, depth)
    if isinstance(node, (ast.List, ast.Tuple)):
        return all(_is_int(one, depth) for one in node.elts)
    if not isinstance(node, ast.Call):
        return isinstance(node, _COMPREHENSIONS) and _is_int(node.elt, depth)
    if isinstance(node.func, ast.Attribute):
        if node.func.attr == _AS_LIST:
            return is_array(node.func.value) and _is_int(node.func.value, depth)
        given = node.args[0] if node.args else None
        if node.func.attr == "astype":
            return getattr(given, "id", "") == "int"
        whole = node.func.attr in _OF_INTS and is_array(node) and not node.keywords
        return whole and all(_is_int(one, depth) for one in node.args)
    name = getattr(node.func, "id", "")
    mapped = name == "map" and bool(node.args) and getattr(node.args[0], "id", "") == "int"
    return mapped or name == "range" or (name in ("int", "len", "round") and len(node.args) == 1)


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


def _is_iterable(node: ast.expr) -> bool:
    """Whether an expression is something to iterate over that is no list, tuple or range."""
    if isinstance(node, (ast.Set, ast.SetComp, ast.GeneratorExp)):
        return True
    if not isinstance(node, ast.Call):
        return False
    callee = node.func
    if isinstance(callee, ast.Name):
        return callee.id in _ITERABLES and bool(node.args)
    if is_array(node):
        return True
    return isinstance(callee, ast.Attribute) and callee.attr in _VIEWS and not node.args


def is_array(node: ast.expr) -> bool:
    """Whether an expression is an array of NumPy's, by how it is called."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _ARRAYS and getattr(node.func.value, "id", "") in _NUMPY:
            return True
        if node.func.attr not in _SAME_ARRAY:
            return False
        node = node.func.value
    return False


_ARRAYS = frozenset({"array", "asarray", "arange", "linspace", "cumsum", "unique"})
_OF_INTS = frozenset({"array", "asarray", "arange"})
"""What gives ints for ints."""
_AS_LIST = "tolist"
_SAME_ARRAY = frozenset({"astype", "copy", "round"})
_NUMPY = frozenset({"np", "numpy"})
_ITERABLES = frozenset({"set", "frozenset", "map", "filter", "iter", "reversed"})
_VIEWS = frozenset({"keys", "values"})


def _is_float(node: ast.expr) -> bool:
    """Whether an expression gives a float whatever it is made of: a quotient, `float(…)`."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div)
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"


def _range(call: ast.Call) -> range | None:
    """The numbers that a call of `range` gives, where they can be read."""
    if not isinstance(call.func, ast.Name) or call.func.id != "range" or call.keywords:
        return None
    try:
        return range(*(ast.literal_eval(one) for one in call.args))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
