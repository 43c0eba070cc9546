"""Constructions: the torch optimizer calls of a file, with their arguments bound to parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from optport.reader.evaluate import Evaluator, qualified_options
from optport.reader.index import index_module
from optport.reader.parameters import Shape, parameter_shape
from optport.reader.scopes import Point
from optport.reader.source import Place, SourceText
from optport.signatures import Family, Signature, family, torch_optimizers
from optport.values import UNKNOWN, Certainty, Value, literal

NAMESPACE = "torch.optim"


@dataclass(frozen=True, slots=True)
class Argument:
    """One value passed at a construction: the parameter's name, the value, and where it stands."""

    name: str
    value: Value
    text: str
    """The expression as the file spells it."""
    place: Place


@dataclass(frozen=True, slots=True)
class Construction:
    """One torch optimizer call found in source.

    `optimizer` is torch's name of the class, `signature` the one that its arguments were bound
    by, `hidden` the place of the first `*args` or `**kwargs` and its text, if there is one.
    """

    optimizer: str
    signature: Signature
    arguments: Mapping[str, Argument]
    place: Place
    certainty: Certainty
    shape: Shape
    hidden: tuple[str, Place] | None = None

    @property
    def qualified(self) -> str:
        """The class's full name, as `torch.optim.Adam`."""
        return f"{NAMESPACE}.{self.optimizer}"

    def in_force(self, parameter: str) -> Value:
        """Return the value that training runs with: the argument's, or torch's default."""
        if parameter in self.arguments:
            return self.arguments[parameter].value
        known = self.signature.by_name.get(parameter)
        if known is None or known.required:
            return UNKNOWN
        default = literal(known.value)
        return default.overridable() if self.hidden else default

    def read_as(self, optimizer: str, version: str) -> Construction:
        """Return the call of another torch optimizer that this one trains the same as.

        Where the two disagree on a default, this one's default becomes an argument; arguments
        that the other does not have are left out.
        """
        signature = _torch().nearest(optimizer, version)
        assert signature is not None
        arguments = {
            name: argument
            for name, argument in self.arguments.items()
            if name in signature.by_name or name == "params"
        }
        for name, mine in self.signature.by_name.items():
            other = signature.by_name.get(name)
            if other is None or name in arguments or mine.required or mine.value == other.value:
                continue
            value = literal(mine.value)
            arguments[name] = Argument(name, value, str(mine.default), self.place)
        return replace(self, optimizer=optimizer, signature=signature, arguments=arguments)


def _torch() -> Family:
    return family(NAMESPACE)


@lru_cache(maxsize=1)
def known_optimizers() -> frozenset[str]:
    """The torch optimizers that any recorded version has."""
    return frozenset(torch_optimizers())


def torch_optimizer(qualified: str) -> str | None:
    """Return the optimizer that a full name stands for, or None.

    `torch.optim.adam.Adam` is the same class as `torch.optim.Adam`; of the namespaces below
    `torch.optim` only the optimizers' own modules hold optimizers.
    """
    if not qualified.startswith(NAMESPACE + "."):
        return None
    *modules, name = qualified[len(NAMESPACE) + 1 :].split(".")
    if name not in known_optimizers() or len(modules) > 1:
        return None
    return name if not modules or modules[0].strip("_") not in _OTHER_MODULES else None


_OTHER_MODULES = {"lr_scheduler", "swa_utils", "optimizer"}


def star_exports(module: str, name: str) -> bool:
    """Whether ``from module import *`` is known to bind `name` to something of torch's."""
    return module == NAMESPACE and (name in known_optimizers() or name in {"lr_scheduler"})


def find_constructions(
    tree: ast.Module, source: SourceText, torch_version: str
) -> Iterator[Construction]:
    """Yield the torch optimizer constructions of a module, in source order.

    A call that may build one of several classes is yielded once for each, as possible.
    """
    index = index_module(tree)
    evaluator = Evaluator(index, star_exports)
    for call, at in index.calls:
        callee = evaluator.value(call.func, at)
        names = {torch_optimizer(name): None for name in qualified_options(callee)}
        surely = callee.complete and len(names) == 1
        for name in names:
            signature = None if name is None else _torch().nearest(name, torch_version)
            if name is None or signature is None:
                continue
            arguments, hidden = _bind(call, at, signature, evaluator, source)
            yield Construction(
                optimizer=name,
                signature=signature,
                arguments=arguments,
                place=source.place(call),
                certainty=Certainty.CERTAIN if surely else Certainty.POSSIBLE,
                shape=_shape(call, at, evaluator),
                hidden=hidden,
            )


def _bind(
    call: ast.Call, at: Point, signature: Signature, evaluator: Evaluator, source: SourceText
) -> tuple[dict[str, Argument], tuple[str, Place] | None]:
    """Bind the call's arguments to the signature's parameters as Python would."""
    arguments: dict[str, Argument] = {}
    hidden: tuple[str, Place] | None = None

    def add(name: str, node: ast.expr, place: Place) -> None:
        if name not in arguments:
            value = evaluator.value(node, at)
            arguments[name] = Argument(name, value, source.expression(node), place)

    for position, node in enumerate(call.args):
        if isinstance(node, ast.Starred):
            hidden = "*" + source.expression(node.value), source.place(node)
            break
        if position < len(signature.positional):
            add(signature.positional[position], node, source.place(node))
    for keyword in call.keywords:
        if keyword.arg is not None:
            add(keyword.arg, keyword.value, source.place(keyword))
        elif hidden is None:
            hidden = "**" + source.expression(keyword.value), source.place(keyword)
    return arguments, hidden


def _shape(call: ast.Call, at: Point, evaluator: Evaluator) -> Shape:
    node = call.args[0] if call.args else None
    for keyword in call.keywords:
        if keyword.arg == "params":
            node = keyword.value
    return Shape.UNKNOWN if node is None else parameter_shape(node, at, evaluator)
