"""The calls of a file's own functions, and what they give the functions' parameters.

Other files may call the functions, too, so what a parameter is given here is likely, and can be
something else.
"""

from __future__ import annotations

import ast

from optport.reader.classes import (
    OwnClass,
    OwnFunction,
    decorators,
    enclosing_class,
)
from optport.reader.containers import DictValue, Entry, ListValue, entries_of
from optport.reader.objects import Interpreter, is_definite, keyword_of
from optport.reader.scopes import CallSite, Function, Parameter, Point, Rest, Scope, ScopeKind
from optport.values import UNKNOWN, ValueSet, exactly, union

MAX_SITES = 16
"""Calls of one function that are followed."""
MAX_CALLS_READ = 64
"""Calls of something of that name that are looked at for them."""
_CONSTRUCTOR = "__init__"
_Def = ast.FunctionDef | ast.AsyncFunctionDef


class CallSites:
    """Finds the calls of one file's functions; each function's are found once."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._known: dict[Function, tuple[CallSite, ...]] = {}

    def of(self, function: Function) -> tuple[CallSite, ...]:
        """Return the calls in the file of a function of it; none for a lambda."""
        if isinstance(function, ast.Lambda):
            return ()
        known = self._known.get(function)
        if known is not None:
            return known
        self._known[function] = ()  # what a circle sees of itself
        scope = self._asker.index.scope_of(function)
        found: tuple[CallSite, ...] = ()
        if scope is not None:
            found = tuple(self._found(function, scope))
        if self._asker.evaluation.is_spent:
            del self._known[function]
        else:
            self._known[function] = found
        return found

    def _found(self, function: _Def, scope: Scope) -> list[CallSite]:
        asker = self._asker
        found: list[CallSite] = []
        own = self._class_of(function, scope)
        is_method = own is not None and "staticmethod" not in decorators(function)
        calls = asker.index.calls_of(self._names(function, own))
        for call, at in calls[:MAX_CALLS_READ]:
            if len(found) == MAX_SITES or not asker.evaluation.spend(2):
                break
            if self._reaches(call, at, function, own):
                skip = int(is_method and not self._is_given_self(call, at, function))
                found.append(CallSite(call, at, skip, _plain(call)))
        return found

    def _class_of(self, function: Function, scope: Scope) -> OwnClass | None:
        """The class whose method a function is."""
        outer = scope.parent
        is_method = outer is not None and outer.kind is ScopeKind.CLASS
        return enclosing_class(scope, self._asker) if is_method else None

    def _names(self, function: _Def, own: OwnClass | None) -> list[str]:
        """The names by which a function is called: a constructor by those of its classes."""
        if own is None or function.name != _CONSTRUCTOR:
            return [function.name]
        heirs = [one for one in own.heirs() if _CONSTRUCTOR not in one.methods]
        return [_CONSTRUCTOR, "cls", own.node.name, *(one.node.name for one in heirs)]

    def _reaches(self, call: ast.Call, at: Point, function: Function, own: OwnClass | None) -> bool:
        """Whether a call may be one of that function."""
        for callee in self._asker.value(call.func, at).values:
            if isinstance(callee, OwnFunction) and callee.scope.node is function:
                return True
            if own is not None and isinstance(callee, OwnClass):
                made = callee.method(_CONSTRUCTOR)
                if made is not None and made.scope.node is function:
                    return True
        return False

    def _is_given_self(self, call: ast.Call, at: Point, function: Function) -> bool:
        """Whether a method is called on its class, with the instance as an argument."""
        if not isinstance(call.func, ast.Attribute) or "classmethod" in decorators(function):
            return False
        return isinstance(self._asker.value(call.func.value, at).exact, OwnClass)


def filled(parameter: Parameter, asker: Interpreter) -> ValueSet | None:
    """Return what the file's calls give a parameter; None where none of them gives one."""
    found = []
    for site in asker.call_sites(parameter.function):
        value = _handed(site, parameter.argument.arg, parameter.position, asker)
        if value is not None:
            found.append(value)
    return union(found) if found else None


def rest(parameter: Rest, asker: Interpreter) -> ValueSet:
    """Return what ``*args`` or ``**kwargs`` of a function are.

    That is by the file's calls, or else by the annotation.
    """
    given = _positional(parameter, asker) if parameter.positional else _by_keyword(parameter, asker)
    annotation = parameter.argument.annotation
    if given.known or annotation is None:
        return given
    element = asker.annotated(annotation, parameter.at)
    if not element.known:
        return UNKNOWN
    if parameter.positional:
        return exactly(ListValue((element,), many=True))
    entry = Entry(annotation, element, annotation, parameter.at)
    return exactly(DictValue((entry,), complete=False, others=element))


def _positional(parameter: Rest, asker: Interpreter) -> ValueSet:
    """The tuple that ``*args`` are, where the calls give it what has been built."""
    arguments = parameter.function.args
    first = len(arguments.posonlyargs) + len(arguments.args)
    found = []
    for site in asker.call_sites(parameter.function):
        for node in site.call.args[max(first - site.skip, 0) : site.plain]:
            value = asker.value(node, site.at)
            if any(map(is_definite, value.values)):
                found.append(value)
    return exactly(ListValue((union(found) | UNKNOWN,), many=True)) if found else UNKNOWN


def _by_keyword(parameter: Rest, asker: Interpreter) -> ValueSet:
    """The dict that ``**kwargs`` are."""
    function = parameter.function
    named = names_of(function)
    table: DictValue | None = None
    for site in asker.call_sites(function):
        entries, complete = _keywords(site, named, asker)
        one = DictValue(()).with_entries(entries, complete)
        table = one if table is None else table.or_else(one)
    if table is None or not asker.evaluation.spend(len(table.entries)):
        return UNKNOWN
    likely = tuple(entry.overridable() for entry in table.entries)
    return exactly(DictValue(likely, complete=False))


def _keywords(site: CallSite, named: set[str], asker: Interpreter) -> tuple[list[Entry], bool]:
    """The keywords of a call that no parameter of the function has a name for."""
    found: list[Entry] = []
    complete = True
    for keyword in site.call.keywords:
        value = asker.value(keyword.value, site.at)
        if keyword.arg is None:
            inner, whole = entries_of(value)
            found += [entry for entry in inner if entry.key not in named]
            complete = complete and whole
        elif keyword.arg not in named:
            found.append(Entry(keyword.arg, value, keyword.value, site.at, holder=site.call))
    return found, complete


def names_of(function: Function) -> set[str]:
    """Return the names of the parameters that keywords are for."""
    return {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}


def _handed(site: CallSite, name: str, position: int | None, asker: Interpreter) -> ValueSet | None:
    """What one call gives a parameter; None where it is left out."""
    node = given(site, name, position)
    if node is not None:
        return asker.value(node, site.at)
    if site.plain < len(site.call.args):
        return UNKNOWN
    for keyword in site.call.keywords:
        if keyword.arg is None:
            entries, complete = entries_of(asker.value(keyword.value, site.at))
            for entry in entries:
                if entry.key == name:
                    return entry.value
            if not complete:
                return UNKNOWN
    return None


def given(site: CallSite, name: str, position: int | None) -> ast.expr | None:
    """Return the expression that a call gives for a parameter; None where none is written."""
    node = keyword_of(site.call, name)
    if node is not None or position is None:
        return node
    at = position - site.skip
    return site.call.args[at] if 0 <= at < site.plain else None


def _plain(call: ast.Call) -> int:
    """How many arguments of a call stand before one that is unpacked."""
    unpacked = (n for n, one in enumerate(call.args) if isinstance(one, ast.Starred))
    return next(unpacked, len(call.args))
