"""Checks in threads: each has a state of its own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from optport.check import check_tree
from optport.options import default_options

_DEEP = "x0 = 0.1\n" + "".join(f"x{i + 1} = x{i} if q else 0.1\n" for i in range(40))
_SOURCE = f"import torch\n{_DEEP}" + "".join(
    f"def f{i}(p, lr=x{30 + i % 10}):\n    return torch.optim.ASGD(p, lr=lr, weight_decay=x{i})\n"
    for i in range(12)
)


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Let threads take turns as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


_TREE = ast.parse(_SOURCE)
"""One tree for all threads."""


def found(_: int) -> list[str]:
    report = check_tree(_TREE, _SOURCE, default_options())
    return [f"{one.place} {one.message}" for one in report.findings]


@pytest.mark.usefixtures("switching_often")
def test_checks_in_eight_threads_find_the_same_as_one() -> None:
    alone = found(0)
    assert alone
    with ThreadPoolExecutor(8) as pool:
        assert all(one == alone for one in pool.map(found, range(12)))
