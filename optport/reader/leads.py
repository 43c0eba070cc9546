"""The names of a file that may lead to an optimizer's class, and the lines that hold them.

An over-approximation by names alone, cheap enough to tell which functions and calls are worth
evaluating: whatever names an optimizer leads to it, and so does what is assigned from, imported
as or returned as something that leads. An optimizer that has been built leads nowhere.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from optport.gate import word_ends
from optport.reader.calls import CONTAINER_METHODS, PASSING_ON
from optport.reader.index import Index
from optport.reader.record import How
from optport.reader.words import Marks, marked
from optport.signatures import ApiKind, known_names

MAX_ROUNDS = 24
"""How many names one after the other are followed this way; past that, every line counts."""

_MODULE = "optim"
_MODULE_NAMES = (_MODULE, f"torch.{_MODULE}")
_ASIDE = frozenset({"lr_scheduler", "swa_utils"})
"""Modules below `torch.optim` that hold no optimizers."""
_MOST_CALLS = 3
_NOWHERE = -sys.maxsize
_CONSTRUCTOR = "__init__"
_HOLDING = CONTAINER_METHODS | {"__dict__"}
_SAYING_LITTLE = (ast.Compare, ast.JoinedStr)
"""Expressions that give truth and text, whatever they name."""


@dataclass(frozen=True, slots=True)
class Leads:
    """What may lead to an optimizer's class: the names, and the lines that hold one."""

    names: frozenset[str]
    lines: Marks

    def through(self, callee: ast.expr) -> bool:
        """Whether what is called may be an optimizer's class, by the names in it."""
        while isinstance(callee, ast.Attribute):
            if callee.attr in self.names:
                return True
            callee = callee.value
        return not isinstance(callee, ast.Name) or callee.id in self.names


@lru_cache(maxsize=1)
def known_optimizers() -> frozenset[str]:
    """The torch optimizers that any recorded version has."""
    return frozenset(known_names(ApiKind.OPTIMIZER))


def find_leads(index: Index, wrappers: frozenset[str]) -> Leads:
    """Follow the file's names from the optimizers' on, walking the functions that matter.

    `wrappers` are names of callables that are handed an optimizer's class.
    """
    search = _Search((_MODULE, *known_optimizers(), *wrappers), index)
    lines = index.words.mark_ends(_start(wrappers))
    for _ in range(MAX_ROUNDS):
        index.enter(lines)
        fresh = search.follow(lines)
        if not fresh:
            return Leads(frozenset(search.calls), lines)
        lines = index.words.mark(fresh, lines)
    return Leads(frozenset(search.calls), index.words.all_marks())


@lru_cache(maxsize=1)
def _start(wrappers: frozenset[str]) -> re.Pattern[str]:
    return word_ends([_MODULE, *known_optimizers(), *wrappers])


class _Search:
    """The names that lead, found in rounds.

    `calls` says of each how many calls it takes to get a class from it: none from a class or what
    holds one, one from a function that returns one. With one call more, an optimizer is built.
    """

    def __init__(self, names: Iterable[str], index: Index) -> None:
        self.calls = dict.fromkeys(names, 0)
        self._index = index
        self._modules = {_MODULE}
        self._passing_on = set(PASSING_ON)

    def follow(self, lines: Marks) -> set[str]:
        """Look at what names are given on the marked lines; return what is new of them."""
        fresh = self._imported()
        for given in self._index.given:
            value = given.value
            if not marked(lines, value):
                continue
            calls = self._calls(value)
            if calls == _NOWHERE or given.name in _ASIDE:
                continue
            calls += given.how is How.RETURNED
            if calls > self._of(given.name):
                fresh.add(given.name)
                self.calls[given.name] = min(calls, _MOST_CALLS)
                if given.how is How.INHERITED and _CONSTRUCTOR not in self.calls:
                    fresh.add(_CONSTRUCTOR)
                    self.calls[_CONSTRUCTOR] = 0
        return fresh

    def _imported(self) -> set[str]:
        fresh = set()
        for name, qualified in self._index.imports:
            if qualified.rpartition(".")[2] in self._passing_on:
                self._passing_on.add(name)
            if _is_below_torch(qualified) and name not in self.calls:
                self.calls[name] = 0
                fresh.add(name)
                if qualified.endswith(_MODULE):
                    self._modules.add(name)
        return fresh

    def _calls(self, value: ast.expr) -> int:
        """How many calls it takes to get from a value to a class; `_NOWHERE` if none does."""
        most = _NOWHERE
        stack: list[tuple[ast.AST, int]] = [(value, 0)]
        while stack:
            node, calls = stack.pop()
            if isinstance(node, ast.Name):
                most = max(most, self._of(node.id) + calls)
            elif isinstance(node, ast.Attribute):
                most = max(most, self._of(node.attr) + calls)
                if not self._is_aside(node):
                    stack.append((node.value, calls))
            elif isinstance(node, ast.Constant):
                most = max(most, calls if node.value in _MODULE_NAMES else _NOWHERE)
            elif isinstance(node, ast.Call) and _called(node.func)[0] in self.calls:
                most = max(most, self._after_call(node) + calls)
            else:
                deeper = calls + isinstance(node, ast.Lambda)
                stack += [(part, deeper) for part in self._parts(node)]
        return most if most >= 0 else _NOWHERE

    def _after_call(self, call: ast.Call) -> int:
        name, calls = _called(call.func)
        left = self.calls[name] - calls - 1
        return left if left >= 0 else _NOWHERE

    def _parts(self, node: ast.AST) -> Iterable[ast.AST]:
        """The parts of an expression that may come out of it again."""
        if isinstance(node, ast.Call):
            name, _ = _called(node.func)
            keywords = [keyword.value for keyword in node.keywords]
            if name in self._passing_on:
                return [node.func, *node.args, *keywords]
            return keywords if name in self._index.class_names else ()
        if isinstance(node, ast.IfExp):
            return node.body, node.orelse
        if isinstance(node, (ast.Subscript, ast.Lambda)):
            return (node.value if isinstance(node, ast.Subscript) else node.body,)
        return () if isinstance(node, _SAYING_LITTLE) else ast.iter_child_nodes(node)

    def _is_aside(self, node: ast.Attribute) -> bool:
        """Whether an attribute is one of torch's module that is no optimizer."""
        name, _ = _called(node.value)
        return name in self._modules and node.attr not in (*self.calls, *_HOLDING)

    def _of(self, name: str) -> int:
        return self.calls.get(name, _NOWHERE)


def _called(callee: ast.expr) -> tuple[str, int]:
    """The name under which something is called, and the calls on the way to it.

    That is ``d`` in ``d[k](…)`` and ``g`` in ``f.g(…)``, in ``g()(…)`` too with one call more.
    """
    calls = 0
    while isinstance(callee, (ast.Call, ast.Subscript)):
        calls += isinstance(callee, ast.Call)
        callee = callee.func if isinstance(callee, ast.Call) else callee.value
    return callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", ""), calls


def _is_below_torch(qualified: str) -> bool:
    """Whether an import brings something that torch keeps with its optimizers."""
    top, *below = qualified.split(".")
    return top == "torch" and _MODULE in below and _ASIDE.isdisjoint(below)
