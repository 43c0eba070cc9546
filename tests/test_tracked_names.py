"""Where calls are looked for: as much is found as if every call of a file were worked out."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optport.options import default_options
from optport.reader.constructions import find_constructions
from optport.reader.index import Index
from optport.reader.lines import LineIndex
from optport.reader.model import Construction, MethodUse
from optport.reader.source import SourceText
from optport.reader.torch_names import class_names
from optport.reader.tracked_names import track_names
from tests.conftest import quick_and_slow
from tests.fixture_cases import FIXTURES
from tests.python_source import programs

_SOURCES = sorted([*FIXTURES.glob("*.py"), *(FIXTURES.parent / "scripts").glob("*.py")])
_NAMES = ["torch", "optim", "Adam", "get", "x", "y"]


def found(text: str, everywhere: bool) -> list[tuple[str, ...]]:
    version = default_options().torch_version
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    rows = []
    for one in find_constructions(tree, SourceText(text), version, everywhere=everywhere):
        if isinstance(one, Construction):
            values = {name: argument.value for name, argument in one.arguments.items()}
            rows.append((str(one.place), one.api, str(values)))
        elif isinstance(one, MethodUse):
            rows.append((str(one.place), one.api, str(one.certainty)))
        else:
            rows.append((str(one.place), "decided at run time", ""))
    return sorted(rows)


def tracked(text: str) -> set[str]:
    return set(
        track_names(Index(ast.parse(text), LineIndex(text)), frozenset()).names - class_names()
    )


@pytest.mark.parametrize("path", quick_and_slow(_SOURCES, 2), ids=lambda path: path.stem)
def test_as_much_is_found_as_everywhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert found(text, everywhere=False) == found(text, everywhere=True)


@pytest.mark.slow
@given(text=programs(_NAMES), used=st.sampled_from(_NAMES))
def test_as_much_is_found_as_everywhere_in_any_program(text: str, used: str) -> None:
    text = f"import torch\nfrom torch import optim\n{text}\n{used}([], lr=0.5)\n"
    try:
        compile(text, "<generated>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        assume(False)
    assert found(text, everywhere=False) == found(text, everywhere=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import torch.optim as o", {"o"}),
        ("from torch.optim import Adam as A", {"A"}),
        ("from torch.optim import lr_scheduler", set()),
        ("from other.optim import build", set()),
        ("a = torch.optim.Adam\nb = a\nc = b(p)", {"a", "b"}),
        ("b = a\na = torch.optim.Adam", {"a", "b"}),
        ("o = torch.optim.Adam(p)\ns = Step(o)", set()),
        ("s = torch.optim.lr_scheduler.StepLR(o)", set()),
        ("all = {'adam': torch.optim.Adam}\nc = all['adam']\no = c(p)", {"all", "c"}),
        ("c = all.get(k)\nall = dict(adam=torch.optim.Adam)", {"all", "c"}),
        ("def get(k): return getattr(torch.optim, k)\nc = get(k)\no = c(p)", {"get", "c"}),
        ("def make(p): return torch.optim.Adam(p)\no = make(p)", set()),
        ("get = lambda: torch.optim.Adam\nc = get()\no = get()(p)", {"get", "c"}),
        ("def f(): return g\ndef g(): return torch.optim.Adam\nc = f()()", {"f", "g", "c"}),
        ("from functools import partial as P\nm = P(torch.optim.Adam, lr=1)", {"m"}),
        ("class Mine(torch.optim.Adam): pass\no = Mine(p)", {"Mine", "__init__"}),
        ("class C:\n    c = torch.optim.Adam\nx = C()", {"c"}),
        ("class C: pass\nx = C(c=torch.optim.Adam)", {"x"}),
        ("x = train(torch.optim.Adam)", set()),
        ("def f(c=torch.optim.Adam): self.d = c", {"c", "d"}),
        ("for k, c in {'a': torch.optim.Adam}.items(): pass", {"k", "c"}),
        ("l = []\nl.append(torch.optim.Adam)", {"l"}),
        ("d = {}\nd['a'] = torch.optim.Adam", {"d"}),
        ("x = optim.param_groups\ny = optim.state[p]", set()),
        ("x = args.kind == torch.optim.Adam", set()),
        ("x = a if isinstance(a, torch.optim.Adam) else b", set()),
        ("m = importlib.import_module('torch.optim')", {"m"}),
        ("if (c := torch.optim.Adam): pass", {"c"}),
    ],
)
def test_tracked_names(text: str, expected: set[str]) -> None:
    assert tracked(text) == {"optim", *expected}


def test_functions_without_a_word_that_matters_are_not_walked() -> None:
    text = "import torch\ndef f():\n    x = 1\ndef g():\n    return torch.optim.Adam([])\n"
    index = Index(ast.parse(text), LineIndex(text))
    f, g = (node for node in index.tree.body if isinstance(node, ast.FunctionDef))
    track_names(index, frozenset())
    assert not index.walked(f)
    assert index.walked(g)


def test_a_chain_of_names_longer_than_the_bound_makes_every_line_count() -> None:
    chain = "".join(f"def f{i}(): return f{i + 1}\n" for i in range(40))
    text = f"{chain}def f40(): return torch.optim.Adam\nx = 1\n"
    found = track_names(Index(ast.parse(text), LineIndex(text)), frozenset())
    assert found.lines == Index(ast.parse(text), LineIndex(text)).lines.all()
