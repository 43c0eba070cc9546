"""The benchmark's own arithmetic and choices. Nothing here measures time."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from benchmarks import growth, machine, startup
from benchmarks.__main__ import main
from benchmarks.corpus import (
    Corpus,
    FileClass,
    Found,
    Sampled,
    Stratum,
    classify,
    count_lines,
    find,
    package_of,
)
from benchmarks.report import Goal, Section, render, table
from benchmarks.timing import differences, quantile, ratios, rotated, spread
from benchmarks.timings import Timings
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


def test_rounds_are_compared_one_by_one() -> None:
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]
    assert differences([2.0, 9.0], [1.0, 3.0]) == [1.0, 6.0]
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])


def test_every_item_comes_first_in_some_round() -> None:
    orders = [rotated("abc", by) for by in range(3)]
    assert sorted(order[0] for order in orders) == ["a", "b", "c"]
    assert all(sorted(order) == ["a", "b", "c"] for order in orders)
    assert rotated([], 2) == []


@pytest.mark.parametrize("at, expected", [(0, 1), (0.5, 5), (0.9, 9), (1, 10)])
def test_quantile(at: float, expected: int) -> None:
    assert quantile(range(10, 0, -1), at) == expected


@pytest.mark.parametrize(
    "text, stratum",
    [
        ("x = 1\n", Stratum.PLAIN),
        ("from os import *\nprint('SGD')\n", Stratum.PLAIN_PASSING),
        ("import torch\n", Stratum.TORCH),
        ("from torch import optim\nprint(optim.SGD)\n", Stratum.TORCH_PASSING),
        ("from torch import optim\noptim.SGD(x)\n", Stratum.CONSTRUCTS),
        ("from torch import optim\noptim.SGD(x\n", None),
    ],
)
def test_files_are_classified_by_what_optport_does(text: str, stratum: Stratum | None) -> None:
    assert classify(text) is stratum


def test_lines_are_counted() -> None:
    assert [count_lines(text) for text in ("", "a", "a\n", "a\nb")] == [0, 1, 1, 2]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    directory = tmp_path / "site-packages"
    (directory / "one").mkdir(parents=True)
    (directory / "one" / "a.py").write_text("x = 1\n")
    (directory / "one" / "b.py").write_text("x = 1\n")
    (directory / "one" / "latin.py").write_bytes(b"x = '\xe9'\n")
    (directory / "two.py").write_text("import torch\n")
    for number in range(20):
        (directory / "one" / f"n{number}.py").write_text(f"x = {number + 2}\n")
    return directory


def test_equal_and_unreadable_files_are_left_out(sources: Path) -> None:
    found = list(find([sources]))
    names = [file.path.name for file in found]
    assert "a.py" in names
    assert "b.py" not in names
    assert "latin.py" not in names
    assert {file.package for file in found} == {"one", "two"}


def test_package_names_show_no_directory(tmp_path: Path) -> None:
    assert package_of(tmp_path / "owner+name" / "a.py", tmp_path / "owner+name") == "owner/name"


def test_the_sample_depends_on_the_seed_alone(sources: Path) -> None:
    files = list(find([sources]))

    def names(seed: int, count: int) -> list[str]:
        sample = Corpus(files, seed).sample(Stratum.PLAIN, count)
        return [one.found.path.name for one in sample]

    assert names(1, 8) == names(1, 8)
    assert names(1, 8)[:3] == names(1, 3)
    assert names(1, 8) != names(2, 8)
    assert all(one.drawn_from == 21 for one in Corpus(files, 1).sample(Stratum.PLAIN, 2))


def test_the_sample_leaves_out_what_cannot_be_parsed(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("x = (\n")
    assert Corpus(list(find([tmp_path])), 1).sample(Stratum.PLAIN, 1) == []


def _drawn(stratum: Stratum, lines: int, drawn_from: int) -> Sampled:
    return Sampled(Found(Path("a.py"), "package", lines, stratum), "", drawn_from)


def test_means_hold_every_stratum_at_its_share() -> None:
    files = [
        _drawn(Stratum.PLAIN, 100, 98),
        _drawn(Stratum.PLAIN, 300, 98),
        _drawn(Stratum.PLAIN_PASSING, 50, 2),
    ]
    timings = Timings(files, 1, {"tool": {0: [1.0], 1: [3.0], 2: [100.0]}})
    both = FileClass("", (Stratum.PLAIN, Stratum.PLAIN_PASSING))
    over = timings.within(both, "tool")
    assert timings.totals("tool", over) == [98 * 2.0 + 2 * 100.0]
    assert timings.means("tool", over) == [pytest.approx(3.96)]
    assert timings.thousands_of_lines(over) == pytest.approx((98 * 200 + 2 * 50) / 1000)
    only = timings.within(FileClass("", (Stratum.PLAIN_PASSING,)), "tool")
    assert timings.means("tool", only) == [100.0]


def test_a_part_of_a_sample_stands_for_the_whole() -> None:
    files = [_drawn(Stratum.PLAIN, 1, 10) for _ in range(5)]
    timings = Timings(files, 1, {"slow": {0: [2.0]}})
    assert timings.totals("slow", [0]) == [20.0]


@pytest.mark.parametrize("make", [growth.in_functions, growth.in_one_scope])
def test_generated_files_have_as_many_constructions_as_they_say(make: growth.Maker) -> None:
    assert len(check_source(make(25), default_options()).constructions) == 25


def test_large_files_are_as_large_as_they_say() -> None:
    text = growth.large(0.05)
    ast.parse(text)
    assert 50_000 <= len(text) < 53_000
    assert check_source(text, default_options()).constructions


def test_the_exponent_tells_linear_from_quadratic() -> None:
    sizes = [1.0, 2.0, 10.0]
    assert growth.exponent(sizes, [3.0, 6.0, 30.0]) == pytest.approx(1)
    assert growth.exponent(sizes, [3.0, 12.0, 300.0]) == pytest.approx(2)


def test_report_has_targets_and_sections() -> None:
    goals = [
        Goal("a", "≤ 1", "ms", spread([0.5]), 1.0),
        Goal("b", "≤ 1", "", spread([2.0]), 1.0),
        Goal("c", "≤ 1", "ms", spread([0.5, 0.8, 1.9, 1.9]), 2.0),
        Goal("d", "≤ 1", "ms", spread([0.0, 2.0, 4.0]), 1.5),
    ]
    assert [goal.met for goal in goals] == [True, False, True, False]
    section = Section("Part", goals, [table(("x", "y"), [("1", "2")])])
    page = render([section], "- made", "python -m benchmarks")
    assert "| a | ≤ 1 | 0.500 (0.500 to 0.500) ms | met |" in page
    assert "| b | ≤ 1 | 2.00 (2.00 to 2.00) | **not met** |" in page
    assert re.search(r"\| c .* ms \| met \|", page)
    assert "| d | ≤ 1 | 2.00 (1.00 to 3.00) ms | **not met**, within the spread |" in page
    assert "## Part\n\n| x | y |\n| --- | ---: |\n| 1 | 2 |" in page


def test_what_is_not_installed_is_named() -> None:
    assert machine.installed(["optport-no-such-thing"]) == {
        "optport-no-such-thing": "not installed"
    }


def test_the_machine_is_described_without_paths() -> None:
    described = machine.described(0.0, {f"p{n}": n for n in range(1, 15)}, {"p14": "1.0"})
    assert "p14 1.0 (14)" in described
    assert "2 others (3)" in described
    assert not re.search(r"(?<!\w)/\w", described)


@pytest.mark.slow
def test_environments_hold_flake8_and_the_plugin_alone(tmp_path: Path) -> None:
    startup.flake8_with(tmp_path / "ours", "optport")
    with pytest.raises(startup.Failed, match="optport-absent"):
        startup.flake8_with(tmp_path / "absent", "optport-absent")


def test_a_command_that_fails_is_not_measured() -> None:
    taken = startup.measure({"fine": [sys.executable, "-S", "-c", ""]}, 2)
    assert len(taken["fine"]) == 2
    with pytest.raises(startup.Failed, match="ended with 3"):
        startup.measure({"fails": [sys.executable, "-S", "-c", "raise SystemExit(3)"]}, 1)


def test_a_page_is_written_of_a_whole_run_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "growth", "--write", str(tmp_path / "page.md")])
    assert ended.value.code == 2
    assert "all stages" in capsys.readouterr().err
