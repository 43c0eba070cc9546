"""What a function's parameters are in one of its calls: a class handed over with its arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.lean import dataclass
from optport.reader.call_sites import given
from optport.reader.layout import Holder
from optport.reader.names import bindings_of
from optport.reader.objects import Interpreter
from optport.reader.scopes import CallSite, Function, Parameter, Point, Rest, ScopeKind

MAX_FRAMES = 16
"""Calls that a class is handed over by, for one call of a parameter."""
MAX_NESTED_FRAMES = 4
"""Functions that hand a class on, one to the other."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a function of the file; `outer` is the one of the function around that call."""

    function: Function
    site: CallSite
    outer: Frame | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """An expression, where it is evaluated, and what it is an argument of."""

    node: ast.expr
    at: Point
    holder: Holder | None = None
    frame: Frame | None = None


def only_parameter(node: ast.expr, at: Point) -> Parameter | None:
    """Return the parameter that an expression names, where that can be nothing else."""
    if not isinstance(node, ast.Name):
        return None
    bindings = bindings_of(node.id, at)
    definition = bindings[0].definition if len(bindings) == 1 else None
    if not isinstance(definition, Parameter):
        return None
    is_self = definition.first and definition.at.scope.kind is ScopeKind.CLASS
    return None if is_self else definition


def handed_over(node: ast.expr, at: Point, asker: Interpreter) -> Iterator[Spot]:
    """Yield what the file's calls give a parameter that `node` names, each with its frame."""
    pending: list[tuple[ast.expr, Point, tuple[tuple[Function, CallSite], ...]]] = [(node, at, ())]
    found = 0
    while pending and found < MAX_FRAMES:
        one, point, calls = pending.pop(0)
        parameter = only_parameter(one, point) if len(calls) < MAX_NESTED_FRAMES else None
        sites = () if parameter is None else asker.call_sites(parameter.function)
        if calls and not sites:
            found += 1
            yield Spot(one, point, calls[0][1].call, _frame(calls))
        for site in sites:
            assert parameter is not None
            inner = ((parameter.function, site), *calls)
            name = parameter.argument.arg
            written = given(site, name, parameter.position)
            if written is not None:
                pending.append((written, site.at, inner))
            elif parameter.default is not None and all(k.arg for k in site.call.keywords):
                found += 1
                yield Spot(parameter.default, parameter.at, None, _frame(inner))


def _frame(calls: tuple[tuple[Function, CallSite], ...]) -> Frame | None:
    """The frame of the innermost of some calls, the last of them."""
    frame: Frame | None = None
    for function, site in calls:
        frame = Frame(function, site, frame)
    return frame


def looked_through(spot: Spot) -> Spot:
    """Return what a parameter that `spot` names is in its frame; anything else as it is."""
    while spot.frame is not None:
        parameter = only_parameter(spot.node, spot.at)
        frame = spot.frame
        if parameter is None or parameter.function is not frame.function:
            return spot
        name = parameter.argument.arg
        written = given(frame.site, name, parameter.position)
        if written is not None:
            spot = Spot(written, frame.site.at, frame.site.call, frame.outer)
        elif parameter.default is not None:
            return Spot(parameter.default, parameter.at)
        else:
            return spot
    return spot


def is_rest(node: ast.expr, at: Point, frame: Frame | None) -> bool:
    """Whether an expression names the ``**kwargs`` of a frame's function, as they came."""
    if frame is None or not isinstance(node, ast.Name):
        return False
    definitions = [binding.definition for binding in bindings_of(node.id, at)]
    return bool(definitions) and all(
        isinstance(one, Rest) and one.function is frame.function and not one.positional
        for one in definitions
    )


def rest_positions(node: ast.expr, frame: Frame | None) -> list[ast.expr] | None:
    """Return what the ``*args`` of a frame's function are; None for anything else."""
    rest = None if frame is None else frame.function.args.vararg
    if rest is None or frame is None or not isinstance(node, ast.Name) or node.id != rest.arg:
        return None
    arguments = frame.function.args
    named = len(arguments.posonlyargs) + len(arguments.args) - frame.site.skip
    return frame.site.call.args[max(named, 0) :]
