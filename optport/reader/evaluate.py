"""What an expression of the file may stand for, worked out on demand.

An abstract interpreter in the small: names are followed through the bindings that reach them, and
every expression becomes a `ValueSet`. Each expression is worked out once; names and operators are
followed only so deep, so that no source makes this deep or long.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from optport.reader import arithmetic
from optport.reader.attributes import Attributes
from optport.reader.calls import Calls, entries_of
from optport.reader.changes import Changes
from optport.reader.displays import (
    MAX_ITEMS,
    display,
    elements_of,
    is_key,
    joined,
    looked_up,
    taken,
)
from optport.reader.evaluation import Evaluation, Foreign
from optport.reader.index import Index
from optport.reader.objects import (
    DictValue,
    DictView,
    Entry,
    ListValue,
    OwnClass,
    OwnFunction,
    table_in,
)
from optport.reader.scopes import (
    Assigned,
    Binding,
    Defined,
    Imported,
    Iterated,
    Point,
    Received,
    Scope,
    ScopeKind,
    reaching,
)
from optport.values import (
    UNKNOWN,
    Literal,
    Qualified,
    Value,
    ValueSet,
    exactly,
    literal,
    union,
)

MAX_DEPTH = 60
"""How many names, operators and displays are followed one inside the other."""
MAX_STARS = 64
"""Star imports that are asked for a name, the last ones of the file."""

StarExports = Callable[[str, str], ValueSet]


class Evaluator:
    """Works out the values of one file's expressions; remembers what it found."""

    def __init__(
        self, index: Index, star_exports: StarExports, foreign: Foreign | None = None
    ) -> None:
        """Take the file's `index`, and who to ask about other modules.

        `star_exports(module, name)` says what ``from module import *`` brings under a name,
        `foreign` what a name of another module stands for; without it that is the name.
        """
        self.index = index
        self._star_exports = star_exports
        self._foreign = foreign
        self._evaluation = Evaluation() if foreign is None else foreign.evaluation
        self._known: dict[ast.AST, ValueSet] = {}
        self.attributes = Attributes(self)
        self._changes = Changes(self)
        self.calls = Calls(self)
        self._kinds: dict[type, Callable[..., ValueSet]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self.attributes.value,
            ast.Subscript: self._subscript,
            ast.Tuple: self._display,
            ast.List: self._display,
            ast.Set: self._display,
            ast.Dict: self._dict,
            ast.ListComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.BoolOp: self._either,
            ast.IfExp: self._conditional,
            ast.NamedExpr: self._named,
            ast.Await: self._awaited,
            ast.Lambda: self._lambda,
            ast.Call: self.calls.value,
        }

    def value(self, node: ast.expr, at: Point) -> ValueSet:
        """Return what `node`, evaluated at `at`, may stand for."""
        kind = self._kinds.get(type(node))
        evaluation = self._evaluation
        if kind is None or evaluation.depth >= MAX_DEPTH:
            return UNKNOWN
        if node not in self._known:
            self._known[node] = UNKNOWN  # what a cycle sees of itself
            evaluation.depth += 1
            try:
                self._known[node] = kind(node, at)
            finally:
                evaluation.depth -= 1
        return self._known[node]

    def resolved(self, qualified: str) -> ValueSet:
        """Return what an imported name stands for: itself, or what its module says."""
        found = UNKNOWN if self._foreign is None else self._foreign.resolve(qualified)
        return found if found.known else exactly(Qualified(qualified))

    def sources(self, node: ast.expr, at: Point) -> list[tuple[ast.expr, Point]]:
        """Return the expressions that `node` may have been assigned from; itself if no name."""
        found: list[tuple[ast.expr, Point]] = []
        pending = [(node, at)]
        seen: set[ast.expr] = set()
        while pending and len(seen) < MAX_DEPTH:
            expression, point = pending.pop()
            if expression in seen:
                continue
            seen.add(expression)
            bindings = (
                self.bindings(expression.id, point) if isinstance(expression, ast.Name) else []
            )
            if not bindings:
                found.append((expression, point))
            for binding in bindings:
                if isinstance(binding.source, Assigned) and not binding.source.path:
                    pending.append((binding.source.value, binding.at))
                else:
                    found.append((expression, point))
        return found

    def exported(self, name: str) -> ValueSet:
        """Return what a name of the module stands for once the module has been run."""
        end = self.index.end
        return self._name(ast.Name(name), end)

    def is_here(self, at: Point) -> bool:
        """Whether a place is in this file, and not in another one that values came from."""
        scope = at.scope
        while scope.parent is not None:
            scope = scope.parent
        return scope is self.index.module

    # -- names ---

    def bindings(self, name: str, at: Point) -> list[Binding]:
        """Return the bindings of a name that a use at `at` may see."""
        scope = self.owner(name, at.scope)
        return [] if scope is None else reaching(scope, name, at)

    def owner(self, name: str, scope: Scope | None) -> Scope | None:
        """Return the scope that `name` belongs to in `scope`, as Python finds it."""
        innermost = True
        while scope is not None:
            if name in scope.elsewhere:
                return scope.elsewhere[name]
            if scope.binds(name) and (innermost or scope.kind is not ScopeKind.CLASS):
                return scope
            innermost = False
            scope = scope.parent
        return None

    def _name(self, node: ast.Name, at: Point) -> ValueSet:
        scope = self.owner(node.id, at.scope)
        if scope is None:
            return self._starred(node.id)
        bindings = reaching(scope, node.id, at)
        found = union(self.bound(binding) for binding in bindings)
        return self._changes.after(node.id, found, bindings, scope, at)

    def bound(self, binding: Binding) -> ValueSet:
        """Return what a binding gives its name."""
        source = binding.source
        if isinstance(source, Imported):
            return self.resolved(source.qualified)
        if isinstance(source, Assigned):
            return self._unpacked(source.value, source.path, binding.at)
        if isinstance(source, Iterated):
            return taken(self.one_of(source.iterable, binding.at), source.path)
        if isinstance(source, Received):
            return self.attributes.received(source, binding.at)
        if isinstance(source, Defined):
            return self._defined(source, binding.at)
        return UNKNOWN

    def _unpacked(self, node: ast.expr, path: tuple[int, ...], at: Point) -> ValueSet:
        while path and isinstance(node, (ast.Tuple, ast.List)) and path[0] < len(node.elts):
            node, path = node.elts[path[0]], path[1:]
        return taken(self.value(node, at), path)

    def _defined(self, source: Defined, at: Point) -> ValueSet:
        scope = self.index.scope_of(source.node)
        if scope is None:
            return UNKNOWN
        if isinstance(source.node, ast.ClassDef):
            return exactly(self.own_class(source.node, scope, at))
        return exactly(OwnFunction(scope, self))

    def own_class(self, node: ast.ClassDef, scope: Scope, at: Point) -> OwnClass:
        """Return the one thing that stands for a class of the file."""
        return self.attributes.classes.setdefault(node, OwnClass(node, scope, at, self))

    def _starred(self, name: str) -> ValueSet:
        """A name that nothing in the file binds: from a star import, or built in."""
        stars = self.index.module.stars
        near = stars[-MAX_STARS:]  # the last one that has the name wins
        found = [value for m, _ in near if (value := self._from_star(m, name)).known]
        if not found:
            return UNKNOWN
        value = union(found)
        return value if len(found) == len(stars) else value.overridable()

    def _from_star(self, module: str, name: str) -> ValueSet:
        dot = "" if module.endswith(".") else "."
        found = UNKNOWN if self._foreign is None else self._foreign.resolve(f"{module}{dot}{name}")
        return found if found.known else self._star_exports(module, name)

    # -- displays ---

    def _constant(self, node: ast.Constant, at: Point) -> ValueSet:
        return UNKNOWN if node.value is Ellipsis else literal(node.value)

    def _display(self, node: ast.Tuple | ast.List | ast.Set, at: Point) -> ValueSet:
        if len(node.elts) > MAX_ITEMS:
            return UNKNOWN
        parts: list[ValueSet] = []
        elements: list[ValueSet] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                parts += [exactly(ListValue(tuple(elements))), self.value(element.value, at)]
                elements = []
            else:
                elements.append(self.value(element, at))
        if parts:
            return joined([*parts, exactly(ListValue(tuple(elements)))])
        return display(elements, tuple if isinstance(node, ast.Tuple) else list)

    def _dict(self, node: ast.Dict, at: Point) -> ValueSet:
        table = DictValue(())
        if len(node.values) > MAX_ITEMS:
            return exactly(DictValue((), complete=False))
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.value(value_node, at)
            if key_node is None:
                table = table.with_entries(*entries_of(value))
                continue
            key = self.value(key_node, at).exact
            if isinstance(key, Literal) and is_key(key.value):
                table = table.with_entries([Entry(key.value, value, value_node, at, holder=node)])
            else:  # a key that is not read: still one of the values that a look-up may give
                entry = Entry(value_node, value, value_node, at)
                table = table.with_entries([entry], complete=False)
        return exactly(table)

    def table_of(self, call: ast.Call, at: Point) -> ValueSet:
        """Return the dict that a call's arguments make, as `dict(…)` and `update(…)` do."""
        table = DictValue(())
        for argument in call.args:
            only = table_in(self.value(argument, at))
            if only is None:
                return exactly(DictValue(table.entries, complete=False))
            table = table.with_entries(only.entries, only.complete)
        for keyword in call.keywords:
            value = self.value(keyword.value, at)
            if keyword.arg is not None:
                entry = Entry(keyword.arg, value, keyword.value, at, holder=call)
                table = table.with_entries([entry])
                continue
            table = table.with_entries(*entries_of(value))
        return exactly(table)

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, at: Point
    ) -> ValueSet:
        inside = self.index.inside(node, at)
        return exactly(ListValue((self.value(node.elt, inside),), many=True))

    def _subscript(self, node: ast.Subscript, at: Point) -> ValueSet:
        keys = self.value(node.slice, at)
        return union(self.item(option, keys) for option in self.value(node.value, at).values)

    def item(self, container: Value, keys: ValueSet) -> ValueSet:
        """Return what ``container[key]`` may be, for a key that is known or not."""
        if isinstance(container, DictValue):
            return looked_up(container, keys)
        if isinstance(container, Qualified) and container.name.endswith(".__dict__"):
            return self.attributes.named(exactly(Qualified(container.name[:-9])), keys)
        key = keys.exact
        elements = elements_of(container)
        if elements is None:
            return UNKNOWN
        if isinstance(key, Literal) and isinstance(key.value, int):
            inside = -len(elements) <= key.value < len(elements)
            return elements[key.value] if inside else UNKNOWN
        return union(elements) if elements and not keys.complete else UNKNOWN

    def one_of(self, node: ast.expr, at: Point) -> ValueSet:
        """Return what an element of `node` may be, as a loop over it sees it."""
        found: list[ValueSet] = []
        value = self.value(node, at)
        for option in value.values:
            if isinstance(option, DictView):
                found.extend(option.values)
            elif isinstance(option, DictValue):
                found.extend(literal(entry.key) for entry in option.entries)
            else:
                found.extend(elements_of(option) or [UNKNOWN])
        together = union(found)
        return together if value.complete else together.overridable()

    # -- operators ---

    def _unary(self, node: ast.UnaryOp, at: Point) -> ValueSet:
        return arithmetic.unary(node.op, self.value(node.operand, at))

    def _binary(self, node: ast.BinOp, at: Point) -> ValueSet:
        left, right = self.value(node.left, at), self.value(node.right, at)
        if isinstance(node.op, (ast.Add, ast.BitOr)):
            containers = (ListValue, DictValue)
            if any(isinstance(o, containers) for v in (left, right) for o in v.values):
                return joined([left, right])
        return arithmetic.binary(node.op, left, right)

    def _either(self, node: ast.BoolOp, at: Point) -> ValueSet:
        """``a or b``: any of them may come out."""
        if isinstance(node.op, ast.And):
            return self.value(node.values[-1], at).overridable()
        found = union(self.value(operand, at) for operand in node.values[:MAX_ITEMS])
        truthy = tuple(o for o in found.values if not (isinstance(o, Literal) and not o.value))
        return ValueSet(truthy or found.values, found.complete)

    def _conditional(self, node: ast.IfExp, at: Point) -> ValueSet:
        return union([self.value(node.body, at), self.value(node.orelse, at)])

    def _named(self, node: ast.NamedExpr, at: Point) -> ValueSet:
        return self.value(node.value, at)

    def _awaited(self, node: ast.Await, at: Point) -> ValueSet:
        return self.value(node.value, at)

    def _lambda(self, node: ast.Lambda, at: Point) -> ValueSet:
        return exactly(OwnFunction(self.index.scope_of_lambda(node, at), self))
