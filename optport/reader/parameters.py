"""What a function's parameter may be: its instance, what the file's calls give it, its default,
or what its annotation names.
"""

from __future__ import annotations

import ast

from optport.reader.annotations import objects_of
from optport.reader.call_sites import filled
from optport.reader.classes import Instance, OwnClass, decorators, enclosing_class
from optport.reader.command_line import decorated_default
from optport.reader.objects import Interpreter
from optport.reader.scopes import Parameter, Point, ScopeKind
from optport.values import UNKNOWN, Literal, ValueSet, exactly, union


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
    if parameter.default is not None:
        default = asker.value(parameter.default, parameter.at)
        if default.known and default.exact != Literal(None):
            found.append(default)
    likely = union(found)
    if likely.known:
        return likely | UNKNOWN
    annotated = _annotated(parameter, asker)
    if annotated.known:
        return annotated
    return decorated_default(parameter.function, parameter.argument.arg, asker, parameter.at)


def _annotated(parameter: Parameter, asker: Interpreter) -> ValueSet:
    """An instance of the class that a parameter's annotation names."""
    annotation = parameter.argument.annotation
    own: tuple[Instance, ...] = ()
    if isinstance(annotation, (ast.Name, ast.Attribute)):
        named = asker.value(annotation, parameter.at).values
        own = tuple(Instance(one) for one in named if isinstance(one, OwnClass))
    return ValueSet(own) if own else objects_of(annotation, parameter.at, asker)
