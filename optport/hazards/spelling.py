"""How values are spelled in advice and ports."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optport import parsing
from optport.reader.source import parenthesised
from optport.values import MAX_NUMBER, UNREAD, Literal, Numpy, Tensor, ValueSet

MAX_TEXT = 40
"""Characters of an argument's own expression that a message shows."""
MAX_ADVICE = 60
"""Characters of an expression that advice shows to be written."""
_FLOAT = re.compile(r"[0-9]{1,20}\.[0-9]{0,20}(?:e-?[0-9]{1,3})?")
"""Numbers as they are mostly written."""


def shortened(text: str, longest: int = MAX_TEXT) -> str:
    """Return `text`, cut where it is too long for a message."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def as_float(value: Any) -> Any:
    """Return the value with every int in it as a float, tensors and bools left alone."""
    if type(value) is int and abs(value) <= MAX_NUMBER:
        return float(value)
    if isinstance(value, (tuple, list)):
        return type(value)(as_float(element) for element in value)
    return value


def plain(value: ValueSet) -> Any:
    """Return the number, pair, … that a value surely is (inside of a tensor too), or `UNREAD`."""
    only = value.exact
    inside = only.value if isinstance(only, (Literal, Tensor, Numpy)) else UNREAD
    return UNREAD if _unread_inside(inside) else inside


def _unread_inside(value: Any) -> bool:
    """Whether something in a value is not known, however deep."""
    if not isinstance(value, (tuple, list)):
        return value is UNREAD or isinstance(value, Tensor) or value != value
    pending: list[Any] = [value]
    seen: set[int] = set()  # a list may be in many places of another
    while pending:
        one = pending.pop()
        if one is UNREAD or isinstance(one, Tensor):
            return True
        if isinstance(one, (tuple, list)) and id(one) not in seen:
            seen.add(id(one))
            pending += one
    return False


def as_tuple(value: Any) -> Any:
    """Return a list or tuple as a tuple of floats."""
    return tuple(as_float(value)) if isinstance(value, (tuple, list)) else value


def as_positive(value: Any) -> Any:
    """Return the value as floats, with a number too small to matter in place of every zero."""
    if isinstance(value, (tuple, list)):
        return type(value)(as_positive(element) for element in value)
    return TINY if value == 0 else as_float(value)


TINY = 1e-30
"""Measured to train as 0.0 does where a counterpart takes no zero."""


def as_int(value: Any) -> Any:
    """Return a number as an int, None unless it is whole."""
    return int(value) if value == int(value) else None


def as_ints(value: Any) -> Any:
    """Return a list of numbers as ints, None unless all of them are whole."""
    return [int(one) for one in value] if all(one == int(one) for one in value) else None


def only_element(value: Any) -> Any:
    """Return the one element of a list or tuple, None where there are others."""
    return value[0] if len(value) == 1 else None


REWRITINGS: dict[str, Callable[[Any], Any]] = {
    "float": as_float,
    "tuple": as_tuple,
    "positive": as_positive,
    "bool": bool,
    "int": as_int,
    "ints": as_ints,
    "list": list,
    "sorted": sorted,
    "first": only_element,
}
"""How a rejection may ask for a value to be written instead, beside an element of another.

A value that can't be written so becomes None.
"""


def rewritten(write: str, value: Any) -> str | None:
    """Return the source of `value` written as `write` of `REWRITINGS` asks; None if it can't be."""
    made = None if value is UNREAD else REWRITINGS[write](value)
    return None if made is None else repr(made)


def as_literal(text: str) -> Any:
    """Return the literal that a text is, or `UNREAD`."""
    if text.isidentifier() and text not in ("None", "True", "False"):
        return UNREAD  # most are a number or a name
    if text.isdecimal() and text.isascii() and len(text) < 20 and text[0] != "0":
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    try:
        value = parsing.literal(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNREAD
    return UNREAD if _is_beyond_floats(value) else value


def _is_beyond_floats(value: Any) -> bool:
    """Whether there is an int that no float holds in a value, at the depth that matters."""
    inside = value if isinstance(value, (tuple, list)) else (value,)
    return any(type(one) is int and abs(one) > MAX_NUMBER for one in inside)


def as_float_text(text: str) -> str:
    """Spell an int literal as a float; any other expression as it is."""
    return repr(float(text)) if text.isdecimal() and len(text) < 100 else text


def default_spelled(text: str, like: str | None) -> str:
    """Spell torch's default `text` for a parameter whose own default is `like`.

    Counterparts that check types take a float where their own default is one.
    """
    if like is None:
        return text
    mine, theirs = parsing.literal(text), parsing.literal(like)
    floats = type(theirs) is float or (
        isinstance(theirs, tuple) and all(type(element) is float for element in theirs)
    )
    return repr(as_float(mine)) if floats else text


def as_float_pair(text: str) -> str:
    """Spell a pair with a float in it with floats alone: some targets take no other."""
    value = parsing.literal(text)
    mixed = isinstance(value, tuple) and any(type(element) is float for element in value)
    return repr(as_float(value)) if mixed else text


def as_list(text: str) -> str:
    """Spell a container of parameters as a list: a generator in brackets, a list as it is."""
    if not text.startswith(("(", "[", "list")):
        return f"list({text})"
    try:
        node = parsing.parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return f"list({text})"
    if isinstance(node, ast.GeneratorExp):
        return f"[{text[1:-1].strip()}]"
    made = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "list"
    return text if made or isinstance(node, (ast.List, ast.ListComp)) else f"list({text})"


def with_methods(text: str, names: Mapping[str, str]) -> str:
    """Return an expression with methods that take no argument called by their names there.

    `names` are the names there by torch's: a Cell's ``trainable_params()`` for ``parameters()``.
    """
    if not any(f".{name}()" in text for name in names):
        return text
    try:
        tree = parsing.parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    data = text.encode("utf-8", "surrogatepass")
    found = [
        (node.end_col_offset or 0, node.attr)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and not (call.args or call.keywords)
        for node in (call.func,)
        if isinstance(node, ast.Attribute) and node.attr in names and node.end_lineno == 1
    ]
    for end, name in sorted(found, reverse=True):
        data = data[: end - len(name.encode())] + names[name].encode() + data[end:]
    return data.decode("utf-8", "surrogatepass")


def without_names(text: str) -> str:
    """Spell parameters that come with their names without them, where a method gives both."""
    named = text.endswith(".named_parameters()")
    return text.removesuffix(".named_parameters()") + ".parameters()" if named else text


def as_group(text: str) -> str:
    """Spell a flat container of parameters as one parameter group."""
    return f'[{{"params": {as_list(text)}}}]'


def inside_tensor(text: str) -> str:
    """Return what ``torch.tensor(…)`` or ``numpy.array(…)`` is made of; another text as it is."""
    if "ensor(" not in text and "array(" not in text:
        return text
    try:
        call = parsing.parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    if not isinstance(call, ast.Call) or len(call.args) != 1:
        return text
    if isinstance(call.args[0], (ast.List, ast.Tuple, ast.Starred)):
        return text
    callee = call.func
    name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
    known = name in _TENSORS or (name in _ARRAYS and not call.keywords)  # a dtype rounds
    inner = ast.get_source_segment(text, call.args[0]) if known else None
    return inner or text


def number_inside(text: str) -> str:
    """Return the number that ``torch.tensor(…)`` is made of; any other text as it is."""
    inner = inside_tensor(text)
    return text if inner == text else f"float({inner})"


_ARRAYS = frozenset({"array", "asarray", "asanyarray"})
_TENSORS = frozenset({"tensor", "as_tensor", "scalar_tensor", "Tensor", "FloatTensor"})


def element_texts(text: str, count: int) -> list[str]:
    """Spell the elements of a pair, one by one: those of the display where `text` is one."""
    try:
        display = parsing.parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        display = None
    elements = display.elts if isinstance(display, (ast.Tuple, ast.List)) else []
    starred = any(isinstance(element, ast.Starred) for element in elements)
    if len(elements) == count and not starred:
        segments = [ast.get_source_segment(text, element) or "…" for element in elements]
        return list(map(parenthesised, segments, elements))
    simple = text.replace(".", "").isidentifier()
    return [f"{text if simple else f'({text})'}[{position}]" for position in range(count)]


def as_numbers(text: str, elements: Sequence[Any]) -> list[str]:
    """Spell the elements of a pair, with the number in place of each tensor among them."""
    return [
        _as_number(one, element)
        for one, element in zip(element_texts(text, len(elements)), elements, strict=True)
    ]


def without_tensors(text: str, value: ValueSet) -> str:
    """Spell an argument with the numbers in place of the tensors, where it is a tuple of some."""
    only = value.exact
    elements = only.value if isinstance(only, Literal) else None
    if not isinstance(elements, tuple) or not any(isinstance(one, Tensor) for one in elements):
        return text
    return f"({', '.join(as_numbers(text, elements))})"


def _as_number(text: str, element: Any) -> str:
    if not isinstance(element, Tensor):
        return text
    if isinstance(element.value, (int, float)):
        return repr(float(element.value))
    inner = number_inside(text)
    return f"float({text})" if inner == text else inner


def squared(value: float) -> str:
    """Return the square as a person would write it: 1e-16, not 1.0000000000000001e-16."""
    return repr(float(f"{float(value) ** 2:.12g}"))
