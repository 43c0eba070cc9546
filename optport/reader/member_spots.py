"""Where expressions use members: attributes, items and calls by their syntax alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Container, Iterator
from string import Formatter

from optport.lean import dataclass
from optport.reader.index import Index
from optport.reader.member_texts import SHOWING, TEMPLATES, named_member, shown, told_member
from optport.reader.scopes import Point
from optport.table.model import Access
from optport.values import Certainty


@dataclass(frozen=True, slots=True)
class Spot:
    """A node that uses a member, or an item, of what `owner` is.

    Without an owner the member is a function, called by its name. `keys` are the items that are
    taken of it one after the other; a spot without member is an item of something. `opened` is how
    surely something looks into what a call gives, rather than keeping or handing it on whole. An
    `aliased` one is used by another name, or by a text that names it. A `whole` spot looks at all
    keys of what may be a group. The first `skip` arguments of a call are not the member's.
    """

    node: ast.expr
    owner: ast.expr | None
    member: str
    at: Point
    access: Access
    keys: tuple[ast.expr, ...] = ()
    formatted: bool = False
    opened: Certainty = Certainty.POSSIBLE
    aliased: bool = False
    whole: bool = False
    skip: int = 0


def find_spots(
    root: ast.expr, at: Point, index: Index, members: Container[str], keys: Collection[str]
) -> Iterator[Spot]:
    """Yield the uses of `members` in an expression, and of items with one of `keys`."""
    pending: list[tuple[ast.AST, Point, bool, Certainty]] = [(root, at, False, _UNTOLD)]
    while pending:
        node, place, formatted, opened = pending.pop()
        yield from _shown(node, place)
        if isinstance(node, ast.Call):
            if keys:
                yield from _looked_through(node, place)
            spot = _call(node, place, members, formatted, opened)
            if spot is not None:
                yield spot
                inner = [] if spot.owner is None else [(spot.owner, place, False, _UNTOLD)]
                pending += inner
            else:
                told = told_member(node)
                if told is not None and told.member in members:
                    yield Spot(
                        node,
                        told.owner,
                        told.member,
                        place,
                        told.access,
                        aliased=True,
                        skip=told.skip,
                    )
                pending.append((node.func, place, False, _UNTOLD))
            formats, opens = _formats(node), _opens(node.func)
            for number, one in enumerate(node.args):
                pending.append((one, place, number in formats, opens))
            for keyword in node.keywords:
                pending.append((keyword.value, place, keyword.arg in formats, Certainty.NO))
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            spot, rest = _chain(node, place, members, keys, formatted, index)
            if spot is not None:
                yield spot
            pending.append((rest[0], place, formatted, Certainty.CERTAIN))
            pending += [(one, place, False, _UNTOLD) for one in rest[1:]]
        elif isinstance(node, ast.FormattedValue):
            pending.append((node.value, place, node.format_spec is not None, _UNTOLD))
        else:
            kept = Certainty.NO if isinstance(node, _DISPLAYS) else _UNTOLD
            passed_on = formatted and isinstance(node, _NUMBERS)
            parts = index.parts(node, place)
            pending += [(part, inside, passed_on, kept) for part, inside in parts]


_UNTOLD = Certainty.POSSIBLE
_DISPLAYS = (ast.Dict, ast.List, ast.Tuple, ast.Set)
_NUMBERS = (ast.BinOp, ast.UnaryOp, ast.IfExp)
WHOLE_METHODS = frozenset({"items", "keys", "values"})
WHOLE_FUNCTIONS = frozenset({"dict", "len", "list", "set", "sorted"})
"""What looks at all keys of a dict."""


_HOLDERS = (ast.Name, ast.Attribute, ast.Subscript)


def _shown(node: ast.AST, at: Point) -> Iterator[Spot]:
    """Yield what a template makes part of a text."""
    if isinstance(node, TEMPLATES):
        for one in shown(node):
            if isinstance(one, _HOLDERS):
                yield Spot(one, None, SHOWING, at, Access.PASSED)


def _looked_through(node: ast.Call, at: Point) -> Iterator[Spot]:
    """What a call looks through as a whole."""
    callee, given = node.func, node.args
    if isinstance(callee, ast.Attribute) and callee.attr in WHOLE_METHODS and not given:
        yield Spot(node, callee.value, "", at, Access.READ, whole=True)
    elif isinstance(callee, ast.Name) and callee.id in WHOLE_FUNCTIONS and len(given) == 1:
        yield Spot(node, given[0], "", at, Access.READ, whole=True)


def _call(
    node: ast.Call, at: Point, members: Container[str], formatted: bool, opened: Certainty
) -> Spot | None:
    callee = node.func
    told = False
    if isinstance(callee, ast.Attribute) and callee.attr in members:
        owner, member = callee.value, callee.attr
    elif isinstance(callee, ast.Name) and callee.id in members:
        owner, member = None, callee.id
    else:
        named = _among(members, callee)
        if named is None:
            return None
        (owner, member), told = named, True
    return Spot(
        node, owner, member, at, Access.CALL, formatted=formatted, opened=opened, aliased=told
    )


def _opens(callee: ast.expr) -> Certainty:
    """How surely a call looks into its arguments: `torch.save` does not, `sorted` may."""
    return Certainty.NO if isinstance(callee, ast.Attribute) else _UNTOLD


def _formats(call: ast.Call) -> Collection[int | str | None]:
    """Return which arguments a call formats by something like ``.3f``: positions and keywords."""
    callee = call.func
    if isinstance(callee, ast.Name) and callee.id == "format" and len(call.args) > 1:
        return (0,)
    if not isinstance(callee, ast.Attribute) or callee.attr != "format":
        return ()
    text = getattr(callee.value, "value", None)
    if isinstance(text, str):
        return _specified(text)
    return [*range(len(call.args)), *(one.arg for one in call.keywords)]


def _specified(text: str) -> Collection[int | str | None]:
    """Return what a text formats by something like ``{:.3f}``."""
    found: set[int | str | None] = set()
    count = 0
    try:
        for _, field, spec, _ in Formatter().parse(text):
            name = None if field is None else _FIELD.match(field)
            if name is not None:
                named = name[0] or str(count)
                count += not name[0]
                if spec:
                    found.add(int(named) if named.isdecimal() else named)
    except ValueError:  # no text to format
        return ()
    return found


_FIELD = re.compile(r"[^.\[]*")
"""The argument that a replacement field is of."""


def formatted_names(
    root: ast.expr, at: Point, index: Index, names: Container[str]
) -> Iterator[tuple[ast.Name, Point]]:
    """Yield the uses of some names that are formatted by something like ``.3f``."""
    pending: list[tuple[ast.AST, Point, bool]] = [(root, at, False)]
    while pending:
        node, place, formatted = pending.pop()
        if isinstance(node, ast.Name):
            if formatted and node.id in names:
                yield node, place
        elif isinstance(node, ast.FormattedValue):
            pending.append((node.value, place, node.format_spec is not None))
        elif isinstance(node, ast.Call) and (formats := _formats(node)):
            pending.append((node.func, place, False))
            pending += [(one, place, number in formats) for number, one in enumerate(node.args)]
            pending += [(one.value, place, one.arg in formats) for one in node.keywords]
        else:
            passed_on = formatted and isinstance(node, (*_NUMBERS, ast.Subscript))
            pending += [(part, inside, passed_on) for part, inside in index.parts(node, place)]
            if passed_on:  # names are leaves, which are no parts
                named = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.Name))
                pending += [(one, place, True) for one in named]


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
    named = _among(members, base)
    while isinstance(base, ast.Subscript) and named is None:
        slices.append(base.slice)
        base = base.value
        named = _among(members, base)
    slices.reverse()
    access = _access(node, index)
    if named is not None:
        taken = tuple(slices)
        spot = Spot(node, *named, at, access, taken, formatted, aliased=True)
        return spot, [named[0], *slices]
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


def _among(members: Container[str], node: ast.expr) -> tuple[ast.expr, str] | None:
    """What a node takes one of some members of by a name in a text, and that name."""
    named = named_member(node)
    return named if named is not None and named[1] in members else None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _access(node: ast.Subscript | ast.Attribute, index: Index) -> Access:
    if isinstance(node.ctx, ast.Del):
        return Access.DELETE
    if isinstance(node.ctx, ast.Store):
        return Access.UPDATE if index.stored(node)[1] else Access.WRITE
    return Access.READ
