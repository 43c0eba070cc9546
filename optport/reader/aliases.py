"""Names and attributes that are assigned a method, to be called by them later."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Set

from optport.reader.index import Index
from optport.reader.scopes import Assigned, Binding, LoopTarget, Scope


def names_of(wanted: Set[ast.expr], scopes: Iterable[Scope], index: Index) -> frozenset[str]:
    """Return the names of some scopes, and the attributes, that are assigned one of some nodes.

    What is assigned an item of one counts, too, or goes through it.
    """
    names = set()
    for scope in {id(one): one for one in scopes}.values():
        for name, bindings in scope.bindings.items():
            if any(assigned(one, wanted) is not None for one in bindings):
                names.add(name)
    for target, value in index.stores.items() if wanted else ():
        if value in wanted and isinstance(target, ast.Attribute):
            names.add(target.attr)
    return frozenset(names)


def assigned(binding: Binding, wanted: Container[ast.expr]) -> ast.expr | None:
    """Return the node of some that a binding is of, or that it is of an item of."""
    given = binding.definition
    if not isinstance(given, (Assigned, LoopTarget)):
        return None
    if isinstance(given, LoopTarget):  # one after the other
        return given.iterable if given.iterable in wanted else None
    node: ast.expr = given.value
    for position in given.path:
        if not isinstance(node, (ast.Tuple, ast.List)):
            break  # an item of what it gives
        if position >= len(node.elts):
            return None
        node = node.elts[position]
    while node not in wanted and isinstance(node, ast.Subscript):
        node = node.value
    return node if node in wanted else None
