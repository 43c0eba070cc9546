"""Sources that grow: forms of the grammar over and over, upon each other, and many times used.

A plan is a few parts, each a statement with a way to grow. A plan that is written at size n is a
source about n times as long as at size 1; what takes longer than that is what is looked for. Which
plans there are follows from `ast` and from the words that the reader knows, not from a list: every
two of Python's statements and expressions are tried together, then what is drawn.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from fuzzing.grammar import Kind, Writer, kinds, signs, words

GROWING = ("now", "now", "before", "before", "other", "first", "d", "c", "self", "torch", "Adam")
"""Names of a growing form: what it makes, what the one before made, and what stays the same."""
HELD = ("now", "before", "other", "first", "d")
"""Those that hold something: the last two, the same all the time."""
HEAD = (
    "import torch, torch.optim\nfrom functools import partial\nfrom torch.optim import Adam\n"
    "now0 = other = first = {'lr': 0.1}\na = b = 0.1\nc = [q]\nd = {}\nf = torch.optim.Adam\n"
    "some = [torch.optim.SGD, f, torch.optim.ASGD, torch.optim.AdamW, torch.optim.Rprop][q]\n"
)
USES = (
    *("torch.optim.ASGD(q, lr=<n>)", "torch.optim.SGD(q, **<n>)", "<n>(q, lr=1)", "Adam(<n>)"),
    *("torch.optim.SGD(q, **first)", "torch.optim.SGD(d, **d)", "torch.optim.SGD(first)"),
    *("torch.optim.SGD([{'params': <n>, 'lr': <n>}], 1)", "torch.optim.SGD(<n>, lr=other)"),
    *("some(<n>)", "some(*<n>)", "now<n>.step()", "torch.optim.lr_scheduler.StepLR(<n>, 3)"),
    *("now<n> = torch.optim.SGD(q, lr=<n>)\nnow<n>.param_groups[0]['lr'] = <n>",),
    *("now<n> = some(q)\ntorch.optim.lr_scheduler.SequentialLR(now<n>, [<n>, <n>], [3]).step()",),
)
LARGEST_NEST = 70
"""Brackets and blocks that Python takes inside of each other, and some are in the form."""


class Way(enum.Enum):
    """How a part grows."""

    LINES = "the statement again and again, each time of what the one before made"
    NEST = "its expression inside of itself"
    BLOCKS = "its blocks inside of each other"
    ROW = "more elements of one of its lists: arguments, keys, bases, handlers, cases"
    LINE = "the statement again and again on one line"
    ONCE = "not at all"


@dataclass(frozen=True, slots=True)
class Part:
    """A statement that grows: `seed` draws what a way leaves open."""

    way: Way
    statement: str
    expression: str
    seed: int

    def written(self, size: int) -> str:
        """Return the part at a size."""
        write: Mapping[Way, Callable[[int], str]] = {
            Way.LINES: self._lines,
            Way.NEST: self._nest,
            Way.BLOCKS: self._blocks,
            Way.ROW: self._row,
            Way.LINE: lambda n: "; ".join(self._lines(n).split("\n")),
            Way.ONCE: lambda _: self._lines(1),
        }
        return write[self.way](size)

    def _lines(self, size: int) -> str:
        apart = Random(self.seed).randint(1, 3)
        return "\n".join(numbered(self.statement, n, max(0, n - apart)) for n in range(1, size + 1))

    def _nest(self, size: int) -> str:
        made = "other"
        before, hole, after = self.expression.partition("before")
        for n in range(min(size, LARGEST_NEST)):
            made = numbered(f"{before}({made}){after}" if hole else before, n, 0)
        return f"now1 = {made}"

    def _blocks(self, size: int) -> str:
        head = self.statement.split("\n", maxsplit=1)[0]
        if not head.endswith(":"):
            return self._lines(size)
        lines = [" " * n + numbered(head, n, n - 1) for n in range(min(size, LARGEST_NEST))]
        return "\n".join([*lines, " " * len(lines) + f"now1 = {self.expression}"])

    def _row(self, size: int) -> str:
        tree = ast.parse(self.statement)
        rows = [
            (node, name)
            for node in ast.walk(tree)
            for name, value in ast.iter_fields(node)
            if isinstance(value, list) and value and not isinstance(node, ast.Module)
        ]
        if not rows:
            return self._lines(size)
        node, name = Random(self.seed).choice(rows)
        beside = {"keys": "values", "values": "keys", "ops": "comparators", "comparators": "ops"}
        marked = ast.unparse(tree)
        for field in filter(None, (name, beside.get(name))):
            if isinstance(value := getattr(node, field, None), list):
                value.extend(value[-1:] * (size - 1))
        text = ast.unparse(tree) if size > 1 else marked
        count = iter(range(1, text.count("now") + text.count("key") + text.count("other") + 1))
        return re.sub(r"\b(now|key|other)\b", lambda m: f"{m[0]}{next(count)}", text)


@dataclass(frozen=True, slots=True)
class Plan:
    """Parts in a row, what uses them, and what is around it all."""

    parts: tuple[Part, ...]
    uses: tuple[str, ...]
    each: bool
    """Whether there is a use for every step, instead of one at the end."""
    around: str = ""

    def written(self, size: int) -> str:
        """Return the source at a size."""
        lines = [part.written(size) for part in self.parts]
        for n in range(1, (size if self.each else 1) + 1):
            last = n if self.each else size
            lines += [use.replace("<n>", f"now{last}") for use in self.uses]
        body = "\n".join(lines)
        if self.around:
            body = f"{self.around}\n" + re.sub(r"(?m)^(?=.)", "  ", body)
        return f"{HEAD}{body}\ntorch.optim.ASGD(q)\n"


def numbered(text: str, now: int, before: int) -> str:
    """Return a form with the numbers of what it makes and of what it is made of."""
    numbers = {"now": now, "key": now, "before": before, "other": max(0, before - 1)}
    names = {"before": "now", "other": "now"}
    return re.sub(
        r"\b(now|key|before|other)\b",
        lambda m: f"{names.get(m[0], m[0])}{numbers[m[0]]}",
        text,
    )


def pairs() -> list[tuple[Kind, Kind]]:
    """Return every two of the kinds of statements and expressions of the running Python."""
    every = *kinds("stmt"), *kinds("expr")
    return [(one, other) for one in every for other in every]


def paired(one: Kind, other: Kind, random: Random) -> Plan:
    """Draw a plan of two constructs: the other behind the one, or within it."""
    writer = Writer(random, GROWING)
    first, second = (_of_kind(kind, random, writer) for kind in (one, other))
    held = [name for name in HELD if re.search(rf"\b{name}\b", first.statement)]
    parts: tuple[Part, ...] = (first, second)
    if issubclass(other, ast.expr) and held and random.random() < 0.5:
        hole = rf"\b{random.choice(held)}\b"
        inside = re.sub(hole, lambda _: f"({second.expression})", first.statement)
        parts = (replace(first, statement=inside),)
    around = random.choice(("", "", "while c:", "def g(q=c):", "async def g(q=c):", "class K:"))
    return Plan(parts, tuple(random.sample(USES, 2)), random.random() < 0.5, around)


def _of_kind(kind: Kind, random: Random, writer: Writer) -> Part:
    """Return a part of a kind of statement, or that binds a kind of expression."""
    form = writer.form(kind)
    is_value = issubclass(kind, ast.expr)
    statement = f"{random.choice(HELD)} = {form}" if is_value else form
    expression = form if is_value else _expression(random, writer)
    return Part(random.choice(list(Way)), statement, expression, random.getrandbits(16))


def drawn(random: Random) -> Plan:
    """Draw a plan."""
    parts = tuple(_part(random) for _ in range(random.choice((1, 1, 2, 2, 3))))
    uses = tuple(random.sample(USES, random.randint(1, 3)))
    around = random.choice(("", "", "", "while c:", "def g(q=c):", "class K:", "if c:"))
    return Plan(parts, uses, random.random() < 0.5, around)


def changed(plan: Plan, other: Plan, random: Random) -> Plan:
    """Return a plan with one thing of it drawn anew, or taken from another."""
    at = random.randrange(len(plan.parts))
    parts = list(plan.parts)
    roll = random.randrange(7)
    if roll == 0:
        parts[at] = _part(random)
    elif roll == 1:
        parts[at] = replace(parts[at], way=random.choice(list(Way)), seed=random.getrandbits(16))
    elif roll == 2 and len(parts) < 4:
        parts.insert(at, random.choice(other.parts))
    elif roll == 3 and len(parts) > 1:
        del parts[at]
    elif roll == 4:
        return replace(plan, each=not plan.each)
    elif roll == 5:
        return replace(plan, uses=(*plan.uses[-2:], random.choice(USES)))
    else:
        parts[at] = random.choice(other.parts)
    return replace(plan, parts=tuple(parts))


def _part(random: Random) -> Part:
    writer = Writer(random, GROWING)
    expression = _expression(random, writer)
    statement = random.choice((_binding, _change, _change, _any_statement))(random, writer)
    way = random.choice((Way.LINES, Way.LINES, Way.LINES, *Way))
    return Part(way, statement.replace("<v>", expression), expression, random.getrandbits(16))


def _expression(random: Random, writer: Writer) -> str:
    """Return what is small, mostly: what makes work is how it is put together."""
    one, other = random.sample(HELD, 2)
    small = (one, f"{{**{one}, 'key': {other}}}", f"[{one}, *{other}]", f"{{'key': {one}}}")
    roll = random.random()
    return random.choice(small) if roll < 0.5 else writer.expression(random.randint(1, 5))


def _binding(random: Random, _: Writer) -> str:
    when = random.choice(("", "", "if c: ", "for c in first: "))
    return f"{when}{random.choice(HELD)} = <v>"


def _change(random: Random, _: Writer) -> str:
    """Return a change of what a name holds, by an operator or a method that the reader knows."""
    name = random.choice(HELD[-2:])
    sign = random.choice((ast.BitOr, ast.Add, *signs("operator")))()
    return random.choice(("", "if c: ")) + random.choice(
        (
            ast.unparse(ast.AugAssign(ast.Name(name), sign, ast.Name("VALUE"))),
            f"{name}.{random.choice(words())}(VALUE)",
            f"{name}['key'] = VALUE",
        )
    ).replace("VALUE", "<v>")


def _any_statement(random: Random, writer: Writer) -> str:
    return writer.statement(random.randint(1, 5))
