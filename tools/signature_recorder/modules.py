"""What the names at the top level of a release's modules stand for."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

from signature_recorder.sources import RecordError, Source


@dataclass(frozen=True)
class Import:
    """A name bound by an import: ``from module import attribute``, or the module itself."""

    module: str
    attribute: str | None


Node = ast.ClassDef | ast.FunctionDef | ast.expr
Binding = Node | Import


@dataclass
class Module:
    """The top level of a parsed module: what its names are bound to."""

    name: str
    is_package: bool
    names: dict[str, Binding] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    exported: list[str] | None = None

    def public_names(self) -> list[str]:
        """Return the names (list of str) that the module offers.

        Without ``__all__`` these are what a package imports, being there to collect names, and what
        any other module defines itself: its imports serve its own needs.
        """
        if self.exported is not None:
            return self.exported
        return [
            name
            for name, binding in self.names.items()
            if not name.startswith("_") and (self.is_package or not isinstance(binding, Import))
        ]


def find_method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """Return the definition of the method ``name`` (str) in the body of the class ``node``.

    That is the last one, as ``@overload`` stubs precede it.
    """
    scope = Module(node.name, is_package=False)
    bind(node.body, scope)
    method = scope.names.get(name)
    return method if isinstance(method, ast.FunctionDef) else None


def bind(body: Iterable[ast.stmt], module: Module) -> None:
    """Enter the names that ``body`` (statements) binds into ``module`` (Module).

    Of branches the decisive one comes last: the one that runs where everything is available, the
    body of ``if`` and ``try``, except with ``if TYPE_CHECKING``, the body of which never runs.

    Raises:
        RecordError: ``__all__`` is not made of string literals.
    """
    for statement in body:
        match statement:
            case ast.ClassDef(name) | ast.FunctionDef(name):
                module.names[name] = statement
            case ast.ImportFrom():
                _bind_import_from(statement, module)
            case ast.Import(aliases):
                module.names |= dict(map(_imported, aliases))
            case ast.Assign(targets, value):
                for one in targets:
                    _bind_assignment(one, value, module)
            case ast.AnnAssign(one, _, ast.expr() as value):
                _bind_assignment(one, value, module)
            case ast.AugAssign(ast.Name("__all__"), value=items):
                _export_more(items, module)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name("__all__"), how), [items])):
                given = {"extend": items, "append": ast.copy_location(ast.List([items]), items)}
                if how in given:
                    _export_more(given[how], module)
            case ast.If() | ast.Try() | ast.With():
                bind(_inside(statement), module)


def _inside(statement: ast.If | ast.Try | ast.With) -> list[ast.stmt]:
    """Return the statements of all branches of a statement, those of the decisive one last."""
    match statement:
        case ast.If(test, then, otherwise):
            never = ast.unparse(test).rpartition(".")[2] == "TYPE_CHECKING"
            return [*then, *otherwise] if never else [*otherwise, *then]
        case ast.Try(body, handlers, otherwise, at_last):
            handled = [inner for handler in handlers for inner in handler.body]
            return [*handled, *body, *otherwise, *at_last]
    return statement.body


def _imported(alias: ast.alias) -> tuple[str, Import]:
    """Return the name that ``import a.b`` or ``import a.b as c`` binds, and the module."""
    target = alias.name if alias.asname else alias.name.partition(".")[0]
    return alias.asname or target, Import(target, None)


def _bind_import_from(statement: ast.ImportFrom, module: Module) -> None:
    target = statement.module or ""
    if statement.level:
        parents = module.name.split(".")
        kept = len(parents) - statement.level + module.is_package
        target = ".".join([*parents[:kept], *([target] if target else [])])
    for alias in statement.names:
        if alias.name == "*":
            module.stars.append(target)
        else:
            module.names[alias.asname or alias.name] = Import(target, alias.name)


def _bind_assignment(target: ast.expr, value: ast.expr, module: Module) -> None:
    match target:
        case ast.Name("__all__"):
            module.exported = _string_list(value, module)
        case ast.Name(name):
            module.names[name] = value


def _export_more(items: ast.expr, module: Module) -> None:
    """Follow ``__all__ += [...]``, ``__all__.extend([...])`` and ``__all__.append(...)``."""
    module.exported = (module.exported or []) + _string_list(items, module)


def _string_list(node: ast.expr, module: Module) -> list[str]:
    """Return the strings of a list, tuple or sum of such.

    Raises:
        RecordError: the expression is anything else; guessing would lose names silently.
    """
    match node:
        case ast.BinOp(left, ast.Add(), right):
            return _string_list(left, module) + _string_list(right, module)
        case ast.List(items) | ast.Tuple(items):
            texts = [one.value for one in items if isinstance(one, ast.Constant)]
            if len(texts) == len(items) and all(isinstance(one, str) for one in texts):
                return [str(one) for one in texts]
    raise RecordError(
        f"module {module.name}, line {node.lineno}: __all__ is not a list of string literals"
    )


@dataclass(frozen=True)
class Definition:
    """A class, function or assigned expression together with the module it is written in."""

    module: Module
    node: Node


Found = Definition | Module | None
"""What a name stands for; None: its imports lead out of the source."""

_Seen = frozenset[tuple[str, str]]


class Modules:
    """The modules of ``source`` (Source), parsed when first asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._loaded: dict[str, Module | None] = {}

    def load(self, name: str) -> Module | None:
        """Return the module ``name`` (str, dotted), None if the source does not have it.

        Raises:
            RecordError: the file is not Python that this interpreter can parse.
        """
        if name not in self._loaded:
            self._loaded[name] = self._parse(name)
        return self._loaded[name]

    def _parse(self, name: str) -> Module | None:
        found = self._source.module(name)
        if found is None:
            return None
        path, content = found
        try:
            with warnings.catch_warnings():
                # Old releases have invalid escape sequences in docstrings.
                warnings.simplefilter("ignore")
                tree = ast.parse(content, path)
        except (SyntaxError, ValueError) as error:
            raise RecordError(f"{self._source.label}: cannot parse {path}: {error}") from error
        module = Module(name, path.endswith("/__init__.py"))
        bind(tree.body, module)
        return module

    def resolve(self, module: Module, name: str, seen: _Seen = frozenset()) -> Found:
        """Return what ``name`` (str) means at the top level of ``module`` (Module).

        Imports are followed through the source; ``seen`` (set of pairs of str) are the modules and
        names that led here.

        Raises:
            RecordError: a module on the way cannot be parsed.
        """
        submodule = f"{module.name}.{name}"
        if (module.name, name) in seen:
            # "from . import lr" in the package itself.
            return self.load(submodule)
        seen |= {(module.name, name)}
        match module.names.get(name):
            case None:
                return self._resolve_star(module, name, seen) or self.load(submodule)
            case Import(target, attribute):
                imported = self.load(target)
                if imported is None or attribute is None:
                    return imported
                return self.resolve(imported, attribute, seen)
            case (ast.Name() | ast.Attribute()) as alias:
                return self.resolve_reference(module, alias, seen) or Definition(module, alias)
            case node:
                return Definition(module, node)

    def _resolve_star(self, module: Module, name: str, seen: _Seen) -> Found:
        for star in reversed(module.stars):
            target = self.load(star)
            if target is not None and name in target.public_names():
                return self.resolve(target, name, seen)
        return None

    def resolve_reference(self, module: Module, node: ast.expr, seen: _Seen = frozenset()) -> Found:
        """Return what ``node`` (an expression such as ``optimizer.Optimizer``) stands for.

        ``module`` (Module), ``seen`` and the errors are as of ``resolve``.
        """
        if isinstance(node, ast.Name):
            return self.resolve(module, node.id, seen)
        if isinstance(node, ast.Attribute):
            owner = self.resolve_reference(module, node.value, seen)
            if isinstance(owner, Module):
                return self.resolve(owner, node.attr, seen)
        return None
