"""Look-ups by name: `vars`, `locals`, ``get(key, default)``, and objects made of keywords."""

from __future__ import annotations

import ast
from typing import Any, ClassVar

from optport.lean import dataclass
from optport.reader.containers import MAX_ITEMS, DictValue, Entry, is_key, only_dict
from optport.reader.displays import dict_from
from optport.reader.objects import Interpreter, Object, keyword_of, named_attribute
from optport.reader.scopes import Point
from optport.values import UNKNOWN, Literal, ValueSet, exactly, literal, union


@dataclass(eq=False, slots=True)
class Attributes(Object):
    """What `vars` gives of something that is no module: its attributes as items."""

    of: ValueSet
    asker: Interpreter

    def item(self, keys: ValueSet) -> ValueSet:
        """Return the attribute of that name."""
        return named_attribute(self.of, keys, self.asker, guess=True)


@dataclass(eq=False, slots=True)
class Record(Object):
    """What a class that is not known makes of keywords, or of a dict: likely, attributes of it."""

    weak: ClassVar[bool] = True
    call: ast.Call
    at: Point
    asker: Interpreter

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return what was given under that name, which may have been changed."""
        return self.item(literal(name)) if asker is self.asker else UNKNOWN

    def item(self, keys: ValueSet) -> ValueSet:
        """Return what was given under that key."""
        only = keys.exact
        name = only.value if isinstance(only, Literal) else None
        node = keyword_of(self.call, name) if isinstance(name, str) else None
        if node is not None:
            return self.asker.value(node, self.at) | UNKNOWN
        if not self.call.args and all(keyword.arg for keyword in self.call.keywords):
            return UNKNOWN
        given = only_dict(dict_from(self.call, self.at, self.asker))
        return UNKNOWN if given is None else given.item(keys) | UNKNOWN


def recorded(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return the record that a call of something unknown makes, where it is named as a class is."""
    return ValueSet((Record(call, at, asker),)) if makes_record(call) else UNKNOWN


def makes_record(call: ast.Call) -> bool:
    """Whether a call looks like one of a class that keeps keywords, or a dict, as attributes."""
    callee = call.func
    name = callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", "")
    given = bool(call.keywords) or _holds_dict(call)
    return given and (name[:1].isupper() or name in _MAKING_RECORDS)


def _holds_dict(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], (ast.Dict, ast.Name))


_MAKING_RECORDS = frozenset({"create", "edict", "easydict"})
"""Functions that make such records, by their last names, beside classes."""


def local_names(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return what `locals()` gives: a dict of the names that are bound so far."""
    scope = at.scope
    names = [name for name, found in scope.bindings.items() if found[0].at.order < at.order]
    if not asker.evaluation.spend(len(names)):
        return UNKNOWN
    entries = []
    for name in names[:MAX_ITEMS]:
        node = ast.copy_location(ast.Name(name), call)
        entries.append(Entry(name, asker.value(node, at), node, at))
    return exactly(DictValue(tuple(entries), complete=len(names) <= MAX_ITEMS))


def looked_up(tables: list[DictValue], call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return what ``get(key, default)`` of a dict gives; of an unknown one, likely the default."""
    keys = asker.value(call.args[0], at)
    wanted = _literals(keys)
    told = keys.known and keys.complete and len(wanted) == len(keys.values)
    may_have = [one for one in tables if not (told and one.complete and _lacks(one, wanted))]
    if len(call.args) == 1 or (tables and told and _must_have(tables, wanted)):
        return union(found for table in may_have if (found := table.item(keys)).known)
    values = [asker.value(call.args[1], at)]
    overridable = False
    for table in may_have:
        found = table.item(keys)
        if found.known or table.complete or not _lacks(table, wanted):
            values.append(found)
        else:
            overridable = True
    return union(values) | UNKNOWN if overridable else union(values)


def _literals(keys: ValueSet) -> list[Any]:
    return [o.value for o in keys.values if isinstance(o, Literal) and is_key(o.value)]


def _must_have(tables: list[DictValue], wanted: list[Any]) -> bool:
    """Whether every dict has an entry for each key that may be looked up."""
    return all(table.sure_keys.issuperset(wanted) for table in tables)


def _lacks(table: DictValue, wanted: list[Any]) -> bool:
    """Whether a dict has no entry for any of some keys."""
    return not any(table.get(key) for key in wanted)
