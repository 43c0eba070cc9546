"""What an expression may stand for: the lattice that the reader computes on.

A `ValueSet` is a set of options with a flag: *exactly this* (one option, complete), *one of these*
(several), or *unknown* (no option, incomplete). An incomplete value with options is one whose
known options are likely but can be overridden elsewhere, as an argparse default is.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAX_NUMBER = 1e150
"""Numbers beyond it are unknown, infinity and not-a-number too: their squares are no numbers."""
MAX_VALUES = 16
"""Options kept in one value; a value with more is unknown, so that work stays bounded."""


class Certainty(enum.IntEnum):
    """How sure a statement about a value is, from not true at all to surely true."""

    NO = 0
    UNRESOLVED = 1  # a value takes part that can't be read from the file
    POSSIBLE = 2  # true for some of the options
    CERTAIN = 3

    @property
    def word(self) -> str:
        """The word for reports: ``certain``, ``possible`` or ``unresolved``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, None, or a tuple or list of them; unread elements are `UNREAD`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Tensor:
    """`torch.tensor(…)` and its like, around `value` (`UNREAD` where that is not a literal)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Qualified:
    """Something reached by imports, under its full name: ``torch.optim.Adam``, ``.models.Net``."""

    name: str


class ObjectValue:
    """Something of the analysed file that a value may be: a class, a function, an instance.

    The reader's own things derive from it; rules never look inside.
    """

    __slots__ = ()


class _Unread:
    """The element of a display that can't be read."""

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD = _Unread()

Value = Literal | Tensor | Qualified | ObjectValue


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The options that an expression may have; `complete` when it can't be anything else."""

    values: tuple[Value, ...] = ()
    complete: bool = False

    @property
    def known(self) -> bool:
        """Whether anything at all is known of it."""
        return bool(self.values)

    @property
    def exact(self) -> Value | None:
        """The one thing that it is, or None."""
        return self.values[0] if self.complete and len(self.values) == 1 else None

    @property
    def readable(self) -> ValueSet:
        """The value with only the options that rules can look at: literals and tensors."""
        kept = tuple(o for o in self.values if isinstance(o, (Literal, Tensor)))
        return self if len(kept) == len(self.values) else ValueSet(kept, complete=False)

    def overridable(self) -> ValueSet:
        """The same options, but something else may come in their place."""
        return ValueSet(self.values, complete=False)


UNKNOWN = ValueSet()


def exactly(option: Value) -> ValueSet:
    """The value that is just this option."""
    return ValueSet((option,), complete=True)


def literal(value: Any) -> ValueSet:
    """The value that is just this literal; `UNKNOWN` for a number beyond `MAX_NUMBER`."""
    if isinstance(value, (int, float)) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        return UNKNOWN
    return exactly(Literal(value))


def union(values: Iterable[ValueSet]) -> ValueSet:
    """The value that may be any of `values`; `UNKNOWN` for none of them."""
    found: dict[object, Value] = {}
    complete = True
    empty = True
    for value in values:
        empty = False
        complete = complete and value.complete
        for option in value.values:
            found.setdefault(_spelled(option), option)
        if len(found) > MAX_VALUES:
            return UNKNOWN
    if empty:
        return UNKNOWN
    return ValueSet(tuple(found.values()), complete)


def _spelled(option: Value) -> object:
    """What tells options apart: 1, 1.0 and True are three things."""
    if isinstance(option, (Literal, Tensor)):
        return type(option), repr(option.value)
    return option
