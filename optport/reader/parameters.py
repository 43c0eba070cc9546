"""What a function's parameter may be: its instance, what the file's calls give it, its default,
or what its annotation names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.reader.annotations import objects_of
from optport.reader.binder import PARAMETRIZE, parametrized_names
from optport.reader.call_sites import filled
from optport.reader.classes import Instance, decorators, enclosing_class
from optport.reader.command_line import MAX_DECORATORS, decorated_default
from optport.reader.objects import Interpreter
from optport.reader.scopes import Parameter, Point, ScopeKind
from optport.values import UNKNOWN, Literal, ValueSet, exactly, union

_ANYTHING = frozenset({"Any", "object"})

MAX_PARAMETRIZED = 16
"""Sets of values of a test that are followed."""


def received(parameter: Parameter, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a parameter may be in the function whose scope `at` is in."""
    outer = at.scope.parent
    if parameter.first and outer is not None and outer.kind is ScopeKind.CLASS:
        names = decorators(parameter.function)
        own = enclosing_class(at.scope, asker)
        if own is not None and "staticmethod" not in names:
            return exactly(own if "classmethod" in names else Instance(own))
    given = filled(parameter, asker)
    found = [] if given is None else [given]
    found += _parametrized(parameter, asker)
    if parameter.default is not None:
        default = asker.value(parameter.default, parameter.at)
        if default.known and default.exact != Literal(None):
            found.append(default)
    likely = union(found)
    if likely.known and not (_declared(likely) and _tells(parameter.argument.annotation)):
        return likely | UNKNOWN
    annotated = objects_of(parameter.argument.annotation, parameter.at, asker)
    if annotated.known or likely.known:
        return annotated
    return decorated_default(parameter.function, parameter.argument.arg, asker, parameter.at)


def _parametrized(parameter: Parameter, asker: Interpreter) -> Iterator[ValueSet]:
    """What ``pytest.mark.parametrize`` hands to a test's parameter."""
    for decorator in getattr(parameter.function, "decorator_list", [])[:MAX_DECORATORS]:
        if not isinstance(decorator, ast.Call) or len(decorator.args) < 2:
            continue
        if getattr(decorator.func, "attr", "") != PARAMETRIZE:
            continue
        names, values = parametrized_names(decorator.args[0]), decorator.args[1]
        if parameter.argument.arg in names and isinstance(values, (ast.List, ast.Tuple)):
            position = names.index(parameter.argument.arg)
            path = (position,) if len(names) > 1 else ()
            for node in values.elts[:MAX_PARAMETRIZED]:
                yield _one_of_them(node, path, parameter.at, asker)


def _one_of_them(node: ast.expr, path: tuple[int, ...], at: Point, asker: Interpreter) -> ValueSet:
    """What one set of values gives: a value, a tuple of them, or ``pytest.param(…)``."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "param":
        position = path[0] if path else 0
        return asker.value(node.args[position], at) if position < len(node.args) else UNKNOWN
    return asker.unpacked(node, path, at)


def _declared(given: ValueSet) -> bool:
    """Whether all that is given is known from other annotations alone."""
    return all(getattr(one, "declared", None) is not None for one in given.values)


def _tells(annotation: ast.expr | None) -> bool:
    """Whether an annotation says more than that anything may come."""
    return annotation is not None and getattr(annotation, "id", "") not in _ANYTHING
