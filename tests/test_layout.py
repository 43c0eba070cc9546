"""Arguments as they stand in a text: writing one, replacing its value, taking one out."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.edits import Edit, apply_edits
from optport.reader.model import Argument, Construction
from tests.conftest import check


def only(text: str) -> Construction:
    [checked] = check(f"import torch\n{text}").constructions
    return checked.construction


def after(text: str, edit: Edit | None) -> str:
    """The text with an edit made."""
    assert edit is not None
    made = apply_edits(f"import torch\n{text}", [edit])
    ast.parse(made)
    return made.removeprefix("import torch\n")


def call(arguments: str) -> str:
    return f"torch.optim.SGD({arguments})"


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ("", "x=1"),
        (" ", "x=1 "),
        ("p", "p, x=1"),
        ("p,", "p, x=1,"),
        ("(p)", "(p), x=1"),
        ("p, lr=(0.1)", "p, lr=(0.1), x=1"),
        ("p, *a, **k", "p, *a, **k, x=1"),
        ("**k, lr=1", "**k, lr=1, x=1"),
        ("p for p in q", "(p for p in q), x=1"),
        (" p for p in q ", " (p for p in q), x=1 "),
        ("(p for p in q)", "(p for p in q), x=1"),
        ("lambda: p", "lambda: p, x=1"),
        ("'é', lr=0.1", "'é', lr=0.1, x=1"),
        ("\n    p,\n    lr=1,\n", "\n    p,\n    lr=1,\n    x=1,\n"),
        ("\n    p,\n    lr=1,  # )\n", "\n    p,\n    lr=1, x=1,  # )\n"),
        ("\n    p,  # (\n    lr=1\n", "\n    p,  # (\n    lr=1,\n    x=1\n"),
        ("\n    p, lr=1\n", "\n    p, lr=1, x=1\n"),
        ("(  # )\n  p  # )\n ), ", "(  # )\n  p  # )\n ), x=1, "),
    ],
)
def test_an_argument_is_written_behind_the_last(arguments: str, written: str) -> None:
    site = only(call(arguments)).site
    assert site is not None
    assert after(call(arguments), site.written([("x", "1")])) == call(written)


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ("p, lr=1", "p"),
        ("p, lr=1,", "p,"),
        ("lr=1", ""),
        ("lr=1,", ""),
        ("lr=1, params=p", "params=p"),
        ("p, lr=(1) , foreach=x", "p, foreach=x"),
        ("(p), lr=1", "(p)"),
        ("p, **{'lr': 1}", "p, **{}"),
        ("p, **{'lr': (1), 'x': 2}", "p, **{'x': 2}"),
        ("p, **{'x': 2, ('lr'): 1}", "p, **{'x': 2}"),
        ("p, **dict(x=2, lr=1)", "p, **dict(x=2)"),
        ("\n    p,\n    lr=1,\n", "\n    p,\n"),
        ("\n    p,\n    lr=1\n", "\n    p\n"),
        ("\n    p,\n    lr=1,\n    x=2,\n", "\n    p,\n    x=2,\n"),
        ("\n    p,\n    lr=1,  # rate\n    x=2,\n", "\n    p,\n    # rate\n    x=2,\n"),
        ("\n    p,  # all\n    lr=1,\n", "\n    p,  # all\n"),
        ("\n    p,  # all\n    lr=1\n", "\n    p,  # all\n    \n"),
        ("p, lr=1 # , )\n", "p # , )\n"),
    ],
)
def test_an_argument_is_taken_out_with_its_comma(arguments: str, left: str) -> None:
    argument = only(call(arguments)).arguments["lr"]
    assert after(call(arguments), argument.dropped()) == call(left)


@pytest.mark.parametrize(
    ("arguments", "name", "replaced"),
    [
        ("p, 1", "lr", "p, v"),
        ("p, lr=(1)", "lr", "p, lr=(v)"),
        ("p for p in q", "params", "v"),
        ("( p for p in q), 1", "params", "v, 1"),
        ("p, **{'lr': 1}", "lr", "p, **{'lr': v}"),
        ("p, lr=\n1", "lr", "p, lr=\nv"),
    ],
)
def test_a_value_is_replaced(arguments: str, name: str, replaced: str) -> None:
    argument = only(call(arguments)).arguments[name]
    assert after(call(arguments), argument.replaced("v")) == call(replaced)


@pytest.mark.parametrize(
    ("groups", "written"),
    [
        ("{'params': p}", "{'params': p, 'x': 1}"),
        ('{"params": p}', '{"params": p, "x": 1}'),
        ("dict(params=p)", "dict(params=p, x=1)"),
        ("{'params': p, **o}", "{'params': p, **o, 'x': 1}"),
        ("{'params': p,\n}", "{'params': p, 'x': 1,\n}"),
    ],
)
def test_an_option_is_written_into_a_group(groups: str, written: str) -> None:
    text = call(f"[{groups}]")
    [group] = only(text).parameters.groups
    assert group.site is not None
    assert after(text, group.site.written([("x", "1")])) == call(f"[{written}]")


def test_prefixed_keywords_are_written_with_their_prefix() -> None:
    text = "Net(optimizer=torch.optim.SGD, optimizer__lr=1)"
    site = only(text).site
    assert site is not None
    assert after(text, site.written([("x", "1")])) == text[:-1] + ", optimizer__x=1)"


def lr_of(text: str) -> Argument:
    construction = only(text)
    groups = construction.parameters.groups
    return groups[0].arguments["lr"] if groups else construction.arguments["lr"]


@pytest.mark.parametrize(
    "text",
    [
        call("p, lr=1"),
        call("p, **{'lr': 1}"),
        call("[{'params': p, 'lr': 1}]"),
        call("[{'params': p, 'lr': 1} for p in q]"),
        f"k = {{'lr': 1}}\n{call('p, **k')}",
        f"k: dict = dict(lr=1)\n{call('p, **k')}",
        f"k = {{}}\nk['lr'] = 1\n{call('p, **k')}",
        f"k = {{}}\nk.update(lr=1)\n{call('p, **k')}",
        f"k = {{'lr': 1}}\ndef f(k):\n    return k\n{call('p, **k')}  # k",
        f"def f():\n    k = {{'lr': 1}}\n    return {call('p, **k')}\ndef g():\n    print(k := 2)",
        f"gs = []\ngs.append({{'params': p, 'lr': 1}})\n{call('gs')}",
        f"g = [{{'params': p, 'lr': 1}}]\n{call('g')}",
        f"g = {{'params': p, 'lr': 1}}\n{call('[g]')}",
        f"g = {{'params': p, 'lr': 1}}\ngs = [g]\n{call('gs')}",
        "import functools\nf = functools.partial(torch.optim.SGD, lr=1)\nf(p)",
    ],
)
def test_what_only_one_call_uses_is_its_own(text: str) -> None:
    assert lr_of(text).own


@pytest.mark.parametrize(
    "text",
    [
        f"k = {{'lr': 1}}\nprint(k)\n{call('p, **k')}",
        f"k = other = {{'lr': 1}}\n{call('p, **k')}",
        f"k = {{'lr': 2}}\nk['lr'] = 1\n{call('p, **k')}",
        f"k = {{'lr': 1}}\nj = lambda: k\n{call('p, **k')}",
        f"k = {{'lr': 1}}\ndef f():\n    return k\n{call('p, **k')}",
        f"def f(c):\n    k = {{'lr': 1}}\n    if c:\n        k = j\n    {call('p, **k')}",
        f"def f(k={{'lr': 1}}):\n    {call('p, **k')}",
        f"g = {{'params': p, 'lr': 1}}\n{call('[g, g]')}",
        call("[g := {'params': p, 'lr': 1}]"),
        call("*[p, 1]"),
        "import functools\nf = functools.partial(torch.optim.SGD, lr=1)\nuse(f)\nf(p)",
    ],
)
def test_what_others_may_use_too_is_not(text: str) -> None:
    argument = lr_of(text)
    assert not argument.own
    assert argument.replaced("2") is argument.dropped() is None


ARGUMENTS = st.sampled_from(
    ["lr=1", "x=(2)", "y = f(1, 2)", "z=[1,\n2]", "**k", "**{'a': 1}", "w=lambda: 1", "v=(\n(3))"]
)
GAPS = st.sampled_from(["", " ", "\n", "  # a, (b)\n", "\\\n", "\n\n"])


@given(
    first=st.sampled_from(["p", "(p)", "((p))", "*p", "[q,\nr]"]),
    arguments=st.lists(st.tuples(GAPS, ARGUMENTS, GAPS), max_size=4, unique_by=lambda a: a[1]),
    trailing=st.booleans(),
    end=GAPS,
)
def test_edits_of_any_call_leave_the_other_arguments(
    first: str, arguments: list[tuple[str, str, str]], trailing: bool, end: str
) -> None:
    inside = ",".join([first, *(before + text + after for before, text, after in arguments)])
    text = call(inside + ("," if trailing else "") + end)
    construction = only(text)
    keywords = _keywords(text)
    others = [ast.dump(keyword) for keyword in keywords]
    assert construction.site is not None
    written = after(text, construction.site.written([("new", "1")]))
    assert _dumped(written) == [*others, *_dumped("f(new=1)")]
    for keyword, dumped in zip(keywords, others, strict=True):
        if keyword.arg is not None and keyword.arg in construction.arguments:
            dropped = after(text, construction.arguments[keyword.arg].dropped())
            assert _dumped(dropped) == [o for o in others if o != dumped]


def _keywords(text: str) -> list[ast.keyword]:
    [statement] = ast.parse(text).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return statement.value.keywords


def _dumped(text: str) -> list[str]:
    return [ast.dump(keyword) for keyword in _keywords(text)]
