"""What simple statements bind and use: imports, assignments, expressions, returns."""

from __future__ import annotations

import ast

from optport.reader.flows import FlowKind
from optport.reader.walk import Def, Visitors, Walk


def _import(walk: Walk, node: ast.Import) -> None:
    at = walk.point()
    for alias in node.names:
        if alias.asname:
            walk.binder.bind_import(alias.asname, alias.name, at)
        else:
            root = alias.name.partition(".")[0]
            walk.binder.bind_import(root, root, at)


def _import_from(walk: Walk, node: ast.ImportFrom) -> None:
    at = walk.point()
    module = "." * node.level + (node.module or "")
    dot = "" if module.endswith(".") else "."
    for alias in node.names:
        if alias.name == "*":
            walk.scope.stars.append((module, at))
        else:
            qualified = f"{module}{dot}{alias.name}"
            walk.binder.bind_import(alias.asname or alias.name, qualified, at)


def _assign(walk: Walk, node: ast.Assign) -> None:
    value = node.value
    at = walk.use(value)
    for target in node.targets:
        if isinstance(target, ast.Name):
            walk.binder.assign(target.id, value, at)
        else:
            walk.bind(target, value, at)


def _annotated(walk: Walk, node: ast.AnnAssign) -> None:
    walk.annotate(node.annotation)
    if not isinstance(node.target, ast.Subscript):
        name = node.target.id if isinstance(node.target, ast.Name) else node.target.attr
        walk.binder.flows.add(name, node.annotation, FlowKind.ANNOTATED)
    if node.value is not None:
        walk.binder.annotations[node.value] = node.annotation
        walk.bind(node.target, node.value, walk.use(node.value))


def _augmented(walk: Walk, node: ast.AugAssign) -> None:
    at = walk.use(node.value)
    if isinstance(node.target, ast.Name) and isinstance(node.op, (ast.Add, ast.BitOr)):
        walk.binder.mutate(node.target.id, node.value, None, at)
    else:
        walk.bind(node.target, None, at)
        if not isinstance(node.target, ast.Name):
            walk.binder.augmented[node.target] = node.value


def _delete(walk: Walk, node: ast.Delete) -> None:
    for target in node.targets:
        at = walk.point()
        walk.bind(target, None, at)
        walk.binder.delete_item(target, at)


def _bare(walk: Walk, node: ast.Expr) -> None:
    if not isinstance(node.value, ast.Constant):
        walk.use(node.value)


def _assert(walk: Walk, node: ast.Assert) -> None:
    walk.use(node.test)
    if node.msg is not None:
        walk.use(node.msg)


def _return(walk: Walk, node: ast.Return) -> None:
    if node.value is not None:
        walk.scope.returns.append((node.value, walk.use(node.value)))
        function = walk.scope.node
        if isinstance(function, Def):
            walk.binder.flows.add(function.name, node.value, FlowKind.RETURNED)
    walk.branch.returns = True
    walk.branch.leaves = True


def _raise(walk: Walk, node: ast.Raise) -> None:
    for expression in (node.exc, node.cause):
        if expression is not None:
            walk.use(expression)
    walk.branch.leaves = True


def _leave(walk: Walk, _: ast.Continue | ast.Break) -> None:
    walk.branch.leaves = True


VISITORS: Visitors = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.Expr: _bare,
    ast.Assert: _assert,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Continue: _leave,
    ast.Break: _leave,
}
