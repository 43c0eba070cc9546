"""Defaults of command-line options: argparse, click, absl. All can be overridden by the user."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from optport.reader.arithmetic import converted, mapped
from optport.reader.objects import Interpreter, keyword_of
from optport.reader.scopes import Function, Point
from optport.values import UNKNOWN, Literal, ValueSet, literal, union

_Default = Callable[[ast.Call, Interpreter, Point], ValueSet]

MAX_DEFINITIONS = 64
"""Definitions of one option that are followed."""

_ADDING = frozenset({"add_argument", "add_option"})
_SETTING = "set_defaults"
DEFINING = _ADDING | {_SETTING, "option"}
"""The methods and decorators that define an option by its name and default."""
_DEFINING = "DEFINE_"  # absl: DEFINE_float and its like
_TYPES = {"float": float, "int": int, "str": str}


class CommandLine:
    """The options that a file defines."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._defaults: dict[str, list[tuple[_Default, ast.Call, Point]]] = {}
        index = asker.index
        lines = index.lines.with_words([*_ADDING, _SETTING])
        index.lines.add_text(_DEFINING, lines)
        for call, at in index.calls(lines, alone=_defines):
            for name, default in _defined(call):
                self._defaults.setdefault(name, []).append((default, call, at))

    def default(self, name: str) -> ValueSet | None:
        """Return the default of the option with that destination, None for no option."""
        defaults = self._defaults.get(name)
        if defaults is None:
            return None
        found = [make(call, self._asker, at) for make, call, at in defaults[:MAX_DEFINITIONS]]
        return union(found) | UNKNOWN


def _defines(call: ast.Call) -> bool:
    method = getattr(call.func, "attr", "")
    return method in _ADDING or method == _SETTING or method.startswith(_DEFINING)


def _defined(call: ast.Call) -> Iterator[tuple[str, _Default]]:
    """Yield the destinations of the options that a call defines, with the way to the default."""
    callee = call.func
    method = callee.attr if isinstance(callee, ast.Attribute) else ""
    if method in _ADDING:
        name = destination(call)
        if name is not None:
            yield name, _default
    elif method == _SETTING:
        for keyword in call.keywords:
            if keyword.arg is not None:
                yield keyword.arg, _value_of(keyword.value)
    elif method.startswith(_DEFINING) and len(call.args) > 1:
        name = _text(call.args[0])
        if name is not None:
            yield name, _value_of(call.args[1])


def _value_of(node: ast.expr) -> _Default:
    return lambda _, asker, at: asker.value(node, at)


MAX_DECORATORS = 64
"""Decorators of one function that are looked at for each of its parameters."""


def decorated_default(
    function: Function, parameter: str, asker: Interpreter, at: Point
) -> ValueSet:
    """Return the default that a click option gives a function's parameter, if one does."""
    for decorator in getattr(function, "decorator_list", [])[:MAX_DECORATORS]:
        if not isinstance(decorator, ast.Call):
            continue
        callee = decorator.func
        name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
        if name == "option" and destination(decorator) == parameter:
            return _default(decorator, asker, at) | UNKNOWN
    return UNKNOWN


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def destination(call: ast.Call) -> str | None:
    """Return the name under which an option's value is found, as argparse and click make it."""
    explicit = keyword_of(call, "dest")
    if explicit is not None:
        return _text(explicit)
    flags = [text for text in map(_text, call.args) if text is not None]
    long = [flag for flag in flags if flag.startswith("--")]
    plain = [flag for flag in flags if not flag.startswith("-")]
    chosen = plain or long or flags
    return chosen[0].lstrip("-").replace("-", "_") if chosen else None


def _default(call: ast.Call, asker: Interpreter, at: Point) -> ValueSet:
    default, constant = keyword_of(call, "default"), keyword_of(call, "const")
    action = keyword_of(call, "action")
    if default is None and constant is None:
        text = None if action is None else _text(action)
        switched = {"store_true": False, "store_false": True}.get(text or "")
        if switched is None and _is_true(keyword_of(call, "is_flag")):
            switched = False
        return UNKNOWN if switched is None else literal(switched)
    value = union(asker.value(one, at) for one in (default, constant) if one is not None)
    kind = keyword_of(call, "type")
    convert = _TYPES.get(kind.id) if isinstance(kind, ast.Name) else None
    if convert is None:
        return value
    # A default in a string is converted like the command line; any other is taken as it is.
    texts = all(isinstance(o, Literal) and isinstance(o.value, str) for o in value.values)
    return mapped(value, lambda text: converted(convert, text)) if texts else value


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
