"""Random programs of every kind of statement and expression that the running Python has.

A form is text with holes in angle brackets: ``(<e> + <e>)`` has two for expressions. Names are
few and tell the reader something (`torch`, `optim`, `Adam`, `self`, `update`), so that most of
what is written gets past the gate and deep into the reader.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from random import Random

Version = tuple[int, int]
RUNNING: Version = sys.version_info[:2]

NAMES = ("a", "b", "c", "d", "f", "p", "C", "self", "args", "optim", "torch", "Adam", "partial")
ATTRIBUTES = (
    *("optim", "Adam", "SGD", "ASGD", "AdamW", "lr", "a", "b", "func", "__init__", "__dict__"),
    *("parameters", "named_parameters", "get", "pop", "items", "values", "keys", "copy", "item"),
    *("update", "append", "extend", "setdefault", "add_argument", "set_defaults", "weight"),
)
KEYWORDS = (
    *("params", "lr", "eps", "betas", "weight_decay", "momentum", "foreach", "maximize", "lambd"),
    *("amsgrad", "alpha", "default", "type", "optimizer", "optimizer__lr", "optimizer_class", "a"),
)
CLASSES = ("Adam", "SGD", "ASGD", "AdamW", "Adamax", "RMSprop", "Adagrad", "LBFGS", "NAdam", "Nope")
LITERALS = (
    *("0", "1", "-1", "0.1", "1e-3", "1e-8", "1e308", "1e999", "-1e999", "5e-324", "0.0", "1j"),
    *("10**14", "True", "None", "...", "'lr'", "'Adam'", "''", "b'x'", "(0.9, 0.999)", "[0.9, 1]"),
    *("()", "[]", "{}", "'''x\ny'''", "'é\\ud800'", "0x" + "f" * 60, "1_0"),
    *("'1e-3'", "float('nan')", "float('inf')", "int('" + "9" * 310 + "')", "{'lr': 0.1}"),
)

_Forms = tuple[tuple[str, Version], ...]
_ALWAYS: Version = (3, 11)


def _since(version: Version, *forms: str) -> _Forms:
    return tuple((form, version) for form in forms)


EXPRESSIONS: _Forms = (
    *_since(
        _ALWAYS,
        *("<n>", "<l>", "<n>", "<e>.<a>", "<e>.<a>", "<n>.<a>", "<e>(<args>)", "<n>(<args>)"),
        *("torch.optim.<c>(<args>)", "torch.optim.<c>", "getattr(<e>, <e>)", "vars(<e>)[<e>]"),
        *("partial(<e>, <args>)", "super().__init__(<args>)", "dict(<args>)", "<e>[<e>]"),
        *("<e>.get(<e>, <e>)", "(<e> + <e>)", "(<e> * <e>)", "(<e> ** <e>)", "(<e> / <e>)"),
        *("(<e> // <e>)", "(<e> % <e>)", "(<e> - <e>)", "(<e> | <e>)", "(<e> @ <e>)"),
        *("(<e> << <e>)", "(<e> and <e>)", "(<e> or <e>)", "(not <e>)", "(-<e>)", "(~<e>)"),
        *("(<e> < <e> is not <e>)", "(<e> in <e>)", "(<e> if <e> else <e>)", "(<n> := <e>)"),
        *("[<e>, <e>]", "(<e>, <e>)", "(<e>,)", "[*<e>, <e>]", "{<e>, *<e>}", "{<e>: <e>}"),
        *("{'<k>': <e>, **<e>}", "{**<e>, **<e>}", "{<e>: <e>, '<k>': <e>}", "<e>[<e>:<e>, ...]"),
        *("[<e> for <t> in <e>]", "{<e> for <t> in <e> if <e>}", "(<e> for <t> in <e>)"),
        *("{<e>: <e> for <t> in <e> for <t> in <e>}", "(lambda: <e>)", "(lambda <params>: <e>)"),
        *("f'{<e>!r:>{<l1>}}'", "f'x{<n>}'", "(yield <e>)", "(yield from <e>)", "(await <e>)"),
        *("[<e> async for <t> in <e>]", "[{'params': <e>, '<k>': <e>}]", "float(<e>)", "int(<e>)"),
        *("[{'params': <e>, '<k>': <e>}, {'params': <e>}]", "list(<e>)", "filter(<e>, <e>)"),
    ),
    *_since((3, 12), "f'{'a' f'{<e>}'}'", "f'{<e>:{'>'}}'"),
    *_since((3, 14), "t'{<e>} {<e>!r:>{<l1>}}'", "t'{t'{<e>}'}'"),
)

STATEMENTS: _Forms = (
    *_since(
        _ALWAYS,
        *("<e>", "<t> = <e>", "<n> = <e>", "<n> = <n> = <e>", "<t> = <t> = <e>", "<n> += <e>"),
        *("<n> |= <e>", "<n>.<a> = <e>", "<n>[<e>] = <e>", "<n>: <e> = <e>", "<n>: <e>"),
        *("self.<a> = <e>", "<n>.<a>(<args>)", "<n>['<k>'] = <e>", "torch.optim.<c>(<args>)"),
        *("torch.optim.<c>(<args>)", "del <n>", "del <n>.<a>, <n>[<e>]", "import torch"),
        *("import torch.optim as <n>", "from torch.optim import <c>, <c> as <n>", "global <n>"),
        *("from torch import optim", "from <n> import *", "from . import <n>", "nonlocal <n>"),
        *("from torch.optim import *", "from ..<n> import <n> as <n>", "import <n>.<a>"),
        *("assert <e>, <e>", "return <e>", "return", "raise <e> from <e>", "raise", "pass"),
        *("break", "continue", "if <e>:<b>", "if <e>:<b>elif <e>:<b>else:<b>", "while <e>:<b>"),
        *("if <e>:<b>else:<b>", "while <e>:<b>else:<b>", "for <t> in <e>:<b>"),
        *("for <t> in <e>:<b>else:<b>", "async def <n>(<params>):<b>", "def <n>(<params>):<b>"),
        *("@<e>\ndef <n>(<params>) -> <e>:<b>", "class <n>:<b>", "class <n>(<e>, <k>=<e>):<b>"),
        *(
            "@<e>\nclass <n>(torch.optim.<c>):<b>",
            "with <e> as <t>:<b>",
            "with (<e>, <e> as <n>):<b>",
        ),
        *(
            "async def <n>():\n    async with <e> as <t>:\n        await <e>",
            "async def <n>():\n    async for <t> in <e>:<bb>",
        ),
        *("try:<b>except:<b>", "try:<b>except <e> as <n>:<b>else:<b>finally:<b>"),
        *("try:<b>finally:<b>", "try:<b>except* <e> as <n>:<b>", "class <n>(<n>):<b>"),
        *("match <e>:\n    case <pat>:<bb>\n    case <pat> if <e>:<bb>\n    case _:<bb>",),
        *("match <e>:\n    case <pat>:<bb>", "<e>; <e>; <n> = <e>", "if <e>: <n> = <e>"),
    ),
    *_since(
        (3, 12),
        *("type <n> = <e>", "type <n>[<n>_t, *<n>_s, **<n>_p] = <e>", "class <n>[T: <e>]:<b>"),
        *("def <n>[T: (<e>, <e>)](<params>) -> T:<b>", "class <n>[*Ts](<e>):<b>"),
    ),
    *_since((3, 13), "type <n>[T = <e>] = <e>", "def <n>[T: <e> = <e>](<params>):<b>"),
    *_since((3, 14), "try:<b>except <n>, <n>:<b>", "try:<b>except* <n>, <n>:<b>"),
)

PATTERNS = (
    *("_", "<n>", "<l1>", "'x' | None", "[<pat>, *<n>]", "(<pat>, *_)", "{'k': <pat>, **<n>}"),
    *("C(<pat>, x=<pat>)", "(<pat>) as <n>", "torch.optim.<c>", "-1", "{}", "C()"),
)
TARGETS = (
    *("<n>", "<n>", "(<t>, <t>)", "[<t>, *<n>]", "(*<n>, <t>)", "<n>.<a>", "<n>[<e>]"),
    "self.<a>",
)
ARGUMENTS = (
    *("", "<e>", "<e>, <k>=<e>", "<k>=<e>", "*<e>", "**<e>", "<e>, *<e>, <k>=<e>, **<e>"),
    *("params=<e>, lr=<e>", "<e>, <e>, <e>", "<e>, **{'<k>': <e>, **<e>}", "<e>, <k>=<l>"),
    *("p.parameters(), lr=<l>, betas=<e>", "[{'params': <e>, 'lr': <e>}], eps=<e>"),
)
PARAMETERS = (
    *("", "self", "<n>", "self, <n>_=<e>", "<n>_, /, *, lr=<e>", "*args, **kwargs"),
    *("self, *args, a_: <e> = <e>, **kwargs", "self, lr=<e>, eps=<e>", "cls"),
)

_HOLE = re.compile(r"<(e|n|a|k|c|l|l1|t|pat|args|params|b|bb)>")
DEEPEST_BLOCK = 4


class Writer:
    """Writes programs for one version of Python by the choices of a `Random`."""

    def __init__(self, random: Random, version: Version = RUNNING) -> None:
        self._random = random
        self._expressions = [form for form, since in EXPRESSIONS if since <= version]
        self._statements = [form for form, since in STATEMENTS if since <= version]
        self._plain = [form for form in self._statements if "<b" not in form]
        self._fill: Mapping[str, Callable[[int], str]] = {
            "e": self.expression,
            "n": lambda _: self._one(NAMES),
            "a": lambda _: self._one(ATTRIBUTES),
            "k": lambda _: self._one(KEYWORDS),
            "c": lambda _: self._one(CLASSES),
            "l": lambda _: self._one(LITERALS),
            "l1": lambda _: str(self._random.randrange(9)),
            "t": lambda depth: self._form(TARGETS, depth, "<n>"),
            "pat": lambda depth: self._form(PATTERNS, depth, "_"),
            "args": lambda depth: self._form(ARGUMENTS, depth, ""),
            "params": lambda depth: self._form(PARAMETERS, depth, "self"),
        }

    def program(self, most: int = 12) -> str:
        """Return a module of up to `most` statements, not all of which are valid Python."""
        head = "import torch, torch.optim as optim\n"
        return (
            head + "\n".join(self.statement(0) for _ in range(self._random.randint(1, most))) + "\n"
        )

    def statement(self, depth: int = 0) -> str:
        """Return one statement, with blocks of its own where it is compound."""
        compound = depth < DEEPEST_BLOCK and self._random.random() < 0.5
        form = self._one(self._statements if compound else self._plain)

        def fill(match: re.Match[str]) -> str:
            kind = match.group(1)
            if kind in ("b", "bb"):
                block = "\n".join(
                    self.statement(depth + 1) for _ in range(self._random.randint(1, 3))
                )
                wide = " " * (8 if kind == "bb" else 4)
                return "\n" + "\n".join(wide + line for line in block.split("\n")) + "\n"
            return self._fill[kind](0)

        return "\n".join(line for line in _HOLE.sub(fill, form).split("\n") if line.strip())

    def expression(self, depth: int = 0) -> str:
        """Return one expression; the deeper, the more often a mere name or literal."""
        if self._random.random() < 0.25 * depth:
            return self._one(NAMES) if self._random.random() < 0.5 else self._one(LITERALS)
        return self.filled(self._one(self._expressions), depth)

    def filled(self, form: str, depth: int = 0) -> str:
        """Fill the holes of a form of one line."""
        return _HOLE.sub(lambda match: self._fill[match.group(1)](depth + 1), form)

    def _form(self, forms: tuple[str, ...], depth: int, last: str) -> str:
        return self.filled(self._one(forms) if depth < 4 else last, depth)

    def _one(self, choices: tuple[str, ...] | list[str]) -> str:
        return choices[self._random.randrange(len(choices))]
