"""Whatever a file holds, no other finding is lost: flake8, pylint and the command line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import run
from tests.extremes import FOUND, MANY, SAFE, Extreme, extremes, made

pytestmark = pytest.mark.slow

FILES = {
    f"extreme{number:03}.py": (name, extreme)
    for number, (name, extreme) in enumerate(extremes(MANY // 50, SAFE).items())
}
DECODED_ANYWAY = {"not UTF-8", "unknown coding", "two codings"}
"""What flake8 reads as Latin-1."""

PYLINT = (
    *("--rcfile=", "--load-plugins=pylint_optport", "--disable=all", "--output-format=json2"),
    "--enable=optport,fixme,syntax-error,parse-error,astroid-error",
)

Said = dict[str, list[tuple[int, str]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_here = tmp_path_factory.mktemp("extremes")
    for path, (_, extreme) in FILES.items():
        (made_here / path).write_bytes(extreme.content)
    return made_here


def said_of(name: str, extreme: Extreme, said: list[tuple[int, str]], hosts: str) -> Iterator[str]:
    """Yield what is missing or too much of what a run said of a file."""
    codes = [code for _, code in said]
    if {"OPT000", "optport-defect"} & set(codes):
        yield f"{name}: a defect"
    if FOUND not in codes:
        yield f"{name}: no {FOUND}"
    if (extreme.last_line, hosts) not in said:
        yield f"{name}: no {hosts} in line {extreme.last_line}, only {said[-3:]}"


def test_flake8(folder: Path) -> None:
    done = run("flake8", "--isolated", "--select=OPT,F401,E9", "--jobs=1", *FILES, cwd=folder)
    said: Said = {path: [] for path in FILES}
    for line in done.stdout.splitlines():
        match = re.fullmatch(r"(\S+?):(\d+):\d+: (\w+) .*", line)
        assert match is not None, line
        said[match.group(1)].append((int(match.group(2)), match.group(3)))
    assert "Traceback" not in done.stderr
    wrong: list[str] = []
    for path, (name, extreme) in FILES.items():
        if extreme.parses or name in DECODED_ANYWAY:
            wrong += said_of(name, extreme, said[path], "F401")
        elif not {"E902", "E999"} & {code for _, code in said[path]}:
            wrong.append(f"{name}: not said to be unreadable")
    assert wrong == []


def test_command_line(folder: Path) -> None:
    done = run("optport", "check", "--format=json", "--optport-notes", *FILES, cwd=folder)
    assert done.returncode == 2
    found = {(one["path"], one["code"]) for one in json.loads(done.stdout)["findings"]}
    refused = {line.split(": ")[2] for line in done.stderr.splitlines()}
    assert refused == {path for path, (_, extreme) in FILES.items() if not extreme.parses}
    missing = [n for p, (n, extreme) in FILES.items() if extreme.parses and (p, FOUND) not in found]
    assert missing == []


NO_LINES_OF_ITS_OWN = {"old Macintosh", "mixed line ends"}
"""pylint tells lines by line feeds where it looks for comments; since Python 3.12 it ends there."""


def test_pylint(folder: Path) -> None:
    done = run("pylint", *PYLINT, *FILES, cwd=folder)
    assert "Traceback" not in done.stderr
    said: Said = {path: [] for path in FILES}
    for message in json.loads(done.stdout)["messages"]:
        code = message["messageId"].replace("W7", "OPT")
        said[message["path"]].append((message["line"], code))
    wrong: list[str] = []
    for path, (name, extreme) in FILES.items():
        codes = {code for _, code in said[path]}
        if extreme.parses and name in NO_LINES_OF_ITS_OWN:
            wrong += [] if {FOUND, "E0001"} & codes else [f"{name}: no {FOUND}"]
        elif extreme.parses:
            wrong += said_of(name, extreme, said[path], "W0511")
        elif not {"E0001", "F0010"} & codes:
            wrong.append(f"{name}: not said to be unreadable")
    assert wrong == []


STANDARD_INPUT = ["terms", "Windows", "surrogates", "a dict in itself", "names beyond ASCII"]


@pytest.mark.parametrize("name", STANDARD_INPUT)
def test_standard_input(name: str, tmp_path: Path) -> None:
    files = extremes(MANY // 50, SAFE)
    extreme = files.get(name) or files[f"{SAFE} {name}"]
    text = extreme.content.decode()
    flake8 = run("flake8", "--isolated", "--select=OPT,F401", "-", cwd=tmp_path, stdin=text)
    assert f" {FOUND} " in flake8.stdout
    assert f"stdin:{extreme.last_line}:1: F401" in flake8.stdout
    core = run("optport", "check", "-", cwd=tmp_path, stdin=text)
    assert (core.returncode, core.stderr) == (1, "")
    assert {line.split(":")[0] for line in core.stdout.splitlines()} == {"-"}
    assert f" {FOUND} " in core.stdout


def test_empty_standard_input(tmp_path: Path) -> None:
    for arguments in (("flake8", "-"), ("optport", "check", "-")):
        done = run(*arguments, cwd=tmp_path, stdin="")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


PACKAGE = {
    "pack/__init__.py": "from .one import *\nfrom .two import *\nfrom . import *\n",
    "pack/one.py": "from .two import *\nfrom . import *\nfrom .three import opt_a as opt_b\n"
    "import torch\nclass Own(Base): pass\n",
    "pack/two.py": "from .one import *\nfrom pack import *\nBase = Own\n"
    "from torch.optim import *\n",
    "pack/three.py": "from .three import *\nfrom .one import opt_b as opt_a\n"
    "opt_c = [opt_c, opt_a]\n",
    "use.py": "from pack import *\nfrom pack.one import *\nfrom pack.three import opt_a, opt_c\n"
    "import torch.optim\nAdam(q)\nOwn(q)\nopt_a(q)\n"
    "torch.optim.ASGD(opt_c, lr=opt_a)\n# TODO\n",
}
SHARED = {
    "shared.py": "import torch.optim\nopt0 = {'lr': 0.1}\n"
    + "".join(f"opt{n} = {{'a': opt{n - 1}, 'b': opt{n - 1}}}\n" for n in range(1, 25)),
    "use.py": "import torch.optim\nfrom shared import opt24\n"
    "torch.optim.ASGD(q, **opt24)\n# TODO\n",
}
"""Small as a graph, and 2 to the 24 as a tree."""


@pytest.mark.parametrize(
    "files, paths, line",
    [
        pytest.param(PACKAGE, ["pack", "use.py"], 8, id="star imports in cycles"),
        pytest.param(SHARED, ["use.py"], 3, id="dicts that share dicts"),
    ],
)
def test_modules_that_import_each_other(
    files: dict[str, str], paths: list[str], line: int, tmp_path: Path
) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    done = run("pylint", *PYLINT, *paths, cwd=tmp_path)
    assert done.stderr == ""
    said = [(m["line"], m["messageId"]) for m in json.loads(done.stdout)["messages"]]
    assert (line, "W7301") in said
    assert (line + 1, "W0511") in said
    assert "W7000" not in {code for _, code in said}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_among_the_files_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "train.py").write_bytes(made("").content)
    done = run("optport", "check", tmp_path)
    assert done.returncode == 1
    assert f"train.py:4:1: {FOUND} " in done.stdout
