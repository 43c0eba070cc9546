"""`dataclass` as the standard library's, made in less time: runs on few files spend most on that.

The standard one compiles up to six methods for every class. Here one is, ``__init__``, and classes
share the others. That nothing is assigned to a frozen one is for mypy to see, which takes this
decorator for the standard one; making an instance is quicker for it, too.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

_COMPARED = "_compared"
"""The attribute of a class that gives an instance's fields that are compared, as a tuple."""


def _repr(self: Any) -> str:
    shown = [one.name for one in dataclasses.fields(self) if one.repr]
    return f"{type(self).__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in shown)})"


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _comparing(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if self.__class__ is not other.__class__:
            return NotImplemented
        fields = self._compared
        return compare(fields(self), fields(other))

    return method


_EQUALITY = {"__eq__": _comparing(operator.eq)}
_ORDER = {
    f"__{one.__name__}__": _comparing(one)
    for one in (operator.lt, operator.le, operator.gt, operator.ge)
}


def _made(cls: type, frozen: bool, eq: bool, order: bool, slots: bool) -> type:
    own = set(vars(cls))
    made: type = dataclasses.dataclass(repr=False, eq=False, slots=slots)(cls)
    shared: dict[str, Any] = {"__repr__": _repr}
    if eq:
        names = [one.name for one in dataclasses.fields(made) if one.compare] or ["__class__"]
        # One name is asked for twice, to have a tuple, which is equal where its item is the same.
        setattr(made, _COMPARED, operator.attrgetter(*names, *names[: len(names) == 1]))
        shared |= _EQUALITY | (_ORDER if order else {}) | {"__hash__": _hash if frozen else None}
    for name, method in shared.items():
        if name not in own:
            setattr(made, name, method)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, order=False, slots=False):
        """Make a class a dataclass, with those of the standard decorator's options in use here."""

        def make(one):
            return _made(one, frozen, eq, order, slots)

        return make if cls is None else make(cls)
