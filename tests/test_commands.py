"""The other commands, and what `check` does with its options, its streams and its directory."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optport.catalogue import CATALOGUE
from optport.cli import main, parallel
from optport.cli.check_options import overrides
from optport.cli.program import parser
from optport.cli.shells import commands_of
from optport.config_keys import FORMATS, KEYS, ON_COMMAND_LINE
from tests.conftest import ROOT, of_all_fixtures
from tests.fixture_cases import FIXTURES

SOURCE = "import torch\n\nasgd = torch.optim.ASGD(p)\n"
OPTPORT = [sys.executable, "-P", "-m", "optport"]
Printed = tuple[int, str, list[str]]
Cli = Callable[..., Printed]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in a folder with one file; gives the status, the output, lines of errors."""
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(SOURCE)

    def call(*arguments: str | Path) -> Printed:
        status = main(list(map(str, arguments)))
        out, err = capsys.readouterr()
        return status, out, err.splitlines()

    return call


def found(out: str) -> list[str]:
    return re.findall(r"OPT\d{3}(?= )", out)


# -- check ------------------------------------------------------------------------------------


def test_check_looks_into_the_current_directory_by_default(cli: Cli) -> None:
    status, out, err = cli("check")
    assert (status, found(out), err) == (1, ["OPT202", "OPT301"], [])
    assert out.startswith("a.py:3:8: ")


@pytest.mark.parametrize(
    "arguments, codes",
    [
        (["--select=OPT202"], ["OPT202"]),
        (["--select", "OPT3,OPT1"], ["OPT301"]),
        (["--select=OPT3", "--select=OPT2"], ["OPT202", "OPT301"]),
        (["--ignore=OPT2"], ["OPT301"]),
        (["--ignore=OPT", "--extend-select=OPT202"], ["OPT202"]),
        (["--per-file-ignores=a.py:OPT202,b.py:OPT301"], ["OPT301"]),
        (["--per-file-ignores=*.py:OPT2", "--per-file-ignores=*.py:OPT3"], []),
        (["--select=OPT"], ["OPT202", "OPT301"]),
        (["--select=OPT9"], []),
        (["--select=OPT903", "--notes"], ["OPT903"]),
        (["--select=OPT202", "--targets=paddle"], ["OPT202"]),
        (["--targets=mindspore.experimental"], []),
    ],
    ids=" ".join,
)
def test_codes_are_selected(cli: Cli, arguments: list[str], codes: list[str]) -> None:
    status, out, _ = cli("check", *arguments)
    assert (found(out), status) == (codes, int(bool(codes)))


def test_configuration_is_read_and_overridden_and_left_alone(cli: Cli) -> None:
    Path("pyproject.toml").write_text(
        '[tool.optport]\nselect = ["OPT3"]\noutput-format = "github"\n'
    )
    assert cli("check")[1].startswith("::warning ")
    assert found(cli("check", "--format=text")[1]) == ["OPT301"]
    assert found(cli("check", "--format=text", "--select=OPT2")[1]) == ["OPT202"]
    assert found(cli("check", "--isolated")[1]) == ["OPT202", "OPT301"]
    Path("other.toml").write_text('[tool.optport]\nselect = ["OPT2"]\n')
    assert found(cli("check", "--config=other.toml")[1]) == ["OPT202"]


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--select=X1"], ["--select", "X1", "OPT202"]),
        (["--per-file-ignores=a.py"], ["--per-file-ignores", "a.py", "PATTERN:CODE"]),
        (["--per-file-ignores=a.py:X"], ["--per-file-ignores", "'X'"]),
        (["--exclude=" + "{a,b}" * 20], ["--exclude", "alternatives"]),
        (["--config=none.toml"], ["none.toml", "No such file"]),
        (["--targets=padle"], ["--optport-targets", "padle", "paddle (2.6.2 … 3.3.1)"]),
        (["--targets=paddle==9" + "9" * 5000], ["--optport-targets", "9999…"]),
        (["--torch-version=1." + "9" * 5000], ["--optport-torch-version", "999…"]),
        (["--add-noqa", "--fix"], ["--add-noqa", "--fix"]),
        (["--add-noqa", "-"], ["--add-noqa", "file"]),
    ],
    ids=lambda value: " ".join(value)[:30],
)
def test_option_that_cannot_be_met_is_one_line(
    cli: Cli, arguments: list[str], says: list[str]
) -> None:
    status, out, [line] = cli("check", *arguments)
    assert (status, out) == (2, "")
    assert line.startswith("optport: error: ")
    assert len(line) < 400
    assert [word for word in says if word not in line] == []


def test_exit_zero_is_for_findings_and_not_for_trouble(cli: Cli) -> None:
    assert cli("check", "--exit-zero")[0] == 0
    assert cli("check", "-e", "none.py")[0] == 2


def test_every_key_of_configuration_is_an_option_and_the_other_way_round() -> None:
    check = parser().parse_args(["check"])
    options = {name.replace("_", "-") for name in vars(check)} - {"command", "run", "paths"}
    assert options == {*KEYS, *ON_COMMAND_LINE}
    assert overrides(check) == {}


def test_page_names_every_command_and_option_and_format_and_key() -> None:
    page = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    commands = commands_of(parser())
    [check] = [command for command in commands if command.name == "check"]
    long = [option.names[0] for option in check.options if option.names[0].startswith("--")]
    said = [command.name for command in commands] + [f"`{key}`" for key in KEYS]
    said += [f"`{name}`" for name in FORMATS]
    missing = [one for one in said if one not in page]
    assert missing == []
    assert [name for name in long if name not in page and name != "--help"] == []


def test_baseline_suppresses_what_is_found_today(cli: Cli) -> None:
    Path("b.py").write_text("import torch\nx = torch.optim.SGD(  # noqa: E501\n    q, lr=1)\n")
    status, out, err = cli("check", "--add-noqa")
    assert (status, out) == (0, "")
    assert err == ["Wrote comments that suppress 3 findings."]
    assert Path("a.py").read_text() == SOURCE.replace("(p)", "(p)  # noqa: OPT202, OPT301")
    assert cli("check") == (0, "", [])
    Path("c.py").write_text("import torch\nx = torch.optim.ASGD(p) + \\\n  1\n")
    status, out, err = cli("check", "--add-noqa", "-q")
    assert (status, out) == (2, "")
    assert err[0].startswith("optport: error: c.py: line 2: no line of OPT202 can take a comment")


def test_trouble_with_one_file_loses_no_other(cli: Cli) -> None:
    Path("b.py").write_bytes(b"import torch.optim\n\0")
    long = "x" * 300 + ".py"
    status, out, err = cli("check", "none.py", "b.py", long, "a.py", "y\0.py")
    assert (status, found(out)) == (2, ["OPT202", "OPT301"])
    assert [line.split(": ")[2] for line in err] == ["none.py", "b.py", long, "y\\x00.py"]


def test_file_named_like_standard_input(cli: Cli) -> None:
    Path("-").write_text(SOURCE)
    status, out, _ = cli("check", "./-")
    assert (status, out.startswith("./-:3:8: OPT202")) == (1, True)


def run(
    *arguments: str, stdin: Any = subprocess.DEVNULL, **how: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*OPTPORT, "check", *arguments],
        stdin=stdin,
        capture_output="stdout" not in how,
        check=False,
        encoding="utf-8",
        timeout=60,
        **how,
    )


# -- streams ----------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(SOURCE)
    return tmp_path


@pytest.mark.usefixtures("here")
def test_standard_input_goes_by_the_name_it_is_given() -> None:
    Path("pyproject.toml").write_text('[tool.optport]\nper-file-ignores = {"x.py" = ["OPT2"]}\n')
    with Path("a.py").open() as stream:
        done = run("--stdin-filename=x.py", stdin=stream)
    assert (done.returncode, found(done.stdout)) == (1, ["OPT301"])
    assert done.stdout.startswith("x.py:3:8")
    with Path("a.py").open() as stream:
        done = run("-", stdin=stream)
    assert done.stdout.startswith("-:3:8: OPT202")


@pytest.mark.usefixtures("here")
def test_closed_streams_are_no_trouble() -> None:
    shell = f"{sys.executable} -P -m optport check"
    for command, status, says in (
        (f"{shell} - <&-", 2, "-: standard input is closed"),
        (f"{shell} a.py >&-", 1, ""),
        (f"{shell} a.py none.py 2>&-", 2, ""),
        (f"{sys.executable} -P -m optport server <&-", 2, "input or output is closed"),
        (f"{shell} a.py >&- 2>&- <&-", 1, ""),
    ):
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, check=False, encoding="utf-8", timeout=60
        )
        assert done.returncode == status, command
        assert says in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize(
    "form", ["concise", *(pytest.param(form, marks=pytest.mark.slow) for form in ("json", "full"))]
)
def test_full_disk_is_one_line_and_status_two(form: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = run("a.py", f"--format={form}", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == "optport: error: standard output: No space left on device\n"


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
def test_full_disk_behind_standard_error_or_a_file_is_status_two() -> None:
    with Path("/dev/full").open("w") as full:
        done = run("none.py", stdout=subprocess.PIPE, stderr=full)
    assert done.returncode == 2
    done = run("a.py", "-o", "/dev/full")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "optport: error: /dev/full: No space left on device\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("many", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_closed_pipe_ends_quietly(many: int) -> None:
    for number in range(many):
        Path(f"f{number}.py").write_text("import torch\n" + "torch.optim.ASGD(p)\n" * 40)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -P -m optport check --select=OPT202 | head -n 1"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)


@pytest.fixture
def unprintable(here: None) -> None:
    """A file whose name and text few encodings hold, in place of the other."""
    Path("a.py").unlink()
    text = 'import torch\ntorch.optim.SGD(q, maximize="Ωα 中", lr=1)\n'
    Path("größe\udce9.py").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("unprintable")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp932", "utf-8"])
@pytest.mark.parametrize("form", ["concise", "full", "json", "junit"])
def test_no_encoding_of_the_output_is_in_the_way(
    encoding: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    status = main(["check", f"--format={form}"])
    printed, complaints = (stream.buffer.getvalue() for stream in (out, err))
    assert (status, complaints) == (1, b"")
    assert b"OPT104" in printed
    assert b"OPT102" in printed


@pytest.mark.usefixtures("unprintable")
@pytest.mark.parametrize(
    "encoding, form", [("ascii", "full"), pytest.param("cp932", "json", marks=pytest.mark.slow)]
)
def test_no_encoding_of_a_process_is_in_the_way(encoding: str, form: str) -> None:
    done = subprocess.run(
        [*OPTPORT, "check", f"--format={form}"],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"OPT104" in done.stdout
    assert b"OPT102" in done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("copies", [1, 600])
def test_interrupt_ends_with_130_and_leaves_nobody_behind(copies: int) -> None:
    Path("z.py").write_text("import torch.optim\n" + "torch.optim.ASGD(p)\n" * 40_000)
    for number in range(copies):
        Path(f"f{number}.py").write_text("import torch\n" + "torch.optim.ASGD(p)\n" * 300)
    with subprocess.Popen(
        [*OPTPORT, "check", "--notes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Whoever runs the tests in the background may have interrupts ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(1)  # it is at work
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (130, b"")
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


def test_interrupt_ends_with_130_while_modules_are_imported() -> None:
    code = (
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'optport.cli.program': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from optport.cli import main\n"
        "sys.exit(main(['check']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_that_is_lost_is_trouble(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        monkeypatch.setattr("optport.cli.console.os.dup2", lambda *_: None)
        status = main([asked])
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()
    assert status == 2


@pytest.mark.parametrize("command", ["check", "port"])
def test_empty_path_is_refused(cli: Cli, command: str) -> None:
    status, out, err = cli(command, *(["--target=paddle"] if command == "port" else []), "")
    assert (status, out) == (2, "")
    assert err == ["optport: error: a path is empty; write . for the current directory"]


@pytest.mark.usefixtures("here")
def test_directory_that_is_gone_is_one_line() -> None:
    gone = Path("gone")
    gone.mkdir()
    command = f"rmdir ../gone; exec {sys.executable} -P -m optport check"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=gone,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_file_that_cannot_be_written_is_not_counted_as_changed(cli: Cli) -> None:
    Path("a.py").chmod(0o444)
    status, _, errors = cli("port", "--target=paddle", "--write", "a.py")
    assert status == 2
    assert errors == ["optport: error: a.py: it is read-only", "1 incomplete; 0 files changed."]


UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] * (os.geteuid() == 0)
"""Without what lets root read everything."""


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(bool(UNPRIVILEGED) and not shutil.which("setpriv"), reason="only as root")
def test_what_may_not_be_read_is_named_and_the_others_are_checked() -> None:
    for name in ("closed", "unsearchable"):
        Path(name).mkdir()
        Path(name, "b.py").write_text(SOURCE)
    Path("unreadable.py").write_text(SOURCE)
    modes = {"closed": 0, "unsearchable": 0o644, "unreadable.py": 0}
    for name, mode in modes.items():
        Path(name).chmod(mode)

    def unprivileged(*arguments: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            [*UNPRIVILEGED, *OPTPORT, "check", "--select=OPT202", *arguments],
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        assert "a.py:3:8: OPT202" in done.stdout
        lines = [line.removeprefix("optport: error: ") for line in done.stderr.splitlines()]
        return done.returncode, sorted(lines)

    denied = ["closed", "unreadable.py", "unsearchable/b.py"]
    try:
        assert unprivileged() == (2, [f"{name}: Permission denied" for name in denied])
        assert unprivileged("closed/b.py", "a.py") == (2, ["closed/b.py: Permission denied"])
    finally:
        for name in modes:
            Path(name).chmod(0o755)


# -- trust ------------------------------------------------------------------------------------

PLANTED = "import sys\nprint('PLANTED', __name__)\nsys.exit(0)\n"


@pytest.fixture
def planted(here: Path) -> Path:
    """A tree with modules of Python's own names that end a program which imports them."""
    names = {*sys.stdlib_module_names} - {"sys", "builtins", "__main__", "contextlib", "functools"}
    # What runpy imports before it looks at any package; nobody can be quicker than that.
    names -= {"collections", "keyword", "operator", "reprlib", "types", "runpy", "importlib", "abc"}
    names -= {"pkgutil", "typing", "weakref", "warnings", "linecache", "tokenize", "token", "re"}
    names -= set(sys.builtin_module_names)
    for name in names | {"enum", "argparse", "json", "ast", "dataclasses", "re", "tomllib"}:
        Path(f"{name}.py").write_text(PLANTED)
    return here


@pytest.mark.usefixtures("planted")
def test_module_runs_nothing_of_the_tree_that_is_checked() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "optport", "check", "a.py"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert "PLANTED" not in done.stdout + done.stderr
    assert (done.returncode, found(done.stdout)) == (1, ["OPT202", "OPT301"])


@pytest.mark.usefixtures("planted")
def test_script_runs_nothing_of_the_tree_that_is_checked() -> None:
    Path("optport").mkdir()
    Path("optport/__init__.py").write_text(PLANTED)
    script = shutil.which("optport", path=str(Path(sys.executable).parent))
    assert script is not None
    for command in ([script], [sys.executable, "-P", "-m", "optport"]):
        done = subprocess.run(
            [*command, "check", "a.py", "--notes"],
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        assert "PLANTED" not in done.stdout + done.stderr
        assert done.returncode == 1
        assert "OPT202" in done.stdout


def test_docs_recommend_no_command_that_runs_code_of_the_checked_tree() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    said = [
        (page.name, line)
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.search(r"python3? -m optport\b(?!\.)", line)
        and "not" not in line.partition("python")[0]
    ]
    assert said == []


# -- processes --------------------------------------------------------------------------------


def test_several_processes_find_what_one_does_in_the_same_order(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(parallel.MIN_FILES + 40):
        source = SOURCE if number % 3 else "x = 1\n"
        Path(f"f{number}.py").write_text("x = (" if number == 17 else source * (number % 5 + 1))
    Path("f17.py").write_text("import torch.optim.ASGD\nx = (")
    several = run(".", "--format=json")
    monkeypatch.delattr(os, "fork")
    status = main(["check", ".", "--format=json"])
    assert (several.stdout, several.stderr) == capsys.readouterr()
    assert several.returncode == status
    assert several.returncode == 2
    assert len(json.loads(several.stdout)["findings"]) > 300


def test_work_of_a_process_that_is_ended_is_done_all_the_same(here: Path) -> None:
    for number in range(parallel.MIN_FILES + 40):
        Path(f"f{number}.py").write_text(SOURCE)
    code = (
        "import os, sys\n"
        "from optport.cli import checking, main, parallel\n"
        "first = os.getpid()\n"
        "check = parallel.check_file\n"
        "def dying(given, job):\n"
        "    if os.getpid() != first: os.kill(os.getpid(), 9)\n"
        "    return check(given, job)\n"
        "parallel.check_file = dying\n"
        "sys.exit(main(['check', '.', '--select=OPT202']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert len(done.stdout.splitlines()) == parallel.MIN_FILES + 41


# -- rule, table, server, completion ----------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["OPT202", "opt202", "asgd-lr-default", "W7202", "optport-asgd-lr-default"]
)
def test_rule_has_a_page_under_all_of_its_names(cli: Cli, name: str) -> None:
    status, out, err = cli("rule", name)
    assert (status, err) == (0, [])
    assert out.startswith("# OPT202: asgd-lr-default\n")
    assert "\nOPT202 lr " in out


def test_rule_of_every_code_as_data(cli: Cli) -> None:
    pages = json.loads(cli("rule", "--all", "--output-format=json")[1])
    assert [page["code"] for page in pages] == list(CATALOGUE)
    assert all(page["messages"] for page in pages if page["code"] < "OPT4")
    assert json.loads(cli("rule", "OPT104", "--output-format=json")[1])["level"] == "raises"


def test_rule_that_is_unknown_is_one_line(cli: Cli) -> None:
    status, out, [line] = cli("rule", "OPT999")
    assert (status, out) == (2, "")
    assert "'OPT999'" in line
    assert "OPT202 (asgd-lr-default)" in line


def test_table_lists_what_corresponds(cli: Cli) -> None:
    status, out, _ = cli("table")
    assert status == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert rows["Adamax"][:2] == ["Adamax", "AdaMax"]
    assert rows["Muon"][0] == "-"
    listed = json.loads(cli("table", "--output-format=json", "--target=paddle==2.6.2")[1])
    [asgd] = [row for row in listed if row["torch"] == "torch.optim.ASGD"]
    assert asgd["counterparts"] == {"paddle.optimizer": []}


@pytest.mark.parametrize("name", ["ASGD", "asgd", "torch.optim.ASGD"])
def test_table_shows_what_becomes_of_arguments(cli: Cli, name: str) -> None:
    status, out, _ = cli("table", name, "--target=paddle,mindspore")
    assert status == 0
    assert "torch.optim.ASGD is paddle.optimizer.ASGD in paddle.optimizer 3.3.1" in out
    assert re.search(r"^lr +0\.01 +learning_rate +0\.001 +trains differently$", out, re.MULTILINE)
    data = json.loads(cli("table", name, "--output-format=json", "--target=mindspore")[1])
    [target] = data["targets"]
    lr = target["counterparts"][0]["arguments"][1]
    assert lr["to"] == ["learning_rate"] and lr["defaults"] == ["0.1"]


@pytest.mark.parametrize("arguments", [["SGDX"], ["SGD", "--target=padle"]], ids=" ".join)
def test_table_of_what_is_unknown_is_one_line(cli: Cli, arguments: list[str]) -> None:
    status, out, [line] = cli("table", *arguments)
    assert (status, out) == (2, "")
    assert "known: " in line


def test_server_without_its_extra_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("optport.server", "pygls"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("optport.server", raising=False)
    monkeypatch.setitem(sys.modules, "pygls", None)
    status, out, [line] = cli("server")
    assert (status, out) == (2, "")
    assert "pip install 'optport[lsp]'" in line


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_completion_knows_every_command_and_option(cli: Cli, shell: str, tmp_path: Path) -> None:
    status, out, _ = cli("generate-shell-completion", shell)
    assert status == 0
    options = [f"--{key}" for key in KEYS]
    if shell == "fish":
        options = [f"-l {key}" for key in KEYS]
    assert [one for one in [*options, "table", "rule", "sarif"] if one not in out] == []
    if shutil.which(shell):
        (tmp_path / "script").write_text(out)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


def test_bash_completes(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(cli("generate-shell-completion", "bash")[1])

    def completed(*words: str) -> set[str]:
        listed = " ".join(f"'{word}'" for word in words)
        code = (
            f"source {tmp_path}/script; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; "
            '_optport; echo "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "-c", code], capture_output=True, check=True, encoding="utf-8"
        )
        return set(done.stdout.split())

    assert completed("optport", "ru") == {"rule"}
    assert completed("optport", "check", "--unsafe") == {"--unsafe-fixes"}
    assert completed("optport", "check", "--format", "s") == {"sarif"}
    assert completed("optport", "rule", "--output-format", "") == {"text", "json"}


@of_all_fixtures
def test_fixtures_are_checked_by_each_format_without_trouble(cli: Cli) -> None:
    for form in ("concise", "full", "sarif"):
        status, _, err = cli("check", FIXTURES, f"--format={form}")
        assert (status, err) == (1, [])
