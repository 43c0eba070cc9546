"""Uses of methods and attributes as a target has them, by what the table says they become.

A use is written anew where it is known to be of an optimizer or scheduler that is ported, and
where all groups train at one rate, should the use be about one of them. A loop over the groups
whose one statement is all about its group becomes that statement. What can't be written so is
said in a comment.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence, Set

from optport.edits import Edit
from optport.hazards.hazard import Hazard
from optport.hazards.members import Members
from optport.hazards.roles import PARAMS
from optport.hazards.scene import Key, Scene, key_of
from optport.hazards.spelling import plain
from optport.lean import dataclass
from optport.parsing import parse_expression
from optport.places import Place
from optport.reader.model import Construction, MethodUse, Shape
from optport.reader.source import SourceText
from optport.rewrite.comments import Statements
from optport.rewrite.homes import Homes
from optport.rewrite.loops import Loop, Tree, is_of_first, item_of
from optport.rewrite.pieces import NotWritten, Pieces
from optport.signatures import ApiKind
from optport.table.model import Access, Use
from optport.table.templates import Hole, Template

_OPERANDS = (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript)
"""Expressions that need no parentheses beside an operator."""

_OBJECT = frozenset({"object"})
_VALUE = frozenset({"value", "float_value"})


@dataclass(frozen=True, slots=True)
class Met:
    """A use that is not the same there, what the table says of it, and what is to be said."""

    use: MethodUse
    row: Use
    hazard: Hazard
    node: ast.expr


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The edits of a file's uses, and those uses that none could be made for."""

    edits: tuple[Edit, ...]
    left: tuple[Met, ...]


class Uses:
    """The uses of one module."""

    def __init__(
        self,
        tree: ast.Module,
        text: str,
        homes: Homes,
        statements: Statements,
        taken: Sequence[Place],
    ) -> None:
        """Take the module as it was parsed, its text, and the places of other edits.

        `homes` tell which target's members an optimizer has.
        """
        self._homes = homes
        self._source = SourceText(text)
        self._tree = Tree(tree, self._source)
        self._pieces = Pieces(self._source, "\r\n" if "\r\n" in text else "\n", taken)
        self._statements = statements
        self._edits: list[Edit] = []
        self._left: list[Met] = []
        self._gone: set[ast.stmt] = set()

    def rewritten(
        self, uses: Iterable[MethodUse], scene: Scene, ported: Set[Key], stay: Set[Key]
    ) -> Rewritten:
        """Rewrite the uses of what is `ported`, also in part.

        What is not built in the file, but known by an annotation, is ported if nothing `stays`.
        """
        members = Members((), scene)
        loops: dict[Loop, list[Met]] = {}
        alone: list[Met] = []
        for use in uses:
            home = self._homes.of(use.receivers)
            found = members.alone(use, home or self._homes.target)
            if found is None or use.node is None or not _is_ours(use, ported, stay):
                continue
            met = Met(use, *found, item_of(use.node, use.key))
            loop = self._tree.loop_of(use.node, use.method)
            if loop is not None and "object" in _holes(met.row):
                loops.setdefault(loop, []).append(met)
            else:
                alone.append(met)
        for met in sorted(alone, key=self._reach):
            receivers = met.use.receivers  # none for what an annotation tells of
            known = all(key_of(one) in ported for one in receivers)
            known = known and self._homes.of(receivers) is not None
            known = known and (met.use.complete if receivers else not stay)
            try:
                self._write(met, known)
            except NotWritten:
                self._left.append(met)
        for loop, several in loops.items():
            try:
                self._write_loop(loop, several)
            except NotWritten:
                self._left += several
        iterated = {loop.iterable for loop in loops}  # what is done in the loop tells more
        left = [
            one
            for one in self._left
            if one.node not in iterated and not self._pieces.cover(self._tree.span(one.node))
        ]
        edits = self._statements.without_gaps(self._edits)
        return Rewritten((*self._pieces.edits(), *edits), tuple(left))

    def _reach(self, met: Met) -> tuple[bool, int]:
        """What is inside of others comes before them: what is read in what is assigned, too."""
        sets = met.use.access in (Access.WRITE, Access.UPDATE)
        return sets, self._tree.size(met.node)

    # -- one use ---

    def _write(self, met: Met, known: bool) -> None:
        use, row, node = met.use, met.row, met.node
        _ask(known and (node is use.node or use.access is Access.READ))
        _ask(not use.aliased)
        if row.write and use.site is not None:
            edit = use.site.written(list(row.write.items()))
            if edit is None:
                raise NotWritten
            self._pieces.put(self._source.span_of(edit.place), edit.content)
            return
        if row.becomes is None:
            raise NotWritten
        if not row.becomes.text:
            self._take_out(node)
            return
        object_node = self._tree.object_of(node)
        text = self._rendered(met, row.becomes, object_node)
        if use.access in (Access.WRITE, Access.UPDATE):
            self._pieces.put(self._tree.assignment(node), text)
            return
        self._put_read(met, text)

    def _put_read(self, met: Met, text: str) -> None:
        """Put a value in the place of a use; an element where the use takes that of a list."""
        node, span = met.node, self._tree.span(met.node)
        taken = self._tree.first_taken(node)
        if text.startswith("[") and "object" in _holes(met.row):
            optimizers = [one for built in met.use.receivers for one in built.built_with]
            _ask(bool(optimizers))
            _ask(all(one.shape is Shape.FLAT for one in optimizers))
            if taken is not None and isinstance(parse_expression(text), ast.List):
                span, text = self._tree.span(taken), text[1:-1]
        self._pieces.put(span, text)

    def _take_out(self, node: ast.expr) -> None:
        statement, block = self._tree.statement_of(node)
        _ask(isinstance(statement, ast.Expr) and statement.value is node)
        self._pieces.remove(self._tree.span(node))
        self._gone.add(statement)
        last = self._gone.issuperset(block)  # a block has to have something
        edit = None if last else self._statements.without(statement)
        self._edits.append(edit or Edit(self._source.place(statement), "pass"))

    # -- loops over groups ---

    def _write_loop(self, loop: Loop, several: list[Met]) -> None:
        """Write a loop's one statement, or a comprehension's element, without the loop."""
        _ask(loop.is_plain and loop.uses == len(several))
        texts = {}
        for met in several:
            _ask(met.use.complete and bool(met.use.receivers) and met.row.becomes is not None)
            _ask(self._homes.of(met.use.receivers) is not None)
            if loop.is_list:
                _ask(all(one.shape is Shape.FLAT for one in met.use.receivers))
            if met.row.becomes is not None and met.use.access is Access.READ:
                texts[met.node] = self._rendered(met, met.row.becomes, loop.object)
        for node, text in texts.items():
            self._pieces.put(self._tree.span(node), text)
        whole = self._pieces.text(self._tree.span(loop.element))
        for met in several:
            if met.row.becomes is not None and met.node not in texts:
                _ask(self._tree.assignment(met.node) == self._tree.span(loop.element))
                whole = self._rendered(met, met.row.becomes, loop.object)
        self._pieces.put(self._tree.span(loop.node), loop.around(whole, self._source))

    # -- texts ---

    def _rendered(self, met: Met, template: Template, object_node: ast.expr | None) -> str:
        use, names = met.use, template.names
        if use.access is Access.READ and use.signature is not None:
            raise NotWritten  # a method that is not called where it stands
        if "object" in names and use.key is not None:
            _ask(bool(use.receivers) and all(_has_one(use.key, one) for one in use.receivers))
            flat = any(one.shape is Shape.FLAT for one in use.receivers)
            _ask(not flat or is_of_first(met.node))
        if use.hidden is not None:
            raise NotWritten
        object_text = "" if object_node is None else self._text(object_node)
        for names_of_one, node in (_OBJECT, object_node), (_VALUE, self._tree.assigned(met.node)):
            several = sum(hole.name in names_of_one for hole in template.holes) > 1
            _ask(not several or not any(isinstance(n, ast.Call) for n in _walk(node)))

        def spell(hole: Hole) -> str:
            if hole.name == "object":
                _ask(bool(object_text))
                return object_text
            if hole.name == "use":
                return self._text(met.node)
            if hole.name == "operator":
                return self._tree.operator(met.node)
            return self._argument(met.use, hole.name, "operator" in names or several)

        return template.render(spell)

    def _argument(self, use: MethodUse, name: str, is_operand: bool) -> str:
        in_float = name == "float_value"
        argument = use.value if in_float or name == "value" else use.arguments.get(name)
        node = self._tree.assigned(use.node) if in_float or name == "value" else None
        if argument is not None and node is None:
            node = argument.node
        if node is None:
            raise NotWritten
        text = self._text(node)
        value = None if argument is None else plain(argument.value)
        if in_float and not isinstance(value, float):
            literal = isinstance(value, int) and isinstance(node, ast.Constant)
            return repr(float(text)) if literal else f"float({text})"
        bare = isinstance(node, _OPERANDS) or not (is_operand or "\n" in text)
        return text if bare else f"({text})"

    def _text(self, node: ast.expr) -> str:
        if self._tree.is_placed(node):
            return self._pieces.text(self._tree.span(node))
        return self._tree.unparsed(node)


def _is_ours(use: MethodUse, ported: Set[Key], stay: Set[Key]) -> bool:
    """Whether a use is, or may be, of something that is ported."""
    if not use.receivers:
        return bool(ported) or not stay
    return any(key_of(one) in ported for one in use.receivers)


def _has_one(key: str, optimizer: Construction) -> bool:
    """Whether all of an optimizer's groups have the same under a key."""
    if optimizer.kind is not ApiKind.OPTIMIZER:
        return False
    groups = optimizer.parameters.groups
    whole = optimizer.shape is Shape.GROUPS and key != PARAMS
    return optimizer.shape is Shape.FLAT or (
        whole and not any(key in group.arguments for group in groups)
    )


def _holes(row: Use) -> frozenset[str]:
    return frozenset() if row.becomes is None else row.becomes.names


def _walk(node: ast.expr | None) -> Iterator[ast.AST]:
    return iter(()) if node is None else ast.walk(node)


def _ask(holds: bool) -> None:
    if not holds:
        raise NotWritten
