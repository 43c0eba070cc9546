"""What an optimizer is given to train: one flat list of parameters, or groups."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from optport.reader.containers import DictValue, Entry
from optport.reader.evaluate import Evaluator
from optport.reader.group_choice import Choice, choice_of, reordering
from optport.reader.group_members import container_in_group, is_named
from optport.reader.model import Argument, Container, Group, Parameters, Shape
from optport.reader.names import bindings_of, sources_of
from optport.reader.objects import Object, elements_of
from optport.reader.scopes import Assigned, Point
from optport.reader.source import SourceText
from optport.signatures import ApiKind
from optport.table import roles
from optport.table.model import Role
from optport.values import UNKNOWN, ValueSet

_WORK_PER_OPTION = 8
"""Steps for each option of a group: all of them are judged on every target."""

MAX_PARTS = 60
"""Expressions that are looked through for the form of the parameters."""

_FLAT_METHODS = {"parameters", "buffers"}
_CONTAINERS = frozenset({"list", "tuple", "filter", "iter", "reversed", "sorted", "set"})
_PASS_ON = {"list", "tuple", "iter", "set", "reversed", "sorted", "chain"}

Spelled = Callable[[Entry], Argument]
"""How an entry of a dict becomes an argument."""
_Chosen = tuple[Group, Choice]


class ParameterReader:
    """Reads what the optimizers of one file are given; what several share is read once."""

    def __init__(self, evaluator: Evaluator, source: SourceText) -> None:
        self.evaluator = evaluator
        self.source = source
        self.name = roles(ApiKind.OPTIMIZER)[Role.PARAMS]
        """What torch calls the argument, and the key of a group."""
        self._groups: dict[tuple[DictValue, bool], _Chosen] = {}
        self._lists: dict[tuple[tuple[Object, ...], bool], list[_Chosen]] = {}

    def read(self, node: ast.expr, at: Point, spelled: Spelled) -> Parameters:
        """Return the form of the parameters that `node` gives, and the groups in it."""
        value = self.evaluator.value(node, at)
        chosen = self._listed(value, spelled)
        groups = tuple(group for group, _ in chosen)
        options = sum(len(group.arguments) for group in groups)
        if not self.evaluator.evaluation.spend(_WORK_PER_OPTION * options):
            return Parameters()  # as many groups as these, as often, are too many to judge
        if groups:
            inline = isinstance(node, ast.List) and all(_is_plain_dict(e) for e in node.elts)
            shape = Shape.GROUPS if _only_groups(value) else Shape.UNKNOWN
            choices = [choice for _, choice in chosen]
            choices.append(choice_of(node, at, self.evaluator, outside=True))
            return Parameters(shape, groups, inline, reordered=reordering(choices))
        if isinstance(node, (ast.List, ast.Tuple)) and not node.elts:
            return Parameters(Shape.FLAT)
        container = Container.NAMED if is_named(node, at, self.evaluator) else Container.PLAIN
        shape = self._flat_or_unknown(node, at)
        made = shape is Shape.UNKNOWN and _is_made(node, at)
        return Parameters(shape, container=container, made=made)

    def _listed(self, value: ValueSet, spelled: Spelled) -> list[_Chosen]:
        """Return the groups in all lists that a value may be, and how they are chosen."""
        lists = tuple(one for one in value.values if isinstance(one, Object))
        if not lists:
            return []
        key = lists, value.complete and len(lists) == len(value.values)
        if key not in self._lists:
            found = [self._group(table, sure, spelled) for table, sure in _tables(value)]
            if self.evaluator.evaluation.is_spent:
                return found
            self._lists[key] = found
        return self._lists[key]

    def _group(self, table: DictValue, sure: bool, spelled: Spelled) -> _Chosen:
        key = table, sure
        if key not in self._groups:
            arguments = {}
            container, held_surely, site = Container.PLAIN, True, None
            choice = Choice()
            for entry in table.entries:
                if isinstance(entry.key, str):
                    arguments[entry.key] = spelled(entry)
                if entry.key == self.name:
                    container, held_surely = container_in_group(
                        entry.node, entry.at, self.evaluator
                    )
                    choice = choice_of(entry.node, entry.at, self.evaluator)
                    site = arguments[entry.key].site
            words = tuple(choice.words)
            group = Group(arguments, container, sure, held_surely, site, words)
            self._groups[key] = group, choice
        return self._groups[key]

    def _flat_or_unknown(self, node: ast.expr, at: Point) -> Shape:
        """Tell by the expressions that the parameters come from; unknown where they disagree."""
        shapes: set[Shape] = set()
        evaluation = self.evaluator.evaluation
        pending = sources_of(node, at, evaluation)
        for _ in range(MAX_PARTS):
            if not pending or not evaluation.spend(1):
                break
            expression, point = pending.pop()
            inner = _passed_on(expression)
            if inner is None:
                shapes.add(_own_shape(expression))
            for part in inner or ():
                pending.extend(sources_of(part, point, evaluation))
        return shapes.pop() if len(shapes) == 1 and not pending else Shape.UNKNOWN


def _only_groups(value: ValueSet) -> bool:
    """Whether nothing but lists of groups can come out."""
    elements = [element for option in value.values for element in elements_of(option) or [UNKNOWN]]
    return value.complete and all(
        element.complete and any(isinstance(one, DictValue) for one in element.values)
        for element in elements
    )


def _is_made(node: ast.expr, at: Point) -> bool:
    """Whether a call makes the parameters that is not one of a container of them."""
    found = [node]
    if isinstance(node, ast.Name):
        assigned = [one.definition for one in bindings_of(node.id, at)]
        found = [one.value for one in assigned if isinstance(one, Assigned)]
    calls = [one for one in found if isinstance(one, ast.Call)]
    return any(getattr(call.func, "id", "") not in _CONTAINERS for call in calls)


def _is_plain_dict(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)


def _tables(value: ValueSet) -> Iterator[tuple[DictValue, bool]]:
    """Yield the dicts in the lists that a value may be, and whether it surely is one of them."""
    for one in value.values:
        for element in elements_of(one) or ():
            sure = value.complete and len(value.values) == 1 and element.exact is not None
            for table in element.values:
                if isinstance(table, DictValue):
                    yield table, sure


def _passed_on(node: ast.expr) -> list[ast.expr] | None:
    """The expressions that a wrapping one takes its elements from, or None if it has its own."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    if isinstance(node, ast.Call) and node.args:
        callee = node.func
        name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
        if name == "filter":
            return node.args[1:2]
        if name in _PASS_ON:
            return [a.value if isinstance(a, ast.Starred) else a for a in node.args]
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and isinstance(node.elt, ast.Name):
        return [node.generators[-1].iter]
    return None


def _own_shape(node: ast.expr) -> Shape:
    if isinstance(node, (ast.List, ast.Tuple)) and node.elts:
        plain = (ast.Attribute, ast.Subscript)
        return Shape.FLAT if all(isinstance(e, plain) for e in node.elts) else Shape.UNKNOWN
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return Shape.FLAT if node.func.attr in _FLAT_METHODS else Shape.UNKNOWN
    return Shape.UNKNOWN
