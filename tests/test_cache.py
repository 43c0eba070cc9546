"""The cache of `optport check`: it keeps what a check finds, and nothing else comes of it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from optport.catalogue import CATALOGUE
from optport.cli import cache_folder, main
from optport.cli.cache import cache_directory, program_digest
from optport.cli.cache_folder import FOLDER, MAX_ENTRY, open_folder
from optport.cli.checking import Given, Job
from optport.cli.kept_results import decode, encode
from optport.cli.sources import PythonSource, check_source
from optport.config_keys import FORMATS, KEYS, NOT_JUDGING, ON_COMMAND_LINE
from optport.edits import Applicability, Edit, Fix
from optport.files import decode as decode_source
from optport.finding import Finding
from optport.formats.result import Diagnostic, FileResult
from optport.places import Place
from optport.settings import Layer, Settings
from optport.values import Certainty
from tests.conftest import of_all_fixtures
from tests.fixture_cases import all_fixtures

SOURCE = "import torch\n\nasgd = torch.optim.ASGD(p)\n"
CLEAN = "import torch\n\nadam = torch.optim.SGD(model.parameters(), lr=0.1)\n"
BROKEN = "import torch.optim.ASGD\nx = (\n"
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# A"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": SOURCE},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = ("},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
Printed = tuple[int, str, str]
Cli = Callable[..., Printed]
Checks = list[str]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with files of all kinds, to be checked with a cache that is empty."""
    monkeypatch.delenv("OPTPORT_NO_CACHE")
    monkeypatch.setenv("OPTPORT_CACHE_DIR", str(tmp_path / "cache"))
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    Path("a.py").write_text(SOURCE)
    Path("broken.py").write_text(BROKEN)
    Path("clean.py").write_text(CLEAN)
    Path("n.ipynb").write_text(json.dumps(NOTEBOOK))
    Path("other.ipynb").write_text(json.dumps({**NOTEBOOK, "metadata": JULIA}))
    Path("plain.py").write_text("x = 1\n")
    return tree


JULIA = {"kernelspec": {"language": "julia", "name": "julia", "display_name": "Julia"}}
KEPT = ["a.py", "broken.py", "clean.py", "n.ipynb", "other.ipynb"]


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Checks:
    """The names of the files that are really checked."""
    seen: Checks = []

    def check(source: Any, given: Given, job: Job) -> FileResult:
        seen.append(given.shown)
        return check_source(source, given, job)

    monkeypatch.setattr("optport.cli.sources.check_source", check)
    return seen


@pytest.fixture
def cli(tree: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    def call(*arguments: str | Path) -> Printed:
        status = main(["check", *map(str, arguments)])
        return status, *capsys.readouterr()

    return call


def entries() -> list[Path]:
    """The files in the cache that results are kept in."""
    folder = Path(os.environ["OPTPORT_CACHE_DIR"], FOLDER)
    return sorted(path for path in folder.glob("*") if len(path.name) == 40)


def listing(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


# -- what is kept -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_second_run_prints_the_same_and_checks_nothing(
    cli: Cli, checked: Checks, form: str
) -> None:
    bare = cli("--no-cache", f"--output-format={form}")
    assert (len(checked), entries()) == (5, [])
    cold = cli(f"--output-format={form}")
    assert len(checked) == 10
    assert len(entries()) == 5
    warm = cli(f"--output-format={form}")
    assert (bare, len(checked)) == (cold, 10)
    assert warm == cold
    assert warm[0] == 2 and "broken.py: syntax error" in warm[2] and "julia" in warm[2]


@pytest.mark.parametrize("more", [["--statistics"], ["--exit-zero"], ["-q"], ["--unsafe-fixes"]])
def test_what_only_changes_how_results_are_printed_finds_them(
    cli: Cli, checked: Checks, more: list[str]
) -> None:
    cli()
    kept = cli(*more)
    assert sorted(checked) == KEPT
    assert kept == cli("--no-cache", *more)


def test_nothing_is_written_into_the_tree_nor_anywhere_without_a_cache(
    cli: Cli, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = listing(tree.parent)
    cli("--no-cache")
    cli("-n", "--cache-dir=here")
    monkeypatch.setenv("OPTPORT_NO_CACHE", "1")
    cli()
    assert listing(tree.parent) == before
    monkeypatch.setenv("OPTPORT_NO_CACHE", "0")
    cli()
    assert listing(tree) == {name.removeprefix("tree/"): data for name, data in before.items()}
    assert len(entries()) == 5


def test_only_what_is_plainly_checked_is_kept(
    cli: Cli, checked: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("--diff")
    cli("--add-noqa", "clean.py")
    cli("--fix", "clean.py")
    monkeypatch.setattr("sys.stdin", open("a.py", encoding="utf-8"))  # noqa: PTH123, SIM115
    with sys.stdin:
        cli("-", "--stdin-filename=a.py")
    Path("plain.py").write_bytes(b"# coding: utf-9\ntorch.optim.ASGD")
    Path("none.ipynb").write_text("[]")
    cli("plain.py", "none.ipynb", "absent.py")
    assert entries() == []
    cli("plain.py", "a.py")
    assert len(entries()) == 1


def test_failures_of_our_own_are_not_kept(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("optport.guard.check_tree", lambda *_: 1 / 0)
        assert "OPT000" in cli("a.py")[2]
    with monkeypatch.context() as patch:
        patch.setattr("optport.linting.parse_source", nested)
        assert "nested too deep" in cli("a.py")[2]
    assert entries() == []
    assert "OPT202" in cli("a.py")[1]


def nested(_: str) -> None:
    raise RecursionError


# -- what makes it stale ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        ["--select=OPT2"],
        ["--ignore=OPT2"],
        ["--extend-select=OPT2"],
        ["--per-file-ignores=a.py:OPT2"],
        ["--targets=paddle"],
        ["--targets=mindspore==2.9.0"],
        ["--torch-version=2.1"],
        ["--notes"],
        ["--format=json"],
    ],
)
def test_another_option_is_another_result(cli: Cli, checked: Checks, options: list[str]) -> None:
    cli("a.py")
    found = cli(*options, "a.py")
    assert checked == ["a.py", "a.py"]
    assert found == cli("-n", *options, "a.py")
    cli(*options, "a.py")
    cli("a.py")
    assert len(checked) == 3


def test_settings_of_a_file_make_another_result(cli: Cli, checked: Checks) -> None:
    cli("a.py")
    for section in ('select = ["OPT3"]', 'per-file-ignores = { "a.py" = ["OPT2"] }'):
        Path("pyproject.toml").write_text(f"[tool.optport]\n{section}\n")
        assert "OPT202" not in cli("a.py")[1]
    Path("pyproject.toml").write_text("[tool.optport]\nexclude = []\nquiet = true\n")
    assert "OPT202" in cli("a.py")[1]
    assert len(checked) == 4  # settings without a key that judges are not those without settings


def test_patterns_start_from_where_they_are_written(cli: Cli, monkeypatch: Any) -> None:
    Path("src").mkdir()
    Path("src/a.py").write_text(SOURCE)
    ignored = "--per-file-ignores=src/*:OPT"
    assert cli(ignored, Path("src/a.py").absolute())[0] == 0
    monkeypatch.chdir("src")
    assert cli(ignored, Path("a.py").absolute())[0] == 1


def test_each_key_either_judges_or_does_not() -> None:
    judging = {"extend-select", "ignore", "notes", "per-file-ignores", "select"}
    assert judging | {"targets", "torch-version"} == {*KEYS} - NOT_JUDGING
    assert {*KEYS} > NOT_JUDGING
    assert {"cache-dir", "no-cache"} < ON_COMMAND_LINE


def test_changed_content_is_checked_whatever_its_time_and_size(cli: Cli, checked: Checks) -> None:
    cli("a.py")
    status = Path("a.py").stat()
    Path("a.py").write_text(SOURCE.replace("ASGD", "Adam"))
    os.utime("a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert cli("a.py")[:2] == (0, "")
    Path("a.py").write_text(SOURCE)
    assert "OPT202" in cli("a.py")[1]
    os.utime("a.py", (1, 1))
    cli("a.py")
    assert len(checked) == 3
    assert len(entries()) == 1


def test_a_renamed_file_is_another(cli: Cli, checked: Checks) -> None:
    cli("a.py")
    Path("a.py").rename("b.py")
    assert cli("b.py")[1].startswith("b.py:3")
    assert cli(Path("b.py").absolute())[1].startswith(f"{Path('b.py').absolute()}:3")
    assert len(checked) == 3


def test_another_optport_finds_nothing_kept(
    cli: Cli, checked: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("a.py")
    monkeypatch.setattr("optport.cli.cache.__version__", "0")
    cli("a.py")
    assert checked == ["a.py", "a.py"]
    assert len(entries()) == 1


def test_a_touched_module_makes_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cli/cache.py", "table/rows/Adam.toml", "__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr("optport.cli.cache.__file__", str(tmp_path / "cli/cache.py"))
    before = program_digest()
    (tmp_path / "__pycache__/a.pyc").write_text("x")
    assert program_digest() == before
    os.utime(tmp_path / "table/rows/Adam.toml", (1, 1))
    assert program_digest() != before
    monkeypatch.setattr("optport.cli.cache.__file__", str(tmp_path / "optport.zip/x/cli/cache.py"))
    assert len(program_digest()) == 32


# -- entries that are not what was written ----------------------------------------------------


def test_a_damaged_entry_counts_as_absent(cli: Cli, checked: Checks) -> None:
    right = cli("a.py")
    [entry] = entries()
    data = entry.read_bytes()
    cuts = [data[:length] for length in (0, 1, 31, 32, 33, len(data) - 1)]
    flips = [
        data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :] for i in (0, 31, 32, 60, len(data) - 1)
    ]
    more = [data + b" ", data * 2, b"\0" * len(data), data.ljust(MAX_ENTRY + 1)]
    for damaged in (*cuts, *flips, *more):
        entry.write_bytes(damaged)
        assert cli("a.py") == right
        assert entry.read_bytes() == data
    assert len(checked) == 1 + len(cuts) + len(flips) + len(more)


def test_an_entry_of_another_file_or_content_is_not_taken(cli: Cli, checked: Checks) -> None:
    right = cli("clean.py"), cli("-n", "a.py")
    [clean] = entries()
    cli("a.py")
    [other] = {*entries()} - {clean}
    kept = clean.read_bytes()
    clean.write_bytes(other.read_bytes())
    assert cli("clean.py") == right[0]
    other.write_bytes(kept)
    assert cli("a.py") == right[1]
    assert len(checked) == 5


@pytest.mark.parametrize(
    "body", ["[" * 100_000, "9" * 5000, '{"a": 1}', "[[],[],[],[],[]]", "\xff"]
)
def test_a_sealed_entry_that_holds_no_result_counts_as_absent(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("optport.cli.kept_results.encode", lambda _: body.encode("latin-1"))
        right = cli("a.py")
    assert cli("a.py") == right == cli("-n", "a.py")


ROW = json.loads(
    '["OPT103",[1,2,3,4],"m","h",["t"],"o",["a"],3,["safe",[[[1,2,3,4],"c"]]],[[1,2,3,4]],'
    '1,2,"s",null,[[1,2]]]'
)
CONSTRUCTION = {
    "path": "x",
    "line": 1,
    "col": 0,
    "optimizer": "o",
    "certainty": "certain",
    "ports": {"t": {"call": None, "setup": ["s"], "also": [], "fidelity": "none"}},
}
WRONG: tuple[Any, ...] = (
    -1,
    1.0,
    True,
    "x",
    None,
    [],
    [0],
    {},
    [[]],
    ["x", "y"],
    1 << 31,
    {"a": []},
)


def _variants(whole: Any) -> Iterator[Any]:
    """The same with each of its parts wrong by turns, left out, and there twice."""
    parts: Any = (
        [*enumerate(whole)] if type(whole) is list else [*whole.items()] if whole != {} else []
    )
    for key, value in parts:
        others = [*WRONG, *(_variants(value) if type(value) in (list, dict) else ())]
        for other in others:
            changed = whole.copy()
            changed[key] = other
            yield changed
        shorter = whole.copy()
        del shorter[key]
        yield shorter
        yield [*whole, value] if type(whole) is list else {**whole, "more": value}


def test_what_is_read_is_a_result_with_all_its_types_or_none() -> None:
    whole = [[ROW], [CONSTRUCTION], ["t"], ["w"]]
    assert decode(json.dumps(whole).encode(), "x") is not None
    assert decode(json.dumps(whole).encode(), "y") is None
    taken = 0
    for variant in _variants(whole):
        body = json.dumps(variant, separators=(",", ":")).encode()
        result = decode(body, "x")
        if result is not None:
            assert encode(result) == body
            taken += 1
    assert 0 < taken < 200


# -- the codec --------------------------------------------------------------------------------


def result_of(path: Path, options: dict[str, object]) -> FileResult:
    data = path.read_bytes()
    settings = Settings([Layer(options, str(path.parent))])
    source = PythonSource(data, decode_source(data))
    return check_source(source, Given(str(path), settings), Job(ports=True))


@of_all_fixtures
def test_results_of_every_fixture_are_read_as_they_were_written() -> None:
    count = 0
    for fixture in all_fixtures():
        asked_for = fixture.asked_for
        options = {"targets": asked_for.targets, "torch-version": asked_for.torch_version}
        told = {key: value for key, value in options.items() if value}
        result = result_of(fixture.path, {**told, "notes": asked_for.notes})
        read = decode(encode(result), result.path)
        assert read == result
        assert [one.finding.calls for one in read.diagnostics] == [
            one.finding.calls for one in result.diagnostics
        ]
        count += len(result.diagnostics)
    assert count > 500


counts = st.integers(0, (1 << 31) - 1)
texts = st.text(st.characters(), max_size=8)
places = st.builds(Place, counts, counts, counts, counts)
fixes = st.builds(
    Fix,
    st.sampled_from(Applicability),
    st.lists(st.builds(Edit, places, texts), min_size=1, max_size=2).map(tuple),
)
findings = st.builds(
    Finding,
    kind=st.sampled_from([*CATALOGUE.values()]),
    place=places,
    message=texts,
    hint=texts,
    targets=st.lists(texts, max_size=2).map(tuple),
    optimizer=texts,
    arguments=st.lists(texts, max_size=2).map(tuple),
    certainty=st.sampled_from(Certainty),
    fix=st.none() | fixes,
    calls=st.lists(places, max_size=2).map(tuple),
)


@st.composite
def diagnostics(draw: st.DrawFn) -> Diagnostic:
    finding = draw(findings)
    columns = tuple((1, draw(counts)) for _ in (finding.fix.edits if finding.fix else ()))
    cell = draw(st.none() | counts)
    return Diagnostic("x", finding, draw(counts), draw(counts), draw(texts), cell, columns)


@drawn(st.lists(diagnostics(), max_size=3), st.lists(texts), st.lists(texts))
def test_any_result_is_read_as_it_was_written(
    found: list[Diagnostic], troubles: list[str], warnings: list[str]
) -> None:
    result = FileResult("x", found, [CONSTRUCTION], troubles, warnings)
    assert decode(encode(result), "x") == result


def test_names_and_sources_that_are_no_text_are_kept(cli: Cli, checked: Checks) -> None:
    name = os.fsdecode(b"a\xff \x1b.py")
    Path(name).write_bytes(
        b"import torch\ntorch.optim.ASGD(p, a='\xf0\x9f\x98\x80', b='\\ud800')\n"
    )
    for form in FORMATS:
        assert cli(name, f"--format={form}") == cli(name, f"--format={form}")
    assert len(checked) == 2


# -- where it is ------------------------------------------------------------------------------


def test_the_directory_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPTPORT_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_directory() == "/home/me/.cache/optport"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_directory() == "/home/me/Library/Caches/optport"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert cache_directory() == "/local/optport/cache"
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache_directory() is None
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_directory() == "/caches/optport"
    for relative in (".", "caches"):  # a checked tree may be the current directory
        monkeypatch.setenv("XDG_CACHE_HOME", relative)
        assert cache_directory() is None
    monkeypatch.setenv("OPTPORT_CACHE_DIR", "/mine")
    assert cache_directory() == "/mine"
    assert cache_directory("/asked") == "/asked"


def test_a_configuration_file_has_no_say_in_it(cli: Cli) -> None:
    for line in ('cache-dir = "."', "no-cache = true"):
        Path("pyproject.toml").write_text(f"[tool.optport]\n{line}\n")
        status, _, err = cli("a.py")
        assert status == 2 and "is for the command line only" in err


def test_a_cache_that_a_tree_brings_is_not_looked_at(cli: Cli, tree: Path) -> None:
    for name in (".cache", ".optport_cache", FOLDER, "optport"):
        cli("--cache-dir", tree / name)
    before = listing(tree)
    cli()
    assert listing(tree) == before
    assert len(entries()) == 5


@pytest.mark.skipif(os.name != "posix", reason="POSIX only")
def test_it_is_for_its_user_alone(cli: Cli, tree: Path, checked: Checks) -> None:
    cli("a.py")
    folder = tree.parent / "cache" / FOLDER
    [entry] = entries()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert entry.stat().st_mode & 0o777 == 0o600
    for path in (folder, entry):
        mode = path.stat().st_mode & 0o777
        for others in (0o020, 0o002):
            path.chmod(mode | others)
            checked.clear()
            cli("a.py")
            assert checked == ["a.py"]
            if path is folder:
                folder.chmod(mode)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_what_is_another_users_is_not_used(cli: Cli, tree: Path, checked: Checks) -> None:
    cli("a.py")
    folder = tree.parent / "cache" / FOLDER
    for path in (folder, *entries()):
        os.chown(path, 12345, -1)
        checked.clear()
        cli("a.py")
        assert checked == ["a.py"]
        os.chown(folder, 0, -1)


@pytest.mark.skipif(os.name != "posix", reason="POSIX only")
def test_links_and_pipes_are_not_followed(cli: Cli, tree: Path, checked: Checks) -> None:
    cli("a.py")
    [entry] = entries()
    elsewhere = tree.parent / "elsewhere"
    entry.rename(elsewhere)
    entry.symlink_to(elsewhere)
    cli("a.py")
    assert len(checked) == 2 and not entry.is_symlink()
    entry.unlink()
    os.mkfifo(entry)
    cli("a.py")
    assert len(checked) == 3 and entry.is_file()
    entry.unlink()
    entry.mkdir()
    assert cli("a.py")[0] == 1
    folder = entry.parent
    folder.rename(tree.parent / "moved")
    folder.symlink_to(tree.parent / "moved")
    before = listing(tree.parent)
    cli("clean.py")
    assert listing(tree.parent) == before


# -- what may go wrong ------------------------------------------------------------------------


def test_whatever_is_wrong_with_the_directory_the_findings_stay(
    cli: Cli, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = cli("-n")
    (tree.parent / "file").touch()
    monkeypatch.setenv("HOME", str(tree.parent / "file"))
    for asked in (tree.parent / "file", tree.parent / "file/x", "/proc/none", "x" * 300, "x\0y"):
        status, out, err = cli("--cache-dir", asked)
        assert (status, out) == right[:2]
        [line] = err.removesuffix(right[2]).splitlines()
        assert "not used: not a directory that is yours alone" in line
    monkeypatch.delenv("OPTPORT_CACHE_DIR")
    assert cli() == right
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda name: name)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cli() == right


@pytest.mark.parametrize("broken", ["write", "replace", "listdir", "utime", "mkdir"])
def test_whatever_fails_the_findings_stay(
    cli: Cli, tree: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    right = cli("-n")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, broken, fail)
        assert cli() == right
        assert cli() == right
    assert not [*tree.parent.rglob("*.tmp")]
    assert cli() == cli() == right


def test_what_does_not_fit_whole_is_not_kept(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda number, data: write(number, data[:10]))
        cli("a.py")
    assert entries() == []


def test_an_interrupt_leaves_nothing_unfinished(
    cli: Cli, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupt)
        assert cli()[0] == 130
    assert not [*tree.parent.rglob("*.tmp")]


def test_a_result_too_large_is_not_kept(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "MAX_ENTRY", 100)
    assert cli("a.py", "clean.py") == cli("a.py", "clean.py")
    assert len(entries()) == 1


def test_runs_at_once_do_not_get_in_each_others_way(tree: Path) -> None:
    for number in range(70):
        Path(f"f{number}.py").write_text(SOURCE)
    command = [sys.executable, "-P", "-m", "optport", "check"]
    right = subprocess.run([*command, "-n"], capture_output=True, check=False, timeout=60)
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    for one in runs:
        assert one.communicate(timeout=60) == (right.stdout, right.stderr)
    assert len(entries()) == 75
    warm = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (warm.returncode, warm.stdout, warm.stderr) == (2, right.stdout, right.stderr)


def test_neither_reader_nor_table_is_loaded_for_what_is_kept(tree: Path) -> None:
    code = (
        "import sys; from optport.cli import main; main(['check']);"
        "print(*(name for name in sys.modules if name.startswith('optport.')))"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], capture_output=True, check=True, text=True
        )
    loaded = {*done.stdout.splitlines()[-1].split()}
    assert "optport.finding" in loaded
    assert not {name for name in loaded if name.startswith(("optport.reader", "optport.table"))}
    assert not loaded & {"optport.findings", "optport.check", "optport.cli.sources"}


# -- clearing up ------------------------------------------------------------------------------


def test_what_is_not_used_for_a_month_goes(cli: Cli, tree: Path) -> None:
    cli("a.py", "clean.py")
    folder = tree.parent / "cache" / FOLDER
    old, used = entries()
    (folder / f"{old.name}.{'0' * 16}.tmp").touch()
    (folder / "mine").touch()
    now = time.time()
    for name in (old, folder / f"{old.name}.{'0' * 16}.tmp", folder / "mine"):
        os.utime(name, (now - 31 * 86_400,) * 2)
    os.utime(used, (now - 29 * 86_400,) * 2)
    cli("plain.py", "n.ipynb")
    assert len(entries()) == 3  # swept within a day
    os.utime(folder / "swept", (now - 2 * 86_400,) * 2)
    cli("n.ipynb")
    assert old not in entries() and used in entries()
    assert (folder / "mine").exists() and not [*folder.glob("*.tmp")]


def test_use_makes_an_entry_young_again(cli: Cli) -> None:
    cli("a.py")
    [entry] = entries()
    for days in (20, -20):
        os.utime(entry, (time.time() - days * 86_400,) * 2)
        cli("a.py")
        assert abs(time.time() - entry.stat().st_mtime) < 86_400


def test_of_very_many_entries_those_used_last_stay(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "MAX_ENTRIES", 3)
    folder = open_folder(str(tree.parent / "cache"))
    assert folder is not None
    for number in range(5):
        folder.write(f"{number:040x}", b"x")
    for number, entry in enumerate(entries()):
        os.utime(entry, (time.time() - number * 60,) * 2)
    os.utime(tree.parent / "cache" / FOLDER / "swept", (1, 1))
    folder.sweep()
    folder.close()
    assert [int(entry.name, 16) for entry in entries()] == [0, 1, 2]


def test_clean_removes_what_is_kept_and_nothing_else(
    cli: Cli, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = tree.parent / "cache"
    cli()
    assert {path.name for path in (cache / FOLDER).iterdir()} >= {"CACHEDIR.TAG", ".gitignore"}
    assert main(["clean"]) == 0
    assert capsys.readouterr() == ("", f"Removed the cache in {cache}.\n")
    assert not cache.exists()
    assert main(["clean"]) == 0
    assert capsys.readouterr() == ("", "")
    for directory in (tree, tree / "of/mine"):
        before = listing(tree)
        cli(f"--cache-dir={directory}")
        assert listing(tree) != before
        assert main(["clean", f"--cache-dir={directory}"]) == 0
        assert listing(tree) == before
    capsys.readouterr()
    cli()
    (cache / FOLDER / "mine").touch()
    assert main(["clean"]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in (cache / FOLDER).iterdir()] == ["mine"]


def test_a_run_goes_on_while_its_cache_is_removed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = cli("-n")
    turns = itertools.count()

    def check(source: Any, given: Given, job: Job) -> FileResult:
        if next(turns) == 2:
            assert main(["clean"]) == 0
        return check_source(source, given, job)

    monkeypatch.setattr("optport.cli.sources.check_source", check)
    status, out, err = cli()
    told = [line for line in err.splitlines(keepends=True) if not line.startswith("Removed")]
    assert (status, out, "".join(told)) == right
    assert entries() == []
