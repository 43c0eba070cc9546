"""Which definitions of a release belong to a family, with their signatures."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.signatures import ApiKind
from signature_recorder.bindings import Module, find_method
from signature_recorder.callables import class_signature, function_signature
from signature_recorder.errors import RecordError
from signature_recorder.families import Family, Part
from signature_recorder.modules import Definition, Modules
from signature_recorder.signature import Kinds, Signature, Signatures


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
