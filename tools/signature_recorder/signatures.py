"""The signatures of a family in a release: which definitions belong to it, and their parameters.

The functions here take the ``modules`` (Modules) of a release, the ``module`` (Module) that
something is written in, and its ``node`` (syntax tree).
"""

from __future__ import annotations

import ast
import contextlib
import copy
from collections.abc import Iterator

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
                part.what == "optimizers"
                and any(name == "Optimizer" for name, _ in _lineage(modules, owner, node))
            ):
                yield name, class_signature(modules, owner, node)


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

    That is of its own ``__init__``, or else of its nearest base's.

    Raises:
        RecordError: the class inherits ``__init__`` from a base that the source does not have.
    """
    missing = None
    for name, definition in _lineage(modules, module, node):
        if definition is None:
            missing = name if name != "object" else missing
            continue
        owner, one = definition
        init = find_method(one, "__init__")
        if init is not None:
            return function_signature(modules, owner, init, bound=True)
    if missing is not None:
        raise RecordError(
            f"module {module.name}: class {node.name} inherits __init__ "
            f"from {missing}, which the source does not define"
        )
    return ()


def _lineage(
    modules: Modules,
    module: Module,
    node: ast.ClassDef,
    seen: frozenset[ast.ClassDef] = frozenset(),
) -> Iterator[tuple[str, tuple[Module, ast.ClassDef] | None]]:
    """Yield the names of a class and of all that it derives from, with their definitions."""
    yield node.name, (module, node)
    seen |= {node}
    for base in node.bases:
        match modules.resolve_reference(module, base):
            # "class Adam(Adam)" replaces an imported class, which the name no longer leads to.
            case Definition(owner, ast.ClassDef() as parent) if parent not in seen:
                yield from _lineage(modules, owner, parent, seen)
            case _:
                yield ast.unparse(base), None


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


def default_text(modules: Modules, module: Module, node: ast.expr | None) -> str | None:
    """Return a default as its value's repr if that is certain, else as its source text.

    ``node`` (expression) is the default as written in ``module`` (Module of ``modules``, Modules);
    None, there and as a result, means that there is no default.
    """
    if node is None or _is_required_marker(modules, module, node):
        return None
    filled = _Filled(modules, module).visit(copy.deepcopy(node))
    if all(isinstance(one, _EVALUATED) for one in ast.walk(filled)):
        code = compile(ast.Expression(ast.fix_missing_locations(filled)), "default", "eval")
        with contextlib.suppress(ArithmeticError, TypeError):
            return repr(eval(code, {}))
    return ast.unparse(node)


_EVALUATED = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Load, ast.UnaryOp, ast.USub, ast.UAdd),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div),
)
"""The nodes of expressions whose value their source text alone determines."""


def _is_required_marker(modules: Modules, module: Module, node: ast.expr) -> bool:
    """Tell whether the default is torch's ``required = _RequiredParameter()``."""
    match modules.resolve_reference(module, node):
        case Definition(_, ast.Call(func=function)):
            return ast.unparse(function).endswith("_RequiredParameter")
    return False


class _Filled(ast.NodeTransformer):
    """Puts module-level constants, such as ``EPS = 1e-7``, in the place of their names."""

    def __init__(
        self, modules: Modules, module: Module, seen: frozenset[ast.expr] = frozenset()
    ) -> None:
        self._modules = modules
        self._module = module
        self._seen = seen

    def visit_Name(self, node: ast.Name) -> ast.expr:
        match self._modules.resolve(self._module, node.id):
            case Definition(module, ast.expr() as constant) if constant not in self._seen:
                inside = _Filled(self._modules, module, self._seen | {constant})
                filled: ast.expr = inside.visit(copy.deepcopy(constant))
                return filled
        return node
