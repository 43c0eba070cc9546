"""Where expressions use members: attributes, items and calls by their syntax alone."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass

from optport.reader.index import Index
from optport.reader.scopes import Point
from optport.table.model import Access
from optport.values import Certainty


@dataclass(frozen=True, slots=True)
class Spot:
    """A node that uses a member, or an item, of what `owner` is.

    Without an owner the member is a function, called by its name. `keys` are the items that are
    taken of it one after the other; a spot without member is an item of something. `opened` is how
    surely something looks into what a call gives, rather than keeping or handing it on whole.
    """

    node: ast.expr
    owner: ast.expr | None
    member: str
    at: Point
    access: Access
    keys: tuple[ast.expr, ...] = ()
    formatted: bool = False
    opened: Certainty = Certainty.POSSIBLE


def find_spots(
    root: ast.expr, at: Point, index: Index, members: Container[str], keys: Container[str]
) -> Iterator[Spot]:
    """Yield the uses of `members` in an expression, and of items with one of `keys`."""
    pending: list[tuple[ast.AST, Point, bool, Certainty]] = [(root, at, False, _UNTOLD)]
    while pending:
        node, place, formatted, opened = pending.pop()
        if isinstance(node, ast.Call):
            spot = _call(node, place, members, formatted, opened)
            if spot is not None:
                yield spot
                inner = [] if spot.owner is None else [(spot.owner, place, False, _UNTOLD)]
                pending += inner
            else:
                pending.append((node.func, place, False, _UNTOLD))
            formats, opens = _formats(node.func), _opens(node.func)
            pending += [(argument, place, formats, opens) for argument in node.args]
            given = [keyword.value for keyword in node.keywords]
            pending += [(argument, place, formats, Certainty.NO) for argument in given]
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            spot, rest = _chain(node, place, members, keys, formatted, index)
            if spot is not None:
                yield spot
            pending.append((rest[0], place, formatted, Certainty.CERTAIN))
            pending += [(one, place, False, _UNTOLD) for one in rest[1:]]
        elif isinstance(node, ast.FormattedValue):
            pending.append((node.value, place, True, _UNTOLD))
        else:
            kept = Certainty.NO if isinstance(node, _DISPLAYS) else _UNTOLD
            pending += [(part, inside, False, kept) for part, inside in index.parts(node, place)]


_UNTOLD = Certainty.POSSIBLE
_DISPLAYS = (ast.Dict, ast.List, ast.Tuple, ast.Set)


def _call(
    node: ast.Call, at: Point, members: Container[str], formatted: bool, opened: Certainty
) -> Spot | None:
    callee = node.func
    if isinstance(callee, ast.Attribute) and callee.attr in members:
        owner, member = callee.value, callee.attr
    elif isinstance(callee, ast.Name) and callee.id in members:
        owner, member = None, callee.id
    else:
        return None
    return Spot(node, owner, member, at, Access.CALL, formatted=formatted, opened=opened)


def _opens(callee: ast.expr) -> Certainty:
    """How surely a call looks into its arguments: `torch.save` does not, `sorted` may."""
    return Certainty.NO if isinstance(callee, ast.Attribute) else _UNTOLD


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
