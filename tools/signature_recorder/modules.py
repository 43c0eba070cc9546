"""The modules of a release as griffe reads them, and what a name in them stands for."""

from __future__ import annotations

import ast
import contextlib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import griffe

from signature_recorder.sources import RecordError


@contextlib.contextmanager
def loaded(package: str, texts: Mapping[str, str]) -> Iterator[griffe.Module]:
    """Read the modules of ``package`` (str): their ``texts`` (str) by path.

    Raises:
        RecordError: a file is not Python that this interpreter can parse.
    """
    inside = {path.removeprefix(f"{package}/"): text for path, text in texts.items()}
    extensions = griffe.Extensions(_Decisive())
    # Old releases have invalid escape sequences in docstrings.
    with warnings.catch_warnings(action="ignore"):
        for path, text in texts.items():
            try:
                ast.parse(text)
            except (SyntaxError, ValueError) as error:
                raise RecordError(f"cannot parse {path}: {error}") from error
        with griffe.temporary_visited_package(
            package, inside, extensions=extensions, resolve_aliases=True, resolve_implicit=True
        ) as module:
            yield module


class _Decisive(griffe.Extension):
    """Has griffe see modules and classes without branches."""

    def on_module_node(self, *, node: Any, **_: Any) -> None:
        """Change the tree of a module before it is looked at."""
        node.body[:] = _flat(node.body)

    on_class_node = on_module_node


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of all branches, of which the decisive one comes last.

    That is the one that runs where everything is available, the body of ``if`` and ``try``, except
    with ``if TYPE_CHECKING``, the body of which never runs.
    """
    for statement in body:
        match statement:
            case ast.If(test, then, otherwise):
                never = ast.unparse(test).rpartition(".")[2] == "TYPE_CHECKING"
                yield from _flat([*then, *otherwise] if never else [*otherwise, *then])
            case ast.Try(body, handlers, otherwise, at_last):
                handled = [inner for handler in handlers for inner in handler.body]
                yield from _flat([*handled, *body, *otherwise, *at_last])
            case ast.With():
                yield from _flat(statement.body)
            case _:
                yield statement


def public_names(module: griffe.Module) -> list[str]:
    """Return the names (list of str) that the module offers.

    Without ``__all__`` these are what a package imports, being there to collect names, and what
    any other module defines itself: its imports serve its own needs.

    Raises:
        RecordError: ``__all__`` is not made of string literals.
    """
    names = exported(module)
    if names is not None:
        return names
    return [
        name
        for name, member in module.members.items()
        if not name.startswith("_") and (module.is_init_module or not member.is_alias)
    ]


def exported(module: griffe.Module) -> list[str] | None:
    """Return the names (list of str) in ``__all__``, None where a module has no such list.

    Raises:
        RecordError: it is not made of string literals; guessing would lose names silently.
    """
    names: list[str] | None = None
    for statement in _flat(ast.parse(module.source).body):
        match statement:
            case ast.Assign([ast.Name("__all__")], items) | ast.AnnAssign(
                ast.Name("__all__"), _, ast.expr() as items
            ):
                names = _strings(items, module)
            case ast.AugAssign(ast.Name("__all__"), _, items) | ast.Expr(
                ast.Call(ast.Attribute(ast.Name("__all__"), "extend"), [items])
            ):
                names = [*(names or ()), *_strings(items, module)]
            case ast.Expr(ast.Call(ast.Attribute(ast.Name("__all__"), "append"), [item])):
                listed = ast.copy_location(ast.List([item]), item)
                names = [*(names or ()), *_strings(listed, module)]
    return names


def _strings(node: ast.expr, module: griffe.Module) -> list[str]:
    with contextlib.suppress(ValueError):
        value = ast.literal_eval(node)
        if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
            return list(value)
    raise RecordError(
        f"module {module.path}, line {node.lineno}: __all__ is not a list of string literals"
    )


def resolved(scope: griffe.Object, name: str) -> griffe.Object | None:
    """Return what ``name`` (str, may be dotted) means in ``scope`` (Object).

    Imports and assignments of one name to another are followed; None: they lead out of the source.
    """
    seen: set[str] = set()
    while True:
        first, _, rest = name.partition(".")
        try:
            path = ".".join(filter(None, (scope.resolve(first), rest)))
            found = scope.modules_collection.get_member(path)
            one: griffe.Object = found.final_target if found.is_alias else found
        except (griffe.GriffeError, KeyError):
            return None
        value = one.value if isinstance(one, griffe.Attribute) else None
        if not isinstance(value, (griffe.ExprName, griffe.ExprAttribute)) or one.path in seen:
            return one
        seen.add(one.path)
        scope, name = one.module, str(value)
