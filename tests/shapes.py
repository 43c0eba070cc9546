"""Shapes of sources that multiply: what one part holds, another part uses, and so on."""

from __future__ import annotations

import ast
import tracemalloc
from collections.abc import Callable, Iterable, Mapping

from optport.check import check_tree
from optport.options import make_options

HEAD = "import torch, torch.optim\nfrom functools import partial\nfrom copy import copy\n"
LONGEST_CHAIN = 400
"""Calls in a row that Python's parser takes for sure."""
CALL = "torch.optim.ASGD(q, lr=1.0)\n"


def keys(count: int) -> str:
    """Return the entries of a dict display."""
    return ", ".join(f"'k{i}': 1" for i in range(count))


def lines(form: str, count: int) -> str:
    """Return a form over and over, numbered where it says ``<i>``."""
    return "".join(form.replace("<i>", str(i)) for i in range(count))


def merged(size: int) -> str:
    """Dicts that may be merged into dicts that may be merged."""
    n = size // 40
    changes = lines("if q: d |= e\n", n) + lines("if q: c |= d\n", n)
    return f"e = {{{keys(n)}}}\nd = {{}}\nc = {{}}\n{changes}torch.optim.SGD(q, **c)\n"


def put_in(size: int) -> str:
    """The same by items."""
    n = size // 40
    return (
        "c = {}\nd = {}\n"
        + lines("if q: d['i'] = 1\n", n)
        + lines("if q: c['i'] = d\n", n)
        + "torch.optim.SGD(q, **c)\n"
    )


def viewed(change: str) -> Callable[[int], str]:
    """Two views of one dict, inside and outside of a branch, that are used by turns."""

    def written(size: int) -> str:
        n = size // 110
        inside = lines(f"    {change}\n", n) + lines("    x<i> = d\n", n)
        uses = lines("torch.optim.SGD(q, **x<i>); torch.optim.SGD(q, **y<i>)\n", n)
        return f"d = {{}}\ne = {{'lr': 1}}\nif q:\n{inside}" + lines("y<i> = d\n", n) + uses

    return written


def returned(size: int) -> str:
    """A dict that changes, and functions that return it."""
    n = size // 100
    return (
        "d = {}\n"
        + lines("if q: d['i'] = 1\n", n)
        + lines("def f<i>(): return d\n", n)
        + lines("torch.optim.SGD(q, **f<i>()); torch.optim.SGD(q, **d)\n", n)
    )


def called(size: int) -> str:
    """Chains of calls, behind a chain of names."""
    names = "".join(f"a{i + 1} = a{i}\n" for i in reversed(range(22)))
    calls = lines(f"a1 = copy{'()' * LONGEST_CHAIN}\n", size // (2 * LONGEST_CHAIN))
    return f"{calls}{names}a0 = torch.optim\n{CALL}"


def looked_up(size: int) -> str:
    """A registry that is asked over and over."""
    n = size // 50
    kinds = ("Adam", "SGD", "AdamW", "NAdam", "RAdam", "ASGD")
    entries = ", ".join(f"{i}: torch.optim.{kinds[i % 6]}" for i in range(n))
    return f"r = {{{entries}}}\n" + "r[q](q)\n" * n


def grouped(size: int) -> str:
    """A list of groups that is used over and over."""
    n = size // 50
    group = "{'params': q, 'lr': 1}, "
    return f"g = [{group * n}]\n" + "torch.optim.SGD(g)\n" * n


def told(size: int) -> str:
    """A long text in many groups that are used over and over."""
    n = size // 60
    group = f"e = {{'params': q, 'lr': f({'a' * (size // 2)})}}\n"
    return f"{group}g = [{'e, ' * n}]\n" + "torch.optim.SGD(g)\n" * n


def made_ready(size: int) -> str:
    """A partial with many keywords that is called over and over."""
    n = size // 20
    given = ", ".join(f"k{i}=1" for i in range(n))
    return f"f = partial(torch.optim.SGD, {given})\n" + "f(q)\n" * n


def gone_through(size: int) -> str:
    """Loops over a dict that grows, by one name."""
    n = size // 130
    loops = lines("for c in d: x = d\ntorch.optim.SGD([{'params': c, 'lr': 1}], 0.1)\n", n)
    return "d = {}\nc = [q]\n" + lines("if c: d['k<i>'] = q\n", 2 * n) + loops


def held(size: int) -> str:
    """Dicts that hold one that grows."""
    n = size // 90
    grown = lines("if q: d['k<i>'] = 1\n", n)
    return f"d = {{}}\n{grown}" + lines("x = {'k<i>': d}\ntorch.optim.SGD(q, **dict(d))\n", n)


def chosen(size: int) -> str:
    """Groups made of groups by a name that every line binds anew."""
    line = "g = [{'params': x, 'lr': y} for x in g for y in g]\ntorch.optim.SGD(g, 0.1)\n"
    return "g = [q]\n" + line * (size // 75)


def descended(size: int) -> str:
    """Classes that derive from one another, and ask for what a class above them has."""
    return "class C0:\n    lr = 1\n" + "".join(
        f"class C{i + 1}(C{i}):\n    def f(self): torch.optim.SGD(q, lr=self.lr)\n"
        for i in range(size // 65)
    )


def one_of(name: str, count: int = 15) -> str:
    """Return lines after which a name has one of many values."""
    others = "".join(f"elif q: {name} = .{i}\n" for i in range(1, count))
    return f"if q: {name} = .05\n{others}"


KINDS = "(torch.optim.Adam, torch.optim.SGD, torch.optim.ASGD, torch.optim.Rprop)[q]"


def judged(line: str) -> Callable[[int], str]:
    """Calls of a class, or of one of several, none of which is written out."""
    return below(f"A = torch.optim.ASGD\nC = {KINDS}\n", line)


def below(head: str, line: str) -> Callable[[int], str]:
    """A line over and over below some others."""
    return lambda size: head + lines(line, max(size - len(head), 0) // (len(line) + 1))


OPTIMIZER = "o = torch.optim.SGD(q, .1)\n"
GROUPS = "g = [{'params': q, 'lr': 1}, {'params': r, 'eps': 2}]\n"


SHAPES: Mapping[str, Callable[[int], str]] = {
    "dicts merged into dicts": merged,
    "dicts put into dicts": put_in,
    "views of one dict, merged": viewed("d.update(e)"),
    "views of one dict, by items": viewed("d['i'] = 1"),
    "functions that return one dict": returned,
    "a chain of calls": called,
    "a chain of calls of torch": lambda n: (
        lines(f"b = torch.optim.get{'()' * LONGEST_CHAIN}\n", n // (2 * LONGEST_CHAIN)) + CALL
    ),
    "statements on one line": lambda n: f"import torch.optim; {'x = 0; ' * (n // 7)} # ASGD\n",
    "a dict spread many times": lambda n: (
        f"e = {{{keys(n // 20)}}}\ntorch.optim.SGD(q{', **e' * (n // 10)})\n"
    ),
    "a dict merged, then used": lambda n: (
        f"e = {{{keys(n // 60)}}}\nd = {{}}\n"
        + "if q: d |= e\n" * (n // 60)
        + "torch.optim.SGD(q, **d)\n" * (n // 40)
    ),
    "globals": lambda n: "x = 1\n" + lines(f"def f<i>():\n  global x; x = x\n  {CALL}", n // 55),
    "a registry": looked_up,
    "groups unpacked, and uses": lambda n: (
        "g = [{'params': q, 'lr': 1}]\n"
        f"h = [{'*g, ' * (n // 10)}]\n" + "torch.optim.SGD(h)\n" * (n // 40)
    ),
    "groups and uses": grouped,
    "a long text, groups and uses": told,
    "a partial": made_ready,
    "loops over one dict": gone_through,
    "dicts that hold one": held,
    "groups of groups": chosen,
    "classes and what they inherit": descended,
    "rates of their own": judged("A(q, <i>)\n"),
    "whole rates of their own": judged("A(q, lr=<i>)\n"),
    "rates of Adam": below("A = torch.optim.Adam\n", "A(q, .<i>)\n"),
    "rates of RMSprop": below("A = torch.optim.RMSprop\n", "A(q, x+<i>)\n"),
    "decays of ASGD": below("A = torch.optim.ASGD\n", "A(q, 1., .<i>)\n"),
    "texts of their own": below("A = torch.optim.Adamax\n", "A(q, weight_decay=x+<i>)\n"),
    "pairs of their own": below("A = torch.optim.Adam\n", "A(q, betas=(.9, .<i>))\n"),
    "values that may be many": below(
        "A = torch.optim.Adam\n" + "".join(map(one_of, "bek")),
        "A(q, lr=k, betas=(b, .9), eps=e, weight_decay=<i>)\n",
    ),
    "groups and rates": below(f"{GROUPS}A = torch.optim.Adam\n", "A(g, .<i>)\n"),
    "groups in the call": below(f"C = {KINDS}\n", "C([{'params': q, 'lr': <i>}], .1)\n"),
    "options that are set later": below(
        f"C = {KINDS}\n", "o = C(q, <i>); o.param_groups[0]['lr'] = <i>\n"
    ),
    "schedulers of one optimizer": below(
        f"{OPTIMIZER}S = torch.optim.lr_scheduler.OneCycleLR\n", "S(o, .<i>, 9)\n"
    ),
    "schedulers and optimizers": below(
        "A = torch.optim.SGD\nS = torch.optim.lr_scheduler.StepLR\n", "o = A(q, .<i>); S(o, <i>)\n"
    ),
    "schedulers of schedulers": below(
        f"{OPTIMIZER}S = torch.optim.lr_scheduler.StepLR\n"
        "Q = torch.optim.lr_scheduler.SequentialLR\n",
        "Q(o, [S(o, <i>), S(o, 3)], [5])\n",
    ),
    "uses of one optimizer": below(OPTIMIZER, "o.step(f<i>)\n"),
    "arguments that are unknown": judged("A(q, k<i>=1)\n"),
    "names of their own": judged("A(q<i>)\n"),
    "one of several classes": judged("C(q<i>, lr=r)\n"),
    "one of several classes, all arguments in one": judged("C(*q<i>)\n"),
}
"""By name: each returns a source of about so many characters, behind `HEAD`."""


def peak_memory(text: str, targets: Iterable[str] = ("paddle", "mindspore")) -> int:
    """Return the bytes that a check takes at most, above those of the tree."""
    tree, options = ast.parse(text), make_options(",".join(targets))
    check_tree(tree, text, options)  # what is loaded once, is loaded now
    tracemalloc.start()
    try:
        check_tree(tree, text, options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
