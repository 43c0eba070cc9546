"""What the parameters of a group are held in: a list, an iterator, a lone parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.reader.classes import OwnFunction, enclosing_class
from optport.reader.model import Container
from optport.reader.names import MAX_SOURCES, bindings_of, owner, sources_of
from optport.reader.objects import Interpreter
from optport.reader.scopes import Definition, LoopTarget, Point
from optport.values import Qualified

_BUILT_IN = {
    **dict.fromkeys(("filter", "map", "iter", "reversed"), Container.GENERATOR),
    "zip": Container.NAMED,  # pairs: torch takes them for names and parameters
}
_METHODS = {
    "parameters": Container.PARAMETERS,
    "named_parameters": Container.NAMED,
    "values": Container.VIEW,
}
_PARAMETER = ("torch.nn.Parameter", "torch.nn.parameter.Parameter")
_LIKELY = ("weight", "bias")
"""What parameters of layers are called; also at the end of a longer name."""

Kind = tuple[Container, bool]
"""A kind of container, and whether it surely is that."""


def container_in_group(node: ast.expr, at: Point, asker: Interpreter) -> Kind:
    """Return what a group's parameters, which `node` gives, are held in.

    Of several that it may be it is one that some target does not take.
    """
    found: dict[Container, bool] = {}
    for expression, point in _origins(node, at, asker):
        kind, sure = _kind(expression, point, asker)
        found[kind] = found.get(kind, True) and sure
    special = next((kind for kind in found if kind is not Container.PLAIN), Container.PLAIN)
    return special, len(found) == 1 and found.get(special, False)


def _origins(node: ast.expr, at: Point, asker: Interpreter) -> Iterator[tuple[ast.expr, Point]]:
    """Yield the expressions that may make the container: those that functions return, too."""
    pending = [(node, at)]
    seen: set[ast.expr] = set()
    while pending and len(seen) < MAX_SOURCES and asker.evaluation.spend(1):
        expression, point = pending.pop()
        if expression in seen:
            continue
        seen.add(expression)
        if isinstance(expression, ast.Name):
            sources = sources_of(expression, point, asker.evaluation)
            inner = [one for one in sources if one[0] is not expression]
        elif isinstance(expression, ast.IfExp):
            inner = [(expression.body, point), (expression.orelse, point)]
        else:
            inner = _returned(expression, point, asker)
        pending += inner
        if not inner:
            yield expression, point


def _returned(node: ast.expr, at: Point, asker: Interpreter) -> list[tuple[ast.expr, Point]]:
    """Return what a function of the file that `node` calls returns, if that is all it gives."""
    if not isinstance(node, ast.Call) or asker.value(node.func, at).exact is None:
        return []
    function = asker.value(node.func, at).exact
    if not isinstance(function, OwnFunction) or function.home is not asker:
        return []
    return [] if function.scope.yields else function.scope.returns[:MAX_SOURCES]


def _kind(node: ast.expr, at: Point, asker: Interpreter) -> Kind:
    if isinstance(node, ast.GeneratorExp):
        return Container.GENERATOR, True
    if isinstance(node, ast.Call):
        return _of_call(node, at, asker)
    if isinstance(node, ast.Name) and _is_parameter(node, at):
        return Container.BARE, True
    if isinstance(node, ast.Attribute):
        return _of_attribute(node, at, asker)
    return Container.PLAIN, True


def _of_call(node: ast.Call, at: Point, asker: Interpreter) -> Kind:
    callee = node.func
    if isinstance(callee, ast.Name) and owner(callee.id, at.scope) is None:
        return _BUILT_IN.get(callee.id, Container.PLAIN), True
    if _makes_parameter(node, at, asker):
        return Container.BARE, True
    value = asker.value(callee, at)
    functions = [one for one in value.values if isinstance(one, OwnFunction)]
    if functions:
        yields = [one for one in functions if one.scope.yields]
        kind = Container.GENERATOR if yields else Container.PLAIN
        return kind, len(yields) == len(value.values)
    names = [one.name for one in value.values if isinstance(one, Qualified)]
    if any(name.startswith("itertools.") for name in names):
        return Container.GENERATOR, value.complete and len(names) == 1
    method = callee.attr if isinstance(callee, ast.Attribute) else ""
    kind = _METHODS.get(method, Container.PLAIN)
    if kind is Container.PLAIN and method and _is_generator_method(method, asker):
        return Container.GENERATOR, False
    return kind, kind is not Container.PARAMETERS


def _is_generator_method(name: str, asker: Interpreter) -> bool:
    """Whether the classes of the file that have a method of that name make it a generator."""
    functions = asker.index.methods(name)
    if not functions or not asker.evaluation.spend(len(functions)):
        return False
    return all(one is not None and one.yields for one in map(asker.index.scope_of, functions))


def _makes_parameter(node: ast.expr, at: Point, asker: Interpreter) -> bool:
    """Whether a call makes one parameter, or a tensor that is trained."""
    if not isinstance(node, ast.Call):
        return False
    made = asker.value(node.func, at).exact
    if not isinstance(made, Qualified):
        return False
    trained = any(
        word.arg == "requires_grad" and getattr(word.value, "value", None) is True
        for word in node.keywords
    )
    return made.name in _PARAMETER or (trained and made.name.startswith("torch."))


def _of_attribute(node: ast.Attribute, at: Point, asker: Interpreter) -> Kind:
    """A parameter where a method assigns one to it, or where its name is that of one."""
    likely = node.attr.endswith(_LIKELY)
    if isinstance(node.value, ast.Name) and node.value.id == "self":
        own = enclosing_class(at.scope, asker)
        assigned = [] if own is None else asker.index.attribute_sets(node.attr, own.scope)
        makes = [_makes_parameter(one.value, one.at, asker) for one in assigned[:MAX_SOURCES]]
        if any(makes):
            return Container.BARE, all(makes)
        likely = likely and not makes
    return (Container.BARE, False) if likely else (Container.PLAIN, True)


def is_named(node: ast.expr, at: Point, asker: Interpreter) -> bool:
    """Whether every source of `node` is a call of ``named_parameters()``."""
    return all(
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Attribute)
        and expression.func.attr == "named_parameters"
        for expression, _ in sources_of(node, at, asker.evaluation)
    )


def _is_parameter(node: ast.Name, at: Point) -> bool:
    """Whether a name is a loop's variable that takes one parameter after the other."""
    bindings = bindings_of(node.id, at)
    return bool(bindings) and all(_takes_parameters(binding.definition) for binding in bindings)


def _takes_parameters(definition: Definition) -> bool:
    if not isinstance(definition, LoopTarget) or not isinstance(definition.iterable, ast.Call):
        return False
    callee = definition.iterable.func
    method = callee.attr if isinstance(callee, ast.Attribute) else ""
    return (method, definition.path) in (("parameters", ()), ("named_parameters", (1,)))
