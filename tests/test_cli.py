"""The command line: its two formats, its exit statuses, and what its options change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import meta, validator_for

from optport import __version__
from optport.catalogue import CATALOGUE
from optport.cli import main
from optport.options import Options, default_options, make_options
from optport.versions import UsageError
from tests.conftest import ROOT, check_call, codes, of_all_fixtures, run
from tests.fixture_cases import FIXTURES, AskedFor, all_fixtures, by_options

SCHEMA = json.loads((ROOT / "tests/data/report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = validator_for(SCHEMA)
SOURCE = "import torch\n\nasgd = torch.optim.ASGD([])\n"
CLEAN = "import torch\n\nadam = torch.optim.Adam([])\n"

Outcome = tuple[int, str, list[str]]
Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run `check` in an empty folder; gives the status, the output, and the lines of errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Outcome:
        status = main(["check", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, out, err.splitlines()

    return call


def report(cli: Cli, *arguments: str | Path) -> Any:
    """The JSON report, valid by its schema."""
    _, out, _ = cli("--format=json", *arguments)
    data = json.loads(out)
    VALIDATOR.validate(data)
    return data


# -- formats --------------------------------------------------------------------------------


def test_schema_is_one() -> None:
    meta.validate(SCHEMA)


@of_all_fixtures
@pytest.mark.parametrize("asked_for", by_options(all_fixtures()), ids=lambda a: " ".join(a.flags))
def test_json_is_as_the_schema_says(cli: Cli, asked_for: AskedFor) -> None:
    fixtures = by_options(all_fixtures())[asked_for]
    data = report(cli, *asked_for.flags, *(fixture.path for fixture in fixtures))
    for found in data["findings"]:
        kind = CATALOGUE[found["code"]]
        assert (found["name"], found["help"]) == (kind.name, kind.help)
        assert found["message"].endswith(found["hint"])
        assert (found["line"], found["col"]) < (found["end_line"], found["end_col"])
    built = {(one["path"], one["optimizer"]) for one in data["constructions"]}
    # A member may be of an optimizer that is built in another file.
    named = [
        found
        for found in data["findings"]
        if found["certainty"] != "unresolved" and not found["code"].startswith("OPT5")
    ]
    assert {(found["path"], found["optimizer"]) for found in named} <= built


def test_json_of_one_finding(cli: Cli) -> None:
    Path("train.py").write_text("import torch\nsgd = torch.optim.SGD([], lr=1)\n")
    data = report(cli, "train.py")
    [found] = data["findings"]
    assert found == found | {
        "path": "train.py",
        "line": 2,
        "col": 26,
        "end_line": 2,
        "end_col": 30,
        "code": "OPT104",
        "name": "rejected-value",
        "targets": ["paddle.optimizer"],
        "optimizer": "torch.optim.SGD",
        "argument": "lr",
        "certainty": "certain",
    }
    [built] = data["constructions"]
    assert built == built | {"path": "train.py", "line": 2, "col": 6, "certainty": "certain"}
    assert built["ports"] == {
        "paddle.optimizer": {
            "call": "paddle.optimizer.SGD(learning_rate=1.0, parameters=[])",
            "setup": [],
            "also": [],
            "fidelity": "exact",
        },
        "mindspore.nn": {
            "call": "mindspore.nn.SGD([], learning_rate=1)",
            "setup": [],
            "also": [],
            "fidelity": "exact",
        },
    }


def test_json_of_one_of_several_classes(cli: Cli) -> None:
    Path("train.py").write_text(
        "from torch import optim\nkind = optim.SGD if len('') else optim.Muon\nkind([], lr=0.1)\n"
    )
    built = report(cli, "train.py")["constructions"]
    assert [(one["optimizer"], one["certainty"]) for one in built] == [
        ("torch.optim.SGD", "possible"),
        ("torch.optim.Muon", "possible"),
    ]
    assert {port["fidelity"] for port in built[1]["ports"].values()} == {"none"}


def test_json_is_ascii_and_keeps_order(cli: Cli) -> None:
    Path("größe.py").write_text(SOURCE, encoding="utf-8")
    Path("a.py").write_text(SOURCE, encoding="utf-8")
    _, out, _ = cli("--format=json", "größe.py", "a.py")
    assert out.isascii()
    assert [found["path"] for found in json.loads(out)["findings"]] == [
        *["größe.py"] * 2,
        *["a.py"] * 2,
    ]


def test_text_is_one_line_a_finding_with_columns_from_one(cli: Cli) -> None:
    Path("train.py").write_text(SOURCE)
    status, out, err = cli("train.py")
    assert (status, err) == (1, [])
    assert [line.split(" ")[:2] for line in out.splitlines()] == [
        ["train.py:3:8:", "OPT202"],
        ["train.py:3:8:", "OPT301"],
    ]


@of_all_fixtures
def test_text_and_json_say_the_same(cli: Cli) -> None:
    _, out, _ = cli("--format=text", FIXTURES)
    found = json.loads(cli("--format=json", FIXTURES)[1])["findings"]
    assert [re.sub(r"^(.*?:\d+):\d+: ", r"\1 ", line) for line in out.splitlines()] == [
        f"{one['path']}:{one['line']} {one['code']} {one['message']}" for one in found
    ]


def test_columns_count_characters_in_text_and_bytes_in_json(cli: Cli) -> None:
    Path("a.py").write_text("import torch\nß = '€'; torch.optim.ASGD(p)\n", encoding="utf-8")
    _, out, _ = cli("a.py")
    assert out.startswith("a.py:2:10: ")
    assert report(cli, "a.py")["findings"][0]["col"] == 12


# -- exit statuses and files ----------------------------------------------------------------


@pytest.mark.parametrize("style", ["--format=text", "--format=json"])
@pytest.mark.parametrize("source, status", [(SOURCE, 1), (CLEAN, 0), ("", 0), ("x = 1\n", 0)])
def test_status_says_whether_something_was_found(
    cli: Cli, style: str, source: str, status: int
) -> None:
    Path("train.py").write_text(source)
    assert cli(style, "train.py")[::2] == (status, [])


def test_note_is_a_finding_only_when_asked_for(cli: Cli) -> None:
    Path("train.py").write_text(CLEAN)
    assert cli("train.py") == (0, "", [])
    status, out, _ = cli("--optport-notes", "train.py")
    assert status == 1
    assert {line.split(" ")[1] for line in out.splitlines()} == {"OPT903", "OPT904"}


UNREADABLE = {
    "missing": (None, "No such file"),
    "syntax error": (b"import torch\ntorch.optim.ASGD([)\n", "line 2"),
    "null byte": (b"import torch.optim\n\0", "NUL"),
    "binary": (bytes(range(1, 256)), "not Python text"),
    "not UTF-8": (b"import torch.optim # \xff\n", "not Python text"),
    "unknown encoding": (b"# coding: klingon\nimport torch.optim\n", "klingon"),
    "deep": (b"import torch.optim\ntorch.optim.Adam\nx = " + b"(" * 5000 + b")" * 5000, ""),
}


@pytest.mark.parametrize("content, reason", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("style", ["--format=text", "--format=json"])
def test_unreadable_file_is_named_and_the_others_are_checked(
    cli: Cli, style: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        Path("bad.py").write_bytes(content)
    Path("train.py").write_text(SOURCE)
    status, out, err = cli(style, "bad.py", "train.py")
    assert status == 2
    [line] = err
    assert line.startswith("optport: error: bad.py: ")
    assert reason in line
    assert re.findall(r'OPT\d{3}(?=[ "])', out) == ["OPT202", "OPT301"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfimport torch\n\nasgd = torch.optim.ASGD([])\n",
        b"# coding: latin-1\nimport torch # \xe9\nasgd = torch.optim.ASGD([])\n",
        SOURCE.replace("\n", "\r\n").encode(),
        SOURCE.replace("\n", "\r").encode(),
    ],
    ids=["byte order mark", "Latin-1", "Windows", "old Macintosh"],
)
def test_every_encoding_and_line_end_that_python_reads(cli: Cli, content: bytes) -> None:
    Path("train.py").write_bytes(content)
    found = report(cli, "train.py")["findings"]
    assert [(one["line"], one["col"], one["code"]) for one in found] == [
        (3, 7, "OPT202"),
        (3, 7, "OPT301"),
    ]


def test_warnings_of_the_parser_are_not_ours_to_show(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE + "pattern = '\\d'\nis_one = 1 is 1\n")
    done = run("optport", "check", "train.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    strict = run(*("optport", "check", "train.py"), cwd=tmp_path, interpreter=("-W", "error"))
    assert (strict.returncode, strict.stderr, strict.stdout) == (1, "", done.stdout)


@pytest.mark.parametrize("eps", ["None", "'small'", "(1e-8, 1e-3)", "[]", "1j", "1e999", "-1"])
def test_a_nonsensical_value_ends_no_run(cli: Cli, eps: str) -> None:
    Path("odd.py").write_text(f"import torch.optim as o\no.RMSprop([], 0.1, 0.9, eps={eps})\n")
    Path("train.py").write_text(SOURCE)
    _, out, err = cli("odd.py", "train.py")
    assert err == []
    assert "train.py:3:8: OPT202" in out


def test_directories_are_searched_in_order_without_the_usual_ones(cli: Cli) -> None:
    for name in (
        "b/z.py",
        "b/a.py",
        "a.py",
        ".venv/x.py",
        "__pycache__/x.py",
        "notes.txt",
        "b/x.pyi",
    ):
        path = Path("src", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CLEAN)
    built = report(cli, "src")["constructions"]
    assert [one["path"] for one in built] == ["src/a.py", "src/b/a.py", "src/b/x.pyi", "src/b/z.py"]


def test_directory_without_python_holds_nothing(cli: Cli) -> None:
    Path("empty").mkdir()
    assert cli("empty") == (0, "", [])


def test_link_to_a_directory_is_not_followed(cli: Cli) -> None:
    Path("src").mkdir()
    Path("src/train.py").write_text(SOURCE)
    Path("src/again").symlink_to(".", target_is_directory=True)
    assert len(report(cli, "src")["constructions"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check", "--format=xml", "a.py"],
        ["check", "--selec=OPT2", "a.py"],
        ["check", "--config=a.toml", "--isolated"],
        ["verify", "a.py"],
        ["check", "--no", "a"],
        ["rule"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "argument, says",
    [
        ("--optport-targets=padle", ["--optport-targets", "padle", "paddle (2.6.2 … 3.3.1)"]),
        ("--optport-targets=paddle==9", ["--optport-targets", "paddle", "9", "2.6.2 … 3.3.1"]),
        ("--optport-targets=paddle==2.6.1", ["2.6.1", "2.6.2 … 3.3.1"]),
        ("--optport-targets=mindspore==2.6", ["mindspore", "2.6", "2.7.0 … 2.10.0"]),
        ("--optport-targets=mindspore.mint==x", ["mindspore.mint", "'x'"]),
        ("--optport-targets=", ["--optport-targets", "mindspore.experimental ("]),
        ("--optport-targets=paddle==3.0.0,paddle", ["two versions"]),
        ("--optport-torch-version=x", ["--optport-torch-version", "'x'", "1.8.1 … 2.15.0"]),
        ("--optport-torch-version=2.16", ["2.16", "1.8.1 … 2.15.0"]),
        ("--optport-torch-version=1.8", ["1.8", "1.8.1 … 2.15.0"]),
    ],
)
def test_option_that_cannot_be_met_is_one_line(cli: Cli, argument: str, says: list[str]) -> None:
    Path("train.py").write_text(SOURCE)
    status, out, err = cli(argument, "train.py")
    assert (status, out) == (2, "")
    [line] = err
    assert [word for word in says if word not in line] == []


def test_module_and_script_run(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE)
    done = run("optport", "check", "train.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("train.py:3:8: OPT202 ")
    assert run("optport", "--version").stdout == f"optport {__version__}\n"


# -- options --------------------------------------------------------------------------------


def targets_of(options: Options) -> list[tuple[str, str]]:
    return [(target.name, target.version) for target in options.targets]


def test_defaults() -> None:
    options = default_options()
    assert targets_of(options) == [("paddle.optimizer", "3.3.1"), ("mindspore.nn", "2.10.0")]
    assert (options.torch_version, options.notes) == ("2.15.0", False)
    assert options == make_options()


@pytest.mark.parametrize(
    "text, targets",
    [
        ("paddle", [("paddle.optimizer", "3.3.1")]),
        ("paddle.optimizer", [("paddle.optimizer", "3.3.1")]),
        (" paddle == 3.0.0 ,", [("paddle.optimizer", "3.0.0")]),
        ("paddle==3.1.5", [("paddle.optimizer", "3.1.1")]),
        ("paddle==2.6.2", [("paddle.optimizer", "2.6.2")]),
        ("paddle==3", [("paddle.optimizer", "3.0.0")]),
        ("paddle==2.99", [("paddle.optimizer", "2.6.2")]),
        ("mindspore==2.9", [("mindspore.nn", "2.9.0")]),
        ("mindspore.nn==2.10.0", [("mindspore.nn", "2.10.0")]),
        (
            "mindspore.mint,mindspore.experimental==2.7.1,mindspore,paddle",
            [
                ("paddle.optimizer", "3.3.1"),
                ("mindspore.nn", "2.10.0"),
                ("mindspore.experimental.optim", "2.7.0"),
                ("mindspore.mint.optim", "2.10.0"),
            ],
        ),
        ("paddle,paddle", [("paddle.optimizer", "3.3.1")]),
    ],
)
def test_targets(text: str, targets: list[tuple[str, str]]) -> None:
    assert targets_of(make_options(text)) == targets


@pytest.mark.parametrize(
    "asked, read",
    [("", "2.15.0"), ("2.13", "2.13.0"), ("2.1.1", "2.1.0"), ("2.13.0+cpu", "2.13.0")],
)
def test_torch_versions(asked: str, read: str) -> None:
    assert make_options(torch_version=asked).torch_version == read


@pytest.mark.parametrize("asked", [("gpu", ""), ("paddle==3.4", ""), ("paddle", "2.15.1")])
def test_usage_errors(asked: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="known: "):
        make_options(*asked)


@pytest.mark.parametrize(
    "torch_version, found",
    [("1.8.1", []), ("2.1", []), ("2.2", ["OPT201"]), ("2.13", ["OPT201"]), ("", ["OPT201"])],
)
def test_sgd_without_a_rate_is_an_error_of_its_own_in_old_torch(
    torch_version: str, found: list[str]
) -> None:
    call = "torch.optim.SGD(model.parameters())"
    assert codes(check_call(call, torch_version=torch_version)) == found
    assert codes(check_call(call, "paddle", torch_version)) == []


@pytest.mark.parametrize("version, gone", [("2.6.2", True), ("3.0.0", False), ("3.3.1", False)])
@pytest.mark.parametrize(
    "call, code",
    [
        ("torch.optim.Adam([], amsgrad=True)", "OPT102"),
        ("torch.optim.AdamW([], amsgrad=True)", "OPT102"),
        ("torch.optim.NAdam([])", "OPT101"),
        ("torch.optim.RAdam([])", "OPT101"),
        ("torch.optim.Rprop([])", "OPT101"),
        ("torch.optim.ASGD([])", "OPT101"),
        ("torch.optim.Adam([], weight_decay=1)", "OPT104"),
    ],
)
def test_what_paddle_has_since_3_0(call: str, code: str, version: str, gone: bool) -> None:
    report = check_call(call, f"paddle=={version}")
    assert (code in codes(report)) == gone
    [checked] = report.constructions
    assert (checked.ports["paddle.optimizer"].call is None) == (code == "OPT101" and gone)


@pytest.mark.parametrize("torch_version", ["1.8.1", "2.8.0", "2.15.0"])
def test_class_newer_than_the_torch_asked_for_is_checked_all_the_same(torch_version: str) -> None:
    assert codes(check_call("torch.optim.Muon([])", torch_version=torch_version)) == ["OPT101"]


@pytest.mark.parametrize(
    "torch_version, found",
    [("2.3.1", ["OPT303", "OPT103", "OPT102"]), ("2.13", ["OPT303", "OPT103", "OPT103"])],
)
def test_positions_are_those_of_the_torch_asked_for(torch_version: str, found: list[str]) -> None:
    # torch 2.4.0 put capturable before foreach and maximize.
    call = "torch.optim.RMSprop([], 0.01, 0.95, 1e-8, 0.0, 0.0, False, False, True)"
    assert codes(check_call(call, "paddle", torch_version)) == found


def test_following_the_hint_cures() -> None:
    [found] = check_call("torch.optim.SGD([], lr=1)").findings
    assert found.hint == "write lr=1.0"
    assert codes(check_call("torch.optim.SGD([], lr=1.0)")) == []
