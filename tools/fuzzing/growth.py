"""Sources that grow: one form over and over, each time upon the last, or many times used.

They are small to write and may be dear to read: what doubles at every step, or is looked through
anew at every use.
"""

from __future__ import annotations

import re
from random import Random

from fuzzing.grammar import Writer

STEPS = (
    *("[<p>, <p>]", "(<p>, <p>, 1)", "<p> + <p>", "[*<p>, *<p>]", "{**<p>, **<p>}", "<p> * <p>"),
    *("{'a': <p>, 'b': <p>}", "{'lr': <p>, **<q>}", "<p> if c else <q>", "<p> or <q>"),
    *("partial(<p>, <q>, lr=<q>)", "partial(<p>, **<q>) if c else partial(<q>, lr=1)"),
    *("lambda: (<p>, <p>)", "<p>(<p>, <q>)", "<p>.get('lr', <q>)", "<p>.lr", "<p>[0]", "dict(<p>)"),
    *("[x for x in <p>]", "list(<p>) + list(<q>)", "[{'params': <p>, 'lr': <q>}, *<p>]"),
    *("getattr(<p>, <q>)", "-<p>", "dict(**<p>, a<i>=<q>)", "{k: <p>, j: <q>}", "<p>.copy()"),
    *("(x<i> := <p>)", "<p> ** <p>", "(<p>, <q>) if c else (<q>, <p>)", "[<p>] * 2", "float(<p>)"),
)
"""Values made of the one before, ``<p>``, and of another before that, ``<q>``."""

FIRST = ("1", "0.1", "'x'", "[q]", "{'lr': 0.1}", "torch.optim.Adam", "[{'params': q}]", "(1, 2)")

BINDINGS = (
    *("<n> = <v>", "if c<i>:\n    <n> = <v>", "<n>: object = <v>", "<n> = <z> = <v>"),
    *("def <n>(self=<v>):\n    return <v>", "class <n>(<v>): pass", "<n> = lambda z=<v>: <v>"),
    *("try:\n    <n> = <v>\nexcept E<i>:\n    <n> = <v>", "while c:\n    <n> = <v>"),
    *("class <n>:\n    x = <v>\n    def m(self): self.y = <v>; return self.y",),
    *("for <n> in <v>:\n    pass", "<n>, z<i> = <v>, <v>", "with <v> as <n>: pass"),
    *("match <v>:\n    case <n>:\n        pass", "class <n>(<v>, <w>): pass"),
)

REPEATED = (
    *("x = <i>", "if c: x = <i>", "if c<i>:\n    x = x", "d['k<i>'] = <i>", "d['k'] = x"),
    *("if c: d['k<i>'] = <i>", "l.append(x)", "l += l", "l.extend(l)", "d.update(d)", "l += [x]"),
    *("d.update(k<i>=x)", "from m<i> import *", "parser.add_argument('--x', default=<i>)"),
    *("parser.add_argument('--x<i>', default=args.x)", "self.x = <i>", "self.x<i> = self.x"),
    *("x = y\ny = x", "del x", "global x", "def f(): return x", "class C: x = x", "import torch"),
    *("f = lambda: x", "for x in l: pass", "class C<i>(torch.optim.Adam): pass", "x += <i>"),
    *("torch.optim.ASGD(q, lr=x)", "torch.optim.ASGD(l)", "torch.optim.ASGD(q, **d)", "C = x"),
    *("try: x = <i>\nexcept E: x = -<i>", "with a as x: pass", "y = x", "x = y + x", "f(x)"),
    *("Adam(q, lr=x)", "args.x", "torch.optim.ASGD(q, lr=args.x<i>)", "C(q)", "f = partial(f, x)"),
    *("@f\nclass C<i>:\n    x: float = <i>", "while c: x = x", "if c: return x", "d[x] = x"),
)

ROWS = (
    ("if c: pass", "\nelif c<i>:\n    <r>", ""),
    ("x = 1", " + <i>", ""),
    ("x = [q]", " + [q]", ""),
    ("x = a", ".b", ""),
    ("x = f", "(<i>)", ""),
    ("x = ", "-", "1"),
    ("x = 1", " if c<i> else <i>", ""),
    ("x = 1", " or <i>", ""),
    ("x = ", "z<i> = ", "1"),
    ("l = [q", ", q", "]"),
    ("x = (a", ", <i>", ")"),
    ("d = {'a': 1", ", 'k<i>': <i>", "}"),
    ("d = {'a': 1", ", **d, k<i>: 1", "}"),
    ("torch.optim.ASGD(q", ", k<i>=x", ")"),
    ("torch.optim.ASGD(q", ", **d", ")"),
    ("torch.optim.ASGD(*l", ", *l", ")"),
    ("torch.optim.ASGD([{'params': q}", ", {'params': q, 'lr': <i>}", "])"),
    ("def x(q", ", a<i>=1", "): return q"),
    ("class C(A", ", B<i>", "): pass"),
    ("match c:\n    case 0: x = 0", "\n    case <i>: <r>", ""),
    ("try: x = 0", "\nexcept E<i>: <r>", ""),
    ("x = l", "[0]", ""),
    ("from torch.optim import Adam", ", Adam as a<i>", ""),
    ("with f() as x", ", f(<i>) as x<i>", ": pass"),
    ("x = [q for q in l", " for q in q", "]"),
    ("x, z0", ", z<i>", " = x"),
)
"""One long statement: how it begins, what is repeated, and how it ends."""

HEAD = (
    "import torch, torch.optim\nfrom functools import partial\nfrom torch.optim import Adam\n"
    "x = y = 0.1\nl = [q]\nd = {'lr': 0.1}\nargs = parser.parse_args()\n"
)
USES = "torch.optim.ASGD(<n>, lr=<n>)\ntorch.optim.SGD(q, **<n>)\n<n>(q, lr=1)\n"


def grown(random: Random, writer: Writer) -> str:
    """Return a source that grows in one of the ways; all of them are valid Python."""
    return random.choice((chain, chain, repetition, repetition, row))(random, writer)


def chain(random: Random, writer: Writer) -> str:
    """Return names that are each made of those before."""
    steps = [random.choice(STEPS) for _ in range(random.randint(1, 2))]
    binding = random.choice(BINDINGS) if random.random() < 0.5 else BINDINGS[0]
    length = random.choice((12, 30, 60, 400))
    apart = random.randint(1, 3)
    lines = [f"n0 = {random.choice(FIRST)}"]
    for step in range(1, length):
        value = _step(random.choice(steps), step, apart)
        other = _step(steps[0], step, apart)
        filled = binding.replace("<v>", value).replace("<w>", other)
        lines.append(_numbered(filled, step).replace("<n>", f"n{step}").replace("<z>", f"z{step}"))
    uses = USES.replace("<n>", f"n{length - 1}")
    return HEAD + _inside("\n".join(lines) + "\n" + uses, random)


def _step(form: str, step: int, apart: int) -> str:
    before = form.replace("<p>", f"n{step - 1}").replace("<q>", f"n{max(0, step - apart)}")
    return _numbered(before, step)


def repetition(random: Random, writer: Writer) -> str:
    """Return a few lines many times over, in one scope or in a loop or a method."""
    chosen = random.sample(REPEATED, random.randint(1, 3))
    if random.random() < 0.3:
        chosen.append(writer.statement(3))
    times = random.choice((50, 300, 1000))
    every = random.random() < 0.5
    if every:
        lines = [_numbered(line, number) for number in range(times) for line in chosen]
    else:
        lines = [_numbered(line, number) for line in chosen for number in range(times)]
    return HEAD + _inside("\n".join(lines) + "\n" + USES.replace("<n>", "x"), random)


def row(random: Random, _: Writer) -> str:
    """Return one statement that is very long: many terms, arguments, cases, or keys."""
    before, piece, after = random.choice(ROWS)
    repeated = random.choice([line for line in REPEATED if "\n" not in line and ":" not in line])
    times = random.choice((100, 700, 2000))
    pieces = "".join(_numbered(piece.replace("<r>", repeated), n) for n in range(times))
    return HEAD + _inside(f"{before}{pieces}{after}\n" + USES.replace("<n>", "x"), random)


def _numbered(text: str, number: int) -> str:
    return text.replace("<i>", str(number))


def _inside(text: str, random: Random) -> str:
    head = random.choice(("", "", "while c:", "class K:\n  def m(self, q):", "def g(q=l):"))
    if not head:
        return text
    wide = " " * (4 if "\n" in head else 2)
    return head + "\n" + re.sub(r"(?m)^(?=.)", wide, text)
