"""The plugin in real pylint runs: messages, options, suppression, files that can't be read."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Protocol

import astroid
import pytest
from pylint.testutils import CheckerTestCase

import optport.guard
from optport.catalogue import CATALOGUE
from optport.places import Place
from optport.signatures import family
from pylint_optport.checker import OptportChecker
from pylint_optport.places import nodes_at
from tests import hosts
from tests.conftest import run

SOURCE = "import torch\n\nasgd = torch.optim.ASGD([])\n"
FOUND = ["3:7 W7202", "3:7 W7301"]

OPTIONS_SOURCE = """\
import torch
torch.optim.SGD([])
torch.optim.Adam([], amsgrad=True)
"""
"""What is found in it depends on each of the three options."""


class Runs(Protocol):
    """Runs pylint, here or in a process of its own."""

    def __call__(self, *arguments: str | Path, cwd: Path | None = None) -> CompletedProcess[str]:
        """Run it in a folder."""


OURS = ("--load-plugins=pylint_optport", "--disable=all", "--enable=optport")


def messages(
    folder: Path,
    *arguments: str,
    selection: tuple[str, ...] = OURS,
    stdin: str | None = None,
    fresh: bool = False,
) -> list[dict[str, Any]]:
    """Run pylint in a folder; in a process of its own with standard input, or when `fresh`."""
    words = *selection, "-f", "json2", *arguments
    if fresh or stdin is not None:
        done = run("pylint", *words, cwd=folder, stdin=stdin)
    else:
        done = hosts.pylint(*words, cwd=folder)
    assert not done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return found


def pylint(
    folder: Path, *arguments: str, stdin: str | None = None, fresh: bool = False
) -> list[str]:
    """Run pylint in a folder; returns ``path:line:col id`` of each message."""
    return [spot(one) for one in messages(folder, *arguments, stdin=stdin, fresh=fresh)]


def spot(message: dict[str, Any]) -> str:
    return "{path}:{line}:{column} {messageId}".format(**message)


def found_in(path: str) -> list[str]:
    return [f"{path}:{found}" for found in FOUND]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(SOURCE)
    (tmp_path / "options.py").write_text(OPTIONS_SOURCE)
    return tmp_path


# -- messages ---------------------------------------------------------------------------------


def test_findings_are_on_once_the_plugin_is_loaded(project: Path) -> None:
    plain = ("--load-plugins=pylint_optport",)
    found = messages(project, "train.py", selection=plain, fresh=True)
    ours = [one for one in found if one["symbol"].startswith("optport-")]
    assert [spot(one) for one in ours] == found_in("train.py")


def test_every_field_of_a_message(project: Path) -> None:
    (project / "package").mkdir()
    (project / "package" / "__init__.py").write_text("")
    (project / "package" / "train.py").write_text(
        "import torch\n\n\nclass Trainer:\n    def build(self):\n"
        "        return torch.optim.SGD(\n            [],\n            lr=self.rate,\n"
        "            maximize=True,\n        )\n"
    )
    [message] = messages(project, "package")
    text = message.pop("message")
    assert text.startswith("maximize=True has no counterpart in ")
    assert message == {
        "type": "warning",
        "symbol": "optport-unsupported-argument",
        "messageId": "W7102",
        "confidence": "HIGH",
        "module": "package.train",
        "obj": "Trainer.build",
        "line": 9,
        "column": 12,
        "endLine": 9,
        "endColumn": 25,
        "path": str(Path("package", "train.py")),
        "absolutePath": str(project / "package" / "train.py"),
    }


def test_confidence_is_by_certainty(project: Path) -> None:
    (project / "train.py").write_text(
        "import sys\nimport torch\n\n"
        "kind = torch.optim.ASGD if sys.argv else torch.optim.SGD\n"
        "kind([], lr=0.1)\ntorch.optim.ASGD([], lr=0.1)\n"
    )
    found = messages(project, "train.py")
    assert [(spot(one), one["confidence"]) for one in found] == [
        ("train.py:5:0 W7301", "INFERENCE"),
        ("train.py:6:0 W7301", "HIGH"),
    ]
    assert pylint(project, "--confidence=HIGH", "train.py") == ["train.py:6:0 W7301"]


def test_columns_are_those_of_pylints_own_messages(project: Path) -> None:
    (project / "train.py").write_text(
        "import torch\n\nx = ('é', '漢字', torch.optim.ASGD([], lr=0.1), missing)\n",
        encoding="utf-8",
    )
    own, ours = messages(project, "--enable=undefined-variable", "train.py")
    assert (ours["messageId"], own["messageId"]) == ("W7301", "E0602")
    text = "torch.optim.ASGD([], lr=0.1), "
    assert own["column"] - ours["column"] == len(text)
    assert ours["endColumn"] - ours["column"] == len(text) - 2


@pytest.mark.parametrize(
    "call",
    [
        "def f(x=CALL): pass",
        "f = lambda: CALL",
        "def f():\n    return [CALL for _ in range(3)]",
        "@wrap(CALL)\ndef f(): pass",
        "@wrap(CALL)\nclass C: pass",
        "class C:\n    @one\n    @wrap(CALL)\n    def f(self): pass",
        "class C(make(CALL)):\n    pass",
        "match x:\n    case 1:\n        CALL",
        "if x: CALL\nelse: pass",
        "async def f():\n    async with CALL as y: pass",
        "é = 'é', CALL",
    ],
)
def test_a_message_is_at_the_innermost_node(call: str) -> None:
    text = call.replace("CALL", "optim()")
    module = astroid.parse(text)
    before = text.partition("optim()")[0]
    line, col = before.count("\n") + 1, len(before.rpartition("\n")[2].encode())
    place = Place(line, col, line, col + 7)
    node = nodes_at(module, [place])[place]
    calls = module.nodes_of_class(astroid.nodes.Call)
    assert node is next(one for one in calls if one.as_string() == "optim()")


def test_help_says_what_and_why_and_where_to_read_more() -> None:
    asked = ",".join(f"optport-{kind.name}" for kind in CATALOGUE.values())
    done = hosts.pylint("--load-plugins=pylint_optport", f"--help-msg={asked}")
    shown = " ".join(re.sub(r"\s+", " ", done.stdout).split())
    for kind in CATALOGUE.values():
        assert f":optport-{kind.name} (W7{kind.code[3:]}):" in shown
        for text in (kind.summary, kind.why, kind.help):
            assert " ".join(text.split()) in shown
    assert "No such message id" not in shown


# -- options ----------------------------------------------------------------------------------

OPTIONS = [
    pytest.param("targets", "mindspore.experimental", ["2:0 W7203", "3:21 W7304"], id="targets"),
    pytest.param("targets", "paddle==2.6.2", ["3:21 W7102"], id="target with version"),
    pytest.param("torch-version", "2.1", [], id="torch version"),
    pytest.param(
        "notes",
        "y",
        ["2:0 W7201", "2:0 W7903", "2:0 W7904", "3:0 W7903", "3:0 W7904"],
        id="notes",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("option, value, found", OPTIONS)
@pytest.mark.parametrize("where", ["command line", ".pylintrc", "pyproject.toml"])
def test_each_option_is_read_wherever_it_stands(
    project: Path, where: str, option: str, value: str, found: list[str]
) -> None:
    arguments = ["options.py"]
    if where == "command line":
        arguments.append(f"--optport-{option}={value}")
    elif where == ".pylintrc":
        (project / where).write_text(f"[optport]\noptport-{option} = {value}\n")
    else:
        toml = "true" if option == "notes" else f'"{value}"'
        (project / where).write_text(f"[tool.pylint.optport]\noptport-{option} = {toml}\n")
    assert pylint(project, *arguments) == [f"options.py:{one}" for one in found]


def test_default_options_on_the_same_source(project: Path) -> None:
    assert pylint(project, "options.py") == ["options.py:2:0 W7201"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, text",
    [
        (".pylintrc", "[optport]\noptport-targets =\n    paddle==2.6.2,\n    mindspore\n"),
        (".pylintrc", "[optport]\noptport-targets =\n    paddle==2.6.2\n    mindspore\n"),
        (
            "pyproject.toml",
            '[tool.pylint.optport]\noptport-targets = ["paddle==2.6.2", "mindspore"]\n',
        ),
    ],
)
def test_targets_may_be_a_list(project: Path, name: str, text: str) -> None:
    (project / name).write_text(text)
    found = ["options.py:2:0 W7201", "options.py:3:21 W7102"]
    assert pylint(project, "options.py") == found


@pytest.mark.slow
@pytest.mark.parametrize("value", ["2.10", "2"])
def test_a_version_without_quotes_ends_the_run(project: Path, value: str) -> None:
    text = f"[tool.pylint.optport]\noptport-torch-version = {value}\n"
    (project / "pyproject.toml").write_text(text)
    done = hosts.pylint(*OURS, "options.py", cwd=project)
    assert (done.returncode, done.stdout) == (32, "")
    assert "optport-torch-version must be a string such as" in done.stderr
    overridden = pylint(project, "--optport-torch-version=2.13", "options.py")
    assert overridden == ["options.py:2:0 W7201"]


def test_a_note_may_be_disabled_by_itself(project: Path) -> None:
    found = pylint(project, "--optport-notes=y", "--disable=optport-port", "train.py")
    assert found == [*found_in("train.py"), "train.py:3:7 W7904"]


def test_notes_need_their_option_and_nothing_else(project: Path) -> None:
    assert pylint(project, "--enable=optport-port", "train.py") == found_in("train.py")
    plain = ("--load-plugins=pylint_optport", "--optport-notes=y")
    symbols = {one["symbol"] for one in messages(project, "train.py", selection=plain)}
    assert {"optport-port", "optport-equivalent-default"} < symbols


@pytest.mark.slow
@pytest.mark.parametrize(
    "argument, says",
    [
        ("--optport-targets=padle", ["--optport-targets", "'padle'", "paddle ("]),
        ("--optport-targets=paddle==9", ["--optport-targets", "9", "2.6.2 … 3.3.1"]),
        ("--optport-torch-version=1.8.0", ["--optport-torch-version", "1.8.1 … 2.15.0"]),
    ],
)
@pytest.mark.parametrize(
    "pylint_runs", [hosts.pylint, partial(run, "pylint", "--jobs=2")], ids=["one job", "two jobs"]
)
def test_options_that_cannot_be_met_end_the_run(
    project: Path, argument: str, says: list[str], pylint_runs: Runs
) -> None:
    done = pylint_runs(*OURS, argument, "train.py", "options.py", cwd=project)
    assert (done.returncode, done.stdout) == (32, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("pylint: error: ")
    assert [word for word in says if word not in line] == []


# -- ways to run ------------------------------------------------------------------------------


@pytest.mark.slow
def test_several_jobs_find_the_same_with_the_same_options(project: Path) -> None:
    names = [f"train{number}.py" for number in range(6)]
    for name in names:
        (project / name).write_text(OPTIONS_SOURCE)
    found = pylint(project, "--jobs=2", "--optport-targets=paddle==2.6.2", *names, fresh=True)
    assert sorted(found) == [f"{name}:3:21 W7102" for name in names]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [SOURCE, "# coding: latin-1\nimport torch; 'é'; torch.optim.ASGD([])\n"],
    ids=["plain", "coding line"],
)
def test_standard_input(project: Path, text: str) -> None:
    (project / "shown.py").write_text("")  # what is in the file does not matter
    found = pylint(project, "--from-stdin", "shown.py", stdin=text)
    assert [one.partition(" ")[2] for one in found] == ["W7202", "W7301"]
    assert found[0].startswith("shown.py:")


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["\r\n", "\n"], ids=["Windows", "Unix"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_line_ends_and_marks_move_nothing(project: Path, ends: str, mark: str) -> None:
    (project / "train.py").write_bytes((mark + SOURCE.replace("\n", ends)).encode())
    assert pylint(project, "train.py") == found_in("train.py")


def test_a_coding_line_is_obeyed(project: Path) -> None:
    (project / "train.py").write_bytes(
        b"# coding: latin-1\nimport torch\n'\xe9'; torch.optim.ASGD([], lr=0.1)\n"
    )
    assert pylint(project, "train.py") == ["train.py:3:6 W7301"]


# -- suppression ------------------------------------------------------------------------------

SUPPRESSION = {
    "at the line's end": (
        "torch.optim.ASGD([])  # pylint: disable=optport-asgd-lr-default",
        [(3, "W7301")],
    ),
    "by id": ("torch.optim.ASGD([])  # pylint: disable=W7202", [(3, "W7301")]),
    "all of ours": ("torch.optim.ASGD([])  # pylint: disable=optport", []),
    "the next line": (
        "# pylint: disable-next=optport-asgd-lr-default\ntorch.optim.ASGD([])\n"
        "torch.optim.ASGD([])",
        [(4, "W7301"), (5, "W7202"), (5, "W7301")],
    ),
    "a function": (
        "def f():\n    # pylint: disable=optport-asgd-lr-default\n    torch.optim.ASGD([])\n"
        "torch.optim.ASGD([])",
        [(5, "W7301"), (6, "W7202"), (6, "W7301")],
    ),
    "the rest of a function": (
        "def f():\n    torch.optim.ASGD([])\n    # pylint: disable=optport-buggy-asgd\n"
        "    torch.optim.ASGD([])\ntorch.optim.ASGD([])",
        [(4, "W7202"), (4, "W7301"), (6, "W7202"), (7, "W7202"), (7, "W7301")],
    ),
    "until enabled again": (
        "# pylint: disable=optport-buggy-asgd\ntorch.optim.ASGD([])\n"
        "# pylint: enable=optport-buggy-asgd\ntorch.optim.ASGD([])",
        [(4, "W7202"), (6, "W7202"), (6, "W7301")],
    ),
    "an argument's line": (
        "torch.optim.SGD(\n    [],\n    lr=1,  # pylint: disable=optport-rejected-value\n"
        "    maximize=True,\n)",
        [(6, "W7102")],
    ),
    "useless": (
        "torch.optim.ASGD([], lr=0.1)  # pylint: disable=optport-asgd-lr-default",
        [(3, "I0021"), (3, "W7301")],
    ),
    "a whole file": ("# pylint: skip-file\ntorch.optim.ASGD([])", []),
}


@pytest.mark.slow
def test_suppression_is_pylints_own(tmp_path: Path) -> None:
    names = {case: f"case_{number}.py" for number, case in enumerate(SUPPRESSION)}
    for case, (text, _) in SUPPRESSION.items():
        (tmp_path / names[case]).write_text(f"import torch\n\n{text}\n")
    found = messages(tmp_path, "--enable=useless-suppression", *names.values())
    for case, name in names.items():
        spots = sorted((m["line"], m["messageId"]) for m in found if m["path"] == name)
        if case == "all of ours":  # pylint counts each message of a checker's as suppressed
            spots = [one for one in spots if one[1] != "I0021"]
        assert spots == SUPPRESSION[case][1], case


ALIKE = [
    "def f(): # PRAGMA\n    CALL\nCALL",
    "class C: # PRAGMA\n    def f():\n        return CALL\nCALL",
    "if 1 > 2: # PRAGMA\n    CALL\nelse:\n    CALL",
    "if 1 > 2:\n    # PRAGMA\n    CALL\nelse:\n    CALL",
    "for i in range(3):\n    CALL\n    # PRAGMA\n    CALL\nCALL",
    "try:\n    CALL # PRAGMA\nexcept ValueError: # PRAGMA\n    CALL",
    "(\n    CALL,\n    CALL, # PRAGMA\n)",
    "def f(x=CALL): # PRAGMA\n    CALL",
    "@CALL # PRAGMA\ndef f():\n    CALL",
    "x = [ # PRAGMA\n    CALL\n]",
    "CALL; CALL # PRAGMA",
]
"""Pragmas in all kinds of places; what they cover is for pylint to say."""


@pytest.mark.slow
def test_suppression_covers_the_same_as_for_pylints_own_messages(tmp_path: Path) -> None:
    pragma = "pylint: disable=optport-buggy-asgd, undefined-variable"
    names = [f"case_{number}.py" for number in range(len(ALIKE))]
    for name, text in zip(names, ALIKE, strict=True):
        text = text.replace("CALL", "torch.optim.ASGD(missing, lr=0.1)").replace("PRAGMA", pragma)
        (tmp_path / name).write_text(f"import torch\n\n{text}\n")
    found = messages(tmp_path, "--enable=undefined-variable,useless-suppression", *names)
    for name in names:
        here = [m for m in found if m["path"] == name]
        own = [(m["line"], m["obj"]) for m in here if m["messageId"] == "E0602"]
        ours = [(m["line"], m["obj"]) for m in here if m["messageId"] == "W7301"]
        assert sorted(ours) == sorted(own), name
        useless = [m["message"] for m in here if m["messageId"] == "I0021"]
        assert sum("optport" in one for one in useless) * 2 == len(useless), name
    assert any(m["messageId"] == "I0021" for m in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments, found",
    [
        (["--disable=optport-asgd-lr-default"], ["3:7 W7301"]),
        (["--enable=unused-import", "--disable=optport"], []),
        (["--disable=optport", "--enable=W7202"], ["3:7 W7202"]),
    ],
    ids=" ".join,
)
def test_pylints_own_selection(project: Path, arguments: list[str], found: list[str]) -> None:
    assert pylint(project, *arguments, "train.py") == [f"train.py:{one}" for one in found]


# -- what must not happen ---------------------------------------------------------------------

BAD_FILES = {
    "syntax error": b"import torch\ntorch.optim.ASGD([)\n",
    "binary": bytes(range(256)) * 8,
    "not UTF-8": b"import torch  # optim \xff\xfe\n",
    "unknown encoding": b"# coding: klingon\nimport torch.optim\n",
    "NUL": b"import torch\ntorch.optim.ASGD([])\0\n",
    "empty": b"",
    "surrogates": b"import torch\nprint('\\ud800', torch.optim)\n",
}


@pytest.mark.slow
def test_bad_files_lose_no_other_files_findings(project: Path) -> None:
    names = [f"bad_{number}.py" for number in range(len(BAD_FILES))]
    for name, content in zip(names, BAD_FILES.values(), strict=True):
        (project / name).write_bytes(content)
    (project / "zz.py").write_text(SOURCE)
    found = pylint(project, "train.py", *names, "zz.py")
    ours = [one for one in found if " W7" in one]
    assert [one for one in ours if not one.startswith("bad_")] == [
        *found_in("train.py"),
        *found_in("zz.py"),
    ]
    assert not [one for one in found if "F0002" in one or "W7000" in one]


class TestChecker(CheckerTestCase):
    CHECKER_CLASS = OptportChecker

    def found(self, text: str) -> list[Any]:
        self.walk(astroid.parse(text))
        found: list[Any] = self.linter.release_messages()
        return found

    @pytest.mark.parametrize(
        "text", ["", "import torch\n", "import numpy.optim\n", "from json import *\n"]
    )
    def test_a_file_without_torch_is_never_parsed(
        self, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        def fail(*_: object) -> None:
            raise AssertionError("a file was parsed")

        monkeypatch.setattr("optport.parsing.parse_source", fail)
        assert self.found(text) == []
        with pytest.raises(AssertionError, match="parsed"):
            self.found(SOURCE)

    def test_a_file_without_torch_loads_no_data(self) -> None:
        family.cache_clear()
        assert self.found("import numpy\nfrom os import path\n") == []
        assert family.cache_info().currsize == 0
        assert len(self.found(SOURCE)) == 2

    def test_a_defect_of_ours_is_one_message_on_its_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise AssertionError("went wrong")

        monkeypatch.setattr(optport.guard, "check_tree", fail)
        [message] = self.found(SOURCE)
        assert (message.msg_id, message.line) == ("optport-defect", 1)
        assert "AssertionError: went wrong" in message.args[0]
        assert not message.args[0].startswith("OPT")

    def test_a_defect_while_looking_around_is_said_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise AssertionError("went wrong")

        monkeypatch.setattr("pylint_optport.modules.Modules.value", fail)
        [message] = self.found("from mylib import OPT_CLS\n\nOPT_CLS([])\n")
        assert message.msg_id == "optport-defect"
