"""Imports after a rewriting: the target's added, torch's left where they are still used."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from optport.edits import Edit, line_starts
from optport.places import Place
from optport.rewrite.names import ROOT, imported_as
from optport.rewrite.nodes import nodes_of

_IMPORT = "import "


def imported_by(setup: Iterable[str]) -> list[str]:
    """Return the modules that a port's setup imports."""
    return [line.removeprefix(_IMPORT) for line in setup if line.startswith(_IMPORT)]


def without_imports(setup: Iterable[str]) -> list[str]:
    """Return the lines of a port's setup that stand before its call: imports have their place."""
    return [line for line in setup if not line.startswith(_IMPORT)]


def import_edits(
    text: str, before: ast.Module, after: ast.Module, module: str, others: Iterable[str] = ()
) -> list[Edit]:
    """Return the edits of `text`, parsed as `after`, that bring its imports up to date.

    `before` is the module as it was. `module`, the target's, and `others` of the standard library
    are to be imported if they are used and are not imported yet; names of torch that were used
    before and are no longer are taken out.
    """
    edits: list[Edit] = []
    used = _names_used(after)
    gone = _names_used(before) - used
    missing = used - _imported(after)
    needed = module in missing
    lines = [f"{_IMPORT}{other}" for other in sorted(set(others) & missing)]
    edits += _first(text, after, lines)
    for node in _statements(after):
        kept = [alias for alias in node.names if not _is_unused(node, alias, gone, after)]
        if len(kept) == len(node.names):
            continue
        if _is_torch_optim(node):  # what was not used before goes with the rest
            kept = [alias for alias in kept if imported_as(node, alias)[0] in used]
        place = _place(node)
        if kept:
            edits.append(Edit(place, _spelled(node, kept)))
        elif needed and node in after.body:
            edits.append(Edit(place, f"import {module}"))
            needed = False
        else:
            edits.append(_removed(text, after, node))
    if needed:
        edits.append(_added(text, after, f"import {module}"))
    return edits


def _statements(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in nodes_of(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def _names_used(tree: ast.Module) -> set[str]:
    """The names that are read, and those of `__all__` and of strings in annotations."""
    used = {node.id for node in nodes_of(tree) if isinstance(node, ast.Name)}
    documented = {id(node.value) for node in nodes_of(tree) if isinstance(node, ast.Expr)}
    for node in nodes_of(tree):
        if not isinstance(node, ast.Constant) or id(node) in documented:
            continue
        if isinstance(node.value, str):
            used.update(node.value.replace("[", " ").replace(".", " ").split()[:8])
    return used


def _imported(tree: ast.Module) -> set[str]:
    """The names that imports at the top of the module bind."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(imported_as(node, alias)[0] for alias in node.names)
    return found


def _is_unused(
    node: ast.Import | ast.ImportFrom, alias: ast.alias, gone: set[str], after: ast.Module
) -> bool:
    if isinstance(node, ast.ImportFrom) and alias.name == "*":
        from optport.signatures import family

        module = node.module or ""
        if node.level or module != f"{ROOT}.optim":
            return False
        names = {name for name in family(module) if "." not in name}
        return bool(names & gone) and not names & _names_used(after)
    name, qualified = imported_as(node, alias)
    return name in gone and (qualified == ROOT or qualified.startswith(f"{ROOT}."))


def _is_torch_optim(node: ast.Import | ast.ImportFrom) -> bool:
    module = node.module or "" if isinstance(node, ast.ImportFrom) and not node.level else ""
    return module == f"{ROOT}.optim" or module.startswith(f"{ROOT}.optim.")


def _spelled(node: ast.Import | ast.ImportFrom, kept: Iterable[ast.alias]) -> str:
    names = ", ".join(f"{a.name} as {a.asname}" if a.asname else a.name for a in kept)
    if isinstance(node, ast.Import):
        return f"import {names}"
    return f"from {'.' * node.level}{node.module or ''} import {names}"


def _place(node: ast.stmt) -> Place:
    return Place(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
    )


def _removed(text: str, tree: ast.Module, node: ast.stmt) -> Edit:
    """A statement taken out with its line; ``pass`` where a block would be left empty."""
    place = _place(node)
    body = next(
        (
            block
            for owner in nodes_of(tree)
            for block in _blocks(owner)
            if any(statement is node for statement in block)
        ),
        [],
    )
    lines = text.encode("utf-8", "surrogatepass").split(b"\n")
    before = lines[place.line - 1][: place.col]
    behind = lines[place.end_line - 1][place.end_col :]
    alone = not before.strip() and not behind.strip() and place.end_line < len(lines)
    if len(body) == 1 or not alone:
        return Edit(place, "pass")
    return Edit(Place(place.line, 0, place.end_line + 1, 0), "")


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def _first(text: str, tree: ast.Module, lines: list[str]) -> list[Edit]:
    """Imports of the standard library: above the file's first import."""
    end = "\r\n" if "\r\n" in text else "\n"
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    own = [node for node in imports if getattr(node, "module", "") != "__future__"]
    if not lines or not own or own[0].col_offset:
        return [_added(text, tree, line) for line in lines]
    return [Edit(Place(own[0].lineno, 0, own[0].lineno, 0), "".join(one + end for one in lines))]


def _added(text: str, tree: ast.Module, line: str) -> Edit:
    """An import on a line of its own: behind the imports at the top, else where they would be."""
    end = "\r\n" if "\r\n" in text else "\n"
    last: ast.stmt | None = None
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, (ast.Import, ast.ImportFrom)) and not (last is None and docstring):
            break
        last = node
    near = [node for node in tree.body if _imports_torch(node)]
    last = near[-1] if near else last
    if last is None:
        first = tree.body[0] if tree.body else None
        at = 1 if first is None else min([first.lineno, *_decorators(first)])
        return Edit(Place(at, 0, at, 0), line + end)
    data = text.encode("utf-8", "surrogatepass")
    starts = line_starts(data)
    row = last.end_lineno or last.lineno
    stop = starts[row] if row < len(starts) else len(data)
    whole = data[starts[row - 1] : stop].rstrip(b"\r\n")
    return Edit(Place(row, len(whole), row, len(whole)), end + line)


def _imports_torch(node: ast.stmt) -> bool:
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return False
    names = [imported_as(node, alias)[1] for alias in node.names]
    return any(name == ROOT or name.startswith(f"{ROOT}.") for name in names)


def _decorators(node: ast.stmt) -> list[int]:
    return [decorator.lineno for decorator in getattr(node, "decorator_list", [])]
