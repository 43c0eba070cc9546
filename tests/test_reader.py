"""The reader: names, values and arguments of single sources, and what holds for any source."""

from __future__ import annotations

import ast
import keyword
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optport.check import Report, check_tree
from optport.options import default_options
from optport.reader.model import Construction, Shape
from optport.signatures import ApiKind, family, known_names
from optport.values import UNKNOWN, UNREAD, Tensor, ValueSet, exactly, literal, union
from tests.conftest import check, check_call, codes
from tests.python_source import programs


def constructions(text: str) -> list[Construction]:
    return [checked.construction for checked in check(text).constructions]


def only(text: str) -> Construction:
    [construction] = constructions(text)
    return construction


def built(text: str) -> list[str]:
    """The classes built, each with ``?`` behind it if that is not sure."""
    return [
        one.api + ("" if one.certainty.word == "certain" else "?") for one in constructions(text)
    ]


# -- values ---------------------------------------------------------------------------------


def value_of(expression: str, before: str = "") -> ValueSet:
    text = f"import torch\n{before}\ntorch.optim.SGD([], lr={expression})\n"
    return only(text).arguments["lr"].value


def one_of(*values: Any) -> ValueSet:
    return union(literal(value) for value in values)


@pytest.mark.parametrize(
    "expression, value",
    [
        ("1", 1),
        ("1.0", 1.0),
        ("True", True),
        ("None", None),
        ("'sum'", "sum"),
        ("-1", -1),
        ("+1", 1),
        ("--1e-3", 1e-3),
        ("1e-3 * 2", 2e-3),
        ("1 / 4", 0.25),
        ("7 // 2", 3),
        ("2 ** 3", 8),
        ("10 ** -2", 0.01),
        ("3 - 1 + 2", 4),
        ("not 0", True),
        ("(0.9, 0.999)", (0.9, 0.999)),
        ("[0.9, -1]", [0.9, -1]),
        ("(0.9, (1, 2))", (0.9, (1, 2))),
        ("float('1e-3')", 1e-3),
        ("float(1)", 1.0),
        ("int(2.5)", 2),
        ("bool('x')", True),
        ("(x := 1e-3)", 1e-3),
        ("()", ()),
    ],
)
def test_what_can_be_read(expression: str, value: object) -> None:
    read = value_of(expression)
    assert read == literal(value)
    assert repr(read) == repr(literal(value))  # 1 is not 1.0 and not True


@pytest.mark.parametrize(
    "expression",
    [
        "x",
        "args.lr",
        "args['lr']",
        "1 / 0",
        "10 ** 10 ** 10",
        "9e99 * 9e99",
        "'a' + 1",
        "-'a'",
        "~1.5",
        "float('x')",
        "f(1)",
        "max(unknown)",
        "...",
        "lambda: 1",
        "2 @ 3",
    ],
)
def test_what_cannot_be_read(expression: str) -> None:
    assert not value_of(expression).complete


@pytest.mark.parametrize(
    "before, value",
    [
        ("x = 1", literal(1)),
        ("x: float = 0.5", literal(0.5)),
        ("x = y = 2", literal(2)),
        ("x, y = 1, 2", literal(1)),
        ("y, (x, z) = 1, (2, 3)", literal(2)),
        ("pair = (3, 4)\nx, y = pair", literal(3)),
        ("y = 4\nx = y", literal(4)),
        ("x = 1\nx = 2", literal(2)),
        ("if c:\n    x = 1\nelse:\n    x = 2", one_of(1, 2)),
        ("x = 1\nif c:\n    x = 2", one_of(1, 2)),
        ("x = 1 if c else 2", one_of(1, 2)),
        ("x = 1\nif c:\n    x = 1", literal(1)),
        ("x = 1\nif c:\n    x = 1.0", one_of(1, 1.0)),
        ("try:\n    x = 1\nexcept E:\n    x = 2", one_of(1, 2)),
        ("try:\n    x = 1\nfinally:\n    x = 2", literal(2)),
        ("match c:\n    case 1:\n        x = 1\n    case _:\n        x = 2", one_of(1, 2)),
        ("def f():\n    x = 2\nx = 1", literal(1)),
        ("class C:\n    x = 2\nx = 1", literal(1)),
        ("x = 1\n[x for x in c]", literal(1)),
        ("x = torch.tensor(0.1)", exactly(Tensor(0.1))),
        ("x = torch.tensor(y)", exactly(Tensor(UNREAD))),
    ],
)
def test_values_follow_the_bindings_that_reach_them(before: str, value: ValueSet) -> None:
    read = value_of("x", before)
    assert sorted(map(repr, read.values)) == sorted(map(repr, value.values))
    assert read.complete


@pytest.mark.parametrize(
    "before",
    [
        "x = f()",
        "x = 1\nx = f()",
        "x = 1\nif c:\n    x = f()",
        "x = 1\ndel x",
        "with f() as x:\n    pass",
        "x, *y = f()",
        "from somewhere import x",
        "import x",
        "def x(): pass",
        "class x: pass",
        "x = x",
        "x = y\ny = x",
        "x = x + 1",
    ],
)
def test_a_value_that_may_be_something_else_is_not_complete(before: str) -> None:
    read = value_of("x", before)
    assert not read.complete or not any(hasattr(option, "value") for option in read.values)


def test_options_are_bounded() -> None:
    arms = "".join(f"elif c == {n}:\n    x = {n}\n" for n in range(200))
    assert value_of("x", f"if c:\n    x = -1\n{arms}else:\n    x = -2") == UNKNOWN


# -- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, expected",
    [
        ("import torch\ntorch.optim.Adam([])", ["Adam"]),
        ("import torch.optim\ntorch.optim.Adam([])", ["Adam"]),
        ("import torch.optim as torch\ntorch.Adam([])", ["Adam"]),
        ("import torch.nn\ntorch.optim.Adam([])", ["Adam"]),
        ("import torch.nn as torch\ntorch.optim.Adam([])", []),
        ("from torch.optim import Adam as A\nA([]), Adam([])", ["Adam"]),
        ("from torch.optim._adam import Adam\nAdam([])", ["Adam"]),
        ("from torch.optim.lr_scheduler import Adam\nAdam([])", []),
        ("from torch.optim.swa_utils import Adam\nAdam([])", []),
        ("from torch.optim import Optimizer\nOptimizer([], {})", []),
        ("from torch.optim import Adams\nAdams([])", []),
        ("from .torch.optim import Adam\nAdam([])", []),
        ("from . import torch\ntorch.optim.Adam([])", []),
        ("import my.torch as torch\ntorch.optim.Adam([])", []),
        ("torch.optim.Adam([])", []),
        ("import torch\ntorch.Adam([]), torch.nn.optim.Adam([]), torch.optim.a.b.Adam([])", []),
        ("import torch\nx = torch\nx.optim.Adam([])", ["Adam"]),
        ("import torch\nx = torch.optim\ny = x.Adam\ny([])", ["Adam"]),
        ("import torch\nx = y = torch.optim.Adam\ny([])", ["Adam"]),
        ("import torch\nx, (y,) = 1, (torch.optim.Adam,)\ny([])", ["Adam"]),
        ("import torch\nx: type = torch.optim.Adam\nx([])", ["Adam"]),
        ("import torch\n(x := torch.optim.Adam)([])\nx([])", ["Adam", "Adam"]),
        ("import torch\nx = torch.optim.Adam\nx += 1\nx([])", []),
        ("import torch\nx = torch.optim.Adam\ndel x\nx([])", []),
        ("import torch\nwhile c:\n    x([])\n    x = torch.optim.Adam", ["Adam"]),
        ("import torch\nx([])\nx = torch.optim.Adam", []),
        ("import torch\nx = a\nwhile c:\n    x = torch.optim.Adam\nx([])", ["Adam?"]),
        (
            "import torch\nx = torch.optim.Adam if c else torch.optim.SGD\nx([], 1.0)",
            ["Adam?", "SGD?"],
        ),
        ("import torch\nx = None\nif c:\n    x = torch.optim.Adam\nx([])", ["Adam"]),
        ("import torch\ntry:\n    x = torch.optim.Adam\nexcept E:\n    raise\nx([])", ["Adam"]),
        ("import torch\ntry:\n    x = torch.optim.Adam\nexcept* E:\n    x = f\nx([])", ["Adam?"]),
        (
            "import torch\ntry: 0\nexcept E: 0\nelse:\n    x = torch.optim.Adam\n    x([])",
            ["Adam"],
        ),
        ("import torch\ntry:\n    x = torch.optim.Adam\nfinally:\n    x([])", ["Adam"]),
        ("import torch\nasync def f():\n    async with torch.optim.Adam([]) as a: a", ["Adam"]),
        ("import torch\nasync def f():\n    async for a in torch.optim.Adam([]): a", ["Adam"]),
        ("import torch\nclass A(torch.optim.Adam): pass\nA([])", ["Adam"]),
        ("import torch\nclass A(torch.optim.Adam):\n    def step(self): 0\nA([])", []),
        ("import torch\nclass A(torch.optim.Optimizer): pass\nA([], {})", []),
        (
            "import torch\n@torch.optim.Adam([])\nclass A(k=torch.optim.SGD([], 1.0)): pass",
            ["Adam", "SGD"],
        ),
        (
            "import torch\ndef f(a=torch.optim.Adam([]), *, b=torch.optim.SGD([], 1.0)): 0",
            ["Adam", "SGD"],
        ),
        (
            "import torch\nf = lambda a=torch.optim.Adam([]): torch.optim.SGD([], 1.0)",
            ["Adam", "SGD"],
        ),
        ("import torch\n{torch.optim.Adam([]): [torch.optim.SGD([], 1.0)]}", ["Adam", "SGD"]),
        ("import torch\nf'{torch.optim.Adam([])!r:{torch.optim.SGD([], 1.0)}}'", ["Adam", "SGD"]),
        ("import torch\ntorch.optim.Adam(torch.optim.SGD([], 1.0))", ["Adam", "SGD"]),
        (
            "import torch\ntorch.optim.Adam([]).step().again(torch.optim.SGD([], 1.0))",
            ["Adam", "SGD"],
        ),
        (
            "import torch\nmatch torch.optim.Adam([]):\n    case _ if torch.optim.SGD([], 1.0): 0",
            ["Adam", "SGD"],
        ),
        ("import torch\ndel a[torch.optim.Adam([])]", ["Adam"]),
        (
            "import torch\na[torch.optim.Adam([])] = 1\nb.c[torch.optim.SGD([], 1.0)] += 1",
            ["Adam", "SGD"],
        ),
        ("import torch\nraise E from torch.optim.Adam([])", ["Adam"]),
        ("import torch\nassert torch.optim.Adam([]), torch.optim.SGD([], 1.0)", ["Adam", "SGD"]),
        (
            "import torch\ndef f() -> torch.optim.Adam([]): yield torch.optim.SGD([], 1.0)",
            ["Adam", "SGD"],
        ),
        ("import torch\na: torch.optim.Adam([])", ["Adam"]),
        (
            "import torch\n[[0 for b in torch.optim.Adam(a)] for a in c if torch.optim.SGD(a)]",
            ["SGD", "Adam"],
        ),
        (
            "import torch\n[0 for torch in torch.optim.Adam([]) if torch.optim.SGD([], 1.0)]",
            ["Adam"],
        ),
        ("from torch.optim import *\nAdam([]), Novograd([]), Optimizer([])", ["Adam"]),
        ("from torch.optim import *\nfrom a import Adam\nAdam([])", []),
        ("from torch.optim import *\ndef f(Adam): Adam([])", []),
        ("def f():\n    from torch.optim import Adam\n    def g():\n        Adam([])", ["Adam"]),
        (
            "def f():\n    global Adam\n    from torch.optim import Adam\ndef g(): Adam([])",
            ["Adam"],
        ),
        ("class C:\n    from torch.optim import Adam\n    def f(self): Adam([])", []),
        (
            "class C:\n    from torch.optim import Adam\n    x = [Adam([]) for y in Adam([])]",
            ["Adam"],
        ),
        ("import torch\nclass torch: pass\ntorch.optim.Adam([])", []),
        ("import torch\nfor torch in c: pass\nelse: torch.optim.Adam([])", ["Adam?"]),
        ("import torch\ndef f(torch=torch.optim.Adam([])): torch.optim.SGD([], 1.0)", ["Adam"]),
    ],
)
def test_classes_built(text: str, expected: list[str]) -> None:
    assert sorted(built(text)) == sorted(expected)


# -- arguments ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, arguments",
    [
        ("SGD(p, 0.1, 0.9)", {"params": "p", "lr": "0.1", "momentum": "0.9"}),
        ("SGD(p, momentum=0.9, lr=0.1)", {"params": "p", "lr": "0.1", "momentum": "0.9"}),
        ("SGD(lr=0.1, params=p)", {"params": "p", "lr": "0.1"}),
        ("SGD(lr=0.1)", {"lr": "0.1"}),
        ("SGD()", {}),
        (
            "Adam(p, 1, 2, 3, 4, 5, 6, 7, 8)",
            dict(
                zip(
                    ["params", "lr", "betas", "eps", "weight_decay", "amsgrad"],
                    "p12345",
                    strict=True,
                )
            ),
        ),
        ("SGD(p, *rest, momentum=0.9)", {"params": "p", "momentum": "0.9"}),
        ("SGD(p, lr=0.1, **rest)", {"params": "p", "lr": "0.1"}),
        ("SGD(p, lr=  ( 0.1 ))", {"params": "p", "lr": "0.1"}),
        ("SGD(p, lr=f(\n    1,\n    2,\n))", {"params": "p", "lr": "f(1, 2)"}),
        ("SGD(p, lr='ü' if ü else 0.1)", {"params": "p", "lr": "'ü' if ü else 0.1"}),
    ],
)
def test_arguments_are_bound_as_python_does(call: str, arguments: dict[str, str]) -> None:
    found = only(f"import torch\ntorch.optim.{call}\n").arguments
    assert {name: argument.text for name, argument in found.items()} == arguments


@pytest.mark.parametrize(
    "call, hidden",
    [
        ("SGD(p, *rest)", "*rest"),
        ("SGD(p, **options)", "**options"),
        ("SGD(*rest, **options)", "*rest"),
        ("SGD(p, **f(1))", "**f(1)"),
        ("SGD(p, lr=0.1)", None),
    ],
)
def test_hidden_arguments_are_noted(call: str, hidden: str | None) -> None:
    found = only(f"import torch\ntorch.optim.{call}\n").hidden
    assert (None if found is None else found[0]) == hidden


@pytest.mark.parametrize(
    "parameters, shape",
    [
        ("net.parameters()", Shape.FLAT),
        ("self.net.parameters()", Shape.FLAT),
        ("list(net.parameters())", Shape.FLAT),
        ("[net.weight, net.bias]", Shape.FLAT),
        ("filter(lambda p: p.requires_grad, net.parameters())", Shape.FLAT),
        ("itertools.chain(a.parameters(), b.parameters())", Shape.FLAT),
        ("list(a.parameters()) + list(b.parameters())", Shape.FLAT),
        ("[p for p in net.parameters() if p.requires_grad]", Shape.FLAT),
        ("(p for p in net.parameters())", Shape.FLAT),
        ("[{'params': net.parameters()}]", Shape.GROUPS),
        ("({'params': a}, {'params': b})", Shape.GROUPS),
        ("[dict(params=a)]", Shape.GROUPS),
        ("[{'params': m.parameters()} for m in net.children()]", Shape.GROUPS),
        ("parameters", Shape.UNKNOWN),
        ("f(net)", Shape.UNKNOWN),
        ("net.parameters() if c else groups", Shape.UNKNOWN),
    ],
)
@pytest.mark.parametrize("named", [False, True], ids=["in place", "by a name"])
def test_form_of_the_parameters(parameters: str, shape: Shape, named: bool) -> None:
    before, argument = (f"ps = {parameters}", "ps") if named else ("", parameters)
    assert only(f"import torch\n{before}\ntorch.optim.SGD({argument}, lr=0.1)\n").shape is shape


def test_sources_that_disagree_make_the_form_unknown() -> None:
    text = (
        "import torch\nps = net.parameters()\nif c:\n    ps = [{'params': ps}]\n"
        "torch.optim.SGD(ps, lr=0.1)\n"
    )
    assert only(text).shape is Shape.UNKNOWN


# -- what holds for any source --------------------------------------------------------------

VALUES = ["0.1", "1", "(0.9, 0.999)", "True", "False", "None", "0.0", "1e-3", "cfg.x", "1e-8", "0"]


@st.composite
def two_spellings(draw: st.DrawFn) -> tuple[str, str]:
    """The same call with its first arguments by position, and with all of them by keyword."""
    name = draw(st.sampled_from(known_names(ApiKind.OPTIMIZER)))
    signature = family("torch.optim").signature(name, default_options().torch_version)
    assert signature is not None
    positional = signature.positional
    count = draw(st.integers(1, len(positional)))
    values = ["net.parameters()", *draw(st.tuples(*[st.sampled_from(VALUES)] * (count - 1)))]
    by_position = draw(st.integers(0, count))
    keywords = [f"{key}={value}" for key, value in zip(positional, values, strict=False)]
    rest = draw(st.permutations(keywords[by_position:]))
    calls = [[*values[:by_position], *rest], keywords]
    return tuple(f"torch.optim.{name}({', '.join(call)})" for call in calls)  # type: ignore[return-value]


@given(two_spellings())
def test_position_or_keyword_is_the_same(calls: tuple[str, str]) -> None:
    one, other = (check_call(call, notes=True) for call in calls)
    [first], [second] = one.constructions, other.constructions
    assert first.ports == second.ports
    assert first.construction.shape is second.construction.shape
    assert {n: (a.value, a.text) for n, a in first.construction.arguments.items()} == {
        n: (a.value, a.text) for n, a in second.construction.arguments.items()
    }
    assert sorted(codes(one)) == sorted(codes(other))


RENAMED = """\
import torch as {0}
from torch import optim as {1}
from torch.optim import ASGD as {2}, lr_scheduler as {3}

{4} = 1

def train({5}):
    {6} = {1}.SGD({5}.parameters(), lr={4})
    {0}.optim.Adam({5}.parameters(), eps={4}, weight_decay={5}.decay)
    {3}.StepLR({2}({5}.parameters()), {6})
    if {5}:
        {6} = {1}.RMSprop
    return [{6}({7}, 0.1) for {7} in {5}]
"""
PLAIN_NAMES = ["th", "op", "Averaged", "sched", "rate", "net", "made", "part"]

identifiers = (
    st.text("abcXYZ_09éß変", min_size=1, max_size=6)
    .map("n{}".format)
    .filter(lambda name: not keyword.iskeyword(name))
)


@cache
def plain_report() -> Report:
    return check(RENAMED.format(*PLAIN_NAMES), notes=True)


@given(st.lists(identifiers, min_size=8, max_size=8, unique=True))
def test_names_of_the_files_own_do_not_matter(names: list[str]) -> None:
    plain, renamed = plain_report(), check(RENAMED.format(*names), notes=True)
    assert {"OPT104", "OPT202", "OPT301", "OPT303", "OPT305"} < set(codes(plain))
    assert [(f.code, f.place.line, f.certainty) for f in renamed.findings] == [
        (f.code, f.place.line, f.certainty) for f in plain.findings
    ]


def parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.mark.slow
@given(programs(["a", "b", "c"], idioms=[]))
def test_unrelated_code_before_changes_nothing(unrelated: str) -> None:
    assume(parses(unrelated))
    plain = RENAMED.format(*PLAIN_NAMES)
    shift = unrelated.count("\n") + 1
    assert [
        (f.code, f.place.line - shift, f.place.col, f.certainty, f.message)
        for f in check(f"{unrelated}\n{plain}", notes=True).findings
    ] == [
        (f.code, f.place.line, f.place.col, f.certainty, f.message) for f in plain_report().findings
    ]


@pytest.mark.slow
@given(programs(["torch", "optim", "Adam", "x"]))
def test_no_source_makes_the_walk_fail(program: str) -> None:
    text = f"import torch.optim\nfrom torch import optim\nfrom torch.optim import *\n{program}\n"
    assume(parses(text))
    tree = ast.parse(text)
    before = ast.dump(tree, include_attributes=True)
    report = check_tree(tree, text, default_options())
    assert ast.dump(tree, include_attributes=True) == before
    again = check(text)
    assert again.findings == report.findings
    built = [[(c.construction.place, c.ports) for c in r.constructions] for r in (report, again)]
    assert built[0] == built[1]
    last = text.count("\n") + 1
    for finding in report.findings:
        assert 1 <= finding.place.line <= finding.place.end_line <= last
        assert finding.place.col >= 0
    assert report.findings == sorted(report.findings, key=lambda finding: finding.place)


# -- deep and long --------------------------------------------------------------------------

DEPTH = 500
"""Far beyond what the stack takes that is left there."""


@pytest.fixture
def little_stack() -> Iterator[None]:
    """Leave Python half the frames that recursion over what is nested would need."""
    frame, used = sys._getframe(), 0
    while frame is not None:
        frame, used = frame.f_back, used + 1  # type: ignore[assignment]
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(used + DEPTH // 2)
    yield
    sys.setrecursionlimit(before)


CALL = "torch.optim.ASGD([])"


def _name() -> ast.Name:
    return ast.Name("x", ast.Load())


EXPRESSIONS: dict[str, Callable[[ast.expr], ast.expr]] = {
    "left operand": lambda e: ast.BinOp(e, ast.Add(), _name()),
    "right operand": lambda e: ast.BinOp(_name(), ast.Add(), e),
    "sign": lambda e: ast.UnaryOp(ast.USub(), e),
    "or": lambda e: ast.BoolOp(ast.Or(), [_name(), e]),
    "comparison": lambda e: ast.Compare(e, [ast.Lt()], [_name()]),
    "attribute": lambda e: ast.Attribute(e, "a", ast.Load()),
    "subscript": lambda e: ast.Subscript(e, _name(), ast.Load()),
    "index": lambda e: ast.Subscript(_name(), e, ast.Load()),
    "callee": lambda e: ast.Call(e, [], []),
    "argument": lambda e: ast.Call(_name(), [e], []),
    "keyword": lambda e: ast.Call(_name(), [], [ast.keyword("lr", e)]),
    "unpacked": lambda e: ast.Call(_name(), [ast.Starred(e, ast.Load())], []),
    "conditional": lambda e: ast.IfExp(_name(), e, _name()),
    "list": lambda e: ast.List([e], ast.Load()),
    "tuple": lambda e: ast.Tuple([e, _name()], ast.Load()),
    "dict": lambda e: ast.Dict([None], [e]),
    "lambda": lambda e: ast.Lambda(ast.arguments([], [], None, [], [], None, []), e),
    "comprehension": lambda e: ast.ListComp(
        e, [ast.comprehension(ast.Name("x", ast.Store()), _name(), [], 0)]
    ),
    "iterable": lambda e: ast.GeneratorExp(
        _name(), [ast.comprehension(ast.Name("x", ast.Store()), e, [], 0)]
    ),
    "walrus": lambda e: ast.NamedExpr(ast.Name("x", ast.Store()), e),
    "text": lambda e: ast.JoinedStr([ast.FormattedValue(e, -1, None)]),
    "await": lambda e: ast.Await(e),
}

STATEMENTS: dict[str, Callable[[list[ast.stmt]], ast.stmt]] = {
    "if": lambda body: ast.If(_name(), body, []),
    "elif": lambda body: ast.If(_name(), [ast.Pass()], body),
    "for": lambda body: ast.For(ast.Name("x", ast.Store()), _name(), body, []),
    "while": lambda body: ast.While(_name(), body, []),
    "with": lambda body: ast.With([ast.withitem(_name(), None)], body),
    "try": lambda body: ast.Try(body, [ast.ExceptHandler(None, None, [ast.Pass()])], [], []),
    "handler": lambda body: ast.Try([ast.Pass()], [ast.ExceptHandler(None, None, body)], [], []),
    "function": lambda body: ast.FunctionDef(
        "f", ast.arguments([], [], None, [], [], None, []), body, []
    ),
    "class": lambda body: ast.ClassDef("C", [], [], body, []),
    "match": lambda body: ast.Match(_name(), [ast.match_case(ast.MatchAs(None, None), None, body)]),
}


def codes_of(body: list[ast.stmt]) -> list[str]:
    """Check a module of `body` between an import and a construction, all on one line."""
    last = ast.parse(CALL).body
    module = ast.Module([*ast.parse("import torch").body, *body, *last], [])
    pending: list[ast.AST] = [module]
    while pending:
        node = pending.pop()
        if "lineno" in node._attributes:
            vars(node).update(lineno=1, col_offset=0, end_lineno=1, end_col_offset=len(CALL))
        pending.extend(ast.iter_child_nodes(node))
    for node in ast.walk(last[0]):
        vars(node).update(col_offset=1)  # or what is said of both calls would be said once
    return sorted(codes(check_tree(module, f"import torch.optim; {CALL}", default_options())))


@pytest.mark.usefixtures("little_stack")
@pytest.mark.parametrize("wrap", EXPRESSIONS.values(), ids=EXPRESSIONS)
@pytest.mark.parametrize("by_name", [False, True], ids=["in place", "by a name"])
def test_expressions_may_nest_deep(wrap: Callable[[ast.expr], ast.expr], by_name: bool) -> None:
    expression = ast.parse(CALL, mode="eval").body
    for _ in range(DEPTH):
        expression = wrap(expression)
    call = ast.parse("torch.optim.NAdam(lr=x, params=x)", mode="eval").body
    assert isinstance(call, ast.Call)
    body: list[ast.stmt] = [ast.Expr(call)]
    if by_name:
        body.insert(0, ast.Assign([ast.Name("x", ast.Store())], expression))
    else:
        call.keywords[0].value = expression
    assert codes_of(body) == ["OPT101", "OPT202", "OPT202", "OPT301", "OPT301"]


@pytest.mark.usefixtures("little_stack")
@pytest.mark.parametrize("wrap", STATEMENTS.values(), ids=STATEMENTS)
def test_statements_may_nest_deep(wrap: Callable[[list[ast.stmt]], ast.stmt]) -> None:
    body = ast.parse(CALL).body
    for _ in range(DEPTH):
        body = [wrap(body)]
    assert codes_of(body) == ["OPT202"] * 2 + ["OPT301"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "x0 = 1\n" + "".join(f"x{n} = x{n - 1}\n" for n in range(1, 5000)) + "e = x4999\n",
        "".join(f"e{n} = e{n + 1} + e{n + 1}\n" for n in range(200)) + "e = e0\n",
        "e = f\nf = e\n",
        "e = e\n",
        "while e:\n    e = e + e\n",
        "while e:\n    e, f = f, e\n",
        "while e:\n    e = e.optim\n",
        "while e:\n    e = (e, e)\n",
        "while e:\n    e = e(e)\n",
        "while e:\n    e = [e for e in e]\n",
        "def e():\n    global e\n    e = f\ndef f():\n    global f\n    f = e\n",
        "e = " + "[" * 80 + "]" * 80 + "\n",
        "e = 'x'" + ".a" * 2000 + "\n",
        "e = " + "+".join(["1"] * 900) + "\n",
        "e = " + "10 ** " * 60 + "10\n",
        "e = 10 ** 14 * 10 ** 14 * 10 ** 14\n",
        "if e: pass\n" + "elif e: e = 1\n" * 900,
        "".join(f"if c:\n    e = {n}\n" for n in range(500)),
    ],
    ids=lambda text: text[:12],
)
def test_long_chains_and_cycles_end(text: str) -> None:
    found = codes(check(f"import torch\n{text}\ntorch.optim.ASGD(e, lr=e, lambd=e, t0=e)\n"))
    assert "OPT301" in found


@pytest.mark.parametrize(
    "line", ["e = 1e-3", "e = [e]", "if e: e = 1e-3", "torch.optim.Adam([], eps=e)", "def e(): e"]
)
def test_work_grows_no_faster_than_the_file(line: str) -> None:
    source = f"import torch\n{line}\ntorch.optim.Adam([], eps=e)\n" + f"{line}\n" * 1000
    assert check(source + "torch.optim.ASGD([])\n").findings[-1].code == "OPT301"


def test_places_are_those_of_the_parser_whatever_ends_lines() -> None:
    text = "import torch\f\r\nx = '''\r\n\x0b\u2028é'''; torch.optim.SGD([], lr=1)  # é\r\n"
    [found] = check(text).findings
    [call] = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    [lr] = call.keywords
    assert found.message.startswith("lr=1 is invalid")
    assert (found.place.line, found.place.col) == (lr.lineno, lr.col_offset) == (3, 31)


@pytest.mark.parametrize(
    "name", ["torch", "torch.optim", "torchvision.optim", "optim", "my_torch.optim", "Torch.optim"]
)
def test_a_text_concerns_us_only_with_torch_and_optim_in_it(name: str) -> None:
    text = f"import {name}\n"
    checked = bool(check(f"{text}import torch.optim\ntorch.optim.ASGD([])\n").findings)
    assert checked
    assert check(text).constructions == []


@pytest.mark.parametrize(
    "case",
    ["case c", "case c if q", "case [_, c]", "case (q.x, c)", "case (_, torch.optim.SGD as c)"],
)
def test_a_class_that_a_pattern_captures_is_followed(case: str) -> None:
    subject = "torch.optim.ASGD" if case.startswith("case c") else "q, torch.optim.ASGD"
    report = check(f"import torch\nmatch {subject}:\n    {case}: c(q, lr=0.1)\n")
    assert "OPT301" in codes(report)


@pytest.mark.parametrize(
    "change", ["del kw['lr']", "kw.pop('lr')", "x = kw.pop('lr', None)", "kw.pop(*['lr'])"]
)
def test_what_is_taken_out_of_a_dict_is_given_no_more(change: str) -> None:
    report = check(f"import torch\nkw = dict(lr=0.1)\n{change}\ntorch.optim.ASGD(p, **kw)\n")
    lr = [one.certainty for one in report.findings if one.code == "OPT202"]
    assert len(lr) == ("*" not in change)


def test_a_list_of_layers_that_is_turned_round_in_place_reorders_groups() -> None:
    for change, code in (("layers.reverse()", True), ("layers.pop()", False)):
        report = check(
            f"import torch\nlayers = list(net.layers)\n{change}\n"
            "torch.optim.SGD([{'params': list(one.parameters())} for one in layers], lr=0.1)\n"
        )
        assert ("OPT406" in codes(report)) is code
