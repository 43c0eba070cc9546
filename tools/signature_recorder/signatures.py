"""The signatures of a family in a release: which definitions belong to it, and their parameters.

The functions here take the ``modules`` (Modules) of a release, the ``module`` (Module) that
something is written in, and its ``node`` (syntax tree).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from optport.signatures import ApiKind
from signature_recorder.families import Family, Part
from signature_recorder.modules import Definition, Module, Modules, find_method
from signature_recorder.record import Kinds, Signature, Signatures
from signature_recorder.sources import RecordError


def family_signatures(modules: Modules, family: Family) -> tuple[Signatures, Kinds]:
    """Return the signatures of ``family`` (Family) in a release, and what its names are.

    Both are empty if the release lacks the family.

    ``modules`` (Modules) are those of the release.

    Raises:
        RecordError: a public name's definition or signature cannot be found.
    """
    signatures: Signatures = {}
    kinds: Kinds = {}
    for part in family.parts:
        module = modules.load(part.module)
        if module is not None:
            also = [name for name in part.also if name in module.names]
            names = [*module.public_names(), *also]
            for name, signature in _named(modules, module, part, names):
                signatures[part.prefix + name] = signature
                kinds[part.prefix + name] = part.kind_of(name)
            for name, signature in _methods(modules, module, part, names):
                signatures[part.prefix + name] = signature
                kinds[part.prefix + name] = ApiKind.METHOD
    return signatures, kinds


def _named(
    modules: Modules, module: Module, part: Part, names: list[str]
) -> Iterator[tuple[str, Signature]]:
    """Yield those of ``names`` that are of the sort that ``part`` records."""
    for name in names:
        match modules.resolve(module, name):
            case None if module.exported is not None:
                raise RecordError(
                    f"module {module.name}: __all__ has {name}, which the source does not define"
                )
            case Definition(owner, ast.FunctionDef() as node) if part.what == "functions":
                yield name, function_signature(modules, owner, node, bound=False)
            case Definition(owner, ast.ClassDef() as node) if part.what == "classes" or (
                part.what == "optimizers" and _is_optimizer(modules, owner, node)
            ):
                yield name, class_signature(modules, owner, node)


def _is_optimizer(
    modules: Modules,
    module: Module,
    node: ast.ClassDef,
    seen: frozenset[ast.ClassDef] = frozenset(),
) -> bool:
    """Tell whether a class is called ``Optimizer`` or derived from one that is."""
    if node.name == "Optimizer":
        return True
    seen |= {node}
    for base in node.bases:
        match modules.resolve_reference(module, base):
            case Definition(owner, ast.ClassDef() as parent) if parent not in seen:
                if _is_optimizer(modules, owner, parent, seen):
                    return True
    return False


def _methods(
    modules: Modules, module: Module, part: Part, names: list[str]
) -> Iterator[tuple[str, Signature]]:
    """Yield the methods of the base class, if it is one of ``names``.

    It is not where mindspore.mint's optimizers import their base class from another family.
    """
    for base in part.base:
        match modules.resolve(module, base):
            case Definition(owner, ast.ClassDef() as node):
                for name in part.methods if base in names else ():
                    method = find_method(node, name)
                    if method is not None:
                        signature = function_signature(modules, owner, method, bound=True)
                        yield f"{part.base[0]}.{name}", signature
                return


def class_signature(modules: Modules, module: Module, node: ast.ClassDef) -> Signature:
    """Return the signature (Signature) that constructs an instance of the class.

    Raises:
        RecordError: the class inherits ``__init__`` from a base that the source does not have.
    """
    init = _find_init(modules, module, node)
    if init is None:
        return ()
    owner, function = init
    return function_signature(modules, owner, function, bound=True)


def function_signature(
    modules: Modules, module: Module, node: ast.FunctionDef, *, bound: bool
) -> Signature:
    """Return the signature of a function, without its first parameter if ``bound`` (bool)."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    kinds = ["positional_only"] * len(arguments.posonlyargs)
    kinds += ["positional_or_keyword"] * len(arguments.args)
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults += arguments.defaults
    rows = list(zip(positional, kinds, defaults, strict=True))
    if bound:
        del rows[:1]
    if arguments.vararg:
        rows.append((arguments.vararg, "var_positional", None))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        rows.append((argument, "keyword_only", default))
    if arguments.kwarg:
        rows.append((arguments.kwarg, "var_keyword", None))
    return tuple(
        (argument.arg, kind, default_text(modules, module, default))
        for argument, kind, default in rows
    )


def _find_init(
    modules: Modules,
    module: Module,
    node: ast.ClassDef,
    seen: frozenset[ast.ClassDef] = frozenset(),
) -> tuple[Module, ast.FunctionDef] | None:
    """Return ``__init__`` and its module, of the class or else of its nearest base."""
    own = find_method(node, "__init__")
    if own is not None:
        return module, own
    missing = None
    seen |= {node}
    for base in node.bases:
        match modules.resolve_reference(module, base):
            # "class Adam(Adam)" replaces an imported class, which the name no longer leads to.
            case Definition(owner, ast.ClassDef() as parent) if parent not in seen:
                inherited = _find_init(modules, owner, parent, seen)
                if inherited is not None:
                    return inherited
            case _ if ast.unparse(base) != "object":
                missing = ast.unparse(base)
    if missing is not None:
        raise RecordError(
            f"module {module.name}: class {node.name} inherits __init__ "
            f"from {missing}, which the source does not define"
        )
    return None


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
