"""The default of a parameter as text: one spelling for each value."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signature_recorder.bindings import Module
from signature_recorder.modules import Definition, Modules


def default_text(modules: Modules, module: Module, node: ast.expr | None) -> str | None:
    """Return a default as its value's repr if that is certain, else as its source text.

    ``node`` (expression) is the default as written in ``module`` (Module of ``modules``, Modules);
    None, there and as a result, means that there is no default.
    """
    if node is None or _is_required_marker(modules, module, node):
        return None
    try:
        return repr(_Scope(modules, module).value(node))
    except _NotConstant:
        return ast.unparse(node)


def _is_required_marker(modules: Modules, module: Module, node: ast.expr) -> bool:
    """Tell whether the default is torch's ``required = _RequiredParameter()``."""
    match modules.resolve_reference(module, node):
        case Definition(_, ast.Call(func=function)):
            return ast.unparse(function).endswith("_RequiredParameter")
    return False


class _NotConstant(Exception):
    """The expression has no value that its source text alone determines."""


_Number = int | float | complex

_OPERATORS: Mapping[type[ast.operator], Callable[[_Number, _Number], _Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class _Scope:
    """Where an expression is evaluated; ``seen`` are the constants whose values led there."""

    modules: Modules
    module: Module
    seen: frozenset[ast.expr] = frozenset()

    def value(self, node: ast.expr) -> object:
        """Return the value of ``node`` (expression).

        Raises:
            _NotConstant: it is not certain.
        """
        match node:
            case ast.Constant(value):
                return value
            case ast.Tuple(items):
                return tuple(self.value(item) for item in items)
            case ast.List(items):
                return [self.value(item) for item in items]
            case ast.UnaryOp(ast.USub(), operand):
                return -self._number(operand)
            case ast.UnaryOp(ast.UAdd(), operand):
                return self._number(operand)
            case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
                try:
                    return _OPERATORS[type(sign)](self._number(left), self._number(right))
                except ArithmeticError:
                    raise _NotConstant from None
            case ast.Name(name):
                return self._constant(name)
        raise _NotConstant

    def _number(self, node: ast.expr) -> _Number:
        value = self.value(node)
        if isinstance(value, int | float | complex):
            return value
        raise _NotConstant

    def _constant(self, name: str) -> object:
        """Evaluate a module-level constant, such as ``EPS = 1e-7``, that serves as a default."""
        match self.modules.resolve(self.module, name):
            case Definition(module, ast.expr() as node) if node not in self.seen:
                return _Scope(self.modules, module, self.seen | {node}).value(node)
        raise _NotConstant
