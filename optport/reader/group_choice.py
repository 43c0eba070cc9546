"""How the parameters of a group are chosen: by their names, in which order, out of what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field
from itertools import islice

from optport.lean import dataclass
from optport.reader.binder import Comprehension
from optport.reader.names import MAX_SOURCES, bindings_of, owner
from optport.reader.objects import Interpreter, elements_of
from optport.reader.scopes import Assigned, Binding, Branch, LoopTarget, Point
from optport.signatures import ApiKind
from optport.table import roles
from optport.table.model import Role
from optport.values import Certainty, Literal

MAX_NODES = 2_000
"""Expressions that are looked at for one group."""
MAX_COMPARED = 100
"""Parts of an expression that may be found to be spelled as another one."""

_PARAMETERS = ("named_parameters", "parameters")
_TAKING = frozenset(
    {"list", "tuple", "set", "iter", "sorted", "reversed", "enumerate", "filter", "map", "zip"}
    | {"chain", "from_iterable", "islice"}
)
"""Functions that give what they are given, one after the other."""
_PASS_ON = ("items", "values", "keys", "copy")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclass
class Choice:
    """What a group's parameters come through.

    `words` are the texts that names are compared with, `sources` the calls that give parameters
    of which only some are taken; `reverses` tells whether an order is turned round.
    """

    words: dict[str, None] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    reverses: bool = False


def choice_of(node: ast.expr, at: Point, asker: Interpreter, outside: bool = False) -> Choice:
    """Return how what `node` gives is chosen; of groups the order alone, `outside` of them."""
    choice = _Walk(asker).of(node, at)
    return Choice(reverses=choice.reverses) if outside else choice


def reordering(choices: list[Choice]) -> Certainty:
    """Say how surely groups hold the parameters in another order than the model has them.

    They do where an order is turned round, and may where two take some of the same source.
    """
    if any(choice.reverses for choice in choices):
        return Certainty.CERTAIN
    taken = [source for choice in choices for source in choice.sources]
    return Certainty.POSSIBLE if len(set(taken)) < len(taken) else Certainty.NO


class _Walk:
    """Follows one expression to where its elements come from."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._choice = Choice()
        self._given: set[str] = set()
        self._tested = False
        self._pending: list[tuple[ast.expr, Point]] = []

    def of(self, node: ast.expr, at: Point) -> Choice:
        self._conditions(at)
        self._tested = False  # that concerns the whole group, not what is in it
        self._pending.append((node, at))
        seen: set[ast.expr] = set()
        evaluation = self._asker.evaluation
        while self._pending and len(seen) < MAX_NODES and evaluation.spend(1):
            expression, point = self._pending.pop()
            if expression not in seen:
                seen.add(expression)
                self._pending += [(one, point) for one in self._inside(expression, point)]
        if self._tested:
            self._choice.sources = self._given
        return self._choice

    def _inside(self, node: ast.expr, at: Point) -> Iterator[ast.expr]:
        if isinstance(node, ast.Name):
            self._follow(node, at)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node, at)
        elif isinstance(node, ast.Subscript):
            step = node.slice.step if isinstance(node.slice, ast.Slice) else None
            self._choice.reverses |= isinstance(step, ast.UnaryOp)
            yield node.value
            if not isinstance(node.slice, ast.Slice):
                yield node.slice
        elif isinstance(node, _COMPREHENSIONS):
            yield from self._of_comprehension(node, at)
        elif isinstance(node, ast.Dict):
            yield from _held(node)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            yield from node.elts
        elif isinstance(node, ast.BinOp):
            yield from (node.left, node.right)
        elif isinstance(node, ast.IfExp):
            self._test(node.test, at)
            yield from (node.body, node.orelse)
        elif isinstance(node, ast.Starred):
            yield node.value

    def _of_comprehension(self, node: Comprehension, at: Point) -> Iterator[ast.expr]:
        for generator in node.generators:
            yield generator.iter
            for test in generator.ifs:
                self._test(test, at)
        if not isinstance(node, ast.DictComp):
            yield node.elt

    def _of_call(self, node: ast.Call, at: Point) -> Iterator[ast.expr]:
        callee = node.func
        name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
        if name in _TAKING:
            yield from node.args
        if isinstance(callee, ast.Name):
            self._choice.reverses |= name == "reversed"
        elif isinstance(callee, ast.Attribute):
            if callee.attr in _PARAMETERS:
                self._given.add(self._identity(callee.value))
                if isinstance(callee.value, ast.Name):
                    self._loop(callee.value, at)
            elif callee.attr in _PASS_ON:
                yield callee.value

    def _identity(self, node: ast.expr) -> str:
        """What an expression has in common with those that are spelled as it is, if it is short."""
        parts = len(list(islice(ast.walk(node), MAX_COMPARED)))
        self._asker.evaluation.spend(parts)
        return ast.dump(node) if parts < MAX_COMPARED else f"{node.lineno}:{node.col_offset}"

    def _follow(self, node: ast.Name, at: Point) -> None:
        for binding in self._bindings(node, at):
            given = binding.definition
            if isinstance(given, Assigned):
                self._pending.append((given.value, binding.at))
            elif isinstance(given, LoopTarget):
                self._pending.append((given.iterable, binding.at))
        scope = owner(node.id, at.scope)
        if scope is None:
            return
        for change in self._asker.index.mutations(node.id, scope, held=True)[:MAX_SOURCES]:
            if change.at.scope is scope and isinstance(change.node, ast.Call):
                self._choice.reverses |= getattr(change.node.func, "attr", "") == "reverse"
                self._conditions(change.at)
                self._pending += [(one, change.at) for one in change.node.args]

    def _bindings(self, node: ast.Name, at: Point) -> list[Binding]:
        """Return what a name may be bound to, which costs a step for each that is looked at."""
        found = bindings_of(node.id, at)
        return found if self._asker.evaluation.spend(8 * len(found)) else []

    def _loop(self, node: ast.Name, at: Point) -> None:
        """Go on with what a loop takes the things of a name from."""
        for binding in self._bindings(node, at):
            if isinstance(binding.definition, LoopTarget):
                self._pending.append((binding.definition.iterable, binding.at))

    def _conditions(self, at: Point) -> None:
        """Take in the conditions under which what stands at a place is run."""
        branch: Branch | None = at.branch
        while branch is not None:
            if isinstance(branch.statement, ast.If):
                self._test(branch.statement.test, at)
            branch = branch.parent

    def _test(self, test: ast.expr, at: Point) -> None:
        self._tested = True
        for node in ast.walk(test):
            if not self._asker.evaluation.spend(1):
                return
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._choice.words[node.value] = None
            elif isinstance(node, ast.Name):
                self._choice.words.update(dict.fromkeys(self._texts(node, at)))
            elif isinstance(node, ast.Compare):
                self._pending += [(one, at) for one in node.comparators]

    def _texts(self, node: ast.Name, at: Point) -> Iterator[str]:
        for value in self._asker.value(node, at).values:
            for element in elements_of(value) or ():
                for one in element.values:
                    if isinstance(one, Literal) and isinstance(one.value, str):
                        yield one.value


def _held(node: ast.Dict) -> Iterator[ast.expr]:
    """Yield what of a dict can hold parameters: a rate's own list is in no order of theirs."""
    params = roles(ApiKind.OPTIMIZER)[Role.PARAMS]
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or key.value == params or isinstance(value, ast.Dict):
            yield value
