"""What calls give back: converted numbers, dicts, partials, instances, what functions return."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from optport.reader.arithmetic import converted, mapped
from optport.reader.displays import is_key
from optport.reader.objects import (
    DictValue,
    DictView,
    Entry,
    Instance,
    ListValue,
    OwnClass,
    OwnFunction,
    Partial,
    SuperValue,
    exported,
    table_in,
)
from optport.reader.scopes import Point
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    Qualified,
    Tensor,
    Value,
    ValueSet,
    exactly,
    literal,
    union,
)

if TYPE_CHECKING:
    from optport.reader.evaluate import Evaluator

MAX_RETURNS = 16
"""Return statements of one function that are followed."""

_TENSORS = {"torch.tensor", "torch.as_tensor", "torch.scalar_tensor", "torch.Tensor"}
_NUMBERS = {"numpy.float64", "numpy.double", "np.float64"}
_PARTIALS = {"functools.partial"}
_FIELDS = {"field", "Field"}
_CONVERSIONS: dict[str, Callable[[Any], Any]] = {"float": float, "int": int, "bool": bool}
_SAME = {"list", "tuple", "sorted", "iter", "set", "reversed", "copy", "deepcopy"}
CONTAINER_METHODS = {"get", "values", "items", "keys", "copy", "pop", "item"}

PASSING_ON = frozenset(
    {name.rpartition(".")[2] for name in _PARTIALS}
    | {"dict", "vars", "filter", "max", "min", "getattr", "chain", "import_module"}
    | _FIELDS
    | _SAME
    | CONTAINER_METHODS
)
"""Names of what may give back, or hold, a class that it is handed."""


class Calls:
    """Works out calls, with the evaluator that it belongs to."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def value(self, node: ast.Call, at: Point) -> ValueSet:
        """Return what a call may give back."""
        callee = node.func
        if isinstance(callee, ast.Name) and self._evaluator.owner(callee.id, at.scope) is None:
            return self._built_in(callee.id, node, at)
        if isinstance(callee, ast.Attribute):
            found = self._method(callee, node, at)
            if found.known:
                return found
            value = self._evaluator.attributes.value(callee, at, called=True)
        else:
            value = self._evaluator.value(callee, at)
        found = union(self._called(option, node, at) for option in value.values)
        return found if value.complete else found.overridable()

    # -- built-in functions -----------------------------------------------------------------------

    def _built_in(self, name: str, node: ast.Call, at: Point) -> ValueSet:
        evaluator = self._evaluator
        if name == "dict":
            return evaluator.table_of(node, at)
        if name == "super":
            own = evaluator.attributes.enclosing_class(at.scope)
            return UNKNOWN if own is None else exactly(SuperValue(own))
        if not node.args or isinstance(node.args[0], ast.Starred):
            return UNKNOWN
        first = evaluator.value(node.args[0], at)
        if name in _CONVERSIONS:
            convert = _CONVERSIONS[name]
            return mapped(first, lambda value: converted(convert, value))
        if name in _SAME:
            return first
        if name == "vars":
            modules = [o for o in first.values if isinstance(o, Qualified)]
            return union(exactly(Qualified(f"{module.name}.__dict__")) for module in modules)
        if name == "filter" and len(node.args) > 1:
            return evaluator.value(node.args[1], at)
        if name in ("max", "min") and len(node.args) > 1:
            return union(evaluator.value(argument, at) for argument in node.args).overridable()
        if name == "getattr" and len(node.args) > 1:
            found = evaluator.attributes.named(first, evaluator.value(node.args[1], at))
            if len(node.args) > 2 and not found.known:
                return evaluator.value(node.args[2], at).overridable()
            return found
        return self._starred(name, node, at)

    def _starred(self, name: str, node: ast.Call, at: Point) -> ValueSet:
        value = self._evaluator.value(node.func, at)
        return union(self._called(option, node, at) for option in value.values).overridable()

    # -- methods of what is known ---

    def _method(self, callee: ast.Attribute, node: ast.Call, at: Point) -> ValueSet:
        if callee.attr not in CONTAINER_METHODS:
            return UNKNOWN
        evaluator = self._evaluator
        owner = evaluator.value(callee.value, at)
        tables = [option for option in owner.values if isinstance(option, DictValue)]
        if not tables:
            return owner if callee.attr in ("copy", "item") else UNKNOWN
        if callee.attr == "copy":
            return owner
        if callee.attr in ("get", "pop") and node.args:
            keys = evaluator.value(node.args[0], at)
            found = [evaluator.item(table, keys) for table in tables]
            if len(node.args) > 1 and not _surely_have(tables, keys):
                found.append(evaluator.value(node.args[1], at))
            return union(one for one in found if one.known)
        return exactly(DictView(tuple(_parts(callee.attr, table) for table in tables)))

    # -- calling things ---

    def _called(self, option: Value, node: ast.Call, at: Point) -> ValueSet:
        if isinstance(option, OwnFunction):
            return self.returned(option)
        if isinstance(option, OwnClass):
            plain = "__init__" not in option.methods and not node.args
            fields = self._evaluator.table_of(node, at) if plain else UNKNOWN
            given = [e if e.sure else e.overridable() for e in entries_of(fields)[0]]
            return exactly(Instance(option, tuple(given)))
        if isinstance(option, Qualified):
            return self._imported(option.name, node, at)
        return UNKNOWN

    def returned(self, function: OwnFunction) -> ValueSet:
        """Return what a function of a file may give back; unknown for a generator."""
        returns = function.scope.returns
        if function.scope.yields or len(returns) > MAX_RETURNS:
            return UNKNOWN
        found = union(function.home.value(value, place) for value, place in returns)
        return found if function.home is self._evaluator else exported(found)

    def _imported(self, name: str, node: ast.Call, at: Point) -> ValueSet:
        evaluator = self._evaluator
        last = name.rpartition(".")[2]
        if name in _PARTIALS and node.args and not isinstance(node.args[0], ast.Starred):
            return exactly(Partial(evaluator.value(node.args[0], at), node, at))
        if last in _FIELDS:
            return self._field(node, at)
        if not node.args or isinstance(node.args[0], ast.Starred):
            return UNKNOWN
        first = evaluator.value(node.args[0], at)
        if name in _TENSORS:
            inside = first.exact
            return exactly(Tensor(inside.value if isinstance(inside, Literal) else UNREAD))
        if name in _NUMBERS or last in _SAME or last == "chain":
            return first
        if name == "importlib.import_module":
            texts = [o.value for o in first.values if isinstance(o, Literal)]
            return union(exactly(Qualified(text)) for text in texts if isinstance(text, str))
        # A configuration that a library makes from its class: tyro.cli(Args) and the like.
        classes = tuple(o for o in first.values if isinstance(o, OwnClass))
        return ValueSet(tuple(Instance(own) for own in classes), complete=False)

    def _field(self, node: ast.Call, at: Point) -> ValueSet:
        """The default of a dataclass or pydantic field."""
        given = [k.value for k in node.keywords if k.arg == "default"] or node.args[:1]
        return self._evaluator.value(given[0], at) if given else UNKNOWN


def _parts(method: str, table: DictValue) -> ValueSet:
    """What a loop over a dict's keys, values or items sees, as one value."""
    if method == "values":
        return union(entry.value for entry in table.entries)
    keys = union(literal(e.key) for e in table.entries if not isinstance(e.key, ast.AST))
    if method == "keys":
        return keys
    return exactly(ListValue((keys, union(entry.value for entry in table.entries))))


def _surely_have(tables: list[DictValue], keys: ValueSet) -> bool:
    """Whether every dict has an entry for each key that may be looked up."""
    wanted = {o.value for o in keys.values if isinstance(o, Literal) and is_key(o.value)}
    known = keys.known and keys.complete and len(wanted) == len(keys.values)
    return known and all(table.sure_keys.issuperset(wanted) for table in tables)


def entries_of(value: ValueSet) -> tuple[tuple[Entry, ...], bool]:
    """Return the entries of the dict that a value may be, and whether those are surely all.

    Of a dict that can be overridden elsewhere they are likely, their values overridable.
    """
    tables = tuple(option for option in value.values if isinstance(option, DictValue))
    table = table_in(ValueSet(tables, complete=True))
    if table is None:
        return (), False
    if value.complete and len(tables) == len(value.values):
        return table.entries, table.complete
    return tuple(entry.overridable() for entry in table.entries), False
