"""The names of a file that an optimizer's class may flow into, and the lines that hold them.

An over-approximation by names alone, cheap enough to tell which functions and calls are worth
evaluating: a name is tracked if it names an optimizer, or is assigned from, imported as or
returned as something with a tracked name. An optimizer that has been built is not tracked.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import ClassVar

from optport.lean import dataclass
from optport.line_sets import LineSet, has_line
from optport.reader.command_line import DEFINING, destination
from optport.reader.flows import CONSTRUCTOR, Flow, FlowKind, Taken
from optport.reader.index import Index
from optport.reader.known_calls import CONTAINER_METHODS, PROPAGATORS
from optport.reader.torch_names import MODULES, class_names

MAX_ROUNDS = 24
"""How many names one after the other are followed this way; past that, every line counts."""

_MODULE = "optim"
_MODULE_NAMES = (_MODULE, f"torch.{_MODULE}")
"""How texts begin that name a module or class of torch's."""
_MAX_CALLS = 3
_MAX_FUNCTIONS = 8
"""Functions of one name whose parameters a call is held against."""
_MAKING = frozenset({"type", "Type", "Callable"})
_WORD = re.compile(r"\w+")
NEVER = -sys.maxsize
"""For what no number of calls leads to."""
_HOLDING = CONTAINER_METHODS | {"__dict__"}
_OPAQUE = (ast.Compare, ast.JoinedStr)
"""Expressions that give truth and text, whatever they name."""


@dataclass(frozen=True, slots=True)
class TrackedNames:
    """The names that may reach an optimizer's class, and the lines that hold one."""

    names: frozenset[str]
    lines: LineSet
    search: NameSearch
    complete: bool = True
    """Whether these are all of them: not in a chain that is too long."""

    def reach(self, callee: ast.expr) -> bool:
        """Whether what is called may be an optimizer's class, by the names in it."""
        while isinstance(callee, ast.Attribute):
            if callee.attr in self.names:
                return True
            callee = callee.value
        return not isinstance(callee, ast.Name) or callee.id in self.names


def track_names(index: Index, wrappers: frozenset[str]) -> TrackedNames:
    """Follow the file's names from the optimizers' on, walking the functions that matter.

    `wrappers` are names of callables that take an optimizer's class.
    """
    search = NameSearch(dict.fromkeys((_MODULE, *class_names(), *wrappers), 0), index)
    lines = index.lines.with_words((_MODULE, *class_names(), *wrappers))
    latest = lines
    for _ in range(MAX_ROUNDS):
        index.enter(lines)
        fresh = search.follow(lines, latest) | search.handed_over(latest)
        if not fresh:
            return TrackedNames(frozenset(search.calls), lines, search)
        latest = index.lines.with_words(fresh)
        lines = index.lines.with_words(fresh, lines)
    return TrackedNames(frozenset(search.calls), index.lines.all(), search, complete=False)


class NameSearch:
    """The tracked names, found in rounds.

    `calls` says of each how many calls it takes to get a class from it: none from a class or what
    holds one, one from a function that returns one. With one call more, an optimizer is built.
    """

    least: ClassVar[int] = 0
    """The number of calls of what is tracked: fewer lead to something else."""
    passed_over: ClassVar[frozenset[str]] = MODULES
    """Names that are not tracked: of modules, in most files."""

    def __init__(self, calls: Mapping[str, int], index: Index) -> None:
        self.calls = dict(calls)
        self._index = index
        self._modules = {_MODULE}
        self._propagators = set(PROPAGATORS)
        self._imports = 0
        self._callees: dict[ast.expr, tuple[str, int]] = {}

    def follow(self, lines: LineSet, latest: LineSet) -> set[str]:
        """Look at the flows into names on these lines; return the names that are new.

        Those that were looked at before are only looked at on the `latest` of the lines.
        """
        fresh = self._imported()
        flows = self._index.flows
        for flow in flows.on(latest):
            self._follow(flow, fresh)
        unseen = flows.latest()
        for flow in unseen if latest is not lines else ():
            if has_line(lines, flow.value):
                self._follow(flow, fresh)
        return fresh

    def _follow(self, flow: Flow, fresh: set[str]) -> None:
        annotates = flow.kind in (FlowKind.ANNOTATED, FlowKind.PROMISED)
        calls = self._annotated(flow.value) if annotates else self._calls(flow.value)
        if calls == NEVER or flow.name in self.passed_over:
            return
        calls += flow.kind in (FlowKind.RETURNED, FlowKind.PROMISED)
        added = self._add(flow.name, calls, fresh)
        if added and flow.kind is FlowKind.INHERITED and CONSTRUCTOR not in self.calls:
            self._add(CONSTRUCTOR, 0, fresh)

    def _add(self, name: str, calls: int, fresh: set[str]) -> bool:
        """Track a name that takes so many calls; whether that is new."""
        if calls <= self._of(name):
            return False
        fresh.add(name)
        self.calls[name] = min(calls, _MAX_CALLS)
        return True

    def handed_over(self, lines: LineSet) -> set[str]:
        """Look at the calls on these lines that give a class to a function of the file.

        The names that are new are those of the functions' parameters.
        """
        fresh: set[str] = set()
        functions = self._index.functions
        for call, _ in self._index.calls(lines):
            name = last_name(call.func)
            if name in DEFINING:
                self._defined(call, fresh)
            known = functions.get(name)
            if known is None or not (call.args or call.keywords):
                continue
            for name, value in _given(call, known):
                self._add(name, self._calls(value), fresh)
        return fresh

    def _defined(self, call: ast.Call, fresh: set[str]) -> None:
        """Track the options that are classes unless a command line says otherwise."""
        name = destination(call)
        for keyword in call.keywords:
            one = keyword.arg if name is None else name
            told = keyword.arg in ("default", "const") or name is None
            if told and one is not None and self._calls(keyword.value) != NEVER:
                self._add(one, 0, fresh)

    def _annotated(self, annotation: ast.expr) -> int:
        """Zero for an annotation of a class or of what makes an optimizer; `NEVER` for others."""
        words = self._words(annotation)
        made = not _MAKING.isdisjoint(words)
        named = made and ("Optimizer" in words or not self.calls.keys().isdisjoint(words))
        return 0 if named else NEVER

    def _words(self, annotation: ast.expr) -> Collection[str]:
        """The words of an annotation, and of texts in it."""
        if isinstance(annotation, ast.Name):
            return (annotation.id,)
        words: set[str] = set()
        for node in ast.walk(annotation):
            words.add(last_name(node))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(_WORD.findall(node.value))
        return words

    def _imported(self) -> set[str]:
        fresh = set()
        imports = self._index.imports
        for name, qualified in imports[self._imports :]:
            if qualified.rpartition(".")[2] in self._propagators and name not in self._propagators:
                self._propagators.add(name)
                fresh.add(name)
            if _is_below_torch(qualified) and name not in self.calls:
                self.calls[name] = 0
                fresh.add(name)
                if qualified.endswith(_MODULE):
                    self._modules.add(name)
        self._imports = len(imports)
        return fresh

    def _calls(self, value: ast.expr) -> int:
        """How many calls it takes to get from a value to a class; `NEVER` if none does."""
        of = self.calls.get
        if isinstance(value, ast.Name):  # as most are
            return of(value.id, NEVER)
        most = NEVER
        stack: list[tuple[ast.AST, int]] = [(value, 0)]
        while stack:
            node, calls = stack.pop()
            if isinstance(node, ast.Name):
                most = max(most, of(node.id, NEVER) + calls)
            elif isinstance(node, ast.Attribute):
                most = max(most, of(node.attr, NEVER) + calls)
                if not self._is_aside(node):
                    stack.append((node.value, calls))
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str) and node.value.startswith(_MODULE_NAMES):
                    most = max(most, calls)
            elif isinstance(node, ast.Call) and self._callee(node.func)[0] in self.calls:
                most = max(most, self._after_call(node) + calls)
                stack += [(part, calls) for part in self._beside(node)]
            else:
                stack += self._inside(node, calls)
        return most if most >= self.least else NEVER

    def _after_call(self, call: ast.Call) -> int:
        name, calls = self._callee(call.func)
        left = self.calls[name] - calls - 1
        return left if left >= self.least else NEVER

    def _inside(self, node: ast.AST, calls: int) -> list[tuple[ast.AST, int]]:
        """The parts of an expression that may come out of it again, after so many calls."""
        deeper = calls + isinstance(node, ast.Lambda)
        return [(part, deeper) for part in self._parts(node)]

    def _beside(self, call: ast.Call) -> Iterable[ast.expr]:
        """What else may come out of a call of something that is tracked."""
        return ()

    def _parts(self, node: ast.AST) -> Iterable[ast.AST]:
        """The parts of an expression that may come out of it again."""
        if isinstance(node, ast.Call):
            name, _ = self._callee(node.func)
            keywords = [keyword.value for keyword in node.keywords]
            if name in self._propagators:
                return [node.func, *node.args, *keywords]
            return keywords if name in self._index.class_names else ()
        if isinstance(node, ast.IfExp):
            return node.body, node.orelse
        if isinstance(node, (ast.Subscript, ast.Lambda)):
            return (node.value if isinstance(node, ast.Subscript) else node.body,)
        return () if isinstance(node, _OPAQUE) else ast.iter_child_nodes(node)

    def _is_aside(self, node: ast.Attribute) -> bool:
        """Whether an attribute is one of torch's module that is no optimizer."""
        name, _ = self._callee(node.value)
        return name in self._modules and node.attr not in self.calls and node.attr not in _HOLDING

    def _callee(self, callee: ast.expr) -> tuple[str, int]:
        """The name under which something is called, and the calls on the way to it.

        That is ``d`` in ``d[k](…)`` and ``g`` in ``f.g(…)``, in ``g()(…)`` too with one call more.
        """
        chain: list[ast.Call | ast.Subscript] = []
        node = callee
        while node not in self._callees and isinstance(node, (ast.Call, ast.Subscript)):
            chain.append(node)
            node = node.func if isinstance(node, ast.Call) else node.value
        name, calls = self._callees.get(node, (last_name(node), 0))
        for one in reversed(chain):  # each link is looked through once
            calls += isinstance(one, ast.Call)
            self._callees[one] = name, calls
        return name, calls

    def _of(self, name: str) -> int:
        return self.calls.get(name, NEVER)


def _given(call: ast.Call, functions: list[Taken]) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a call gives, with the names that the functions have for it."""
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value
    for taken in functions[:_MAX_FUNCTIONS]:
        for one, value in zip(taken.by_position, call.args, strict=False):
            yield one.arg, value


def last_name(node: ast.AST) -> str:
    """Return a name, or that of an attribute; nothing for other expressions."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name if isinstance(name, str) else ""


def _is_below_torch(qualified: str) -> bool:
    """Whether an import brings something that torch keeps with its optimizers."""
    top, *below = qualified.split(".")
    found = top == "torch" and _MODULE in below
    return found and (MODULES.isdisjoint(below) or below[-1] in class_names())
