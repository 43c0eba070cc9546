"""What a call builds: which torch optimizer, and the calls that its arguments come from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from optport.gate import brings_none
from optport.reader.attributes import ANY_OPTIMIZER, NAMESPACE
from optport.reader.evaluate import Evaluator
from optport.reader.leads import find_leads, known_optimizers
from optport.reader.objects import OwnClass, Partial, SuperValue
from optport.reader.scopes import Point
from optport.values import Literal, Qualified, Value, ValueSet

_OTHER_MODULES = {"lr_scheduler", "swa_utils", "optimizer"}
_NESTED = 8
"""How many partials and subclasses are looked through, one inside the other."""

MAX_LOOKED_THROUGH = 256
"""How many of them are looked through in all, for one call."""

_OVERRIDES = frozenset({"__init__", "__new__", "step", "zero_grad", "add_param_group"})
"""A subclass that has one of these may do anything; without, it trains as its base."""


@dataclass(frozen=True, slots=True)
class Source:
    """A call that brings arguments: all but the first `skip` and the keywords in `without`.

    With a `prefix` they are the keywords that start with it, and no others.
    """

    call: ast.Call
    at: Point
    skip: int = 0
    without: frozenset[str] = frozenset()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """An optimizer that a call may build; `api` is None for one decided at run time."""

    api: str | None
    sources: tuple[Source, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A callable that is handed an optimizer's class together with its arguments."""

    parameter: str
    position: int
    own: frozenset[str] = field(default_factory=frozenset)


WRAPPERS = {
    "torch.distributed.optim.ZeroRedundancyOptimizer": Wrapper(
        "optimizer_class",
        1,
        frozenset({"process_group", "parameters_as_bucket_view", "overlap_with_ddp"}),
    ),
    "torch.distributed.optim.DistributedOptimizer": Wrapper("optimizer_class", 0),
}
"""Wrappers by full name. Their remaining arguments are the optimizer's."""

_WRAPPING = frozenset(name.rpartition(".")[2] for name in WRAPPERS)
_TELLING_NAMES = frozenset({"__init__", "func"})

PREFIX = "optimizer__"
"""Keywords by which skorch hands arguments on to the class given as `optimizer`."""


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


class Builder:
    """Tells what the calls of one file build."""

    def __init__(self, evaluator: Evaluator, everywhere: bool = False) -> None:
        """Take the file's `evaluator`; look at every call if `everywhere`."""
        self._evaluator = evaluator
        index = evaluator.index
        self._leads = None if everywhere else find_leads(index, _WRAPPING)
        self.lines = index.words.all_marks() if self._leads is None else self._leads.lines
        """The lines with calls that may build an optimizer."""

    def built(self, call: ast.Call, at: Point) -> list[Built]:
        """Return the optimizers that a call may build; none for any other call."""
        if not self._may_build(call, at):
            return []
        callee = self._evaluator.value(call.func, at)
        found = list(self._from(callee, (Source(call, at),), sure=True))
        found = found or list(self._initialised(call, at))
        found = found or list(self._wrapped(call, callee, at))
        return found or list(self._lazily(call, at))

    def _may_build(self, call: ast.Call, at: Point) -> bool:
        """Whether a call is worth a look: by the name that is called, most are not."""
        callee = call.func
        if _hands_on(call) or getattr(callee, "attr", "") in _TELLING_NAMES:
            return True
        if self._leads is not None:
            return self._leads.through(callee)
        # An imported name may lead anywhere; one that is built in does not.
        evaluator = self._evaluator
        plain = isinstance(callee, ast.Name) and evaluator.owner(callee.id, at.scope) is None
        return not plain or bool(evaluator.index.module.stars)

    def _from(self, value: ValueSet, sources: tuple[Source, ...], sure: bool) -> Iterator[Built]:
        """Yield what calling `value` builds, once for each class."""
        pending: list[tuple[Value, tuple[Source, ...], int, bool]] = [
            (option, sources, 0, sure and value.complete) for option in value.values
        ]
        classes: dict[str | None, Built] = {}
        others = False
        looked_through = 0
        while pending:
            option, given, depth, certain = pending.pop(0)
            inner: ValueSet | None = None
            if isinstance(option, Literal):
                continue  # calling None or a number raises: then nothing is built
            if isinstance(option, Qualified):
                name = torch_optimizer(option.name)
                if name is not None or option.name == ANY_OPTIMIZER:
                    classes.setdefault(name, Built(name, given, certain))
                    continue
            elif isinstance(option, Partial):
                inner = option.callee
                given = (Source(option.call, option.at, skip=1), *given)
            elif isinstance(option, OwnClass) and not option.methods & _OVERRIDES:
                inner = self._bases(option)
            looked_through += 1
            if inner is None or depth >= _NESTED or looked_through > MAX_LOOKED_THROUGH:
                others = True
                continue
            pending.extend((o, given, depth + 1, certain and inner.complete) for o in inner.values)
        single = len(classes) == 1 and not others
        for one in classes.values():
            yield one if single else Built(one.api, one.sources, sure=False)

    def _bases(self, own: OwnClass) -> ValueSet | None:
        """What a class's bases are, where one of them may be an optimizer."""
        values = [self._evaluator.attributes.base(own, base) for base in own.node.bases]
        options = [option for value in values for option in value.values]
        if not options:
            return None
        return ValueSet(tuple(options), all(value.complete for value in values))

    def _initialised(self, call: ast.Call, at: Point) -> Iterator[Built]:
        """``super().__init__(…)`` and ``torch.optim.Adam.__init__(self, …)`` in a subclass."""
        callee = call.func
        if not isinstance(callee, ast.Attribute) or callee.attr != "__init__":
            return
        value = self._evaluator.value(callee.value, at)
        for option in value.values:
            if isinstance(option, SuperValue):
                bases = self._bases(option.of)
                if bases is not None:
                    yield from self._from(bases, (Source(call, at),), sure=True)
            elif isinstance(option, Qualified) and torch_optimizer(option.name):
                sources = (Source(call, at, skip=1),)
                yield Built(torch_optimizer(option.name), sources, value.complete)

    def _wrapped(self, call: ast.Call, callee: ValueSet, at: Point) -> Iterator[Built]:
        """A class that is handed over together with its arguments."""
        for option in callee.values:
            wrapper = WRAPPERS.get(option.name) if isinstance(option, Qualified) else None
            if wrapper is None:
                continue
            handed = _argument(call, wrapper.parameter, wrapper.position)
            if handed is not None:
                without = wrapper.own | {wrapper.parameter}
                source = Source(call, at, without=without, skip=int(wrapper.position == 0))
                classes = self._evaluator.value(handed, at)
                yield from self._from(classes, (source,), sure=callee.complete)
        handed = _argument(call, "optimizer", None)
        if handed is not None and any((k.arg or "").startswith(PREFIX) for k in call.keywords):
            source = Source(call, at, prefix=PREFIX)
            yield from self._from(self._evaluator.value(handed, at), (source,), sure=False)

    def _lazily(self, call: ast.Call, at: Point) -> Iterator[Built]:
        """``L(torch.optim.AdamW)(…)``: a wrapper from elsewhere that calls the class later."""
        inner = call.func
        if isinstance(inner, ast.Call) and len(inner.args) == 1 and not inner.keywords:
            value = self._evaluator.value(inner.args[0], at)
            if any(isinstance(o, Qualified) and torch_optimizer(o.name) for o in value.values):
                yield from self._from(value, (Source(call, at),), sure=False)


def _hands_on(call: ast.Call) -> bool:
    """Whether a call hands arguments on to a class that it is given as `optimizer`."""
    return any((keyword.arg or "").startswith(PREFIX) for keyword in call.keywords)


def _argument(call: ast.Call, name: str, position: int | None) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and len(call.args) > position:
        return call.args[position]
    return None


def star_exports(module: str, name: str) -> ValueSet:
    """Return what ``from module import *`` is known to bind `name` to.

    Modules of the user's own may hand on `torch`, `optim` or an optimizer's class: possibly.
    """
    if module == NAMESPACE:
        torch_names = name in known_optimizers() or name == "lr_scheduler"
        return (
            ValueSet((Qualified(f"{module}.{name}"),), complete=True) if torch_names else ValueSet()
        )
    if brings_none(module):
        return ValueSet()
    if name in ("torch", "optim"):
        full = "torch" if name == "torch" else NAMESPACE
        return ValueSet((Qualified(full),))
    return (
        ValueSet((Qualified(f"{NAMESPACE}.{name}"),)) if name in known_optimizers() else ValueSet()
    )
