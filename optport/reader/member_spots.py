"""Where expressions use members: attributes, items and calls by their syntax alone."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass

from optport.reader.index import Index
from optport.reader.scopes import Point
from optport.table.model import Access


@dataclass(frozen=True, slots=True)
class Spot:
    """A node that uses a member, or an item, of what `owner` is.

    Without an owner the member is a function, called by its name. `keys` are the items that are
    taken of it one after the other; a spot without member is an item of something.
    """

    node: ast.expr
    owner: ast.expr | None
    member: str
    at: Point
    access: Access
    keys: tuple[ast.expr, ...] = ()
    formatted: bool = False


def find_spots(
    root: ast.expr, at: Point, index: Index, members: Container[str], keys: Container[str]
) -> Iterator[Spot]:
    """Yield the uses of `members` in an expression, and of items with one of `keys`."""
    pending: list[tuple[ast.AST, Point, bool]] = [(root, at, False)]
    while pending:
        node, place, formatted = pending.pop()
        if isinstance(node, ast.Call):
            spot = _call(node, place, members, formatted)
            if spot is not None:
                yield spot
                inner = [] if spot.owner is None else [(spot.owner, place, False)]
                pending += inner
            else:
                pending.append((node.func, place, False))
            formats = _formats(node.func)
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            pending += [(argument, place, formats) for argument in arguments]
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            spot, rest = _chain(node, place, members, keys, formatted, index)
            if spot is not None:
                yield spot
            pending += [(one, place, formatted and one is rest[0]) for one in rest]
        elif isinstance(node, ast.FormattedValue):
            pending.append((node.value, place, True))
        else:
            pending += [(part, inside, False) for part, inside in index.parts(node, place)]


def _call(node: ast.Call, at: Point, members: Container[str], formatted: bool) -> Spot | None:
    callee = node.func
    if isinstance(callee, ast.Attribute) and callee.attr in members:
        return Spot(node, callee.value, callee.attr, at, Access.CALL, formatted=formatted)
    if isinstance(callee, ast.Name) and callee.id in members:
        return Spot(node, None, callee.id, at, Access.CALL, formatted=formatted)
    return None


def _formats(callee: ast.expr) -> bool:
    """Whether what is called formats its arguments."""
    return getattr(callee, "attr", "") == "format" or getattr(callee, "id", "") == "format"


def _chain(
    node: ast.Subscript | ast.Attribute,
    at: Point,
    members: Container[str],
    keys: Container[str],
    formatted: bool,
    index: Index,
) -> tuple[Spot | None, list[ast.expr]]:
    """Return what an attribute or item uses, and what is left to look at, its object first."""
    slices: list[ast.expr] = []
    base: ast.expr = node
    while isinstance(base, ast.Subscript):
        slices.append(base.slice)
        base = base.value
    slices.reverse()
    access = _access(node, index)
    if isinstance(base, ast.Attribute):
        if base.attr in members:
            taken = tuple(slices)
            spot = Spot(node, base.value, base.attr, at, access, taken, formatted)
            return spot, [base.value, *slices]
        if not slices:
            return None, [base.value]
    if any(isinstance(one, ast.Constant) and one.value in keys for one in slices if _is_text(one)):
        return Spot(node, base, "", at, access, tuple(slices), formatted), [base, *slices]
    return None, [base, *slices]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _access(node: ast.Subscript | ast.Attribute, index: Index) -> Access:
    if isinstance(node.ctx, ast.Del):
        return Access.DELETE
    if isinstance(node.ctx, ast.Store):
        return Access.UPDATE if index.stored(node)[1] else Access.WRITE
    return Access.READ
