"""The scopes that statements open: functions and classes, and the names declared in them."""

from __future__ import annotations

import ast
from typing import Any

from optport.reader.flows import FlowKind
from optport.reader.scopes import Branch, BranchKind, Defined, Scope, ScopeKind, Unfollowed
from optport.reader.walk import Def, Visitors, Walk

_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", None)
"""The statement ``type X = …``, from Python 3.12 on."""


def _function(walk: Walk, node: Def) -> None:
    defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    for expression in (*defaults, *node.decorator_list):
        walk.use(expression)
    arguments = node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        walk.annotate(argument.annotation)
    for rest in (arguments.vararg, arguments.kwarg):
        walk.annotate(None if rest is None else rest.annotation)
    walk.annotate(node.returns)
    _type_parameters(walk, node)
    outside = walk.point()
    walk.binder.bind(node.name, Defined(node), outside)
    if node.returns is not None:
        walk.binder.flows.add(node.name, node.returns, FlowKind.PROMISED)
    walk.binder.note_function(node, walk.scope)
    for decorator in node.decorator_list:
        walk.binder.note_parametrized(decorator)
    if _outside_functions(walk.scope):
        walk.deferred[node] = outside
        walk.functions.append(node)
        return
    walk.come_back()
    walk.push(node.body)
    at = walk.binder.open_function(node, outside)
    walk.switch(at.scope, at.branch)


def _type_alias(walk: Walk, node: Any) -> None:
    walk.use(node.value)
    _type_parameters(walk, node)
    walk.binder.bind(node.name.id, Unfollowed(), walk.point())


def _type_parameters(walk: Walk, node: Any) -> None:
    """Use what type parameters are bound by, and their defaults."""
    for parameter in getattr(node, "type_params", ()):
        walk.annotate(getattr(parameter, "bound", None))
        walk.annotate(getattr(parameter, "default_value", None))


def _class(walk: Walk, node: ast.ClassDef) -> None:
    _type_parameters(walk, node)
    for expression in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
        walk.use(expression)
    for base in node.bases:
        walk.binder.flows.add(node.name, base, FlowKind.INHERITED)
    scope = Scope(ScopeKind.CLASS, walk.scope, walk.point(), node=node)
    walk.binder.scopes[node] = scope
    walk.binder.class_names.add(node.name)
    walk.later(_end_class, walk, node, walk.scope, walk.branch)
    walk.push(node.body)
    walk.switch(scope, Branch(BranchKind.ROOT))


def _end_class(walk: Walk, node: ast.ClassDef, scope: Scope, branch: Branch) -> None:
    walk.switch(scope, branch)
    walk.binder.bind(node.name, Defined(node), walk.point())


def _global(walk: Walk, node: ast.Global) -> None:
    for name in node.names:
        walk.scope.declared[name] = walk.binder.module


def _nonlocal(walk: Walk, node: ast.Nonlocal) -> None:
    for name in node.names:
        outer = walk.scope.parent
        while outer is not None and (outer.kind is ScopeKind.CLASS or not outer.binds(name)):
            outer = outer.parent
        if outer is not None:
            walk.scope.declared[name] = outer


def _outside_functions(scope: Scope | None) -> bool:
    """Whether a scope is the module's, or that of a class that no function holds."""
    while scope is not None and scope.kind is ScopeKind.CLASS:
        scope = scope.parent
    return scope is not None and scope.kind is ScopeKind.MODULE


VISITORS: Visitors = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    _TYPE_ALIAS: _type_alias,
}
