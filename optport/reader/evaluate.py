"""What an expression of the file may be, worked out on demand.

An abstract interpreter in the small: names are followed through the bindings that reach them, and
every expression becomes a `ValueSet`. Each expression is worked out once; names and operators are
followed only so deep, so that no source makes this deep or long.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from optport.reader import arithmetic, known_calls
from optport.reader.annotations import objects_of
from optport.reader.call_sites import CallSites, rest
from optport.reader.changes import Changes
from optport.reader.classes import Instance, OwnFunction, own_class
from optport.reader.configuration import Configuration
from optport.reader.containers import MAX_ITEMS, DictValue, ListValue
from optport.reader.displays import dict_of, joined, list_of, taken
from optport.reader.evaluation import Evaluation, Foreign
from optport.reader.index import Index
from optport.reader.names import owner
from optport.reader.objects import Annotated, Object, attribute_of, is_definite, item_of, iterated
from optport.reader.parameters import received
from optport.reader.records import recorded
from optport.reader.scopes import (
    Assigned,
    Binding,
    CallSite,
    Defined,
    Function,
    Imported,
    LoopTarget,
    Parameter,
    Point,
    Rest,
    Scope,
    reaching,
)
from optport.values import (
    NOTHING,
    UNKNOWN,
    Literal,
    Qualified,
    Value,
    ValueSet,
    exactly,
    literal,
    union,
)

MAX_STARS = 64
"""Star imports that are asked for a name, the last ones of the file."""
MAX_ATTRIBUTES = 32
"""Attributes in a row that are followed."""
MAX_RETURNS = 16
"""Return statements of one function that are followed."""

_OF_MODULES = frozenset({"parameters", "named_parameters", "buffers", "modules", "children"})
"""Methods of torch's modules."""

StarExports = Callable[[str, str], ValueSet]


class Evaluator:
    """Works out the values of one file's expressions; remembers what it found."""

    def __init__(
        self, index: Index, star_exports: StarExports, foreign: Foreign | None = None
    ) -> None:
        """Take the file's `index`, and who to ask about other modules.

        `star_exports(module, name)` says what ``from module import *`` binds a name to, `foreign`
        what a name of another module is; without it that is the name.
        """
        self.index = index
        self.classes: dict[ast.ClassDef, Object] = {}
        self._star_exports = star_exports
        self._foreign = foreign
        self.evaluation = Evaluation() if foreign is None else foreign.evaluation
        self._known: dict[ast.AST, ValueSet] = {}
        self._elements: dict[ast.expr, tuple[ValueSet, ValueSet]] = {}
        """What a loop over an expression takes out of it, for the value that it had."""
        self._configuration = Configuration(self)
        self._changes = Changes(self)
        self._call_sites = CallSites(self)
        self._visitors: dict[type, Callable[..., ValueSet]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
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
            ast.NamedExpr: self._inner,
            ast.Await: self._inner,
            ast.Lambda: self._lambda,
            ast.Call: self._call,
        }

    def release(self) -> None:
        """Let go of all that was read and worked out, for good."""
        self.index.release()
        vars(self).clear()

    def value(self, node: ast.expr, at: Point) -> ValueSet:
        """Return what `node`, evaluated at `at`, may be."""
        known = self._known.get(node)
        if known is not None:
            return known
        visit = self._visitors.get(type(node))
        evaluation = self.evaluation
        evaluation.work += 1
        if visit is None or evaluation.depth >= evaluation.max_depth or evaluation.is_spent:
            return UNKNOWN
        self._known[node] = UNKNOWN  # what a cycle sees of itself
        evaluation.depth += 1
        try:
            found = visit(node, at)
        finally:
            evaluation.depth -= 1
        if evaluation.is_spent:
            del self._known[node]
        else:
            self._known[node] = found
        return found

    def exported(self, name: str) -> ValueSet:
        """Return what a name of the module is once the module has been run."""
        evaluation = self.evaluation
        if evaluation.depth >= evaluation.max_depth:
            return UNKNOWN
        evaluation.depth += 1
        try:
            return self._name(ast.Name(name), self.index.end)
        finally:
            evaluation.depth -= 1

    def is_here(self, at: Point) -> bool:
        """Whether a place is in this file, and not in another one that values came from."""
        scope = at.scope
        while scope.parent is not None:
            scope = scope.parent
        return scope is self.index.module

    # -- names ---

    def _name(self, node: ast.Name, at: Point) -> ValueSet:
        scope = owner(node.id, at.scope)
        if scope is None:
            return self._starred(node.id)
        bindings = reaching(scope, node.id, at)
        self.evaluation.spend(len(bindings))
        values = []
        for binding in bindings:
            values.append(self.bound(binding))
        found = union(values)
        return self._changes.after(node.id, found, bindings, scope, at)

    def bound(self, binding: Binding) -> ValueSet:
        """Return what a binding gives its name."""
        definition = binding.definition
        if isinstance(definition, Imported):
            found = self.resolved(definition.qualified)
            return found.map(_annotated) if binding.at.branch.checking else found
        if isinstance(definition, Assigned):
            return self.unpacked(definition.value, definition.path, binding.at)
        if isinstance(definition, LoopTarget):
            return taken(self._iterated(definition.iterable, binding.at), definition.path)
        if isinstance(definition, Parameter):
            return received(definition, binding.at, self)
        if isinstance(definition, Rest):
            return rest(definition, self)
        if isinstance(definition, Defined):
            return self._defined(definition, binding.at)
        return UNKNOWN

    def resolved(self, qualified: str) -> ValueSet:
        """Return what an imported name is: what its module says, or just that name."""
        found = UNKNOWN if self._foreign is None else self._foreign.resolve(qualified)
        return found if found.known else exactly(Qualified(qualified))

    def unpacked(self, node: ast.expr, path: tuple[int, ...], at: Point) -> ValueSet:
        """Return what unpacking an expression along a path of indices gives."""
        while path and isinstance(node, (ast.Tuple, ast.List)) and path[0] < len(node.elts):
            node, path = node.elts[path[0]], path[1:]
        value = self.value(node, at)
        annotation = None if path else self.index.annotations.get(node)
        if annotation is not None and (not value.known or value.exact == Literal(None)):
            annotated = objects_of(annotation, at, self)
            return annotated if annotated.known else value
        return taken(value, path)

    def _iterated(self, node: ast.expr, at: Point) -> ValueSet:
        """Return what an element of `node` may be, as a loop over it sees it."""
        values = self.value(node, at)
        before = self._elements.get(node)
        if before is not None and before[0] is values:
            return before[1]
        self.evaluation.spend(sum(len(iterated(one)) for one in values.values))
        found = values.map(lambda one: union(iterated(one)))
        self._elements[node] = values, found
        return found

    def _defined(self, definition: Defined, at: Point) -> ValueSet:
        node = definition.node
        scope = self.index.scope_of(node)
        if scope is None:
            return UNKNOWN
        if isinstance(node, ast.ClassDef):
            return exactly(own_class(node, scope, at, self))
        return exactly(OwnFunction(scope, self))

    def _starred(self, name: str) -> ValueSet:
        """A name that nothing in the file binds: from a star import, or built in."""
        stars = self.index.module.stars
        near = stars[-MAX_STARS:]  # the last one that has the name wins
        given = [self._from_star(m, name) for m, _ in near]
        found = [value for value in given if value != NOTHING]
        if not any(value.known for value in found):
            return UNKNOWN
        value = union(value for value in found if value.known)
        told = len(near) == len(stars) and all(value.known for value in found)
        return value if told else value | UNKNOWN

    def _from_star(self, module: str, name: str) -> ValueSet:
        dot = "" if module.endswith(".") else "."
        found = UNKNOWN if self._foreign is None else self._foreign.resolve(f"{module}{dot}{name}")
        return found if found.known else self._star_exports(module, name)

    # -- attributes ---

    def _attribute(self, node: ast.Attribute, at: Point, called: bool = False) -> ValueSet:
        """Return what an attribute may be; one that is called is no option of a configuration."""
        names: list[str] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            names.append(base.attr)
            base = base.value
            if len(names) > MAX_ATTRIBUTES:
                return UNKNOWN
        value = self.value(base, at)
        itself = isinstance(base, ast.Name) and base.id in ("self", "cls")
        for left in range(len(names) - 1, -1, -1):
            method = called and left == 0
            value = self.attribute(value, names[left], guess=not itself and not method)
            itself = False  # only the first step can be of self itself
        strange = called and not value.known and getattr(base, "id", "") not in ("self", "cls")
        return self._configuration.classes(names[0]) if strange else value

    def attribute(self, of: ValueSet, name: str, guess: bool) -> ValueSet:
        """Return an attribute of a value; as a `guess`, the option that has its name."""
        # An attribute of None would raise, so that value rules itself out.
        found = []
        for one in of.values:
            if one != Literal(None):
                found.append(attribute_of(one, name, self))
        if any(one.known for one in found):
            return union(found).as_open_as(of)
        if guess and not (of.complete and of.values and all(map(is_definite, of.values))):
            return self._configuration.value(name)
        return UNKNOWN

    # -- displays ---

    def _constant(self, node: ast.Constant, at: Point) -> ValueSet:
        return UNKNOWN if node.value is Ellipsis else literal(node.value)

    def _display(self, node: ast.Tuple | ast.List | ast.Set, at: Point) -> ValueSet:
        return list_of(node, at, self)

    def _dict(self, node: ast.Dict, at: Point) -> ValueSet:
        return dict_of(node, at, self)

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, at: Point
    ) -> ValueSet:
        inside = self.index.inside(node, at)
        return exactly(ListValue((self.value(node.elt, inside),), many=True))

    def _subscript(self, node: ast.Subscript, at: Point) -> ValueSet:
        keys, owner = self.value(node.slice, at), self.value(node.value, at)
        found = []
        for one in owner.values:
            found.append(item_of(one, keys, self))
        return union(found).as_open_as(owner)

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
            return self.value(node.values[-1], at) | UNKNOWN
        *others, last = [self.value(operand, at) for operand in node.values[:MAX_ITEMS]]
        return union([*map(_truthy, others), last])

    def _conditional(self, node: ast.IfExp, at: Point) -> ValueSet:
        return union([self.value(node.body, at), self.value(node.orelse, at)])

    def _inner(self, node: ast.NamedExpr | ast.Await, at: Point) -> ValueSet:
        return self.value(node.value, at)

    # -- calls ---

    def _lambda(self, node: ast.Lambda, at: Point) -> ValueSet:
        return exactly(OwnFunction(self.index.scope_of_lambda(node, at), self))

    def _call(self, node: ast.Call, at: Point) -> ValueSet:
        callee = node.func
        if isinstance(callee, ast.Name) and owner(callee.id, at.scope) is None:
            known = known_calls.built_in(callee.id, node, at, self)
            if known is not None:
                return known
            found = self._called(self.value(callee, at), node, at)
            return found if self.value(callee, at).complete else found | UNKNOWN
        if isinstance(callee, ast.Attribute):
            if callee.attr in _OF_MODULES and self._is_strange(callee.attr):
                return UNKNOWN  # whatever the module is: not worth a look at it
            found = known_calls.method(node, at, self)
            if found.known:
                return found
            return self._called(self._attribute(callee, at, called=True), node, at)
        return self._called(self.value(callee, at), node, at)

    def _is_strange(self, method: str) -> bool:
        """Whether no class that is followed can have a method."""
        return self._foreign is None and method not in self.index.functions

    def _called(self, callee: ValueSet, node: ast.Call, at: Point) -> ValueSet:
        if not callee.known:
            return recorded(node, at, self)
        results = []
        for one in callee.values:
            results.append(self.result(one, node, at))
        return union(results).as_open_as(callee)

    def result(self, callee: Value, call: ast.Call, at: Point) -> ValueSet:
        """Return what a call gives, whose callee is that value."""
        if isinstance(callee, Qualified):
            return known_calls.imported(callee.name, call, at, self)
        return callee.called(call, at, self) if isinstance(callee, Object) else UNKNOWN

    def returned(self, scope: Scope) -> ValueSet:
        """Return what the function of a scope may return; of a generator only by annotation."""
        found = UNKNOWN
        if not scope.yields and len(scope.returns) <= MAX_RETURNS:
            values = []
            for value, place in scope.returns:
                values.append(self.value(value, place))
            found = union(values)
        annotation = getattr(scope.node, "returns", None)
        if any(map(is_definite, found.values)) or annotation is None or scope.defined is None:
            return found
        annotated = objects_of(annotation, scope.defined, self)
        promised = [one for one in annotated.values if not isinstance(one, Instance)]
        if not (promised or (annotated.known and not found.known)):
            return found
        # What it promises counts for what is not read.
        return ValueSet((*found.values, *annotated.values), annotated.complete)

    def annotated(self, annotation: ast.expr, at: Point) -> ValueSet:
        """Return what something may be by its annotation."""
        return objects_of(annotation, at, self)

    def call_sites(self, function: Function) -> tuple[CallSite, ...]:
        """Return the calls in the file of a function of it."""
        return self._call_sites.of(function)


def _truthy(value: ValueSet) -> ValueSet:
    """Return what comes out of ``value or …`` without going on to the next operand."""
    kept = [o for o in value.values if not (isinstance(o, Literal) and not o.value)]
    if len(kept) == len(value.values):
        return value
    return ValueSet(tuple(kept), complete=True).as_open_as(value)


def _annotated(value: Value) -> ValueSet:
    return exactly(Annotated(value.name) if isinstance(value, Qualified) else value)
