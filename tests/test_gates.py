"""The two gates: what passes neither holds nothing that could be found."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.gate import concerns_us
from optport.mentions import named_in_code
from optport.options import default_options
from optport.reader.constructions import find_constructions
from optport.reader.lines import LineIndex
from optport.reader.source import SourceText
from optport.stars import may_be_starred
from tests.fixture_cases import FIXTURES
from tests.python_source import programs

_SOURCES = sorted([*FIXTURES.glob("*.py"), *(FIXTURES.parent / "scripts").glob("*.py")])
_NAMES = ["torch", "optim", "Adam", "getattr", "x"]


def passes(text: str) -> bool:
    tree = ast.parse(text)
    concerned = concerns_us(text, notes=True, starred=may_be_starred(tree))
    assert concerns_us(text, notes=True) or not concerned
    return concerned and named_in_code(tree, LineIndex(text), notes=True)


def constructs(text: str) -> bool:
    version = default_options().torch_version
    found = find_constructions(ast.parse(text), SourceText(text), version, everywhere=True)
    return any(True for _ in found)


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.stem)
def test_what_is_stopped_constructs_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert passes(text) or not constructs(text)


@pytest.mark.slow
@given(text=programs(_NAMES), used=st.sampled_from(_NAMES), star=st.booleans())
def test_what_is_stopped_constructs_nothing_in_any_program(
    text: str, used: str, star: bool
) -> None:
    start = "from torch.optim import *\n" if star else "import torch.optim as optim\n"
    text = f"{start}{text}\n{used}([], lr=0.5)\n"
    assert passes(text) or not constructs(text)


@pytest.mark.parametrize(
    "text",
    [
        "from torch import optim\noptim.SGD(p)",
        "from torch.optim import SGD\nSGD(p)",
        "from torch.optim import (\n    Adam,\n    SGD as Descent,\n)",
        "import torch.optim.sgd.SGD",
        "from torch import optim\ngetattr(optim, 'SGD')(p)",
        "from torch import optim\ngetattr(optim, 'S' 'GD')(p)",
        "from torch import optim\ngetattr(optim, 'S'\n  'GD')(p)",
        "from torch import optim\ngetattr(optim, '\\x53GD')(p)",
        "from torch import optim\ngetattr(optim, 'S\\\nGD')(p)",
        "from torch import optim\n@decorate(\n    optim.SGD)\ndef f(): pass",
        "from torch import optim\nclass Own(optim.SGD): pass",
        "from torch import optim\nclass SGD(optim.SGD): pass",
        "from torch import optim\ndef f(lr, make=optim.SGD): pass",
        "from torch import optim\nf'''\n{getattr(optim, 'SGD')(p)}'''",
        "from torch import optim\nmatch x:\n    case 1 if optim.SGD(p): pass",
        "from torch import optim\rx = 1\roptim.SGD(p)",
        "from torch.optim import *\nclass SGD: pass\nSGD(p)",
        "import torch\ntorch.optim.ＳGD(p)",
        "import torch\ntorch.ｏptim.SGD(p)",
        "import ｔｏｒｃｈ\ntorch.optim.SGD(p)",
        "from torch.optim import(SGD)\nSGD(p)",
        "from torch\\\n.optim import \\\n SGD\nSGD(p)",
        "from torch import optim\nx = 1; optim.SGD(p); y = 2",
        "from torch import optim\ndef f(*a: optim.SGD(p)): pass",
    ],
)
def test_code_that_names_an_optimizer_is_looked_at(text: str) -> None:
    assert passes(text)
    assert named_in_code(ast.parse(text), LineIndex(text))


@pytest.mark.parametrize(
    "text",
    [
        "from torch import optim\n# optim.SGD\n",
        "from torch import optim\ndef f():\n    '''As optim.SGD.'''\n",
        "from torch import optim\n__all__ = ['SGD']\n",
        "from torch import optim\nprint('SGD')\n",
        "from torch import optim\nclass SGD(optim.Own): pass\nSGD.__doc__ = 'SGD'\nSGD(p)\n",
        "from torch import optim\nx.SGDs, MySGD, SGD_\n",
    ],
)
def test_comments_texts_and_classes_of_the_file_name_none(text: str) -> None:
    assert not named_in_code(ast.parse(text), LineIndex(text))
    assert not constructs(text)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no such statement before")
@pytest.mark.parametrize("text", ["type X = optim.SGD(p)", "def f[T: optim.SGD(p)](): pass"])
def test_type_statements_are_looked_at(text: str) -> None:
    text = f"from torch import optim\n{text}\n"
    assert passes(text)
    assert constructs(text)


STARS = [
    "from a import *",
    "from a import*",
    "from a import  *",
    "from a import\t*",
    "from a import\x0c *",
    "from a import\\\n*",
    "from a import \\\r\n  *",
    "from .torch import *",
    "from torch.optim import *",
    "x = 1\nif x:\n    pass\nelif y:\n    from a import *",
    "try:\n    import b\nexcept ImportError:\n    from a import *",
    "try:\n    import b\nfinally:\n    from a import *",
    "for x in y:\n    pass\nelse:\n    with z:\n        from a import *",
    "while x:\n    from a import *",
    "match x:\n    case _:\n        from a import *",
]


@pytest.mark.parametrize("text", STARS)
def test_a_star_import_may_bring_what_a_class_is_named(text: str) -> None:
    text = f"{text}\nclass Adam: pass\nAdam(p)\n"
    assert concerns_us(text)
    assert may_be_starred(ast.parse(text))
    assert named_in_code(ast.parse(text), LineIndex(text))


@pytest.mark.parametrize(
    "text",
    ["from a import b\nb * c", "from mindspore.nn import *", "from torch import *", "'import b'"],
)
def test_other_imports_do_not(text: str) -> None:
    text = f"{text}\nclass Adam: pass\nAdam(p)\n"
    assert not concerns_us(text)
    assert not may_be_starred(ast.parse(text))
    assert not named_in_code(ast.parse(text), LineIndex(text))


@pytest.mark.parametrize("annotation", ["optim.Optimizer", "None | optim.SGD", "list[optim.Adam]"])
def test_a_name_in_an_annotation_that_is_a_text_passes_the_gates(annotation: str) -> None:
    text = f"from torch import optim\ndef f(o: '{annotation}'): o.step(g)\n"
    assert concerns_us(text)
    assert named_in_code(ast.parse(text), LineIndex(text))
