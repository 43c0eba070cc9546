"""Known callables, by name: what built-in functions, container methods and imported ones give."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from optport.lean import dataclass
from optport.reader.arithmetic import converted, mapped
from optport.reader.built import Built, Made
from optport.reader.classes import Instance, OwnClass, SuperValue, enclosing_class
from optport.reader.containers import MAX_ITEMS, DictValue, DictView, ListValue
from optport.reader.displays import dict_from
from optport.reader.numbers import ARRAYS, TENSORS, number_in, numpy_number, tensor
from optport.reader.objects import (
    ANY_CLASS,
    Interpreter,
    Object,
    iterated,
    keyword_of,
    named_attribute,
)
from optport.reader.records import Attributes, local_names, looked_up, recorded
from optport.reader.scopes import Point
from optport.reader.torch_names import owner_names, torch_class
from optport.values import (
    UNKNOWN,
    UNREAD,
    Literal,
    Numpy,
    Qualified,
    Tensor,
    Value,
    ValueSet,
    exactly,
    literal,
    union,
)

MAX_PARTIALS = 64
"""Partials that are looked through for what is called in the end."""
_BASE = "Optimizer"

Known = Callable[[ast.Call, Point, Interpreter], ValueSet]
"""What a call of something known gives."""


@dataclass(eq=False, slots=True)
class Partial(Object):
    """`functools.partial(callee, …)`: what is called, and the call that holds the arguments."""

    callee: ValueSet
    call: ast.Call
    at: Point

    def attribute(self, name: str, asker: Interpreter) -> ValueSet:
        """Return what is called, for `func`."""
        return self.callee if name == "func" else UNKNOWN

    def called(self, call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
        """Return what the innermost callees give."""
        callees = self.innermost()
        results = []
        for callee in callees.values:
            results.append(asker.result(callee, call, at))
        together = union(results)
        return together if callees.complete else together | UNKNOWN

    def innermost(self) -> ValueSet:
        """Return what is called in the end, with partials looked through."""
        found: list[Value] = []
        seen: set[Partial] = set()
        pending: list[Partial] = [self]
        complete = True
        while pending and len(seen) < MAX_PARTIALS:
            one = pending.pop()
            if one not in seen:
                seen.add(one)
                complete = complete and one.callee.complete
                pending += [inner for inner in one.callee.values if isinstance(inner, Partial)]
                found += [inner for inner in one.callee.values if not isinstance(inner, Partial)]
        known = union(exactly(value) for value in found)
        return known if complete and not pending else known | UNKNOWN


def built_in(name: str, call: ast.Call, at: Point, asker: Interpreter) -> ValueSet | None:
    """Return what a call of a built-in function gives; None where the name is no known one."""
    known = _BUILT_IN.get(name)
    return None if known is None or not _enough(call, name) else known(call, at, asker)


def imported(name: str, call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a call of something imported, by its full name, gives."""
    last = name.rpartition(".")[2]
    known = _IMPORTED.get(name) or _IMPORTED_AS.get(last)
    if known is not None:
        return known(call, at, asker)
    api = torch_class(name)
    if api is not None or name == ANY_CLASS:
        return exactly(Built(api or _BASE, call, at, asker))
    if last in owner_names() and name.startswith("torch."):
        return exactly(Made(last))
    # A configuration that a library makes from its class: tyro.cli(Args) and the like.
    first = _first(call, at, asker)
    classes = [one for one in first.values if isinstance(one, OwnClass)]
    if classes:
        return ValueSet(tuple(Instance(own) for own in classes))
    return recorded(call, at, asker)


def method(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """Return what a container's method gives; unknown for other calls of an attribute."""
    callee = call.func
    if not isinstance(callee, ast.Attribute) or callee.attr not in CONTAINER_METHODS:
        return UNKNOWN
    name = callee.attr
    owner = asker.value(callee.value, at)
    if name in ("rsplit", "rpartition"):
        return owner.map(lambda one: _split_off(one, name, call))
    tables = [one for one in owner.values if isinstance(one, DictValue)]
    if name in ("get", "pop", "setdefault") and call.args:
        return looked_up(tables, call, at, asker).as_open_as(owner)
    if not tables:
        if name == "item":
            return owner.map(number_in)
        return owner if name == "copy" else UNKNOWN
    if name == "copy":
        return owner
    views = tuple(table.view(name) for table in tables)
    return exactly(DictView(views, all(table.complete for table in tables)))


def _split_off(value: Value, method: str, call: ast.Call) -> ValueSet:
    """What ``path.rsplit(".", 1)`` and ``path.rpartition(".")`` give of a full name."""
    text = value.value if isinstance(value, Literal) else None
    mark = call.args[0] if call.args else None
    if not isinstance(text, str) or not isinstance(mark, ast.Constant) or mark.value != ".":
        return UNKNOWN
    parts = text.rpartition(".")
    once = len(call.args) > 1 and getattr(call.args[1], "value", None) == 1
    if method == "rpartition":
        return literal(parts)
    return literal([parts[0], parts[2]]) if once and parts[1] else UNKNOWN


# -- arguments ---


def _enough(call: ast.Call, name: str) -> bool:
    least = _LEAST.get(name, 1)
    return len(call.args) >= least and not (least and isinstance(call.args[0], ast.Starred))


def _has_first(call: ast.Call) -> bool:
    return bool(call.args) and not isinstance(call.args[0], ast.Starred)


def _first(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """The first argument; unknown where it can't be told."""
    return asker.value(call.args[0], at) if _has_first(call) else UNKNOWN


# -- what they give ---


def _converted(
    convert: Callable[[Any], Any], call: ast.Call, at: Point, asker: Interpreter
) -> ValueSet:
    number = _first(call, at, asker).map(_number_in)
    return mapped(number, lambda value: converted(convert, value))


def _sequence(
    make: Callable[[Any], Any], call: ast.Call, at: Point, asker: Interpreter
) -> ValueSet:
    """The list or tuple that a call makes of another one; other things as they are."""
    return _first(call, at, asker).map(lambda one: exactly(_made(make, one)))


def _made(make: Callable[[Any], Any], value: Value) -> Value:
    if not isinstance(value, Literal) or not isinstance(value.value, (list, tuple)):
        return value
    numbers = all(isinstance(one, (int, float)) for one in value.value)
    return Literal(make(value.value)) if numbers or make is not sorted else value


def _number_in(value: Value) -> ValueSet:
    """The number that a tensor or NumPy's is made of; their rounding of it aside."""
    if isinstance(value, (Tensor, Numpy)):
        return UNKNOWN if value.value is UNREAD else literal(value.value)
    return exactly(value)


def _super(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    own = enclosing_class(at.scope, asker)
    return UNKNOWN if own is None else exactly(SuperValue(own))


def _vars(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    if not call.args:
        return local_names(call, at, asker)
    of = _first(call, at, asker)
    modules = [one for one in of.values if isinstance(one, Qualified)]
    if not modules and not isinstance(of.exact, Literal):
        return exactly(Attributes(of, asker))
    return union(exactly(Qualified(f"{module.name}.__dict__")) for module in modules)


def _second(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    return asker.value(call.args[1], at)


def _one_of(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    return union(asker.value(argument, at) for argument in call.args) | UNKNOWN


def _zipped(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """`zip(one, two)`: tuples of an element of each."""
    parts = tuple(_any_of(argument, at, asker) for argument in call.args[:MAX_ITEMS])
    return exactly(DictView((exactly(ListValue(parts)),)))


def _enumerated(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """`enumerate(one)`: tuples of a number and an element."""
    element = _any_of(call.args[0], at, asker)
    return exactly(DictView((exactly(ListValue((UNKNOWN, element))),)))


def _any_of(node: ast.expr, at: Point, asker: Interpreter) -> ValueSet:
    """What any element of an expression may be."""
    return asker.value(node, at).map(lambda one: union(iterated(one)))


def _cast(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """`typing.cast(type, value)`: the value."""
    return _second(call, at, asker) if len(call.args) == 2 else UNKNOWN


def _getattr(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    names = asker.value(call.args[1], at)
    found = named_attribute(_first(call, at, asker), names, asker, guess=True)
    if len(call.args) > 2 and not found.known:
        return asker.value(call.args[2], at) | UNKNOWN
    return found


def _partial(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    return exactly(Partial(_first(call, at, asker), call, at)) if _has_first(call) else UNKNOWN


def _field(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """The default of a dataclass or pydantic field."""
    default = keyword_of(call, "default")
    if default is None and call.args:
        default = call.args[0]
    return UNKNOWN if default is None else asker.value(default, at)


def _module(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    texts = [one.value for one in _first(call, at, asker).values if isinstance(one, Literal)]
    return union(exactly(Qualified(text)) for text in texts if isinstance(text, str))


def _by_name(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """What a function that looks a class up gives: the one of that full name, likely."""
    only = _first(call, at, asker)
    texts = [one.value for one in only.values if isinstance(one, Literal)]
    names = [text.replace(":", ".") for text in texts if isinstance(text, str)]
    return ValueSet(tuple(Qualified(name) for name in names if torch_class(name)))


def _dunder_import(call: ast.Call, at: Point, asker: Interpreter) -> ValueSet:
    """`__import__`: the module of that name where something is to come from it, else the first."""
    found = _module(call, at, asker)
    if keyword_of(call, "fromlist") is not None or len(call.args) > 3:
        return found
    return found.map(_top)


def _top(value: Value) -> ValueSet:
    if not isinstance(value, Qualified):
        return UNKNOWN
    return exactly(Qualified(value.name.partition(".")[0]))


_SAME = ("iter", "set", "reversed", "copy", "deepcopy")
_SEQUENCES: dict[str, Known] = {
    "list": partial(_sequence, list),
    "tuple": partial(_sequence, tuple),
    "sorted": partial(_sequence, sorted),
}
_BUILT_IN: dict[str, Known] = {
    "dict": dict_from,
    "super": _super,
    "float": partial(_converted, float),
    "int": partial(_converted, int),
    "bool": partial(_converted, bool),
    **dict.fromkeys(_SAME, _first),
    **_SEQUENCES,
    "vars": _vars,
    "locals": local_names,
    "filter": _second,
    "zip": _zipped,
    "enumerate": _enumerated,
    "max": _one_of,
    "min": _one_of,
    "getattr": _getattr,
    "__import__": _dunder_import,
}
_LEAST = {
    "dict": 0,
    "super": 0,
    "locals": 0,
    "vars": 0,
    "filter": 2,
    "max": 2,
    "min": 2,
    "getattr": 2,
}
"""How many arguments a built-in function has to be given, if not one."""

_NUMBERS = ("numpy.float64", "numpy.double", "np.float64")
CLASS_LOADERS = frozenset(
    {"locate", "get_class", "get_obj_from_str", "import_string", "import_from_string"}
    | {"import_class", "import_object", "load_class", "resolve_name", "class_from_name"}
)
"""Functions of libraries that give the class of a full name."""
_IMPORTED: dict[str, Known] = {
    "functools.partial": _partial,
    **dict.fromkeys(("typer.Option", "typer.Argument"), _field),
    "importlib.import_module": _module,
    **dict.fromkeys(ARRAYS, numpy_number),
    **dict.fromkeys(TENSORS, tensor),
    **dict.fromkeys(_NUMBERS, _first),
}
_IMPORTED_AS: dict[str, Known] = {
    **dict.fromkeys((*_SAME, *_SEQUENCES, "chain"), _first),
    **dict.fromkeys(("field", "Field"), _field),
    "cast": _cast,
    **dict.fromkeys(CLASS_LOADERS, _by_name),
}
"""By the last part of the name, whatever it is imported from."""

CONTAINER_METHODS = frozenset(
    {"get", "values", "items", "keys", "copy", "pop", "setdefault", "item"}
    | {"rsplit", "rpartition"}
)

PROPAGATORS = (
    frozenset({"dict", "vars", "filter", "max", "min", "getattr", "import_module", "partial"})
    | {"__import__", "enumerate", "zip"}
    | _IMPORTED_AS.keys()
    | CONTAINER_METHODS
)
"""Names of what may return, or hold, a class that it is given."""
