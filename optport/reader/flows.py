"""The flows of values into names: from assignments, returns, bases, annotations, arguments."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from functools import cached_property

from optport.lean import dataclass
from optport.line_sets import LineSet, has_line

CONSTRUCTOR = "__init__"


class FlowKind(enum.Enum):
    """How the value of an expression comes out under a name."""

    ASSIGNED = enum.auto()
    RETURNED = enum.auto()  # by the function of that name
    INHERITED = enum.auto()  # by the class of that name
    ANNOTATED = enum.auto()  # by its annotation
    PROMISED = enum.auto()  # as what the function of that name returns by its annotation


@dataclass(slots=True, eq=False)
class Flow:
    """A def-use edge: an expression whose value may come out under a name."""

    name: str
    value: ast.expr
    kind: FlowKind = FlowKind.ASSIGNED


class Flows:
    """The flows of values into names, by the lines that the values stand on."""

    def __init__(self) -> None:
        self._on_line: dict[int, list[Flow]] = {}
        self._longer: list[Flow] = []
        self._latest: list[Flow] = []

    def add(self, name: str, value: ast.expr, kind: FlowKind = FlowKind.ASSIGNED) -> None:
        """Note a flow."""
        flow = Flow(name, value, kind)
        self._latest.append(flow)
        line = value.lineno
        if value.end_lineno != line:
            self._longer.append(flow)
        elif line in self._on_line:
            self._on_line[line].append(flow)
        else:
            self._on_line[line] = [flow]

    def latest(self) -> list[Flow]:
        """Return the flows that were noted since this was last asked for."""
        latest, self._latest = self._latest, []
        return latest

    def on(self, lines: LineSet) -> Iterator[Flow]:
        """Yield the flows of values that have one of the lines."""
        line = lines.find(1)
        while line >= 0:
            yield from self._on_line.get(line, ())
            line = lines.find(1, line + 1)
        for flow in self._longer:
            if has_line(lines, flow.value):
                yield flow


@dataclass(eq=False)
class Taken:
    """What a function takes; the first `skip` parameters come before a call's arguments."""

    arguments: ast.arguments
    skip: int

    @cached_property
    def names(self) -> list[str]:
        """The names of all parameters that may be given by position, in order."""
        return [one.arg for one in (*self.arguments.posonlyargs, *self.arguments.args)]

    @property
    def by_position(self) -> list[ast.arg]:
        """The parameters that a call's positional arguments are for, in order."""
        return [*self.arguments.posonlyargs, *self.arguments.args][self.skip :]
