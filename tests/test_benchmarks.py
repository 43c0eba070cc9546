"""The benchmark's own arithmetic and choices. Nothing here measures time."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import generated
from benchmarks.__main__ import main
from benchmarks.corpus import BUILDS, NAMES, PLAIN, TORCH, read, sample
from benchmarks.report import Section, Target, render, table
from benchmarks.timing import by_turns, spread
from optport.check import check_source
from optport.options import default_options


def test_spread_is_the_median_and_quartiles() -> None:
    found = spread([5.0, 1.0, 3.0, 2.0, 4.0])
    assert (found.low, found.median, found.high) == (2.0, 3.0, 4.0)
    assert spread([7.0]).low == 7.0
    with pytest.raises(ValueError, match="no figures"):
        spread([])


def test_spread_is_shown_to_three_digits() -> None:
    assert str(spread([123.4])) == "123 (123 to 123)"
    assert str(spread([1.234])) == "1.23 (1.23 to 1.23)"
    assert str(spread([0.01234])) == "0.0123 (0.0123 to 0.0123)"
    assert str(spread([-12.34])) == "-12.3 (-12.3 to -12.3)"


def test_every_timer_comes_first_in_some_round_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def timer(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = by_turns({"a": lambda: timer("a"), "b": lambda: timer("b")}, 2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert taken == {"a": [4.0, 5.0], "b": [3.0, 6.0]}


@pytest.mark.parametrize(
    "text, kind",
    [
        ("x = 1\n", PLAIN),
        ("import torch\n", TORCH),
        ("from torch import optim\nprint(optim.SGD)\n", NAMES),
        ("from torch import optim\nx = optim  # no SGD\n", TORCH),
        ("from torch.optim import Optimizer\ndef f(o: Optimizer):\n    o.step()\n", NAMES),
        ("from torch import optim\noptim.SGD(x)\n", BUILDS),
        ("from torch import optim\noptim.SGD(x\n", None),
    ],
)
def test_files_are_classified_by_what_optport_does(
    text: str, kind: str | None, tmp_path: Path
) -> None:
    (tmp_path / "one.py").write_text(text)
    source = read(tmp_path / "one.py")
    assert (source.kind if source else None) == kind


def test_a_sample_is_drawn_by_its_seed_and_takes_equal_texts_once(tmp_path: Path) -> None:
    for n in range(20):
        (tmp_path / f"file_{n}.py").write_text(f"x = {n // 2}\n")
    drawn = [source.path.name for source in sample([tmp_path], 5, 1)[PLAIN]]
    assert drawn == [source.path.name for source in sample([tmp_path], 5, 1)[PLAIN]]
    assert drawn != [source.path.name for source in sample([tmp_path], 5, 2)[PLAIN]]
    assert len(sample([tmp_path], 50, 1)[PLAIN]) == 10


@pytest.mark.parametrize("make", [make for _, make, _ in generated.SERIES])
def test_generated_files_hold_as_many_constructions_as_they_say(
    make: Callable[[int], str],
) -> None:
    text = make(40)
    ast.parse(text)
    built = len(check_source(text, default_options()).constructions)
    assert built == (2 if make is generated.among_classes else 40)


def test_the_exponent_of_what_is_linear_is_one() -> None:
    assert generated.exponent([10, 100], [2.0, 20.0]) == pytest.approx(1)
    assert generated.exponent([10, 100], [2.0, 200.0]) == pytest.approx(2)


def test_the_page_says_which_targets_are_missed() -> None:
    targets = [Target("one", 1, "ms", spread([0.5])), Target("two", 1, "ms", spread([2.0]))]
    page = render([Section("Files", ["words"], targets)], "python -m benchmarks")
    assert "| one | ≤ 1 ms | 0.500 (0.500 to 0.500) |  |" in page
    assert "| two | ≤ 1 ms | 2.00 (2.00 to 2.00) | not met |" in page
    assert "## Files\n\nwords" in page


def test_a_table_has_its_figures_to_the_right() -> None:
    assert table(("a", "b"), [("x", "1")]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--write", "page.md", "--only", "growth"], "--write wants all stages"),
        (["--sources", "/nowhere"], "is not a directory"),
        (["--rounds", "0"], "must be at least 1"),
    ],
)
def test_wrong_options_are_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err
