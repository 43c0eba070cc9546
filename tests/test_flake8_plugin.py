"""The plugin in real flake8 runs: options, suppression, files that can't be read, leaving early."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_optport import Plugin
from optport import __version__, guard
from optport.signatures import family
from tests import hosts
from tests.conftest import run

SOURCE = "import torch\n\nasgd = torch.optim.ASGD([])\n"
FOUND = ["3:8 OPT202", "3:8 OPT301"]

OPTIONS_SOURCE = """\
import torch
torch.optim.SGD([])
torch.optim.Adam([], amsgrad=True)
"""
"""What is found in it depends on each of the three options."""


def flake8(
    folder: Path, *arguments: str, stdin: str | None = None, fresh: bool = False
) -> list[str]:
    """Run flake8 in a folder; returns ``path:line:col code`` of each line that it prints.

    In a process of its own with something on standard input, or when `fresh`.
    """
    if fresh or stdin is not None:
        done = run("flake8", *arguments, cwd=folder, stdin=stdin)
    else:
        done = hosts.flake8(*arguments, cwd=folder)
    assert not done.stderr
    lines = done.stdout.splitlines()
    assert done.returncode == bool(lines)
    return [" ".join(line.removeprefix("./").split(" ")[:2]).replace(": ", " ") for line in lines]


def found_in(path: str) -> list[str]:
    return [f"{path}:{found}" for found in FOUND]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(SOURCE)
    (tmp_path / "options.py").write_text(OPTIONS_SOURCE)
    return tmp_path


def test_version_lists_the_plugin() -> None:
    done = run("flake8", "--version")
    assert f"optport: {__version__}" in done.stdout


def test_findings_are_on_by_default(project: Path) -> None:
    assert flake8(project, "train.py", fresh=True) == found_in("train.py")


OPTIONS = [
    pytest.param("targets", "mindspore.experimental", ["2:1 OPT203", "3:22 OPT304"], id="targets"),
    pytest.param("targets", "paddle==2.6.2", ["3:22 OPT102"], id="target with version"),
    pytest.param("torch-version", "2.1", [], id="torch version"),
    pytest.param(
        "notes",
        "true",
        ["2:1 OPT201", "2:1 OPT903", "2:1 OPT904", "3:1 OPT903", "3:1 OPT904"],
        id="notes",
    ),
]


@pytest.mark.parametrize("option, value, found", OPTIONS)
@pytest.mark.parametrize("where", ["command line", "setup.cfg", "tox.ini", ".flake8"])
def test_each_option_is_read_wherever_it_stands(
    project: Path, where: str, option: str, value: str, found: list[str]
) -> None:
    arguments = ["--select=OPT", "options.py"]
    if where == "command line":
        flag = f"--optport-{option}"
        arguments.append(flag if option == "notes" else f"{flag}={value}")
    else:
        (project / where).write_text(f"[flake8]\noptport-{option} = {value}\n")
    assert flake8(project, *arguments) == [f"options.py:{one}" for one in found]


def test_default_options_on_the_same_source(project: Path) -> None:
    assert flake8(project, "--select=OPT", "options.py") == ["options.py:2:1 OPT201"]


def test_targets_may_stand_one_a_line(project: Path) -> None:
    (project / "setup.cfg").write_text(
        "[flake8]\noptport-targets =\n    paddle==2.6.2\n    mindspore.experimental,\n"
    )
    found = flake8(project, "--select=OPT", "options.py")
    assert found == [
        "options.py:2:1 OPT203",
        "options.py:3:22 OPT102",
        "options.py:3:22 OPT304",
    ]


def test_several_jobs_find_the_same_with_the_same_options(project: Path) -> None:
    names = [f"train{number}.py" for number in range(6)]
    for name in names:
        (project / name).write_text(OPTIONS_SOURCE)
    flags = "--select=OPT", "--jobs=2", "--optport-targets=paddle==2.6.2"
    found = flake8(project, *flags, *names, fresh=True)
    assert sorted(found) == [f"{name}:3:22 OPT102" for name in names]


def test_standard_input(project: Path) -> None:
    assert flake8(project, "--stdin-display-name=shown.py", "-", stdin=SOURCE) == (
        found_in("shown.py")
    )


def test_noqa_silences_its_code_alone(project: Path) -> None:
    (project / "train.py").write_text(SOURCE.rstrip() + "  # noqa: OPT202\n")
    assert flake8(project, "train.py") == ["train.py:3:8 OPT301"]


def test_noqa_counts_on_the_line_of_the_argument(project: Path) -> None:
    (project / "train.py").write_text(
        "import torch\n\ntorch.optim.SGD(\n    [],\n    lr=1,  # noqa: OPT104\n"
        "    maximize=True,\n)\n"
    )
    assert flake8(project, "train.py") == ["train.py:6:5 OPT102"]


@pytest.mark.parametrize(
    "arguments, found",
    [
        (["--per-file-ignores=train.py:OPT301"], ["3:8 OPT202"]),
        (["--per-file-ignores=other.py:OPT301"], ["3:8 OPT202", "3:8 OPT301"]),
        (["--extend-ignore=OPT2"], ["3:8 OPT301"]),
        (["--select=E"], []),
        (["--select=E", "--extend-select=OPT2"], ["3:8 OPT202"]),
        (
            ["--select=OPT", "--optport-notes"],
            ["3:8 OPT202", "3:8 OPT301", "3:8 OPT903", "3:8 OPT904"],
        ),
        (["--select=OPT9", "--optport-notes"], ["3:8 OPT903", "3:8 OPT904"]),
        (["--select=OPT9"], []),
        (["--select=OPT"], ["3:8 OPT202", "3:8 OPT301"]),
    ],
    ids=" ".join,
)
def test_flake8s_own_selection(project: Path, arguments: list[str], found: list[str]) -> None:
    assert flake8(project, *arguments, "train.py") == [f"train.py:{one}" for one in found]


@pytest.mark.parametrize(
    "argument, says",
    [
        (
            "--optport-targets=padle",
            ["--optport-targets", "'padle'", "paddle (", "mindspore.mint ("],
        ),
        ("--optport-targets=paddle==9", ["--optport-targets", "9", "2.6.2 … 3.3.1"]),
        ("--optport-targets=paddle==2.6", ["--optport-targets", "2.6", "2.6.2 … 3.3.1"]),
        ("--optport-targets=mindspore==new", ["--optport-targets", "'new'"]),
        ("--optport-targets=paddle,paddle==3.0.0", ["--optport-targets", "paddle", "two versions"]),
        ("--optport-targets=,", ["--optport-targets", "mindspore ("]),
        ("--optport-torch-version=x", ["--optport-torch-version", "'x'", "1.8.1 … 2.15.0"]),
        ("--optport-torch-version=1.8.0", ["--optport-torch-version", "1.8.0", "1.8.1 … 2.15.0"]),
        ("--optport-torch-version=3", ["--optport-torch-version", "3", "1.8.1 … 2.15.0"]),
    ],
)
def test_options_that_cannot_be_met_end_the_run(
    project: Path, argument: str, says: list[str]
) -> None:
    done = hosts.flake8(argument, "train.py", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert [word for word in says if word not in line] == []


BAD_FILES = {
    "syntax error": b"import torch\ntorch.optim.ASGD([)\n",
    "unfinished": b"import torch\ntorch.optim.ASGD([\n",
    "indentation": b"import torch.optim\n\tif 1:\n  torch.optim\n",
    "binary": bytes(range(256)) * 8,
    "not UTF-8": b"import torch  # optim \xff\xfe\n",
    "unknown encoding": b"# coding: klingon\nimport torch.optim\n",
    "NUL": b"import torch\ntorch.optim.ASGD([])\0\n",
    "empty": b"",
    "surrogates": b"import torch\nprint('\\ud800', torch.optim)\n",
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_loses_no_other_files_findings(project: Path, content: bytes) -> None:
    (project / "bad.py").write_bytes(content)
    (project / "zz.py").write_text(SOURCE)
    done = hosts.flake8("train.py", "bad.py", "zz.py", cwd=project)
    codes = [line.split(": ")[0] + " " + line.split(" ")[1] for line in done.stdout.splitlines()]
    assert [one for one in codes if "OPT" in one] == [*found_in("train.py"), *found_in("zz.py")]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"], ids=["Windows", "old Macintosh", "Unix"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_line_ends_and_marks_move_nothing(project: Path, ends: str, mark: str) -> None:
    (project / "train.py").write_bytes((mark + SOURCE.replace("\n", ends)).encode())
    assert flake8(project, "--select=OPT", "train.py") == found_in("train.py")


# -- the plugin's class, in this process ----------------------------------------------------


def plugin_findings(source: str) -> list[tuple[int, int, str]]:
    plugin = Plugin(ast.parse(source), source.splitlines(keepends=True))
    return [(line, col, text.partition(" ")[0]) for line, col, text, _ in plugin.run()]


def _fail(*_: object) -> Iterator[object]:
    raise AssertionError("the walk was begun")


@pytest.mark.parametrize(
    "source",
    ["", "import torch\n", "import optim\n", "import torchvision.optim\n", "torch_optim = 1\n"],
)
def test_a_file_without_torch_is_never_walked(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setattr(guard, "check_guarded", _fail)
    assert plugin_findings(source) == []
    with pytest.raises(AssertionError, match="begun"):
        plugin_findings(SOURCE)


def test_a_file_without_torch_loads_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    family.cache_clear()
    plugin_findings("import numpy\n")
    assert family.cache_info().currsize == 0
    assert plugin_findings(SOURCE) == [(3, 7, "OPT202"), (3, 7, "OPT301")]


def test_a_defect_of_ours_is_one_line_on_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "check_tree", _fail)
    plugin = Plugin(ast.parse(SOURCE), SOURCE.splitlines(keepends=True))
    [(line, col, text, _)] = plugin.run()
    assert (line, col) == (1, 0)
    assert text.startswith(f"{guard.DEFECT_CODE} ")
    assert "AssertionError: the walk was begun" in text
    assert text.isprintable()
