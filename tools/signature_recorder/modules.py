"""The modules of a release, and which definition a name in them stands for."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from signature_recorder.bindings import Import, Module, Node, bind
from signature_recorder.errors import RecordError
from signature_recorder.sources import Source, module_file


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
        found = module_file(self._source, name)
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
