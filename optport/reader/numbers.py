"""Numbers that are none of Python's: tensors of torch's, and what NumPy and its like make."""

from __future__ import annotations

import ast
import struct
from typing import Any

from optport.reader.objects import Interpreter
from optport.reader.scopes import Point
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    Numpy,
    Tensor,
    Value,
    ValueSet,
    exactly,
    literal,
)

TENSORS = ("torch.tensor", "torch.as_tensor", "torch.scalar_tensor", "torch.Tensor")
_FORMATS = {"float16": "e", "half": "e", "float32": "f", "single": "f"}
"""How `struct` writes the kinds of numbers that round what they are made of."""
_OTHERS = (
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "intp", "bool_"),
    *("array", "asarray", "asanyarray"),
)
ARRAYS = tuple(
    f"{module}.{name}"
    for module in ("numpy", "jax.numpy", "cupy")
    for name in (*_FORMATS, *_OTHERS)
)


def tensor(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a function gives that makes a tensor of a number."""
    if not _has_first(call):
        return UNKNOWN
    inside = asker.value(call.args[0], at).exact
    return exactly(Tensor(inside.value if isinstance(inside, Literal) else UNREAD))


def numpy_number(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a function gives that makes a number of NumPy's: float32 rounds it."""
    if not _has_first(call) or isinstance(call.args[0], (ast.List, ast.Tuple)):
        return UNKNOWN
    inside = asker.value(call.args[0], at).exact
    value = inside.value if isinstance(inside, Literal) else UNREAD
    if not isinstance(value, (int, float)) or call.keywords:
        return exactly(Numpy(UNREAD))
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    kind = _FORMATS.get(name)
    return exactly(Numpy(value if kind is None else _rounded(value, kind)))


def _rounded(value: float, kind: str) -> Any:
    try:
        return struct.unpack(kind, struct.pack(kind, value))[0]
    except OverflowError:
        return UNREAD


def number_in(value: Value) -> ValueSet:
    """Return what `item` gives: a tensor's number, and a number's own."""
    if isinstance(value, (Tensor, Numpy)):
        return UNKNOWN if value.value is UNREAD else literal(value.value)
    return exactly(value)


def _has_first(call: ast.Call) -> bool:
    return bool(call.args) and not isinstance(call.args[0], ast.Starred)
