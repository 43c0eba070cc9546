"""The signatures of a family in a release: which definitions belong to it, and their parameters."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

import griffe

from optport.signatures import ApiKind
from signature_recorder.families import Family, Part
from signature_recorder.modules import exported, public_names, resolved
from signature_recorder.record import Kinds, Signature, Signatures
from signature_recorder.sources import RecordError


def family_signatures(package: griffe.Module, family: Family) -> tuple[Signatures, Kinds]:
    """Return the signatures of ``family`` (Family) in a release, and what its names are.

    Both are empty if the release lacks the family. ``package`` (Module) is the framework's.

    Raises:
        RecordError: a public name's definition or signature cannot be found.
    """
    signatures: Signatures = {}
    kinds: Kinds = {}
    for part in family.parts:
        module = resolved(package, part.module.partition(".")[2])
        if isinstance(module, griffe.Module):
            also = [name for name in part.also if name in module.members]
            names = [*public_names(module), *also]
            for name, signature in _named(module, part, names):
                signatures[part.prefix + name] = signature
                kinds[part.prefix + name] = part.kind_of(name)
            for name, signature in _methods(module, part, names):
                signatures[part.prefix + name] = signature
                kinds[part.prefix + name] = ApiKind.METHOD
    return signatures, kinds


def _named(module: griffe.Module, part: Part, names: list[str]) -> Iterator[tuple[str, Signature]]:
    """Yield those of ``names`` that are of the sort that ``part`` records."""
    for name in names:
        match resolved(module, name):
            case None if exported(module) is not None:
                raise RecordError(
                    f"module {module.path}: __all__ has {name}, which the source does not define"
                )
            case griffe.Function() as function if part.what == "functions":
                yield name, _signature(function)
            case griffe.Class() as cls if part.what == "classes" or (
                part.what == "optimizers" and any(name == "Optimizer" for name, _ in _lineage(cls))
            ):
                yield name, _constructor(cls, module)


def _methods(
    module: griffe.Module, part: Part, names: list[str]
) -> Iterator[tuple[str, Signature]]:
    """Yield the methods of the base class, if it is one of ``names``.

    It is not where mindspore.mint's optimizers import their base class from another family.
    """
    for base in part.base:
        cls = resolved(module, base)
        if isinstance(cls, griffe.Class):
            for name in part.methods if base in names else ():
                method = cls.members.get(name)
                if isinstance(method, griffe.Function):
                    yield f"{part.base[0]}.{name}", _signature(method)[1:]
            return


def _constructor(cls: griffe.Class, module: griffe.Module) -> Signature:
    """Return the signature (Signature) that constructs an instance of the class.

    That is of its own ``__init__``, or else of its nearest base's.

    Raises:
        RecordError: the class inherits ``__init__`` from a base that the source does not have.
    """
    missing = None
    for name, one in _lineage(cls):
        init = one and one.members.get("__init__")
        if isinstance(init, griffe.Function):
            return _signature(init)[1:]
        missing = name if one is None and name != "object" else missing
    if missing is not None:
        raise RecordError(
            f"module {module.path}: class {cls.name} inherits __init__ "
            f"from {missing}, which the source does not define"
        )
    return ()


def _lineage(
    cls: griffe.Class, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, griffe.Class | None]]:
    """Yield the names of a class and of all that it derives from, with their definitions."""
    yield cls.name, cls
    seen |= {cls.path}
    for base in map(str, cls.bases):
        parent = resolved(cls.module, base)
        # "class Adam(Adam)" replaces an imported class, which the name no longer leads to.
        if isinstance(parent, griffe.Class) and parent.path not in seen:
            yield from _lineage(parent, seen)
        else:
            yield base, None


def _signature(function: griffe.Function) -> Signature:
    return tuple(
        (one.name, one.kind.name, default_text(function.module, one))
        for one in function.parameters
        if one.kind is not None
    )


def default_text(module: griffe.Module, parameter: griffe.Parameter) -> str | None:
    """Return a default (str) as its value's repr if that is certain, else as its source text.

    ``module`` (Module) is what the function of ``parameter`` (Parameter) is written in. None means
    that there is no default, and torch's ``required = _RequiredParameter()``, too.
    """
    if parameter.required or str(parameter.kind).startswith("variadic"):
        return None
    text = str(parameter.default)
    found = resolved(module, text)
    if isinstance(found, griffe.Attribute) and str(found.value).endswith("_RequiredParameter()"):
        return None
    filled = _Filled(module).visit(ast.parse(text, mode="eval"))
    if all(isinstance(one, _EVALUATED) for one in ast.walk(filled)):
        with contextlib.suppress(ArithmeticError, TypeError):
            return repr(eval(compile(ast.fix_missing_locations(filled), "default", "eval"), {}))
    return ast.unparse(ast.parse(text))


_EVALUATED = (
    *(ast.Expression, ast.Constant, ast.Tuple, ast.List, ast.Load, ast.UnaryOp, ast.USub, ast.UAdd),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div),
)
"""The nodes of expressions whose value their source text alone determines."""


class _Filled(ast.NodeTransformer):
    """Puts module-level constants, such as ``EPS = 1e-7``, in the place of their names."""

    def __init__(self, module: griffe.Module, seen: frozenset[str] = frozenset()) -> None:
        self._module = module
        self._seen = seen

    def visit_Name(self, node: ast.Name) -> ast.expr:
        found = resolved(self._module, node.id)
        if not isinstance(found, griffe.Attribute) or found.path in self._seen:
            return node
        inside = _Filled(found.module, self._seen | {found.path})
        filled: ast.expr = inside.visit(ast.parse(str(found.value), mode="eval")).body
        return filled
