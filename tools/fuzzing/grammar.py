"""Random programs of every kind of node that the running Python's `ast` has.

The grammar is Python's own: each class of `ast` says in its docstring which fields it has. What is
added here is what the grammar leaves open: names and literals, which optport's own source and its
recorded signatures give (whatever word it knows, it has code for), and the few rules of which node
may stand where.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

import optport
from optport.signatures import ApiKind, family, known_names

NAMES = ("a", "b", "c", "d", "f", "p", "C", "self", "args", "optim", "torch", "Adam", "partial")
CLASSES = (*known_names(ApiKind.OPTIMIZER), "Nope")
SCHEDULERS = tuple(name.rpartition(".")[2] for name in known_names(ApiKind.SCHEDULER))
METHODS = tuple({name.rpartition(".")[2]: None for name in known_names(ApiKind.METHOD)})
KEYWORDS = ("params", "lr", "eps", "betas", "weight_decay", "momentum", "foreach", "maximize")
MODULES = ("torch", "torch.optim", "torch.optim.lr_scheduler", "functools", "argparse", "a.b")
LITERALS = (
    *(0, 1, -1, 0.1, 1e-8, 1e308, 1e999, 5e-324, 1j, 10**14, True, None, ..., "lr", "Adam", ""),
    *(b"x", "x\ny", "é\ud800", "\x1b[2K\u2028\u202e", 16**60, "1e-3", "nan"),
)
IDIOMS = (
    *("torch.optim.Adam(_, lr=_)", "torch.optim.SGD([{'params': _, 'lr': _}], _)", "_(_, lr=_)"),
    *("torch.optim.ASGD(_, **_)", "torch.optim.Adam", "getattr(torch.optim, _)", "partial(_, **_)"),
    *("torch.optim.lr_scheduler.StepLR(_, _)", "super().__init__(_, _)", "dict(_, **_)"),
    *("{'params': _, 'lr': _}", "[{'params': _}, _]", "{**_, **_}", "_.add_argument('--lr', _)"),
    *("_.parameters()", "float(_)", "vars(_)[_]", "getattr(_, 'lr')", "_.param_groups[0]['lr']"),
    *("torch.optim.lr_scheduler.SequentialLR(_, [_, _], _)", "_.step(_)", "_.zero_grad(_)"),
    *("_(*_)", "_(*_, **_)", "[torch.optim.SGD, torch.optim.Adam][_]", "_.add_param_group(_)"),
)
"""Expressions with holes that most of the reader is about."""
READING = ("reader", "hazards", "rewrite")
"""The packages of optport that look at source."""

Choice = TypeVar("Choice")
Kind = Any
"""A class of nodes."""
_AS_NAMES = (ast.Name, ast.Starred, ast.Slice, ast.FormattedValue)
_FIELD = re.compile(r"(\w+)([*?]?) (\w+)")


class Field(NamedTuple):
    """A field of a node: what it holds, none or many of it, and its name."""

    holds: str
    many: str
    name: str


@cache
def fields(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a class of nodes."""
    inside = (kind.__doc__ or "").partition("(")[2].rpartition(")")[0]
    return tuple(Field(*found) for found in _FIELD.findall(inside))


@cache
def kinds(holds: str) -> tuple[Kind, ...]:
    """Return the classes of nodes that a field of that type may hold."""
    base = getattr(ast, holds)
    classes: list[Kind] = [one for one in vars(ast).values() if isinstance(one, type)]
    found = [one for one in classes if issubclass(one, base) and one._fields]
    return tuple(one for one in found if (one.__doc__ or "").startswith(one.__name__))


@cache
def words() -> tuple[str, ...]:
    """Return the names that optport has code for: methods, functions, options, keywords."""
    root = Path(optport.__file__).parent
    paths = [path for folder in READING for path in sorted((root / folder).glob("*.py"))]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    known = {text for text in texts if re.fullmatch(r"[A-Za-z_]\w{1,24}", text)}
    return tuple(sorted(known | {*METHODS}))


@cache
def parameters() -> tuple[str, ...]:
    """Return the names of all parameters that torch's optimizers and schedulers ever had."""
    torch = family("torch.optim")
    names = [*known_names(ApiKind.OPTIMIZER), *known_names(ApiKind.SCHEDULER)]
    return tuple(sorted({one for name in names for one in torch.parameters_ever(name)}))


class Writer:
    """Writes programs by the choices of a `Random`; most of them are valid Python."""

    def __init__(
        self, random: Random, names: Sequence[str] = NAMES, idioms: Sequence[str] = IDIOMS
    ) -> None:
        """Take the source of choices, the names that are used, and expressions with holes."""
        self._random = random
        self._names = names
        self._idioms = idioms
        self._special: Mapping[Kind, Callable[[int], ast.AST]] = {
            ast.Constant: lambda _: ast.Constant(self._one(LITERALS)),
            # Names, and what may not stand everywhere.
            **dict.fromkeys(_AS_NAMES, lambda _: self.name()),
            ast.Dict: self._dict,
            ast.Compare: self._compare,
            ast.Call: self._call,
            ast.NamedExpr: lambda depth: ast.NamedExpr(self.name(), self.node(depth)),
            ast.JoinedStr: lambda depth: ast.JoinedStr(
                [ast.Constant("x"), ast.FormattedValue(self.node(depth + 2), -1, None)]
            ),
            ast.MatchMapping: lambda depth: ast.MatchMapping(
                [ast.Constant("k")], [self.made("pattern", depth)], self._one(("rest", None))
            ),
            ast.MatchClass: lambda depth: ast.MatchClass(
                self.name(), [self.made("pattern", depth)], ["lr"], [self.made("pattern", depth)]
            ),
            ast.MatchValue: lambda _: ast.MatchValue(ast.Constant("x")),
            ast.MatchSingleton: lambda _: ast.MatchSingleton(None),
            ast.MatchStar: lambda _: ast.MatchAs(None, self._one(self._names)),
            ast.MatchAs: lambda _: ast.MatchAs(None, self._one((*self._names, None))),
            ast.arguments: self._arguments,
            ast.Subscript: lambda depth: ast.Subscript(
                self.node(depth), self._one((self.node(depth), ast.Slice(self.node(depth))))
            ),
            ast.ImportFrom: self._import_from,
        }

    # -- programs ---

    def program(self, most: int = 12) -> str:
        """Return a module of up to `most` statements, not all of which are valid Python."""
        body = [self.statement() for _ in range(self._random.randint(1, most))]
        return "\n".join(["import torch, torch.optim as optim", *body, ""])

    def statement(self, depth: int = 1) -> str:
        """Return a statement: the deeper, the smaller."""
        return self._text(self.made("stmt", depth))

    def expression(self, depth: int = 1) -> str:
        """Return an expression."""
        return self._text(self.node(depth))

    def _text(self, node: ast.AST) -> str:
        try:
            return ast.unparse(ast.fix_missing_locations(node))
        except (ValueError, RecursionError):  # texts within texts, before Python 3.12
            return "pass" if isinstance(node, ast.stmt) else "a"

    # -- nodes ---

    def form(self, kind: Kind, depth: int = 3) -> str:
        """Return a statement or an expression of a class of nodes."""
        return self._text(self._of(kind, depth))

    def made(self, holds: str, depth: int) -> Any:
        """Return a node for a field that holds such."""
        if holds == "expr":
            return self.node(depth)
        if holds == "pattern" and depth > 5:
            return ast.MatchAs(None, None)
        compound = holds != "stmt" or depth < self._random.randint(1, 6)
        return self._of(self._one(kinds(holds) if compound else _simple()), depth)

    def node(self, depth: int) -> ast.expr:
        """Return an expression; at the end of a branch a name or a literal."""
        roll = self._random.random()
        if depth > 4 or roll < 0.16 * depth:
            return self.name() if roll < 0.1 * depth else ast.Constant(self._one(LITERALS))
        if roll > 0.6 and self._idioms:
            return self._idiom(depth)
        made: ast.expr = self._of(self._one(kinds("expr")), depth)
        return made

    def name(self) -> ast.Name:
        """Return a name."""
        return ast.Name(self._one(self._names))

    def _of(self, kind: Kind, depth: int) -> Any:
        special = self._special.get(kind)
        if special is not None:
            return special(depth + 1)
        return kind(**{field.name: self._field(kind, field, depth + 1) for field in fields(kind)})

    def _field(self, kind: Kind, field: Field, depth: int) -> Any:
        needed = kind is ast.ExceptHandler and field.name == "type"  # the last alone has none
        if field.many == "?" and not needed and self._random.random() < 0.4:
            return None
        if field.many != "*":
            return self._part(kind, field, depth)
        return [self._part(kind, field, depth) for _ in range(self._count(kind, field.name))]

    def _part(self, kind: Kind, field: Field, depth: int) -> Any:
        holds, _, name = field
        if name in ("target", "targets", "optional_vars"):
            return self._target(kind, depth)
        if holds == "identifier":
            return self._identifier(kind, name)
        if holds in ("int", "string", "constant"):
            return 0 if holds == "int" else None
        if holds == "expr_context":
            return ast.Load()
        if holds in ("operator", "unaryop", "boolop", "cmpop"):
            return self._one(signs(holds))()
        return self.made(holds, depth)

    def _count(self, kind: Kind, name: str) -> int:
        if name in ("decorator_list", "bases", "orelse", "type_params", "ifs"):
            return self._one((0, 0, 1))
        if kind in (ast.BoolOp, ast.MatchOr):
            return 2
        return 1 if name == "finalbody" else self._one((1, 1, 1, 2, 3))

    def _target(self, kind: Kind, depth: int) -> ast.expr:
        single = kind in (ast.AugAssign, ast.AnnAssign, ast.Delete)
        roll = self._random.random()
        if roll < 0.5 or depth > 4:
            return self.name()
        if roll < 0.65:
            return ast.Attribute(self.name(), self._one(words()))
        if roll < 0.8 or single:
            return ast.Subscript(self.name(), self.node(depth))
        return ast.Tuple([self._target(kind, depth + 1), ast.Starred(self.name())])

    def _identifier(self, kind: Kind, name: str) -> str:
        if kind is ast.alias:
            return self._one(MODULES if name == "name" else self._names)
        if kind is ast.keyword:
            return self._one((*KEYWORDS, *KEYWORDS, *parameters(), *words()))
        if kind is ast.Attribute:
            return self._one((*words(), *KEYWORDS, *CLASSES, "optim"))
        return self._one(self._names)

    def _idiom(self, depth: int) -> ast.expr:
        tree = ast.parse(self._one(self._idioms), mode="eval").body

        class Filled(ast.NodeTransformer):
            def visit_Name(_, node: ast.Name) -> ast.expr:  # noqa: N805
                return self.node(depth + 1) if node.id == "_" else node

            def visit_Attribute(_, node: ast.Attribute) -> ast.expr:  # noqa: N805
                for names in (CLASSES, SCHEDULERS):
                    if node.attr in names:
                        return ast.Attribute(node.value, self._one(names))
                return Filled.generic_visit(_, node)  # type: ignore[return-value]

        filled: ast.expr = Filled().visit(tree)
        return filled

    def _dict(self, depth: int) -> ast.AST:
        count = self._one((0, 1, 2, 3))
        keys = [self._one((ast.Constant(self._one(KEYWORDS)), None, self.node(depth)))]
        return ast.Dict(keys * count, [self.node(depth) for _ in range(count)])

    def _compare(self, depth: int) -> ast.AST:
        return ast.Compare(self.node(depth), [self._one(signs("cmpop"))()], [self.node(depth)])

    def _call(self, depth: int) -> ast.AST:
        roll = self._random.random()
        function: ast.expr = ast.Name(self._one(words())) if roll < 0.4 else self.node(depth)
        if roll < 0.25:
            function = ast.Attribute(self.name(), self._one(words()))
        arguments: list[ast.expr] = [self.node(depth) for _ in range(self._one((0, 1, 1, 2)))]
        if self._random.random() < 0.15:
            arguments.append(ast.Starred(self.node(depth)))
        keywords = [
            ast.keyword(name, self.node(depth))
            for name in self._random.sample([*KEYWORDS, None], self._one((0, 0, 1, 2)))
        ]
        return ast.Call(function, arguments, keywords)

    def _arguments(self, depth: int) -> ast.AST:
        first, second = self._random.sample(list(self._names), 2)
        return ast.arguments(
            posonlyargs=[],
            args=[ast.arg(first)],
            vararg=self._one((None, ast.arg("args_"))),
            kwonlyargs=[ast.arg(second)],
            kw_defaults=[self._one((None, self.node(depth)))],
            kwarg=self._one((None, ast.arg("kwargs"))),
            defaults=[self.node(depth)] * self._one((0, 1)),
        )

    def _import_from(self, _: int) -> ast.AST:
        level = self._one((0, 0, 0, 1, 2))
        names = self._one(([ast.alias("*")], [ast.alias(self._one((*CLASSES, *self._names)))]))
        return ast.ImportFrom(self._one(MODULES), names, level)

    def _one(self, choices: Sequence[Choice]) -> Choice:
        return choices[self._random.randrange(len(choices))]


@cache
def _simple() -> tuple[Kind, ...]:
    """Return the classes of statements that have no others inside of them."""
    inside = {"stmt", "excepthandler", "match_case"}
    return tuple(one for one in kinds("stmt") if not inside & {f.holds for f in fields(one)})


@cache
def signs(holds: str) -> tuple[Kind, ...]:
    """Return the classes of operators of a kind."""
    base = getattr(ast, holds)
    return tuple(one for one in base.__subclasses__() if not one._fields)
