"""What an expression of the file may stand for, worked out on demand.

An abstract interpreter in the small: names are followed through the bindings that reach them, and
every expression becomes a `Value`. Each expression is worked out once; chains of names are
followed only so far, so that no source makes this deep or long.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from optport.reader.index import Index
from optport.reader.scopes import (
    Assigned,
    Binding,
    Imported,
    Point,
    Scope,
    ScopeKind,
    reaching,
)
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    Option,
    Qualified,
    Tensor,
    Value,
    exactly,
    literal,
    union,
)

DEEPEST = 40
"""How many names and operators are followed one behind the other."""
LONGEST = 64
"""Elements read of one tuple or list."""
LARGEST = 1e15
"""Numbers beyond it are not computed with: `10 ** 10 ** 10` must not cost anything."""

_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}
_TENSOR_MAKERS = {"torch.tensor", "torch.as_tensor", "torch.scalar_tensor", "torch.Tensor"}
_CONVERSIONS: dict[str, Callable[[Any], Any]] = {"float": float, "int": int, "bool": bool}


def is_number(value: object) -> bool:
    """Whether `value` is an int or float (a bool counts: Python computes with it)."""
    return isinstance(value, (int, float))


class Evaluator:
    """Works out the values of one file's expressions; remembers what it found."""

    def __init__(self, index: Index, star_exports: Callable[[str, str], bool]) -> None:
        """Take the file's `index`; `star_exports(module, name)` says what ``import *`` brings."""
        self._index = index
        self._star_exports = star_exports
        self._known: dict[ast.expr, Value] = {}
        self._depth = 0
        self._kinds: dict[type, Callable[[Any, Point], Value]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Tuple: self._display,
            ast.List: self._display,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.IfExp: self._conditional,
            ast.NamedExpr: self._named,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr, at: Point) -> Value:
        """Return what `node`, evaluated at `at`, may stand for."""
        kind = self._kinds.get(type(node))
        if kind is None or self._depth >= DEEPEST:
            return UNKNOWN
        if node not in self._known:
            self._known[node] = UNKNOWN  # what a cycle sees of itself
            self._depth += 1
            self._known[node] = kind(node, at)
            self._depth -= 1
        return self._known[node]

    def sources(self, node: ast.expr, at: Point) -> list[tuple[ast.expr, Point]]:
        """Return the expressions that `node` may have been assigned from; itself if no name."""
        found: list[tuple[ast.expr, Point]] = []
        pending = [(node, at)]
        seen: set[ast.expr] = set()
        while pending and len(seen) < DEEPEST:
            expression, point = pending.pop()
            if expression in seen:
                continue
            seen.add(expression)
            bindings = (
                self._bindings(expression.id, point) if isinstance(expression, ast.Name) else []
            )
            if not bindings:
                found.append((expression, point))
            for binding in bindings:
                if isinstance(binding.source, Assigned) and not binding.source.path:
                    pending.append((binding.source.value, binding.at))
                else:
                    found.append((expression, point))
        return found

    # -- names ------------------------------------------------------------------------------

    def _bindings(self, name: str, at: Point) -> list[Binding]:
        scope = self._owner(name, at.scope)
        return [] if scope is None else reaching(scope, name, at)

    def _owner(self, name: str, scope: Scope | None) -> Scope | None:
        """Return the scope that `name` belongs to in `scope`, as Python finds it."""
        innermost = True
        while scope is not None:
            if name in scope.elsewhere:
                return scope.elsewhere[name]
            if name in scope.bindings and (innermost or scope.kind is not ScopeKind.CLASS):
                return scope
            innermost = innermost and scope.kind is ScopeKind.COMPREHENSION
            scope = scope.parent
        return None

    def _name(self, node: ast.Name, at: Point) -> Value:
        scope = self._owner(node.id, at.scope)
        if scope is None:
            return self._starred(node.id)
        return union(self._bound(binding) for binding in reaching(scope, node.id, at))

    def _bound(self, binding: Binding) -> Value:
        source = binding.source
        if isinstance(source, Imported):
            return exactly(Qualified(source.qualified))
        if not isinstance(source, Assigned):
            return UNKNOWN
        node = source.value
        path = source.path
        while path and isinstance(node, (ast.Tuple, ast.List)) and path[0] < len(node.elts):
            node, path = node.elts[path[0]], path[1:]
        value = self.value(node, binding.at)
        for position in path:
            value = _element(value, position)
        return value

    def _starred(self, name: str) -> Value:
        """A name that nothing in the file binds: from a star import, or built in."""
        stars = self._index.module.stars
        found = [exactly(Qualified(f"{m}.{name}")) for m, _ in stars if self._star_exports(m, name)]
        if not found:
            return UNKNOWN
        value = union(found)
        return value if len(found) == len(stars) else value.overridable()

    def _attribute(self, node: ast.Attribute, at: Point) -> Value:
        names: list[str] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            names.append(base.attr)
            base = base.value
        value = self.value(base, at)
        suffix = "." + ".".join(reversed(names)) if len(names) <= DEEPEST else None
        if suffix is None:
            return UNKNOWN
        return Value(
            tuple(
                Qualified(option.name + suffix)
                for option in value.options
                if isinstance(option, Qualified)
            ),
            # An attribute of None would raise, so that option rules itself out.
            value.complete
            and all(isinstance(o, Qualified) or o == Literal(None) for o in value.options),
        )

    # -- values -----------------------------------------------------------------------------

    def _constant(self, node: ast.Constant, at: Point) -> Value:
        return UNKNOWN if node.value is Ellipsis else literal(node.value)

    def _display(self, node: ast.Tuple | ast.List, at: Point) -> Value:
        if len(node.elts) > LONGEST or any(isinstance(e, ast.Starred) for e in node.elts):
            return UNKNOWN
        elements = []
        for element in node.elts:
            only = self.value(element, at).exact
            elements.append(only.value if isinstance(only, Literal) else UNREAD)
        return literal(tuple(elements) if isinstance(node, ast.Tuple) else elements)

    def _unary(self, node: ast.UnaryOp, at: Point) -> Value:
        operand = self.value(node.operand, at)
        if isinstance(node.op, ast.Not):
            return _mapped(operand, lambda value: not value)
        sign = -1 if isinstance(node.op, ast.USub) else 1
        if isinstance(node.op, ast.Invert):
            return UNKNOWN
        return _mapped(operand, lambda value: sign * value if is_number(value) else UNREAD)

    def _binary(self, node: ast.BinOp, at: Point) -> Value:
        compute = _ARITHMETIC.get(type(node.op))
        if compute is None:
            return UNKNOWN
        left, right = self.value(node.left, at), self.value(node.right, at)
        results = union(
            _mapped(left, partial(_computed, compute, other)) for other in right.options
        )
        return results if left.complete and right.complete else results.overridable()

    def _conditional(self, node: ast.IfExp, at: Point) -> Value:
        return union([self.value(node.body, at), self.value(node.orelse, at)])

    def _named(self, node: ast.NamedExpr, at: Point) -> Value:
        return self.value(node.value, at)

    def _call(self, node: ast.Call, at: Point) -> Value:
        """Calls that only convert: `torch.tensor(0.1)`, `float("1e-3")`."""
        if not node.args or isinstance(node.args[0], ast.Starred):
            return UNKNOWN
        callee = node.func
        if isinstance(callee, ast.Name) and callee.id in _CONVERSIONS:
            if self._owner(callee.id, at.scope) is not None or node.keywords:
                return UNKNOWN
            convert = _CONVERSIONS[callee.id]
            return _mapped(self.value(node.args[0], at), lambda value: _converted(convert, value))
        name = self.value(callee, at).exact
        if isinstance(name, Qualified) and name.name in _TENSOR_MAKERS:
            inside = self.value(node.args[0], at).exact
            return exactly(Tensor(inside.value if isinstance(inside, Literal) else UNREAD))
        return UNKNOWN


def _element(value: Value, position: int) -> Value:
    """The value's element at `position`, where its options are tuples or lists."""
    found: list[Option] = []
    for option in value.options:
        elements = option.value if isinstance(option, Literal) else None
        if not isinstance(elements, (tuple, list)) or position >= len(elements):
            return UNKNOWN
        if elements[position] is UNREAD:
            return UNKNOWN
        found.append(Literal(elements[position]))
    return Value(tuple(found), value.complete)


def _mapped(value: Value, change: Callable[[Any], Any]) -> Value:
    """The value with every literal changed; unknown when `change` gives `UNREAD` for one."""
    changed = [change(o.value) if isinstance(o, Literal) else UNREAD for o in value.options]
    if not changed or any(one is UNREAD for one in changed):
        return UNKNOWN
    return Value(union(literal(one) for one in changed).options, value.complete)


def _computed(compute: Callable[[Any, Any], Any], other: Option, left: Any) -> Any:
    right: Any = other.value if isinstance(other, Literal) else UNREAD
    if not is_number(left) or not is_number(right) or max(abs(left), abs(right)) > LARGEST:
        return UNREAD
    if compute is operator.pow and abs(right) > LONGEST:
        return UNREAD
    return _converted(lambda _: compute(left, right), None)


def _converted(convert: Callable[[Any], Any], value: Any) -> Any:
    try:
        return convert(value)
    except (ArithmeticError, TypeError, ValueError):
        return UNREAD


def qualified_options(value: Value) -> Iterable[str]:
    """The full names among a value's options."""
    return (option.name for option in value.options if isinstance(option, Qualified))
