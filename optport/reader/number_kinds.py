"""Whether an expression is surely a float, where its value can't be read."""

from __future__ import annotations

import ast
import enum

from optport.reader.evaluate import Evaluator
from optport.reader.names import bindings_of, owner
from optport.reader.scopes import Assigned, LoopTarget, Point
from optport.values import Qualified

MAX_DEPTH = 12
"""Operations and names in a row that are followed."""
MAX_STEPS = 200
"""Expressions that are looked at for one answer."""


class NumberKind(enum.Enum):
    """What an expression is: an int, a float, either one, or who knows what."""

    INT = enum.auto()
    FLOAT = enum.auto()
    NUMBER = enum.auto()
    OTHER = enum.auto()


_TO_INT = frozenset({"int", "len", "round"})
_OF_ARGUMENTS = frozenset({"abs", "max", "min"})
_COUNTS = frozenset({"ceil", "comb", "factorial", "floor", "gcd", "isqrt", "lcm", "perm"})
"""What `math` has that gives no float."""


def number_kind(node: ast.expr, at: Point, evaluator: Evaluator) -> NumberKind:
    """Return the kind of number that an expression is."""
    return _Kinds(evaluator).of(node, at)


class _Kinds:
    """Tells the kind of one number."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._open: set[ast.expr] = set()
        self._steps = 0

    def of(self, node: ast.expr, at: Point, depth: int = 0) -> NumberKind:
        """Return the kind of number that an expression is."""
        self._steps += 1
        if depth > MAX_DEPTH or self._steps > MAX_STEPS:
            return NumberKind.OTHER
        value = self._evaluator.value(node, at)
        if value.known and value.complete:
            return _either({_kind(getattr(one, "value", None)) for one in value.values})
        if isinstance(node, ast.BinOp):
            return self._operation(node, at, depth + 1)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            return self.of(node.operand, at, depth + 1)
        if isinstance(node, ast.IfExp):
            return _either({self.of(one, at, depth + 1) for one in (node.body, node.orelse)})
        if isinstance(node, ast.Call):
            return self._call(node, at, depth + 1)
        if isinstance(node, ast.Name):
            return self._name(node, at, depth + 1)
        return NumberKind.OTHER

    def _operation(self, node: ast.BinOp, at: Point, depth: int) -> NumberKind:
        sides = {self.of(one, at, depth) for one in (node.left, node.right)}
        if NumberKind.OTHER in sides:
            return NumberKind.OTHER
        if NumberKind.FLOAT in sides or isinstance(node.op, ast.Div):
            return NumberKind.FLOAT
        whole = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod))
        return NumberKind.INT if whole and sides == {NumberKind.INT} else NumberKind.NUMBER

    def _call(self, call: ast.Call, at: Point, depth: int) -> NumberKind:
        callee = call.func
        if isinstance(callee, ast.Name) and owner(callee.id, at.scope) is None:
            if callee.id == "float":
                return NumberKind.FLOAT
            if callee.id in _TO_INT and len(call.args) == 1:
                return NumberKind.INT
            if callee.id in _OF_ARGUMENTS and call.args:
                return _either({self.of(one, at, depth) for one in call.args})
        known = self._evaluator.value(callee, at).exact
        name = known.name if isinstance(known, Qualified) else ""
        if name.startswith("math.") and name.count(".") == 1:
            return NumberKind.INT if name[5:] in _COUNTS else NumberKind.FLOAT
        return NumberKind.OTHER

    def _name(self, node: ast.Name, at: Point, depth: int) -> NumberKind:
        """The kind of all that a name is given; while that is looked at, it tells nothing."""
        kinds = set()
        for binding in bindings_of(node.id, at):
            given = binding.definition
            if isinstance(given, LoopTarget):
                kinds.add(self._counted(given, binding.at))
            elif isinstance(given, Assigned) and not given.path:
                if given.value in self._open:
                    continue
                self._open.add(given.value)
                kinds.add(self.of(given.value, binding.at, depth))
                self._open.discard(given.value)
            else:
                return NumberKind.OTHER
        return _either(kinds) if kinds else NumberKind.OTHER

    def _counted(self, given: LoopTarget, at: Point) -> NumberKind:
        """The kind of what a loop counts with: `range` or `enumerate`."""
        callee = getattr(given.iterable, "func", None)
        if not isinstance(callee, ast.Name) or owner(callee.id, at.scope) is not None:
            return NumberKind.OTHER
        counts = (callee.id, given.path) in (("range", ()), ("enumerate", (0,)))
        return NumberKind.INT if counts else NumberKind.OTHER


def _kind(value: object) -> NumberKind:
    if isinstance(value, float):
        return NumberKind.FLOAT
    is_int = isinstance(value, int) and not isinstance(value, bool)
    return NumberKind.INT if is_int else NumberKind.OTHER


def _either(kinds: set[NumberKind]) -> NumberKind:
    if len(kinds) == 1:
        return next(iter(kinds))
    return NumberKind.OTHER if NumberKind.OTHER in kinds or not kinds else NumberKind.NUMBER
