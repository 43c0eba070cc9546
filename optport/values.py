"""The values that an expression may have: the lattice that the reader computes on.

A `ValueSet` holds the possible values and whether these are all: *exactly this* (one value,
complete), *one of these* (several), or *unknown* (none, incomplete). In an incomplete set with
values these are likely, but can be overridden elsewhere, as an argparse default is. A set with a
*gap* may as well come from somewhere that is not read: one arm of an `if` gives 0, the other what
the user said.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from optport.lean import dataclass

MAX_NUMBER = 1e150
"""Numbers beyond it are unknown, infinity and not-a-number too: their squares are no numbers."""
MAX_VALUES = 16
"""Values kept in one set; a set with more is unknown, so that work stays bounded."""
MAX_WEAK = 4
"""Objects that tell little that are kept in one set."""


class Certainty(enum.IntEnum):
    """How certain a statement about a value is, from not true at all to certainly true."""

    NO = 0
    UNRESOLVED = 1  # a value takes part that can't be read from the file
    POSSIBLE = 2  # true for some of the values
    CERTAIN = 3

    @property
    def word(self) -> str:
        """The word for reports: ``certain``, ``possible`` or ``unresolved``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, None, or a tuple or list of them; unread elements are `UNREAD`.

    A tuple may hold a `Tensor`, too.
    """

    value: Any


@dataclass(frozen=True, slots=True)
class Tensor:
    """`torch.tensor(…)` and its like, around `value` (`UNREAD` where that is not a literal)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Numpy:
    """A number or array of NumPy's and its like that is no Python number, as `value` (`UNREAD`).

    `numpy.float64` is a float of Python's, so that one is a `Literal`.
    """

    value: Any


@dataclass(frozen=True, slots=True)
class Qualified:
    """Something reached by imports, under its full name: ``torch.optim.Adam``, ``.models.Net``."""

    name: str


class ObjectValue:
    """An object that the analysed code makes or defines: a class, a function, an instance, a dict.

    The reader's kinds of objects derive from it; rules never look inside.
    """

    __slots__ = ()
    weak: ClassVar[bool] = False
    """Whether it tells so little that a set goes without, where there are several."""


class _Iterable:
    """Something to iterate over that is neither a list nor a tuple: a set, a generator, a view."""

    def __repr__(self) -> str:
        return "ITERABLE"


ITERABLE = _Iterable()


class _Unread:
    """The element of a display that can't be read."""

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD = _Unread()

Value = Literal | Tensor | Numpy | Qualified | ObjectValue


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The values that an expression may have; `complete` when it can't have another.

    `gaps` marks a set with values where one of the ways to it is not read at all.
    """

    values: tuple[Value, ...] = ()
    complete: bool = False
    gaps: bool = False

    @property
    def known(self) -> bool:
        """Whether any value is known."""
        return bool(self.values)

    @property
    def exact(self) -> Value | None:
        """The one value that it must be, or None."""
        return self.values[0] if self.complete and len(self.values) == 1 else None

    @property
    def readable(self) -> ValueSet:
        """The set with only the values that rules can look at: literals, tensors, NumPy's."""
        kept = tuple(o for o in self.values if isinstance(o, (Literal, Tensor, Numpy)))
        return self if len(kept) == len(self.values) else _with_gap(kept)

    def __or__(self, other: ValueSet) -> ValueSet:
        """Return the set of what is in either one; with `UNKNOWN`, one that can be overridden."""
        if not other.values and not other.complete:
            return ValueSet(self.values, complete=False) if self.complete else self
        return union((self, other))

    def map(self, change: Callable[[Value], ValueSet]) -> ValueSet:
        """Return what `change` makes of the values; incomplete where this set is."""
        changed = []
        for value in self.values:  # no comprehension: frames are few where values are deep
            changed.append(change(value))
        return union(changed).as_open_as(self)

    def as_open_as(self, origin: ValueSet) -> ValueSet:
        """Return what was made of `origin`: incomplete, and with a gap, where that is."""
        if origin.gaps and self.values:
            return _with_gap(self.values)
        return self if origin.complete else self | UNKNOWN


UNKNOWN = ValueSet()
SOME_FLOAT = ValueSet((Literal(float("nan")),), complete=True)
"""A float of Python's that is not read: it equals no number."""
NOTHING = ValueSet((), complete=True)
"""What is certainly not there."""


def exactly(value: Value) -> ValueSet:
    """Return the set of just this value."""
    return ValueSet((value,), complete=True)


def literal(value: Any) -> ValueSet:
    """Return the set of just this literal; `UNKNOWN` for a number beyond `MAX_NUMBER`."""
    if isinstance(value, (int, float)) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        return UNKNOWN
    return exactly(Literal(value))


def union(sets: Iterable[ValueSet]) -> ValueSet:
    """Return the set of what is in any of `sets`; `UNKNOWN` for none of them.

    It has a gap where one of them is unknown and another is not.
    """
    found: dict[object, Value] = {}
    complete = True
    empty = True
    gaps = False
    weak = 0
    for one in sets:
        empty = False
        complete = complete and one.complete
        gaps = gaps or one.gaps or not (one.values or one.complete)
        for value in one.values:
            if isinstance(value, ObjectValue) and value.weak and value not in found:
                weak += 1
                if weak > MAX_WEAK:
                    complete = False
                    continue
            found.setdefault(_identity(value), value)
        if len(found) > MAX_VALUES:
            return UNKNOWN
    if empty:
        return UNKNOWN
    return ValueSet(tuple(found.values()), complete, gaps and bool(found))


def _with_gap(values: tuple[Value, ...]) -> ValueSet:
    return ValueSet(values, complete=False, gaps=bool(values))


def _identity(value: Value) -> object:
    """What tells values apart: 1, 1.0 and True are three."""
    if isinstance(value, (Literal, Tensor, Numpy)):
        return type(value), repr(value.value)
    return value
