"""Defaults of command-line options: argparse, click, absl. All can be overridden by the user."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from optport.reader.arithmetic import converted, mapped
from optport.values import UNKNOWN, Literal, ValueSet, literal, union

if TYPE_CHECKING:
    from optport.reader.evaluate import Evaluator
    from optport.reader.scopes import Function, Point

    _Default = Callable[[ast.Call, Evaluator, Point], ValueSet]

_ADDING = frozenset({"add_argument", "add_option"})
_SETTING = "set_defaults"
_DEFINING = "DEFINE_"  # absl: DEFINE_float and its like
_TYPES = {"float": float, "int": int, "str": str}


class CommandLine:
    """The options that a file defines."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._defaults: dict[str, list[tuple[_Default, ast.Call, Point]]] = {}
        words = evaluator.index.words
        marks = words.mark([*_ADDING, _SETTING])
        words.mark_text(_DEFINING, marks)
        for call, at in evaluator.index.calls(marks, alone=_defines):
            for name, default in _defined(call):
                self._defaults.setdefault(name, []).append((default, call, at))

    def default(self, name: str) -> ValueSet | None:
        """Return the default of the option with that destination, None for no option."""
        defaults = self._defaults.get(name)
        if defaults is None:
            return None
        return union(make(call, self._evaluator, at) for make, call, at in defaults).overridable()


def _defines(call: ast.Call) -> bool:
    method = getattr(call.func, "attr", "")
    return method in _ADDING or method == _SETTING or method.startswith(_DEFINING)


def _defined(call: ast.Call) -> Iterator[tuple[str, _Default]]:
    """Yield the destinations of the options that a call defines, with the way to the default."""
    callee = call.func
    method = callee.attr if isinstance(callee, ast.Attribute) else ""
    if method in _ADDING:
        name = _destination(call)
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
    return lambda _, evaluator, at: evaluator.value(node, at)


def decorated_default(
    function: Function, parameter: str, evaluator: Evaluator, at: Point
) -> ValueSet:
    """Return the default that a click option gives a function's parameter, if one does."""
    for decorator in getattr(function, "decorator_list", []):
        if not isinstance(decorator, ast.Call):
            continue
        callee = decorator.func
        name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
        if name == "option" and _destination(decorator) == parameter:
            return _default(decorator, evaluator, at).overridable()
    return UNKNOWN


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def _destination(call: ast.Call) -> str | None:
    """The name under which an option's value is found, as argparse and click make it."""
    explicit = _keyword(call, "dest")
    if explicit is not None:
        return _text(explicit)
    flags = [text for text in map(_text, call.args) if text is not None]
    long = [flag for flag in flags if flag.startswith("--")]
    plain = [flag for flag in flags if not flag.startswith("-")]
    chosen = plain or long or flags
    return chosen[0].lstrip("-").replace("-", "_") if chosen else None


def _default(call: ast.Call, evaluator: Evaluator, at: Point) -> ValueSet:
    default = _keyword(call, "default")
    action = _keyword(call, "action")
    if default is None:
        text = None if action is None else _text(action)
        switched = {"store_true": False, "store_false": True}.get(text or "")
        if switched is None and _is_true(_keyword(call, "is_flag")):
            switched = False
        return UNKNOWN if switched is None else literal(switched)
    value = evaluator.value(default, at)
    kind = _keyword(call, "type")
    convert = _TYPES.get(kind.id) if isinstance(kind, ast.Name) else None
    if convert is None:
        return value
    # A default in a string is converted like the command line; any other is taken as it is.
    texts = all(isinstance(o, Literal) and isinstance(o.value, str) for o in value.values)
    return mapped(value, lambda text: converted(convert, text)) if texts else value


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
