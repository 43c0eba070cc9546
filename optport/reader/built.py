"""Optimizers and schedulers that have been built, and their parameter groups."""

from __future__ import annotations

import ast
from functools import cache
from typing import ClassVar

from optport.lean import dataclass
from optport.reader.objects import Interpreter, Object, exported, keyword_of
from optport.reader.scopes import Point
from optport.reader.torch_names import kind_of
from optport.signatures import ApiKind, known_names
from optport.table import roles
from optport.table.model import Role
from optport.values import UNKNOWN, ValueSet, exactly

GROUPS = "param_groups"


@dataclass(eq=False, slots=True)
class Built(Object):
    """An optimizer or scheduler of the class `api`, which `call` built.

    Without a call it is one by the annotation `declared`: then `api` may be a base class, as
    ``Optimizer``.
    """

    named: ClassVar[bool] = True
    guessed: ClassVar[bool] = False
    api: str
    call: ast.Call | None = None
    at: Point | None = None
    home: Interpreter | None = None
    declared: ast.expr | None = None

    @property
    def kind(self) -> ApiKind:
        """Whether it is an optimizer or a scheduler."""
        return kind_of(self.api)

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return its parameter groups, the optimizer of a scheduler, or a method."""
        if name in method_names():
            return exactly(BoundMethod(self, name))
        if self.kind is ApiKind.OPTIMIZER:
            return exactly(ParamGroups(self)) if name == GROUPS else UNKNOWN
        if name != roles(ApiKind.SCHEDULER)[Role.OPTIMIZER] or self.home is None:
            return UNKNOWN
        found = self._first(name)
        return found if self.home is asker else exported(found)

    def _first(self, name: str) -> ValueSet:
        """What its call is given first, or under a keyword."""
        if self.call is None or self.at is None or self.home is None:
            return UNKNOWN
        node = keyword_of(self.call, name)
        if node is None and self.call.args:
            node = self.call.args[0]
        return UNKNOWN if node is None else self.home.value(node, self.at)


@dataclass(eq=False, slots=True)
class BoundMethod(Object):
    """A method of an optimizer or scheduler that is not called where it is taken."""

    guessed: ClassVar[bool] = False
    of: Built
    name: str


@cache
def method_names() -> frozenset[str]:
    """The names of all methods of optimizers and schedulers."""
    return frozenset(api.rpartition(".")[2] for api in known_names(ApiKind.METHOD))


@dataclass(eq=False, slots=True)
class ParamGroups(Object):
    """The list of an optimizer's parameter groups."""

    guessed: ClassVar[bool] = False
    of: Built

    def item(self, keys: ValueSet) -> ValueSet:
        """Return one of the groups."""
        return exactly(ParamGroup(self.of))

    def elements(self) -> list[ValueSet]:
        """Return a group, which is any of them."""
        return [exactly(ParamGroup(self.of))]


@dataclass(eq=False, slots=True)
class ParamGroup(Object):
    """One of an optimizer's parameter groups."""

    guessed: ClassVar[bool] = False
    of: Built


@dataclass(eq=False, slots=True)
class Made(Object):
    """An instance of a class of torch's beside its optimizers, which takes optimizers."""

    guessed: ClassVar[bool] = False
    name: str
