"""Which names of a module are torch's, by its imports alone, and where they are used.

Only names that imports bind, and nothing else in the file, count: an edit of a name has to be
right in every scope that it could be met in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from optport.lean import dataclass
from optport.rewrite.nodes import nodes_of

ROOT = "torch"


@dataclass(frozen=True, slots=True)
class Reference:
    """A name or a dotted name of the file, and the full name of what it refers to."""

    node: ast.Name | ast.Attribute
    qualified: str


class ImportedNames:
    """The names that a module's imports bind to something of torch."""

    def __init__(self, tree: ast.Module) -> None:
        self.statements: list[ast.Import | ast.ImportFrom] = []
        self.stars: list[str] = []
        self._bound: dict[str, str] = {}
        rebound: set[str] = set()
        nodes = nodes_of(tree)
        for node in nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, rebound)
            else:
                rebound.update(_binds(node))
        for name in rebound:
            self._bound.pop(name, None)
        self._nodes = nodes

    def _import(self, node: ast.Import | ast.ImportFrom, rebound: set[str]) -> None:
        self.statements.append(node)
        for alias in node.names:
            if isinstance(node, ast.ImportFrom) and alias.name == "*":
                if node.module and not node.level:
                    self.stars.append(node.module)
                continue
            name, qualified = imported_as(node, alias)
            if _is_torch(qualified) and self._bound.setdefault(name, qualified) == qualified:
                continue
            rebound.add(name)

    def qualified(self, node: ast.expr) -> str | None:
        """Return the full name of what an expression refers to, None for what is not torch's."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        root = self._bound.get(node.id) if isinstance(node, ast.Name) else None
        return None if root is None else _public(".".join([root, *reversed(attributes)]))

    def references(self, known: Iterable[str]) -> Iterator[Reference]:
        """Yield the places that read one of the full names `known`, in no certain order.

        What a star import may bring counts where nothing else binds the name.
        """
        wanted = set(known)
        starred = {
            name.rpartition(".")[2]: name
            for name in wanted
            if name.rpartition(".")[0] in self.stars
        }
        bound = {name for node in self._nodes for name in _binds(node)}
        for node in self._nodes:
            if not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            if not isinstance(node.ctx, ast.Load):
                continue
            qualified = self.qualified(node)
            if qualified is None and isinstance(node, ast.Name) and node.id not in bound:
                qualified = starred.get(node.id)
            if qualified in wanted:
                assert qualified is not None
                yield Reference(node, qualified)


def _public(qualified: str) -> str:
    """A class's public name: `torch.optim.adam.Adam` is `torch.optim.Adam`."""
    parts = qualified.split(".")
    inner = len(parts) == 4 and parts[:2] == [ROOT, "optim"] and parts[2] == parts[3].lower()
    return ".".join([*parts[:2], parts[3]]) if inner else qualified


def imported_as(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    """Return the name that an import binds, and the full name of what it binds it to."""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        dot = "" if module.endswith(".") else "."
        return alias.asname or alias.name, f"{module}{dot}{alias.name}"
    if alias.asname:
        return alias.asname, alias.name
    root = alias.name.partition(".")[0]
    return root, root


def _is_torch(qualified: str) -> bool:
    return qualified == ROOT or qualified.startswith(f"{ROOT}.")


def _binds(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node itself binds, imports apart."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
