"""Scopes, bindings and the order in which they take effect.

A binding stands in a *branch*: an arm of a compound statement (`if` body, `else`, handler, loop
body, …). Which bindings of a name reach a use follows from positions and branches alone, so that
no control-flow graph is needed.
"""

from __future__ import annotations

import ast
import enum
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import field

from optport.lean import dataclass


class BranchKind(enum.Enum):
    """What kind of arm a branch is, as far as it matters for what reaches what."""

    ROOT = enum.auto()
    EXCLUSIVE = enum.auto()  # arms of if and match: only one of them runs
    ATTEMPT = enum.auto()  # body and else of try
    HANDLER = enum.auto()  # except: what the body bound so far may be seen there
    LOOP = enum.auto()  # may run again: later bindings reach earlier uses


@dataclass(eq=False, slots=True)
class Branch:
    """One arm of a compound statement, and what is bound in it whatever happens."""

    kind: BranchKind
    parent: Branch | None = None
    statement: ast.AST | None = None
    depth: int = 0
    bound: set[str] = field(default_factory=set)
    leaves: bool = False
    """Whether control never gets past its end (return, raise, continue, break)."""
    returns: bool = False
    """Whether it ends with a return, so that nothing later sees what it bound."""
    checking: bool = False
    """Whether only type checkers go through it."""

    def arm(self, kind: BranchKind, statement: ast.AST) -> Branch:
        """Return a new arm of `statement` below this branch."""
        return Branch(kind, self, statement, self.depth + 1, checking=self.checking)


@dataclass(eq=False, slots=True)
class Point:
    """A place in a scope: where something is evaluated or bound. Never changed once made."""

    scope: Scope
    order: int
    branch: Branch


class ScopeKind(enum.Enum):
    """The kinds of Python scopes; comprehensions run where they stand."""

    MODULE = enum.auto()
    CLASS = enum.auto()
    FUNCTION = enum.auto()
    COMPREHENSION = enum.auto()


@dataclass(eq=False, slots=True)
class Imported:
    """A name that an import binds to what has that full name."""

    qualified: str


@dataclass(eq=False, slots=True)
class Assigned:
    """A name assigned from an expression; `path` are the indices that unpacking takes of it."""

    value: ast.expr
    path: tuple[int, ...] = ()


@dataclass(eq=False, slots=True)
class LoopTarget:
    """A name that takes the elements of an expression one by one, in a loop or comprehension."""

    iterable: ast.expr
    path: tuple[int, ...] = ()


@dataclass(eq=False, slots=True)
class Parameter:
    """A function's parameter; `first` marks the one that a method gets its instance by."""

    function: Function
    argument: ast.arg
    default: ast.expr | None
    at: Point
    """Where the default is evaluated."""
    first: bool = False
    position: int | None = None
    """Which positional argument it takes; None for one that only a keyword gives."""


@dataclass(eq=False, slots=True)
class Rest:
    """A function's ``**kwargs``, or its ``*args`` if it is `positional`."""

    function: Function
    argument: ast.arg
    at: Point
    """Where its annotation is evaluated."""
    positional: bool = False


@dataclass(eq=False, slots=True)
class Defined:
    """A name bound by ``def`` or ``class``."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(eq=False, slots=True)
class Unfollowed:
    """A name bound to something that the reader does not follow."""


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition = Imported | Assigned | LoopTarget | Parameter | Rest | Defined | Unfollowed


@dataclass(eq=False, slots=True)
class Binding:
    """One binding of a name: from what, and where."""

    definition: Definition
    at: Point


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call of a function of the file; the first `skip` parameters come before its arguments."""

    call: ast.Call
    at: Point
    skip: int
    plain: int
    """How many arguments stand before one that is unpacked."""


@dataclass(eq=False, slots=True)
class Mutation:
    """A statement that changes what a name holds: ``d[k] = v``, ``d.update(…)``, ``l += […]``.

    `node` is the assignment's target, the method call, or the operand of ``+=``; `value` what is
    put in by an assignment.
    """

    name: str
    node: ast.expr
    value: ast.expr | None
    at: Point


@dataclass(eq=False, slots=True)
class AttributeSet:
    """An assignment to an attribute: ``owner.name = value``; `path` as in `Assigned`."""

    owner: ast.expr
    value: ast.expr
    at: Point
    path: tuple[int, ...] = ()


@dataclass(eq=False, slots=True)
class Kill:
    """Past `at`, bindings before `since` don't count: every arm of a statement bound the name."""

    since: int
    at: Point


@dataclass(eq=False, slots=True)
class Scope:
    """One scope: its names with all their bindings, and where it was defined."""

    kind: ScopeKind
    parent: Scope | None = None
    defined: Point | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    """By name, in the order in which they take effect."""
    bound_from_outside: dict[str, list[Binding]] = field(default_factory=dict)
    """What other scopes bind here (global, nonlocal), at whatever time they run."""
    kills: dict[str, list[Kill]] = field(default_factory=dict)
    declared: dict[str, Scope] = field(default_factory=dict)
    """Names declared global or nonlocal, and the scope that they belong to."""
    stars: list[tuple[str, Point]] = field(default_factory=list)
    """Star imports: the module's full name, and where."""
    node: ast.AST | None = None
    """The function, class or comprehension whose scope it is; None for the module."""
    returns: list[tuple[ast.expr, Point]] = field(default_factory=list)
    """What a function returns, and where."""
    yields: bool = False
    """Whether a function is a generator."""

    def release(self) -> None:
        """Forget all bindings."""
        for part in (self.bindings, self.bound_from_outside, self.kills, self.stars, self.returns):
            part.clear()

    def binds(self, name: str) -> bool:
        """Whether `name` is bound here, by the scope itself or from another one."""
        return name in self.bindings or name in self.bound_from_outside


def encloses(outer: Branch, inner: Branch) -> bool:
    """Whether `outer` dominates `inner`: whoever is in `inner` has come through it."""
    while inner.depth > outer.depth and inner.parent is not None:
        inner = inner.parent
    return inner is outer


def _meeting(one: Branch, other: Branch) -> tuple[Branch, Branch, bool]:
    """Return the arms in which two branches part, and whether a loop holds both."""
    while one.depth > other.depth and one.parent is not None and one.parent.depth >= other.depth:
        one = one.parent
    while other.depth > one.depth and other.parent is not None and other.parent.depth >= one.depth:
        other = other.parent
    while (
        one is not other
        and one.parent is not None
        and other.parent is not None
        and one.parent is not other.parent
    ):
        one, other = one.parent, other.parent
    common = one if one is other else one.parent
    while common is not None and common.kind is not BranchKind.LOOP:
        common = common.parent
    return one, other, common is not None


def reaches(made: Point, use: Point) -> bool:
    """Whether what is bound or changed at `made` may be seen at `use` of the same scope."""
    one, other, looped = _meeting(made.branch, use.branch)
    if looped:
        return True
    if made.order >= use.order or _returned(made.branch, use.branch):
        return False
    parted = one is not other and one.statement is not None and one.statement is other.statement
    if not parted:
        return True
    attempt_to_handler = one.kind is BranchKind.ATTEMPT and other.kind is BranchKind.HANDLER
    return attempt_to_handler or one.kind is other.kind is BranchKind.ATTEMPT


def _returned(made: Branch, use: Branch) -> bool:
    """Whether the function has been left at the end of an arm that holds `made` and not `use`."""
    branch: Branch | None = made
    while branch is not None:
        if branch.returns and not encloses(branch, use):
            return True
        branch = branch.parent
    return False


def use_in(scope: Scope, use: Point) -> tuple[Point, bool]:
    """Return where in `scope` a use takes place, and whether it is deferred to a later call.

    For a use in a function inside of `scope` that is the place where the function is defined.
    """
    at = use
    deferred = False
    while at.scope is not scope and at.scope.defined is not None:
        deferred = deferred or at.scope.kind is ScopeKind.FUNCTION
        at = at.scope.defined
    return at, deferred


MAX_BINDINGS = 64
"""Bindings of one name that are looked at for one use, before it and after it each."""


def last_kill(scope: Scope, name: str, at: Point) -> int:
    """Return the order before which bindings of `name` don't count any more at `at`."""
    bindings = scope.bindings.get(name, [])
    since = -1
    last = _first_from(bindings, at.order)
    for binding in reversed(bindings[max(0, last - MAX_BINDINGS) : last]):
        if encloses(binding.at.branch, at.branch):
            since = binding.at.order
            break
    for kill in scope.kills.get(name, ())[-MAX_BINDINGS:]:
        if since < kill.since and kill.at.order < at.order and encloses(kill.at.branch, at.branch):
            since = kill.since
    return since


def _first_from(bindings: Sequence[Binding], order: int) -> int:
    """The position of the first binding that is not before `order`."""
    return bisect_left(bindings, order, key=lambda binding: binding.at.order)


def reaching(scope: Scope, name: str, use: Point) -> list[Binding]:
    """Return the bindings of `name` in `scope` that a use at `use` may see.

    A use in a function inside of `scope` may see what is bound later, too, since the call comes
    later.
    """
    at, deferred = use_in(scope, use)
    bindings = scope.bindings.get(name, [])
    here = _first_from(bindings, at.order)
    first = max(_first_from(bindings, last_kill(scope, name, at)), here - MAX_BINDINGS)
    near = bindings[first : here + MAX_BINDINGS]
    seen = [b for b in near if deferred or reaches(b.at, at)]
    return seen + scope.bound_from_outside.get(name, [])[-MAX_BINDINGS:]
