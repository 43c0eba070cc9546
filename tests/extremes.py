"""Hand-made extremes: sources that no person writes, each with one hazard that is still found.

Every file ends with an import that nothing uses, which flake8 reports as F401 in its last line:
whatever a plugin does to a file, this has to survive.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

MANY = 100_000
SAFE = 100
"""Levels of nesting that the hosts' own recursion survives: pyflakes, astroid, pylint."""

HEAD = "import torch\n"
CALL = "torch.optim.ASGD(q, lr=x, **d)\n"
FOUND = "OPT301"
"""What is found in that call whatever its arguments are."""
TAIL = "import unused  # TODO\n"

Form = Callable[[int], str]


@dataclass(frozen=True)
class Extreme:
    """A source, and whether Python's parser takes it."""

    content: bytes
    parses: bool = True

    @property
    def last_line(self) -> int:
        """The number of the line with the unused import, as Python counts lines."""
        text = self.content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return text.count(b"\n")


# -- nesting: as deep as asked for ------------------------------------------------------------

CHAINS: Mapping[str, Form] = {
    "terms": lambda n: "x = " + " + ".join(["1"] * n),
    "texts added": lambda n: "x = " + " + ".join(["'a'"] * n),
    "lists added": lambda n: "x = " + " + ".join(["[q]"] * n),
    "powers": lambda n: "x = " + " ** ".join(["10"] * n),
    "signs": lambda n: "x = " + "-" * n + "1",
    "nots": lambda n: "x = " + "not " * n + "q",
    "attributes": lambda n: "x = q" + ".lr" * n,
    "calls": lambda n: "x = q" + "()" * n,
    "methods": lambda n: "x = q" + ".get('lr')" * n,
    "items": lambda n: "x = q" + "['lr']" * n,
    "conditions": lambda n: "x = " + "1 if q else " * n + "0",
    "lambdas": lambda n: "x = " + "lambda: " * n + "1",
    "partials": lambda n: "x = q" + ".partial(torch.optim.ASGD)" * n,
    "elifs": lambda n: "if q: x = 1\n" + "".join(f"elif q: x = {k}\n" for k in range(n)),
    "groups": lambda n: "x = q\ntorch.optim.SGD([{'params': q" + ".a()" * n + ", 'lr': 1}])",
}
"""Chains that make a tree as deep as they are long; the parser ends them by its own limits."""

BRACKETS: Mapping[str, Form] = {
    "lists": lambda n: "x = " + "[" * n + "]" * n,
    "tuples": lambda n: "x = " + "(" * n + "1" + ",)" * n,
    "dicts": lambda n: "x = " + "{'lr': " * n + "1" + "}" * n,
    "parentheses": lambda n: "x = " + "(" * n + "1" + ")" * n,
    "dicts unpacked": lambda n: "d = " + "{**" * n + "{'lr': 1}" + "}" * n + "\nx = d",
    "lists unpacked": lambda n: "x = " + "[*" * n + "[q]" + "]" * n,
    "keywords unpacked": lambda n: "d = " + "dict(**" * n + "{}" + ")" * n + "\nx = d",
    "walruses": lambda n: "x = " + "(x := " * n + "1" + ")" * n,
    "comprehensions": lambda n: "x = " + "[" * n + "q" + " for q in q]" * n,
    "calls in calls": lambda n: "x = " + "f(" * n + ")" * n,
    "calls in groups": lambda n: (
        "x = 1\ntorch.optim.SGD([{'params': "
        + "f(" * (n - 3)
        + "q"
        + ")" * (n - 3)
        + ", 'lr': 1}])"
    ),
    "optimizers in optimizers": lambda n: "x = " + "torch.optim.SGD(" * n + "q" + ", lr=1)" * n,
    "conditions in brackets": lambda n: "x = " + "(1 if q else " * n + "0" + ")" * n,
}
DEEPEST_BRACKETS = 198
"""Python's tokenizer takes 200 brackets inside of each other; `CALL` and the forms need some."""

BLOCKS: Mapping[str, str] = {
    "if": "if q:",
    "for": "for x in q:",
    "while": "while q:",
    "with": "with q as x:",
    "def": "def f(x=1):",
    "async def": "async def f(x=1):",
    "class": "class C:",
    "try": "try:",
    "match": "match q:",
}
DEEPEST_BLOCKS = 98


def blocks(opening: str, depth: int) -> str:
    """Return a block in a block in a block, with an assignment innermost."""
    if opening.startswith("match"):
        depth //= 2
    lines = []
    for level in range(depth):
        wide = " " * (2 * level if opening.startswith("match") else level)
        lines.append(f"{wide}{opening}")
        if opening.startswith("match"):
            lines.append(f"{wide} case _:")
    deepest = " " * (2 * depth if opening.startswith("match") else depth)
    lines.append(f"{deepest}x = 1")
    if opening == "try:":
        lines += [f"{' ' * level}finally: pass" for level in range(depth - 1, -1, -1)]
    return "\n".join(lines) + "\nx = d = q\n"


def deepest(form: Form) -> str:
    """Return a form as long as the running Python's parser takes it, to within a factor."""
    for length in (MANY, 40_000, 9_000, 5_000, 2_500, 1_200):
        text = form(length)
        try:
            ast.parse(text)
        except (RecursionError, MemoryError):
            continue
        return text
    raise AssertionError("the parser takes none of these lengths")


# -- files ------------------------------------------------------------------------------------


def made(body: str) -> Extreme:
    """Return a file with `body` between its import and its construction."""
    return Extreme(f"{HEAD}x = d = q = 0\n{body}\n{CALL}{TAIL}".encode())


def wide(many: int) -> Iterator[tuple[str, str]]:
    """Yield what is long without being deep: `many` of the cheap things, fewer of others."""
    some = many // 10
    few = many // 50
    yield "operands of and", "x = " + " and\\\n".join(["q"] * many)
    yield "operands of or", "x = " + " or\\\n".join(["q", "0"] * some)
    yield "comparisons", "x = " + " <\\\n".join(["q"] * some)
    yield "texts in a row", "x = (" + "\n".join(["'a'"] * many) + ")"
    yield "elements", "x = (" + "1,\n" * many + ")"
    yield "names unpacked", "(" + ",\n".join(f"a{n}" for n in range(some)) + ") = q\nx = a7"
    yield "targets", "x = " + "y = \\\n" * some + "1"
    yield "keys", "d = {" + "".join(f"'k{n}': {n},\n" for n in range(some)) + "}"
    yield "dicts unpacked in a row", "d = {" + "**d,\n" * some + "}"
    yield "keywords", "f(" + _keywords(some) + ")"
    yield "arguments", "torch.optim.SGD(" + "q,\n" * some + ")"
    yield "keywords of an optimizer", "torch.optim.SGD(q, lr=1,\n" + _keywords(some) + ")"
    yield "parameter groups", "torch.optim.SGD([" + "{'params': q, 'lr': 1},\n" * some + "])"
    yield "decorators", "@q\n" * some + "def f(): pass"
    yield "bases", "class C(" + "".join(f"q.B{n},\n" for n in range(some)) + "): x = 1"
    yield "cases", "match q:\n" + "".join(f" case {n}: x = {n}\n" for n in range(few))
    yield "handlers", "try: x = 1\n" + "".join(f"except q.E{n}: x = 2\n" for n in range(few))
    yield "functions", _functions(few) + "x = f0()"
    yield "text", "x = '" + "a" * (10 * many) + "'"
    yield "huge integer", "x = 0x" + "f" * some
    yield "huge integers", f"x = (0x{'f' * some} if q else 0x{'e' * some}, -0x{'f' * some})"
    yield "long float", "x = 0." + "0" * some + "1"
    yield "huge powers", "x = 10**10**10\nx = x << 10**9\nd = 'a' * 10**10, [0] * 10**10, x ** x"


def _keywords(count: int) -> str:
    return "".join(f"k{n}={n},\n" for n in range(count))


def _functions(count: int) -> str:
    return "".join(f"def f{n}(): return f{n + 1}()\n" for n in range(count))


def cycles() -> Iterator[tuple[str, str]]:
    """What leads back to itself."""
    yield "a = b, b = a", "a = x\nx = a"
    yield "a = b, b = a in a loop", "while q:\n    x, d = d, x\n    x = x + x\n    d = [x, d]"
    yield "a dict in itself", "d = {}\nd['d'] = d\nd['x'] = d['d']['d']\nx = d['d']['lr']"
    yield "a dict in itself, handed over", "d = {'lr': 1}\nd['d'] = d\ntorch.optim.Adam(q, **d)"
    yield "a dict updated with itself", "d = {}\nd.update(d)\nd.update(d=d, **d)\nd |= d"
    yield "a list in itself", "x = []\nx.append(x)\nx += x\nx.extend(x)\nx[0] = x"
    yield (
        "functions in a circle",
        "def f(a=x):\n    return g(f)\ndef g(b):\n    return f(g)\nx = f(1)",
    )
    yield "a lambda of itself", "x = lambda: x()\nx = x()"
    yield "a class of itself", "class C(C): pass\nclass A(B): pass\nclass B(A): pass\nx = B(q)"
    yield (
        "a class with itself",
        "class C:\n    C = C\n    x = C.x\n    def m(self): self.x = self.x",
    )
    yield (
        "a partial of itself",
        (
            "from functools import partial\nx = torch.optim.SGD\n"
            "while q:\n    x = partial(x, lr=x)\nx(q)"
        ),
    )
    yield (
        "attributes in a circle",
        (
            "class C:\n    def a(self):\n        self.x = self.y\n"
            "    def b(self):\n        self.y = self.x\n        torch.optim.SGD(q, lr=self.y)"
        ),
    )
    yield (
        "options in a circle",
        (
            "x = q.add_argument('--lr', default=q.lr)\nx = q.add_argument('--b', default=q.b)\n"
            "x = q.lr"
        ),
    )
    yield (
        "global here and there",
        ("def f():\n    global x\n    x = g()\ndef g():\n    global x\n    return x"),
    )
    yield "star imports of itself", "from . import *\nfrom .extreme import *\nfrom os import *"
    yield (
        "names that nobody binds",
        "x = nowhere.at.all(nothing)[none]\nd = {**nobody, 'a': no_one}",
    )


SYNTAX: Mapping[str, tuple[tuple[int, int], str]] = {
    "walrus": (
        (3, 11),
        "if (x := 1) and (y := x): x = [z := 2, z]\nprint(f'{(w := 3)}', [w := 1])",
    ),
    "match": (
        (3, 11),
        "match q:\n"
        "    case [1, *_] | (2, _): x = 1\n"
        "    case {'k': x, **rest} if rest: x = rest\n"
        "    case q.C(a, b=[x, *y]) as z: x = z\n"
        "    case -1 | 1 + 2j | 'a' 'b' | None | True: x = 2\n"
        "    case q.a.b: x = 3\n"
        "    case (x): pass\n"
        "match, case, type, _ = 1, 2, 3, 4\nmatch(case)\nmatch[type] = case",
    ),
    "groups of exceptions": (
        (3, 11),
        "try: x = 1\nexcept* (A, B) as e: x = e.exceptions\nexcept* C: x = 2\nelse: x = 3\n"
        "finally: d = 0",
    ),
    "asynchronous": (
        (3, 11),
        "async def f(q):\n    async with q as a, q: x = [y async for y in q if await y]\n"
        "    async for x in q: yield await x\n    else: return\n",
    ),
    "all kinds of parameters": (
        (3, 11),
        "def f(a, b=1, /, c: int = 2, *args: *q, d, e=3, **kw) -> q:\n"
        "    return lambda a, /, *b, c=1: a\n"
        "x = f(1, *q, *q, d=1, **q, **q)",
    ),
    "subscripts": (
        (3, 11),
        "x = q[1:2, ::3, ..., *q]\nx[*q] = x[()]\ndel x[1:], x.a, (q[0], [q[1]])",
    ),
    "with in parentheses": (
        (3, 11),
        "with (open(q) as x, open(q)): pass\nwith (yield_ := q): pass",
    ),
    "type parameters": (
        (3, 12),
        "type A[T, *Ts, **P] = dict[T, tuple[*Ts]]\n"
        "class C[T: (int, str)](q.B[T]):\n    def m[S: T](self, a: S) -> T: x: S = a; return x\n"
        "def f[T](x: T) -> A[T]: return torch.optim.SGD(x, lr=1)",
    ),
    "f-strings in f-strings": (
        (3, 12),
        "x = f'{f'{f'{1 + 1}'!r:>{f'{q}'}}'}' f\"{'\\n'.join(['a'])}\" f'''{\n1 # a comment\n}'''",
    ),
    "defaults of type parameters": (
        (3, 13),
        "type A[T = int, *Ts = *tuple[int, ...], **P = [int]] = T",
    ),
    "t-strings": ((3, 14), "x = t'{q!r:>{q}} {t'{q}'}' rt'\\{q}'"),
    "except without parentheses": (
        (3, 14),
        "try: x = 1\nexcept A, B: x = 2\ntry: x = 1\nexcept* A, B: x = 2",
    ),
    "annotations read late": (
        (3, 11),
        "def f(a: (yield_ := Later), b: Later) -> Later.x: pass\nclass C:\n    x: C = 1",
    ),
}
"""Grammar of each version of Python: the first that has it, and the source."""

TEXTS: Mapping[str, Extreme] = {
    "byte order mark": Extreme(b"\xef\xbb\xbf" + made("").content),
    "Windows": Extreme(made("x = 1\n").content.replace(b"\n", b"\r\n")),
    "old Macintosh": Extreme(made("x = 1\n").content.replace(b"\n", b"\r")),
    "mixed line ends": Extreme(made("x = 1\r\nx = 2\rx = '''\r\n\r'''").content),
    "form feeds": Extreme(made("\f\nx = 1\f\n\fx = 2 # \f\n\f").content),
    "other line ends in text": Extreme(made("x = '\u2028\x0b\x1c\x85\u2029' # \u2028\x0b").content),
    "Latin-1": Extreme(
        b"# -*- coding: latin-1 -*-\n" + made("x = 'é' # é").content.decode().encode("latin-1")
    ),
    "Shift JIS": Extreme(
        b"# coding: shift_jis\n" + made("x = '表'").content.decode().encode("shift_jis")
    ),
    "names beyond ASCII": made("class Ω:\n    é = 1\nx = Ω.é; 変数 = x; x = 変数"),
    "surrogates": made("x = '\\ud800\\udfff'\nd = {'\\ud800': x}"),
    "tabs": made("if q:\n\tx = 1\n\tif x:\n\t\tx = 2"),
    "lines continued": made("x = \\\n 1 + \\\n 2; d = \\\n x"),
    "no last line end": Extreme(made("").content.rstrip(b"\n") + b"\n# end"),
    "warnings of the parser": made("x = 1 is 1\nx = '\\d'\nassert (x, 'true')\nx = 0xfor 1"),
    "NUL": Extreme(made("x = '\0'").content, parses=False),
    "NUL at the end": Extreme(made("").content + b"\0\n", parses=False),
    "not UTF-8": Extreme(made("x = 'X'").content.replace(b"X", b"\xff\xfe"), parses=False),
    "UTF-16": Extreme(made("").content.decode().encode("utf-16"), parses=False),
    "unknown coding": Extreme(b"# coding: klingon\n" + made("").content, parses=False),
    "two codings": Extreme(b"\xef\xbb\xbf# coding: latin-1\n" + made("").content, parses=False),
    "Python 2": Extreme(made("print 'torch'").content, parses=False),
    "notebook": Extreme(made("%matplotlib inline\n!pip install torch").content, parses=False),
    "a bracket too few": Extreme(made("x = (").content, parses=False),
    "brackets too deep": Extreme(made("x = " + "(" * 300 + ")" * 300).content, parses=False),
    "blocks too deep": Extreme(made(blocks("if q:", 120)).content, parses=False),
    "digits too many": Extreme(made("x = " + "9" * 5000).content, parses=False),
    "return outside": Extreme(made("return").content),
    "await outside": Extreme(made("x = await q\nyield x\nbreak").content),
}


def extremes(many: int = MANY, deep: int = DEEPEST_BRACKETS) -> dict[str, Extreme]:
    """Return all files, by name: `many` of what may be many, brackets so `deep`."""
    found = {name: made(body) for name, body in (*wide(many), *cycles())}
    found |= {f"{SAFE} {name}": made(form(SAFE)) for name, form in CHAINS.items()}
    found |= {f"nested {name}": made(form(deep)) for name, form in BRACKETS.items()}
    found |= {
        f"{name} in {name}": made(blocks(head, DEEPEST_BLOCKS)) for name, head in BLOCKS.items()
    }
    found |= {
        name: made(body) for name, (since, body) in SYNTAX.items() if sys.version_info >= since
    }
    found |= {
        f"{name}, too new": Extreme(made(body).content, parses=False)
        for name, (since, body) in SYNTAX.items()
        if sys.version_info < since
    }
    return found | dict(TEXTS)
