"""The signatures of classes, methods and functions.

The functions here take the ``modules`` (Modules) of a release, the ``module`` (Module) that
something is written in, and its ``node`` (syntax tree).
"""

from __future__ import annotations

import ast

from signature_recorder.bindings import Module, find_method
from signature_recorder.defaults import default_text
from signature_recorder.errors import RecordError
from signature_recorder.modules import Definition, Modules
from signature_recorder.signature import Signature


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
