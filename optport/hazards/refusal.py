"""Values that a counterpart does not take, and how they are written instead."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from optport.edits import Applicability
from optport.hazards.advice import Advice, Replace, WhenPorting
from optport.hazards.case import Case
from optport.hazards.pairing import rejections_of_numpy
from optport.hazards.shapes import is_array, value_of
from optport.hazards.spelling import (
    MAX_ADVICE,
    as_float,
    as_literal,
    as_numbers,
    element_texts,
    inside_tensor,
    number_inside,
    plain,
    rewritten,
    shortened,
)
from optport.hazards.watched import ask_of
from optport.lean import dataclass
from optport.reader.model import Argument, Group
from optport.table.model import ParameterRow, Rejection
from optport.table.operands import Lookup
from optport.values import ITERABLE, UNREAD, Certainty, Literal, Numpy, Tensor, Value

_CASTS = {"float": "float", "positive": "float", "bool": "bool", "tuple": "tuple"}
"""The functions that turn an expression into what a rejection asks for."""


_EXACTLY = frozenset({"int", "ints", "list", "sorted", "first", "numbers"})
"""What a value is written as, or can't be: torch takes both for the same."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rejection that an argument's value meets, with how sure that is."""

    rejection: Rejection
    certainty: Certainty
    argument: Argument
    lookup: Lookup

    @property
    def written(self) -> str | None:
        """The value as the counterpart takes it, as source; None where it can't be said."""
        write = self.rejection.write
        if write is None:
            return None
        name, bracket, index = write.partition("[")
        if bracket:  # the element of another argument
            elements = plain(self.lookup(name))
            return None if elements is UNREAD else repr(as_float(elements[int(index.rstrip("]"))]))
        text = self.argument.text
        if write == "float" and self._value is UNREAD and number_inside(text) != text:
            return number_inside(text)
        rounded = isinstance(self.argument.value.exact, Numpy) and number_inside(text) == text
        if write == "float" and rounded:
            return f"float({text})"
        if write == "numbers":
            return f"({', '.join(as_numbers(text, self._form))})"
        if write == "first" and self._is_single:
            return element_texts(self.argument.text, 1)[0]
        if write == "list" and isinstance(self._form, range):
            spelled_out = repr(list(self._form[: MAX_ADVICE // 2]))
            return spelled_out if len(spelled_out) <= MAX_ADVICE else f"list({self.argument.text})"
        if write == "list" and self._form is ITERABLE:  # torch takes any order for the same
            array = self.argument.node is not None and is_array(self.argument.node)
            bare = text.removeprefix("(").removesuffix(")")
            text = bare if isinstance(self.argument.node, ast.GeneratorExp) else text
            return f"{text}.tolist()" if array else f"sorted({text})"
        written = rewritten(write, self._value)
        return f"list({text})" if written is None and write == "list" else written

    @property
    def rests_on_itself(self) -> bool:
        """Whether no other argument tells how it is written."""
        return "[" not in (self.rejection.write or "")

    @property
    def can_be_written(self) -> bool:
        """Whether the value can be written as the counterpart takes it."""
        if not self.rests_on_itself:
            return self.written is not None
        key = id(self.rejection), "can be written"
        return ask_of(self.argument, lambda one: self.of(one).written is not None, *key)

    def of(self, argument: Argument) -> Refusal:
        """Return the same for the argument of another call."""
        return replace(self, argument=argument)

    @property
    def is_final(self) -> bool:
        """Whether the counterpart surely raises, whatever is written."""
        passed_over = self.rejection.harmless or self.written is not None
        return self.certainty is Certainty.CERTAIN and not passed_over

    @property
    def _form(self) -> Any:
        only = value_of(self.argument).exact
        return only.value if isinstance(only, Literal) else UNREAD

    @property
    def _is_single(self) -> bool:
        """Whether the value is a list of one element, which need not be read."""
        return _is_display(self._form) and len(self._form) == 1

    @property
    def _value(self) -> Any:
        return plain(self.argument.value)

    def advice(self, otherwise: str | None) -> Advice:
        """Return how to mend it: in the source, where torch takes the other value for the same."""
        text = self._mended()
        if text is not None:
            tensor = any(map(_in_tensor, self.argument.value.values))
            unread = not self.argument.value.complete
            rounds = Applicability.UNSAFE if tensor or unread else Applicability.SAFE
            return Replace(self.argument, text, rounds)
        if self.written is not None:
            written = shortened(self.written, MAX_ADVICE)
            return WhenPorting(f"write {self.argument.name}={written}")
        return WhenPorting(otherwise or "use another value")

    def _mended(self) -> str | None:
        write, text = self.rejection.write or "", self.argument.text
        if "[" in write:
            return self.written
        if write in _EXACTLY:
            return self.written
        if write not in _CASTS or (_has_zero(self._value) and write == "positive"):
            return None
        inner = inside_tensor(text)
        spelled_out = _is_display(self._value) or as_literal(inner) is not UNREAD
        if spelled_out and self.written is not None:
            return self.written
        if as_literal(inner) is not UNREAD:
            return rewritten(write, as_literal(inner))
        return f"{_CASTS[write]}({inner})"


def refusal(case: Case, row: ParameterRow) -> Refusal | None:
    """Return the rejection that the call's argument meets.

    A value that can't be read is taken to be accepted: what raises is noticed at once, and a
    warning at every variable would drown the ones that tell of silent differences.
    """
    argument = case.construction.arguments[row.name]
    return _met(case.pairing.rejections[row.name], argument, case.lookup)


def group_refusal(case: Case, group: Group, argument: Argument) -> Refusal | None:
    """Return the rejection that a group's value meets: the counterpart's own, else the target's."""
    found = case.pairing.in_groups.get(argument.name)
    if found is None:
        found = rejections_of_numpy(argument.name, case.target)
    return _met(found, argument, case.lookup_in(group))


def surely_raises(case: Case) -> bool:
    """Whether the counterpart rejects a value of the call or of a group, and takes no other form.

    What is rejected only as it is written does not count, nor what can be left out.
    """
    found = [
        refusal(case, row)
        for name, row in case.rows.items()
        if row.to and name in case.construction.arguments
    ]
    for group in case.construction.parameters.groups:
        found += [
            group_refusal(case, group, argument)
            for argument in group.arguments.values()
            if group.sure
        ]
    return any(one is not None and one.is_final for one in found)


def _met(rejections: Iterable[Rejection], argument: Argument, lookup: Lookup) -> Refusal | None:
    for rejection in rejections:
        met = rejection.met(lookup)
        if met in (Certainty.CERTAIN, Certainty.POSSIBLE):
            blamed = argument.blamed(partial(_may_meet, rejection), lookup)
            return Refusal(rejection, met, blamed, lookup)
    return None


def _in_tensor(value: Value) -> bool:
    elements = value.value if isinstance(value, Literal) else ()
    inside = _is_display(elements) and any(isinstance(one, Tensor) for one in elements)
    return inside or isinstance(value, (Tensor, Numpy))


def _may_meet(rejection: Rejection, lookup: Lookup) -> bool:
    return rejection.met(lookup) in (Certainty.CERTAIN, Certainty.POSSIBLE)


def _is_display(value: Any) -> bool:
    return isinstance(value, (tuple, list))


def _has_zero(value: Any) -> bool:
    return value is UNREAD or 0 in (value if _is_display(value) else (value,))
