"""Callee resolution: which class of torch a call builds, and the calls with its arguments."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import field, replace

from optport.lean import dataclass
from optport.reader.classes import OwnClass, OwnFunction, SuperValue
from optport.reader.evaluate import Evaluator
from optport.reader.evaluation import Evaluation
from optport.reader.frames import Frame, handed_over, only_parameter
from optport.reader.known_calls import Partial
from optport.reader.names import owner
from optport.reader.objects import ANY_CLASS, NAMESPACE, keyword_of
from optport.reader.scopes import Point
from optport.reader.torch_names import MODULES, base_class, torch_class
from optport.reader.tracked_names import track_names
from optport.values import Literal, Qualified, ValueSet, exactly

_NESTED = 8
"""How many partials and subclasses are looked through, one inside the other."""

MAX_LOOKED_THROUGH = 256
"""How many of them are looked through in all, for one call."""

_WORK_PER_CLASS = 40
"""Steps for each class of several that a call may build."""

_OVERRIDES = frozenset({"__init__", "__new__", "step", "zero_grad", "add_param_group", "get_lr"})
"""A subclass that has one of these may do anything; without, it trains as its base."""


@dataclass(frozen=True, slots=True)
class ArgumentSource:
    """A call with arguments: all but the first `skip` and the keywords in `without`.

    With a `prefix` they are the keywords that start with it, and no others. In a `frame` the
    parameters of the function around it are what one of its calls gives them.
    """

    call: ast.Call
    at: Point
    skip: int = 0
    without: frozenset[str] = frozenset()
    prefix: str = ""
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class ResolvedCall:
    """An optimizer that a call may build; `api` is None for one decided at run time."""

    api: str | None
    sources: tuple[ArgumentSource, ...]
    sure: bool
    complete: bool = True
    """Whether it is that or another class of torch, and nothing else."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A callable that takes an optimizer's class together with its arguments."""

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

_LAZY = frozenset({"LazyCall"})
"""Wrappers of configurations in Python, by their last names, whatever they are imported from."""
_WRAPPING = frozenset(name.rpartition(".")[2] for name in WRAPPERS)
_DIRECT_NAMES = frozenset({"__init__", "func"})

_LEAST_GIVEN = 3
_BUILDS = re.compile(r"init|instan|build|make|creat|construct|(?:^|_)get_?(?:obj|opt)")
"""What is called so builds something of a module that it is given, with a name and arguments."""

PREFIX = "optimizer__"
"""Keywords by which skorch passes arguments to the class given as `optimizer`."""


class CalleeResolver:
    """Tells what the calls of one file build."""

    def __init__(self, evaluator: Evaluator, everywhere: bool = False) -> None:
        """Take the file's `evaluator`; look at every call if `everywhere`."""
        self._evaluator = evaluator
        self._built_by: dict[OwnClass, list[ResolvedCall]] = {}
        index = evaluator.index
        self.tracked = None if everywhere else track_names(index, _WRAPPING)
        self.lines = index.lines.all() if self.tracked is None else self.tracked.lines
        """The lines with calls that may build an optimizer."""

    def resolved(self, call: ast.Call, at: Point) -> list[ResolvedCall]:
        """Return the optimizers that a call may build; none for any other call."""
        found = self._built(call, at) if self._may_build(call, at) else []
        if not found and self._is_given_all(call, at):
            return [ResolvedCall(None, (), sure=False)]
        work = _WORK_PER_CLASS * (len(found) - 1)  # all of them are judged
        affordable = len(found) < 2 or self._evaluator.evaluation.spend(work)
        return found if affordable else [ResolvedCall(None, (), sure=False)]

    def _built(self, call: ast.Call, at: Point) -> list[ResolvedCall]:
        """What a call builds by what is called, or as a wrapper."""
        callee = self._evaluator.value(call.func, at)
        found = self._handed_over(call, at)
        found = found or self._found(callee, (ArgumentSource(call, at),))
        found = found or list(self._initialised(call, at))
        found = found or list(self._wrapped(call, callee, at))
        return found or list(self._lazily(call, at))

    def _found(
        self, callee: ValueSet, sources: tuple[ArgumentSource, ...], sure: bool = True
    ) -> list[ResolvedCall]:
        """Return what calling `callee` builds, once for each class."""
        only = callee.exact
        if isinstance(only, OwnClass):  # the same for every call
            if only not in self._built_by:
                self._built_by[only] = built_by(only)
            return [
                ResolvedCall(one.api, sources, one.sure and sure) for one in self._built_by[only]
            ]
        return list(classes_of(callee, sources, sure, self._evaluator.evaluation))

    def _handed_over(self, call: ast.Call, at: Point) -> list[ResolvedCall]:
        """Return what a parameter of a function builds that is called: by each of its calls."""
        parameter = only_parameter(call.func, at)
        if parameter is None:
            return []
        evaluator = self._evaluator
        found: list[ResolvedCall] = []
        spots = list(handed_over(call.func, at, evaluator))
        for spot in spots:
            source = ArgumentSource(call, at, frame=spot.frame)
            found += self._found(evaluator.value(spot.node, spot.at), (source,), sure=False)
        default = parameter.default
        if found and default is not None and all(spot.node is not default for spot in spots):
            value = evaluator.value(default, parameter.at)
            found += self._found(value, (ArgumentSource(call, at),), sure=False)
        return found

    def _is_given_all(self, call: ast.Call, at: Point) -> bool:
        """Whether something unknown is given `torch.optim` itself, to build one of it by name."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if len(given) < _LEAST_GIVEN or not _BUILDS.search(_last_name(call.func).lower()):
            return False
        modules = [one for one in given if isinstance(one, (ast.Name, ast.Attribute))]
        if self.tracked is not None:
            modules = [one for one in modules if _last_name(one) in self.tracked.names]
        value = self._evaluator.value
        if not any(value(one, at).exact == Qualified(NAMESPACE) for one in modules):
            return False
        return not any(isinstance(o, (OwnFunction, OwnClass)) for o in value(call.func, at).values)

    def _may_build(self, call: ast.Call, at: Point) -> bool:
        """Whether a call is worth a look: by the name that is called, most are not."""
        callee = call.func
        if _has_prefixed(call) or getattr(callee, "attr", "") in _DIRECT_NAMES:
            return True
        if self.tracked is not None:
            return self.tracked.reach(callee)
        # An imported name may be anything; one that is built in is not.
        evaluator = self._evaluator
        plain = isinstance(callee, ast.Name) and owner(callee.id, at.scope) is None
        return not plain or bool(evaluator.index.module.stars)

    def _initialised(self, call: ast.Call, at: Point) -> Iterator[ResolvedCall]:
        """``super().__init__(…)`` and ``torch.optim.Adam.__init__(self, …)`` in a subclass."""
        callee = call.func
        if not isinstance(callee, ast.Attribute) or callee.attr != "__init__":
            return
        classes = self._evaluator.value(callee.value, at)
        for one in classes.values:
            if isinstance(one, SuperValue):
                bases = _bases(one.of)
                if bases is not None:
                    yield from self._found(bases, (ArgumentSource(call, at),))
            elif isinstance(one, Qualified) and torch_class(one.name):
                sources = (ArgumentSource(call, at, skip=1),)
                yield ResolvedCall(torch_class(one.name), sources, classes.complete)

    def _wrapped(self, call: ast.Call, callee: ValueSet, at: Point) -> Iterator[ResolvedCall]:
        """A class that is an argument of the call that has its arguments."""
        for value in callee.values:
            wrapper = WRAPPERS.get(value.name) if isinstance(value, Qualified) else None
            if wrapper is None:
                continue
            wrapped = _argument(call, wrapper.parameter, wrapper.position)
            if wrapped is not None:
                without = wrapper.own | {wrapper.parameter}
                source = ArgumentSource(call, at, without=without, skip=int(wrapper.position == 0))
                classes = self._evaluator.value(wrapped, at)
                yield from self._found(classes, (source,), sure=callee.complete)
        wrapped = keyword_of(call, "optimizer")
        if wrapped is not None and _has_prefixed(call):
            source = ArgumentSource(call, at, prefix=PREFIX)
            yield from self._found(self._evaluator.value(wrapped, at), (source,), sure=False)

    def _lazily(self, call: ast.Call, at: Point) -> Iterator[ResolvedCall]:
        """``LazyCall(torch.optim.AdamW)(…)``, which calls the class later.

        What something else from elsewhere does with a class is not known: it may register it.
        """
        inner = call.func
        if not isinstance(inner, ast.Call) or len(inner.args) != 1 or inner.keywords:
            return
        outer = self._evaluator.value(inner.func, at).values
        if any(isinstance(o, Qualified) and o.name.rpartition(".")[2] in _LAZY for o in outer):
            classes = self._evaluator.value(inner.args[0], at)
            if any(isinstance(o, Qualified) and torch_class(o.name) for o in classes.values):
                yield from self._found(classes, (ArgumentSource(call, at),), sure=False)


def classes_of(
    callee: ValueSet,
    sources: tuple[ArgumentSource, ...],
    sure: bool,
    evaluation: Evaluation,
) -> Iterator[ResolvedCall]:
    """Yield what calling `callee` builds, once for each class."""
    pending = deque((value, sources, 0, sure and callee.complete) for value in callee.values)
    found: dict[str | None, ResolvedCall] = {}
    others = False
    seen: set[tuple[OwnClass, int]] = set()
    looked_through = 0
    while pending:
        value, given, depth, certain = pending.popleft()
        inner: ValueSet | None = None
        if isinstance(value, Literal):
            continue  # calling None or a number raises: then nothing is built
        if isinstance(value, Qualified):
            api = torch_class(value.name)
            chosen = value.name == ANY_CLASS or (not certain and _is_made_up(value.name))
            if api is not None or chosen:
                found.setdefault(api, ResolvedCall(api, given, certain))
                continue
        elif isinstance(value, Partial):
            inner = value.callee
            given = (ArgumentSource(value.call, value.at, skip=1), *given)
        elif isinstance(value, OwnClass) and not value.generated and not value.methods & _OVERRIDES:
            if (value, len(given)) in seen:
                continue  # a base of several bases
            seen.add((value, len(given)))
            inner = _bases(value)
        looked_through += 1
        too_many = looked_through > MAX_LOOKED_THROUGH or not evaluation.spend(1 + len(given))
        if inner is None or depth >= _NESTED or too_many:
            others = True
            continue
        pending.extend((o, given, depth + 1, certain and inner.complete) for o in inner.values)
    single = len(found) == 1 and not others
    complete = not others and all(one.sure for one in found.values())
    for one in found.values():
        yield replace(one, sure=one.sure and single, complete=complete)


def _is_made_up(name: str) -> bool:
    """Whether a name below `torch.optim` is no class: a default that is spelled otherwise."""
    head, _, last = name.rpartition(".")
    return head == NAMESPACE and last not in MODULES and base_class(name) is None


def built_by(own: OwnClass) -> list[ResolvedCall]:
    """Return the classes of torch that an instance of a class of the file is one of."""
    return list(classes_of(exactly(own), (), True, own.home.evaluation))


def _bases(own: OwnClass) -> ValueSet | None:
    """What a class's bases may be; None where none of them is known."""
    bases = [own.base(node) for node in own.node.bases]
    values = tuple(value for base in bases for value in base.values)
    return ValueSet(values, all(base.complete for base in bases)) if values else None


def _last_name(node: ast.expr) -> str:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name if isinstance(name, str) else ""


def _has_prefixed(call: ast.Call) -> bool:
    """Whether a call gives arguments for a class that it is given as `optimizer`."""
    return any((keyword.arg or "").startswith(PREFIX) for keyword in call.keywords)


def _argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    given = keyword_of(call, name)
    return call.args[position] if given is None and len(call.args) > position else given
