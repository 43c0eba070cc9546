"""What the judgement of a construction rests on: what its rules ask of the arguments.

A construction is judged with arguments that take note of what is read of them. A condition of the
table is one question, whatever it reads; anything else that a rule looks at is a question of its
own, whose answer is all that is there. Another construction of the same form, of which every
question has the same answer, is judged the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, Protocol, cast

from optport.hazards.shapes import value_of
from optport.lean import dataclass
from optport.reader.model import Argument, Construction
from optport.signatures import ApiKind
from optport.table.asked import Answer, Asked
from optport.table.operands import Lookup
from optport.values import Literal, Value, ValueSet


class Watched:
    """An argument that takes note of what is read of it."""

    __slots__ = ("_notes", "original")

    def __init__(self, original: Argument, notes: Notes) -> None:
        self.original = original
        self._notes: Notes | None = notes

    def __getattr__(self, name: str) -> Any:
        if self._notes is not None and name in _CONTENTS:
            self._notes.read(self.original.name, name)
        return getattr(self.original, name)

    def close(self) -> None:
        """Take no more notes."""
        self._notes = None

    def answer(self, question: Callable[[Argument], Answer], *known_by: Hashable) -> Answer:
        """Return what a question says of the argument, noted as one."""
        if self._notes is None:
            return question(self.original)
        return self._notes.asked_of(self.original, question, known_by)

    def blamed(self, meets: Callable[[Lookup], bool], lookup: Lookup) -> Argument:
        """Return itself: it is not one of several."""
        return cast("Argument", self)


def original(argument: Argument) -> Argument:
    """Return an argument as it is, whether it takes note or not."""
    one: object = argument
    return one.original if isinstance(one, Watched) else argument


def ask_of(
    argument: Argument, question: Callable[[Argument], Answer], *known_by: Hashable
) -> Answer:
    """Return what a question says of an argument, noted as one if it takes note."""
    one: object = argument
    return one.answer(question, *known_by) if isinstance(one, Watched) else question(argument)


def told(values: ValueSet) -> Hashable:
    """What tells values apart: 1, 1.0 and True are three, and so are 0.0 and -0.0."""
    return values.complete, values.gaps, tuple(map(_shown, values.values))


def _shown(value: Value) -> Hashable:
    if not isinstance(value, Literal):
        return (repr(value),)
    return value.value if isinstance(value.value, str) else (repr(value.value),)


def _text(argument: Argument) -> Hashable:
    return argument.text


_CONTENTS: dict[str, Callable[[Argument], Hashable]] = {
    "value": lambda argument: told(argument.value),
    "text": _text,
    "node": _text,  # what is written is what stands there
}
"""What of an argument may differ between constructions of one form, and what tells it apart."""


class Question(Protocol):
    """Something that rules want to know about a construction's arguments."""

    @property
    def known_by(self) -> Hashable:
        """What tells it from other questions."""

    def of(self, other: Replayed) -> Hashable:
        """Return the answer for another construction of the same form."""


@dataclass(frozen=True, slots=True)
class _Contents:
    """What is there."""

    known_by: tuple[str, str]

    def of(self, other: Replayed) -> Hashable:
        name, what = self.known_by
        return _CONTENTS[what](other.construction.arguments[name])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a condition says."""

    known_by: Hashable
    lookup: _Asking
    question: Callable[[Lookup], Hashable]

    def of(self, other: Replayed) -> Hashable:
        return self.question(other.lookup(self.lookup))


@dataclass(frozen=True, slots=True)
class _AskedOf:
    """What is said of one argument."""

    known_by: Hashable
    name: str
    question: Callable[[Argument], Hashable]

    def of(self, other: Replayed) -> Hashable:
        return self.question(other.construction.arguments[self.name])


class Replayed:
    """Another construction of the same form, of which the same is asked."""

    def __init__(self, construction: Construction) -> None:
        self.construction = construction
        self._lookups: dict[int, Lookup] = {}

    def lookup(self, asked: _Asking) -> Lookup:
        """Return the values in force where `asked` gave those of the construction before."""
        found = self._lookups.get(id(asked))
        if found is None:
            found = self._lookups[id(asked)] = asked.again(self.construction)
        return found


class Notes:
    """What is asked while one construction is judged, in order, with the answers."""

    def __init__(self, construction: Construction) -> None:
        self.path: list[tuple[Question, Hashable]] = []
        self._known: dict[Hashable, Hashable] = {}
        self._asking: dict[Hashable, _Asking] = {}
        self._aside = 0
        arguments = {
            name: cast("Argument", Watched(argument, self))
            for name, argument in construction.arguments.items()
        }
        self.construction = replace(construction, arguments=arguments)
        """The construction to be judged."""

    def read(self, name: str, what: str, unless_known: bool = False) -> None:
        """Note that a rule looks at an argument itself; not `unless_known`, if its value is."""
        key = name, what
        if not self._aside and key not in self._known:
            argument = cast("Watched", self.construction.arguments[name]).original
            if unless_known and argument.value.known:
                return
            answer = self._known[key] = _CONTENTS[what](argument)
            self.path.append((_Contents(key), answer))

    def asked(
        self, lookup: _Asking, question: Callable[[Lookup], Answer], known_by: Hashable
    ) -> Answer:
        """Return the answer to a question, and note it."""
        key = id(lookup), known_by
        if key in self._known:
            return cast("Answer", self._known[key])
        self._aside += 1
        try:
            answer = question(lookup.values)
        finally:
            self._aside -= 1
        if not self._aside:
            self._known[key] = answer
            self.path.append((_Asked(known_by, lookup, question), answer))
        return answer

    def asked_of(
        self, argument: Argument, question: Callable[[Argument], Answer], known_by: Hashable
    ) -> Answer:
        """Return the answer to a question about an argument, and note it."""
        key = argument.name, known_by
        answer = question(argument)
        if not self._aside and key not in self._known:
            self._known[key] = answer
            self.path.append((_AskedOf(key, argument.name, question), answer))
        return answer

    def lookup(self, values: Lookup, construction: Construction, how: str) -> Lookup:
        """Return the lookup of some values in force that takes note of what it is asked.

        `construction` is what they are in force in. `how` is ``read`` where only what is read
        counts, and not an argument's form.
        """
        known = self._asking.get((id(construction), how))
        if known is not None:
            return known
        forms = how != "read"
        floats = construction.kind is ApiKind.SCHEDULER
        mine = {
            name
            for name, argument in construction.arguments.items()
            if original(argument) is not argument
        }

        def again(other: Construction) -> Lookup:
            known: dict[str, ValueSet] = {}

            def value(name: str) -> ValueSet:
                found = known.get(name)
                if found is None:
                    if name not in mine:
                        found = values(name)
                    else:
                        argument = other.arguments[name]
                        found = value_of(argument, floats) if forms else argument.value
                    known[name] = found
                return found

            return value

        return self.noting(values, again, mine, (id(construction), how))

    def close(self) -> list[tuple[Question, Hashable]]:
        """Return what was asked, and let go of what would go round in circles."""
        for argument in self.construction.arguments.values():
            cast("Watched", argument).close()
        for asking in self._asking.values():
            asking.close()
        self._asking.clear()
        path, self.path = self.path, []
        return path

    def noting(
        self,
        values: Lookup,
        again: Callable[[Construction], Lookup],
        mine: set[str],
        known_by: Hashable,
    ) -> Lookup:
        """Return a lookup that takes note of what it is asked, the same one if it is known."""
        found = self._asking.get(known_by)
        if found is None:
            found = self._asking[known_by] = _Asking(self, values, again, mine)
        return found


class _Asking(Asked):
    """Values in force while a construction is judged, and those of another one in their place."""

    def __init__(
        self,
        notes: Notes,
        values: Lookup,
        again: Callable[[Construction], Lookup],
        mine: set[str],
    ) -> None:
        self.values = values
        self.again = again
        self._notes = notes
        self._mine = mine

    def close(self) -> None:
        """Let go of the notes."""
        del self._notes

    def __call__(self, name: str) -> ValueSet:
        if name in self._mine:
            self._notes.read(name, "value")
            self._notes.read(name, "text", unless_known=True)
        return self.values(name)

    def answer(self, question: Callable[[Lookup], Answer], *known_by: Hashable) -> Answer:
        return self._notes.asked(self, question, known_by)

    def derived(self, make: Callable[[Lookup], Lookup], *known_by: Hashable) -> Lookup:
        again = self.again
        return self._notes.noting(
            make(self.values),
            lambda other: make(again(other)),
            self._mine,
            (id(self), *known_by),
        )
