"""Sources that grow, and small ones that would make much of little; how their work is counted."""

from __future__ import annotations

import ast
import cProfile
import sys
from collections.abc import Callable, Mapping

from optport.check import check_source, check_tree
from optport.options import Options, make_options

PADDLE = make_options("paddle")
READ_ONLY = Options((), PADDLE.torch_version)
"""No target: constructions are found, their arguments worked out, and compared with nothing."""
HEAD = "import torch, torch.optim\nfrom functools import partial\nx = 0\nd = {}\n"
CALL = "torch.optim.ASGD(q, lr=x)\n"


def steps(text: str) -> int:
    """Count the lines of Python that a check runs through."""
    tree = ast.parse(text)
    count = 0

    def note(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += 1
        return note

    before = sys.gettrace()  # that of coverage, if it is measured
    sys.settrace(note)  # type: ignore[arg-type]
    try:
        check_tree(tree, text, READ_ONLY)
    finally:
        sys.settrace(before)
    return count


def calls(text: str) -> int:
    """Count the calls, of Python's own functions too, that a check with its judging makes."""
    tree, profile = ast.parse(text), cProfile.Profile()
    profile.runcall(check_tree, tree, text)
    return sum(entry.callcount for entry in profile.getstats())


def each(line: str) -> Callable[[int], str]:
    """Return a form that repeats a line, numbered, and has a construction at its end."""
    return lambda n: "".join(line.replace("<i>", str(i)) for i in range(n)) + CALL


def below(head: str, line: str) -> Callable[[int], str]:
    """Return a form that repeats a line, numbered, below another one."""
    return lambda n: head + "".join(line.replace("<i>", str(i)) for i in range(n)) + CALL


FORMS: Mapping[str, Callable[[int], str]] = {
    "constructions": each(CALL),
    "constructions on one line": lambda n: "; ".join([CALL.strip()] * n) + "\n",
    "options of a command": lambda n: (
        "".join(f"@click.option('--o{i}', default=1)\n" for i in range(n))
        + f"def f({', '.join(f'o{i}' for i in range(n))}):\n"
        + "".join(f"    torch.optim.SGD(q, lr=o{i})\n" for i in range(n))
        + CALL
    ),
    "assignments": each("x = <i>\n"),
    "assignments and uses": each(f"x = <i>\n{CALL}"),
    "assignments that may be": each("if q: x = <i>\n"),
    "assignments that may be, and uses": each(f"if q: x = <i>\n{CALL}"),
    "names upon names": lambda n: "x0 = 1\n" + each("x<i>_ = x<i>\nx = x<i>_\n")(n),
    "elifs": below("if q: x = 1\n", "elif q: x = <i>\n"),
    "elifs with uses": below("if q: x = 1\n", f"elif q:\n    x = <i>\n    {CALL}"),
    "cases with uses": below("match q:\n", f"    case <i>:\n        x = <i>\n        {CALL}"),
    "tries": each(f"try: x = <i>\nexcept E: x = -<i>\n{CALL}"),
    "a loop": below("for x in q:\n", f"    x = <i>\n    {CALL}"),
    "functions": each(f"def f<i>(q, x=<i>):\n    {CALL}"),
    "functions that call the next": each("def f<i>(q): return f0(q)\nx = f<i>(q)\n"),
    "functions that set a global": each(f"def f<i>():\n    global x\n    x = <i>\n    {CALL}"),
    "methods": below("class C:\n", f"    def m<i>(self):\n        self.x<i> = <i>\n        {CALL}"),
    "an attribute set and used": below(
        "class C:\n    def m(self):\n",
        "        self.x = <i>\n        torch.optim.ASGD(q, lr=self.x)\n",
    ),
    "classes": each("class C<i>(torch.optim.Adam): pass\nC<i>(q)\n"),
    "classes upon classes": below(
        "class C0(torch.optim.Adam): pass\n", "class C<i>_(C<i>): pass\nC<i>_(q)\n"
    ),
    "dataclasses": each("@q\nclass C<i>:\n    x: float = <i>\ntorch.optim.ASGD(q, lr=c.x)\n"),
    "options": each("q.add_argument('--x<i>', default=<i>)\ntorch.optim.ASGD(q, lr=q.x<i>)\n"),
    "an option over and over": each("q.add_argument('--x', default=<i>)\nx = q.x\n"),
    "items of a dict": each("d['k<i>'] = <i>\n"),
    "uses of a dict": lambda n: "d['lr'] = 1\n" * 20 + "torch.optim.ASGD(q, **d)\n" * n,
    "a list appended to": each("d.append(<i>)\n"),
    "star imports": each("from m<i> import *\n"),
    "names from star imports": below("from m import *\n", "Adam(q<i>)\n"),
    "partials": each("f = partial(torch.optim.Adam, eps=<i>)\nf(q)\n"),
    "terms": lambda n: "x = " + " + ".join(["1"] * n) + "\n" + CALL,
    "keywords": lambda n: "torch.optim.ASGD(q, " + ", ".join(f"k{i}=1" for i in range(n)) + ")\n",
    "groups": lambda n: "torch.optim.ASGD([" + "{'params': q, 'lr': 1}, " * n + "])\n",
    "comments": lambda n: "# torch.optim.ASGD\n" * n + CALL,
    "comments in a list": lambda n: "x = [\n" + "    q,  # ASGD\n" * n + "]\n",
    "comments in a sum": lambda n: "x = (q\n" + "    + q  # ASGD\n" * n + ")\n",
    "comments in elifs": lambda n: "if q: x\n" + "elif q: x  # ASGD\n" * n,
    "lines of a text with values": lambda n: "x = f'''\n" + "{q} ASGD\n" * n + "'''\n",
    "docstrings": lambda n: "".join(f"def f{i}():\n    '''ASGD'''\n" for i in range(n)),
    "settings by names of their own": each(
        "s<i> = dict(lr=0.1)\nq<i> = torch.optim.RMSprop(q, **s<i>)\n"
    ),
    "settings by one name": each(
        "def f<i>(q, d=0):\n    s = dict(lr=0.1)\n    return torch.optim.RMSprop(q, **s)\n"
    ),
    "settings in one scope": each("s = dict(lr=0.<i>)\nq = torch.optim.RMSprop(q, **s)\n"),
    "schedulers": each(
        f"o<i> = {CALL}s<i> = torch.optim.lr_scheduler.StepLR(o<i>, 3)\ns<i>.step()\n"
    ),
    "attributes of classes": each(
        f"class C<i>:\n    def __init__(self):\n        self.o = {CALL}"
        "    def f(self):\n        self.o.step()\n"
    ),
    "uses of an own class": lambda n: "class ASGD: pass\n" + "ASGD(q)\n" * n,
}


def chain(step: str, first: str = "0", use: str = "torch.optim.ASGD(<p>, lr=<p>, **<p>)\n") -> str:
    """Return names each of which is made of the one before, ``<p>``, and a use of the last."""
    lines = [f"n0 = m0 = {first}\n"]
    for i in range(1, 28):
        for name in "nm":
            made = step.replace("<p>", f"{name}{i - 1}").replace("<i>", str(i))
            lines.append(f"{name}{i} = {made}\n")
    lines.append("last = n27 if q else m27\n")
    return HEAD + "".join(lines) + use.replace("<p>", "last") + use.replace("<p>", "n27")


def layers(first: str, step: str) -> str:
    """Return names each of which is one of sixteen things made of the one before."""
    lines = [f"n0 = {first}\n"]
    for i in range(1, 9):
        made = step.replace("<p>", f"n{i - 1}")
        lines.append(f"n{i} = " + " if q else ".join(made for _ in range(16)) + "\n")
    return HEAD + "".join(lines) + "n8(q)\ntorch.optim.ASGD(q, lr=n8)\n"


def bases(width: int, depth: int) -> str:
    """Return classes each of which has all the classes of the layer before for bases."""
    lines = [f"class C0_{i}(torch.optim.Adam): pass\n" for i in range(width)]
    for layer in range(1, depth):
        names = ", ".join(f"C{layer - 1}_{i}" for i in range(width))
        lines += [f"class C{layer}_{i}({names}): pass\n" for i in range(width)]
    return HEAD + "".join(lines) + f"C{depth - 1}_0(q)\ntorch.optim.ASGD(q)\n"


SMALL: Mapping[str, str] = {
    "lists of two": chain("[<p>, <p>]"),
    "tuples of two": chain("(<p>, <p>)", "1"),
    "lists of unread": chain("[<p>, <p>]", "q"),
    "groups of two": chain("[{'params': <p>, 'lr': <p>}]", "q"),
    "sums of lists": chain("<p> + <p>", "[q]"),
    "lists unpacked": chain("[*<p>, *<p>]", "[q]"),
    "lists unpacked, literals": chain("[*<p>, *<p>]", "[1]"),
    "dicts of dicts": chain("{'a': <p>, 'b': <p>}", "{'lr': 1}"),
    "dicts unpacked": chain("{**<p>, **<p>}", "{'lr': 1}"),
    "dicts that grow": chain("{**<p>, **<p>, 'k<i>': <p>, q: 1}", "{'lr': 1}"),
    "dicts of unread keys": chain("{**<p>, k: <p>, j: <p>}", "{}"),
    "calls of dict": chain("dict(**<p>, k<i>=<p>)", "{}"),
    "either of two": chain("<p> if q else [<p>]", "1"),
    "any of them": chain("<p> or -<p>", "0.1"),
    "lambdas": chain("lambda: (<p>(), <p>())", "q"),
    "products": chain("<p> * <p>", "3"),
    "powers": chain("<p> ** <p>", "3"),
    "texts doubled": chain("<p> + <p>", "'ab'"),
    "texts multiplied": chain("<p> * 10**9", "'ab'"),
    "lists multiplied": chain("<p> * 10**9", "[0]"),
    "shifts": chain("1 << <p>", "63"),
    "partials": chain("partial(<p>, lr=<p>)", "torch.optim.Adam", "<p>(q)\ntorch.optim.ASGD(q)\n"),
    "sixteen partials": layers("torch.optim.Adam", "partial(<p>, eps=1)"),
    "sixteen lists": layers("1", "[<p>]"),
    "sixteen values": layers("0.1", "<p> + 0.1"),
    "bases of bases": bases(16, 9),
    "a list in itself": HEAD + "d = [q]\n" + "d += d\nd.extend(d)\n" * 20 + "torch.optim.ASGD(d)\n",
    "lists in a list": HEAD + "d = [q]\n" + "d.append(d)\n" * 40 + "torch.optim.ASGD(d)\n",
    "a dict in itself": HEAD + "d['d'] = d\nd.update(a=d)\n" * 40 + "torch.optim.ASGD(q, **d)\n",
    "functions of functions": HEAD
    + "".join(
        f"def f{i}(a=f{(i + 5) % 30}):\n    if a: return f{(i + 1) % 30}(a), f{(i + 7) % 30}(a)\n"
        f"    return f{(i + 3) % 30}(a) + f{(i + 2) % 30}\n"
        for i in range(30)
    )
    + "torch.optim.ASGD(f0(q), lr=f1(q), **f2(q))\n",
    "a loop of swaps": HEAD
    + "while q:\n"
    + "".join(f"    a{i} = a{(7 * i + 1) % 60}, a{(3 * i + 2) % 60}, {i}\n" for i in range(60))
    + "    torch.optim.ASGD(a1, lr=a0, **a2)\n",
    "many changes, many uses": HEAD
    + "d = {}\n"
    + "".join(f"if q: d['k{i}'] = {i}\n" for i in range(256))
    + "torch.optim.ASGD(q, **d)\n" * 250,
    "a long argument of many calls": HEAD
    + "f = partial(torch.optim.ASGD, **{\n"
    + "".join(f"k{i}:\n{i},\n" for i in range(250))
    + "})\n"
    + "f(q)\n" * 1000,
    "star imports": HEAD
    + "".join(f"from m{i} import *\n" for i in range(500))
    + "".join(f"f{i}(q).Adam\n" for i in range(500))
    + "torch.optim.ASGD(q)\n",
    "classes by key": HEAD
    + "d = {"
    + ", ".join(f"{i}: torch.optim.Adam if q else torch.optim.SGD" for i in range(250))
    + "}\n"
    + "d[q](q)\n" * 250
    + "torch.optim.ASGD(q)\n",
    "schedulers of schedulers": chain(
        "torch.optim.lr_scheduler.SequentialLR(o, [<p>, <p>], [5])",
        "torch.optim.lr_scheduler.StepLR(o, 3)",
        "torch.optim.ASGD(<p>)\n",
    ).replace(HEAD, HEAD + "o = torch.optim.SGD(q, 0.1)\n"),
    "schedulers chained": chain(
        "torch.optim.lr_scheduler.ChainedScheduler([<p>, <p>])",
        "torch.optim.lr_scheduler.StepLR(torch.optim.SGD(q, 0.1), 3)",
        "torch.optim.ASGD(<p>)\n",
    ),
    "unions of unions": "from typing import Union\n"
    + HEAD
    + "A0 = torch.optim.SGD\n"
    + "".join(f"A{i + 1} = Union[{', '.join([f'A{i}'] * 8)}]\n" for i in range(4))
    + "def f(o: A4):\n"
    + "    o.state\n" * 100
    + "torch.optim.ASGD(q)\n",
    "huge powers": HEAD
    + "x = 10 ** 10 ** 10 ** 10\ntorch.optim.ASGD(q, lr=x, weight_decay=x ** x)\n",
}
"""Sources of a few thousand characters that would make much of something, 2 to the 27 mostly."""


def check_small(name: str) -> None:
    """Check one of `SMALL`, or end in an error."""
    report = check_source(SMALL[name], PADDLE)
    for one in report.constructions:
        assert len(one.ports) == 1
    assert any(finding.code == "OPT301" for finding in report.findings)
    assert max(len(finding.message) for finding in report.findings) < 2000
