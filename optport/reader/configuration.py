"""Configurations by the names of their options: the command line's, and fields of classes."""

from __future__ import annotations

import ast
from functools import cached_property

from optport.reader.command_line import MAX_DEFINITIONS, CommandLine
from optport.reader.objects import Interpreter
from optport.reader.scopes import Point
from optport.reader.torch_names import torch_class
from optport.values import UNKNOWN, Qualified, Value, ValueSet, union


class Configuration:
    """What an attribute of something unknown may be: the option or field of that name."""

    def __init__(self, asker: Interpreter) -> None:
        self._asker = asker
        self._known: dict[str, ValueSet] = {}

    def value(self, name: str) -> ValueSet:
        """Return the default of the option or field of that name, which can be overridden."""
        if name in self._known:
            return self._known[name]
        self._known[name] = UNKNOWN  # what a circle sees of itself
        found = self._command_line.default(name)
        if found is None:
            fields = self._fields.get(name, [])[:MAX_DEFINITIONS]
            found = union([self._asker.value(*field) for field in fields]) | UNKNOWN
        if self._asker.evaluation.is_spent:
            del self._known[name]
        else:
            self._known[name] = found
        return found

    def classes(self, name: str) -> ValueSet:
        """Return the classes of torch that an option of that name may be."""
        found = self._command_line.default(name) or UNKNOWN
        return ValueSet(tuple(one for one in found.values if _is_class(one)))

    @cached_property
    def _command_line(self) -> CommandLine:
        return CommandLine(self._asker)

    @cached_property
    def _fields(self) -> dict[str, list[tuple[ast.expr, Point]]]:
        """The fields with defaults of the file's decorated classes (dataclasses and the like)."""
        found: dict[str, list[tuple[ast.expr, Point]]] = {}
        for node, scope in self._asker.index.classes:
            if not (node.decorator_list or node.bases):
                continue
            for statement in node.body:
                if (
                    isinstance(statement, ast.AnnAssign)
                    and isinstance(statement.target, ast.Name)
                    and statement.value is not None
                ):
                    for binding in scope.bindings.get(statement.target.id, ())[:1]:
                        place = (statement.value, binding.at)
                        found.setdefault(statement.target.id, []).append(place)
        return found


def _is_class(value: Value) -> bool:
    return isinstance(value, Qualified) and torch_class(value.name) is not None
