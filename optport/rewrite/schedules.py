"""Schedulers in a file: each stays where it is, and the optimizer is given it there.

A port of both would make the scheduler first. In a file that could move it away from what it is
made of; so the optimizer keeps its own rate until the scheduler is there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from optport.check import Checked
from optport.edits import Edit
from optport.hazards.hazard import Port
from optport.hazards.judge import judge
from optport.hazards.rates import optimizer_text
from optport.hazards.scene import bare_scene
from optport.lean import dataclass
from optport.places import Place
from optport.reader.model import Construction
from optport.reader.source import unparsed
from optport.rewrite.calls import argument_edits
from optport.rewrite.classes import place_of
from optport.rewrite.comments import Statements
from optport.rewrite.imports import without_imports
from optport.rewrite.names import Reference
from optport.rewrite.nodes import nodes_of
from optport.signatures import ApiKind
from optport.table import roles
from optport.table.model import Role, Takes
from optport.targets import Target

MADE_BEFORE = "scheduler"
"""The name that a port has for the scheduler that is made before its optimizer."""


@dataclass(frozen=True, slots=True)
class _Assigned:
    """A call that is all that a statement assigns to one name or attribute."""

    statement: ast.stmt
    target: str


class Schedules:
    """The schedulers of one module, and how they are written for a target."""

    def __init__(self, tree: ast.Module, text: str, target: Target) -> None:
        self._rules = target.info.schedulers
        self._target = target
        self._statements = Statements(tree, text)
        self._assigned = dict(_assigned(tree))
        self._names = [node.id for node in nodes_of(tree) if isinstance(node, ast.Name)]

    def in_file(self, checked: Checked, port: Port) -> Port:
        """Return a port as it is written into the file.

        An optimizer has a rate of its own, where a scheduler is to come; a scheduler is made of
        others that are ported where they stand, or is a whole expression.
        """
        rules, construction = self._rules, checked.construction
        if rules is None or port.call is None:
            return port
        if construction.kind is ApiKind.SCHEDULER:
            return self._scheduler(construction, port, rules.takes)
        if rules.takes is Takes.OPTIMIZER:
            return port
        scene = checked.judgements[0].scene
        if not scene.over(construction):
            return port
        bare = judge(construction, self._target, bare_scene(scene.torch_version)).port
        own = {one.name: one for one in bare.arguments}
        arguments = tuple(
            own.get(one.name, one)
            for one in port.arguments
            if one.text != MADE_BEFORE or one.name in own  # else the default is torch's
        )
        return replace(port, setup=bare.setup, arguments=arguments)

    def _scheduler(self, construction: Construction, port: Port, takes: Takes) -> Port:
        if takes is Takes.SCHEDULER:
            return port
        name = roles(ApiKind.SCHEDULER)[Role.INNER]
        inner = construction.arguments.get(name)
        if inner is None:
            return port
        arguments = tuple(
            replace(one, text=inner.text) if one.source == name else one for one in port.arguments
        )
        return replace(port, arguments=arguments)

    def edits(self, checked: Checked, port: Port, called: Reference | None) -> list[Edit] | None:
        """Return the edits of a scheduler that a target's optimizer is given; None for none.

        `called` is the name of its class, where that is what is called.
        """
        construction, rules = checked.construction, self._rules
        found = self._assigned.get(construction.place)
        if rules is None or rules.attach is None or found is None or port.call is None:
            return None
        inner = [self._removed(one) for one in construction.inner]
        if any(one is None for one in inner):
            return None
        words = {"optimizer": optimizer_text(construction), MADE_BEFORE: found.target}
        behind = self._statements.behind(
            found.statement, rules.attach.render(lambda hole: words[hole.name])
        )
        if behind is None:
            return None
        setup = self._statements.lines(construction.place, without_imports(port.setup))
        if setup is None:
            return None
        own = (
            argument_edits(construction, port, self._target.info.methods)
            if called and port.arguments
            else None
        )
        if own is None or called is None:
            whole = [Edit(construction.place, port.call)]
        else:
            edits = [edit for edits in own.values() for edit in edits]
            whole = [*edits, Edit(place_of(called.node), str(port.callee))]
        return [*whole, behind, *setup, *(edit for edits in inner if edits for edit in edits)]

    def _removed(self, inner: Construction) -> list[Edit] | None:
        """The edits that take out what one that it is made of was assigned to; None for none."""
        found = self._assigned.get(inner.place)
        if found is None or self._names.count(found.target) != 2:
            return None
        edit = self._statements.without(found.statement)
        return None if edit is None else [edit]

    def is_part(self, checked: Checked) -> bool:
        """Whether a scheduler is part of another one."""
        rules, scene = self._rules, checked.judgements[0].scene
        made_first = rules is not None and rules.takes is Takes.SCHEDULER
        return made_first and scene.whole(checked.construction) is not None

    def is_given(self, checked: Checked) -> bool:
        """Whether what is built is a scheduler that the target's optimizer takes."""
        rules = self._rules
        is_scheduler = checked.construction.kind is ApiKind.SCHEDULER
        return is_scheduler and rules is not None and rules.takes is Takes.SCHEDULER


def _assigned(tree: ast.Module) -> Iterator[tuple[Place, _Assigned]]:
    for node in nodes_of(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if len(node.targets) == 1 and isinstance(node.targets[0], (ast.Name, ast.Attribute)):
            value = node.value
            place = Place(
                value.lineno,
                value.col_offset,
                value.end_lineno or value.lineno,
                value.end_col_offset or 0,
            )
            target = unparsed(node.targets[0])
            if target is not None:
                yield place, _Assigned(node, target)
