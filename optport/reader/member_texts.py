"""Members that are taken by a name in a text, or by what calls them later."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from string import Formatter

from optport.lean import dataclass
from optport.table.model import Access

_PARTIAL = "partial"
_ACCESS = {"getattr": Access.READ, "setattr": Access.WRITE, "delattr": Access.DELETE}
SHOWING = "str"
"""The function that makes a text of something, which templates call."""
TEMPLATES = (ast.FormattedValue, ast.Call, ast.BinOp)
"""The nodes that may make something part of a text."""
TEMPLATE_MARKS = re.compile(r"\{[\w.]*(?:![rs]|=)?\}|%[rs]")
"""What a text has where something is made part of it as `str` or `repr` shows it."""
_CONVERSION = re.compile(r"%[#0 +-]*\d*(?:\.\d*)?[a-zA-Z%]")
BY_TEXT = (*_ACCESS, "vars", "__dict__")
"""The names of what takes a member by its name in a text."""


@dataclass(frozen=True, slots=True)
class Told:
    """A use of a member of `owner`; the first `skip` arguments of its call are not the member's."""

    owner: ast.expr
    member: str
    access: Access
    skip: int = 0


def named_member(node: ast.expr) -> tuple[ast.expr, str] | None:
    """Return what a node takes a member of by a name in a text, and that name.

    That is ``getattr(o, "name")``, ``vars(o)["name"]`` or ``o.__dict__["name"]``.
    """
    if isinstance(node, ast.Call):
        return _given(node) if _function(node) == "getattr" else None
    name = _text(node.slice) if isinstance(node, ast.Subscript) else None
    if name is None or not isinstance(node, ast.Subscript):
        return None
    base = node.value
    if isinstance(base, ast.Attribute) and base.attr == "__dict__":
        return base.value, name
    if isinstance(base, ast.Call) and _function(base) == "vars" and len(base.args) == 1:
        return base.args[0], name
    return None


def told_member(call: ast.Call) -> Told | None:
    """Return the member that a call takes, sets or deletes by its name, or has called later.

    ``partial(o.step, closure)`` is as good as a call; a partial that gives nothing is none.
    """
    function = _function(call)
    if function in _ACCESS:
        told = _given(call)
        return None if told is None else Told(*told, _ACCESS[function])
    if (function or getattr(call.func, "attr", "")) != _PARTIAL or not call.args:
        return None
    callee, gives = call.args[0], len(call.args) + len(call.keywords) > 1
    named = (callee.value, callee.attr) if isinstance(callee, ast.Attribute) else None
    named = named or named_member(callee)
    return Told(*named, Access.CALL, skip=1) if named is not None and gives else None


def shown(node: ast.AST) -> Sequence[ast.expr]:
    """Return what a node makes part of a text by itself, without a call that does so."""
    if isinstance(node, ast.FormattedValue):
        return [] if node.format_spec is not None else [node.value]
    if isinstance(node, ast.Call):
        callee = node.func
        template = _text(callee.value) if isinstance(callee, ast.Attribute) else None
        if template is not None and getattr(callee, "attr", "") == "format":
            return _formatted(template, node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        template = _text(node.left)
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return [] if template is None else _interpolated(template, given)
    return ()


def _formatted(template: str, call: ast.Call) -> list[ast.expr]:
    """What `str.format` shows as it is: ``{}``, ``{0}`` and ``{name}``, nothing behind a dot."""
    by_name: dict[str, ast.expr] = {str(at): one for at, one in enumerate(call.args)}
    by_name |= {one.arg: one.value for one in call.keywords if one.arg is not None}
    try:
        fields = [(name, spec) for _, name, spec, _ in Formatter().parse(template)]
    except ValueError:  # it will raise
        return []
    found, numbered = [], 0
    for name, spec in fields:
        if name is not None and name[:1] in ("", ".", "["):
            name, numbered = f"{numbered}{name}", numbered + 1
        if name in by_name and not spec:
            found.append(by_name[name])
    return [] if any(isinstance(one, ast.Starred) for one in call.args) else found


def _interpolated(template: str, given: Sequence[ast.expr]) -> list[ast.expr]:
    """What ``%`` shows by ``%s`` and ``%r``."""
    marks = [mark for mark in _CONVERSION.findall(template) if mark != "%%"]
    if len(marks) != len(given):  # a mapping, or a width of its own
        return []
    return [one for mark, one in zip(marks, given, strict=True) if mark[-1] in "rs"]


def _given(call: ast.Call) -> tuple[ast.expr, str] | None:
    """The object and the name that a function of attributes is given."""
    name = _text(call.args[1]) if len(call.args) > 1 else None
    return None if name is None else (call.args[0], name)


def _function(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
