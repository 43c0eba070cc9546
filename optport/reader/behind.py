"""The methods that parameters come from: behind names, attributes, comprehensions, functions."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from optport.reader.call_sites import given
from optport.reader.classes import Instance, OwnFunction
from optport.reader.names import bindings_of, owner
from optport.reader.objects import Interpreter
from optport.reader.scopes import Assigned, Binding, LoopTarget, Parameter, Point

MAX_EXPRESSIONS = 400
"""Expressions that are looked through for each that is asked about."""

_Spot = tuple[ast.expr, Point]
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp


def methods_behind(
    sources: Iterable[_Spot], names: Collection[str], asker: Interpreter
) -> list[ast.Attribute]:
    """Return the methods called `names`, with no argument, whose results some expressions hold.

    They are followed to what names and attributes are assigned, what is put into that, what
    the file's calls give a parameter, and what its functions return.
    """
    found: list[ast.Attribute] = []
    seen: set[ast.expr] = set()
    pending = list(sources)
    most = MAX_EXPRESSIONS * len(pending)
    while pending and len(seen) < most:
        node, at = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, ast.Call) and _is_one_of(node, names):
            assert isinstance(node.func, ast.Attribute)
            found += [node.func] if asker.index.is_placed(node.func) else []
        else:
            pending += _behind(node, at, asker)
    return found


def _is_one_of(call: ast.Call, names: Collection[str]) -> bool:
    bare = not call.args and not call.keywords
    return bare and isinstance(call.func, ast.Attribute) and call.func.attr in names


def _behind(node: ast.expr, at: Point, asker: Interpreter) -> Iterator[_Spot]:
    """Yield the expressions that one takes its elements from."""
    if isinstance(node, ast.Name):
        yield from _named(node, at, asker)
    elif isinstance(node, ast.Attribute):
        yield from _attribute(node, at, asker)
    elif isinstance(node, ast.Call):
        yield from ((one, at) for one in node.args)
        yield from ((one.value, at) for one in node.keywords)
        for callee in asker.value(node.func, at).values:
            if isinstance(callee, OwnFunction):
                yield from callee.scope.returns
    elif isinstance(node, _Comprehension):
        inside = asker.index.inside(node, at)
        yield node.elt, inside
        yield from ((one.iter, inside) for one in node.generators)
    elif isinstance(node, ast.IfExp):
        yield from ((node.body, at), (node.orelse, at))
    elif isinstance(node, (ast.Subscript, ast.Starred, ast.NamedExpr)):
        yield node.value, at
    elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.List, ast.Tuple, ast.Set, ast.Dict)):
        inner = ast.iter_child_nodes(node)
        yield from ((one, at) for one in inner if isinstance(one, ast.expr))


def _named(node: ast.Name, at: Point, asker: Interpreter) -> Iterator[_Spot]:
    scope = owner(node.id, at.scope)
    for binding in bindings_of(node.id, at):
        yield from _bound(binding, asker)
    if scope is not None:
        for change in asker.index.mutations(node.id, scope, held=True):
            if owner(node.id, change.at.scope) is scope:
                parts = change.node.args if isinstance(change.node, ast.Call) else [change.node]
                yield from ((one, change.at) for one in [*parts, change.value] if one is not None)


def _bound(binding: Binding, asker: Interpreter) -> Iterator[_Spot]:
    definition = binding.definition
    if isinstance(definition, Assigned):
        yield definition.value, binding.at
    elif isinstance(definition, LoopTarget):
        yield definition.iterable, binding.at
    elif isinstance(definition, Parameter):
        for site in asker.call_sites(definition.function):
            written = given(site, definition.argument.arg, definition.position)
            if written is not None:
                yield written, site.at
        if definition.default is not None:
            yield definition.default, definition.at


def _attribute(node: ast.Attribute, at: Point, asker: Interpreter) -> Iterator[_Spot]:
    """What the methods of the file's classes assign an attribute of their own."""
    for value in asker.value(node.value, at).values:
        if isinstance(value, Instance) and value.of.home is asker:
            for own in value.of.line():
                if own.home is asker:
                    sets = asker.index.attribute_sets(node.attr, own.scope)
                    yield from ((one.value, one.at) for one in sets)
