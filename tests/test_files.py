"""Finding files: git's rules, excludes, links, and directories that give trouble."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from optport.config import Configuration
from optport.gitignore import Ignored, ignores
from optport.walking import Walk, tidied


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*names: str, text: str = "") -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(*paths: str, respect: bool = True, **keys: object) -> tuple[list[str], list[str]]:
    """The files below paths, and what was told of trouble."""
    told: list[str] = []
    overrides = {key.replace("_", "-"): value for key, value in keys.items()}
    walk = Walk(Configuration(overrides), lambda name, why: told.append(f"{name}: {why}"), respect)
    return [name for name, _ in walk.files(paths)], told


# -- names --------------------------------------------------------------------------------------


def test_files_come_before_directories_and_both_in_order() -> None:
    make("b/z.py", "b/a.pyi", "a/x.ipynb", "c.py", "b.txt", "a.py", ".hidden.py", ".h/x.py")
    assert " ".join(found(".")[0]) == ".hidden.py a.py c.py .h/x.py a/x.ipynb b/a.pyi b/z.py"


def test_name_given_twice_is_found_once() -> None:
    make("a.py", "s/b.py")
    assert found("a.py", "./a.py", ".", "s", "s/b.py", str(Path("a.py").resolve())) == (
        ["a.py", "s/b.py"],
        [],
    )


@pytest.mark.parametrize(
    "name, shown",
    [
        ("./a.py", "a.py"),
        ("a//b/./c.py", "a/b/c.py"),
        ("a/../b.py", "a/../b.py"),
        ("/x/", "/x"),
        (".", "."),
        ("./", "."),
        ("./-", "./-"),
        ("//", "/"),
    ],
)
def test_names_are_shown_as_pathlib_shows_them(name: str, shown: str) -> None:
    assert tidied(name) == shown


def test_dash_is_standard_input_and_dot_slash_dash_is_a_file() -> None:
    make("-")
    assert found("-", "./-")[0] == ["-", "./-"]


def test_file_that_is_not_there_is_left_for_reading_to_name() -> None:
    assert found("none.py", "x\0y.py") == (["none.py", "x\0y.py"], [])


# -- links and what is no file ------------------------------------------------------------------


def test_links_to_files_are_followed_and_all_others_passed_over() -> None:
    make("real/a.py")
    Path("link.py").symlink_to("real/a.py")
    Path(".#lock.py").symlink_to("user@host.1234:567")
    Path("loop.py").symlink_to("loop.py")
    Path("again").symlink_to(".", target_is_directory=True)
    Path("folder.py").symlink_to("real", target_is_directory=True)
    os.mkfifo("pipe.py")
    Path("directory.py").mkdir()
    assert found(".") == (["link.py", "real/a.py"], [])


def test_link_to_a_directory_is_followed_when_it_is_named() -> None:
    make("real/a.py")
    Path("link").symlink_to("real", target_is_directory=True)
    assert found("link")[0] == ["link/a.py"]


@pytest.fixture
def deep(here: Path) -> Iterator[None]:
    """For trees that Python's own functions can't remove."""
    yield
    subprocess.run(["rm", "-rf", *here.iterdir()], check=True)


@pytest.mark.usefixtures("deep")
def test_tree_deeper_than_pythons_stack() -> None:
    depth = 1500
    here = Path.cwd()
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.py").touch()
    os.chdir(here)
    names, told = found(".")
    assert (names, told) == (["d/" * depth + "a.py"], [])


@pytest.mark.usefixtures("deep")
def test_directory_with_a_name_too_long_to_open_is_named_and_the_others_are_searched() -> None:
    make("z/a.py")
    here = Path.cwd()
    for _ in range(20):
        Path("d" * 250).mkdir()
        os.chdir("d" * 250)
    os.chdir(here)
    names, told = found(".")
    assert names == ["z/a.py"]
    assert len(told) == 1 and "File name too long" in told[0]


def test_directory_that_cannot_be_listed_is_named_and_the_others_are_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make("closed/a.py", "open/b.py")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert found(".") == (["open/b.py"], ["closed: Permission denied"])
    assert found("closed") == ([], ["closed: Permission denied"])


# -- excludes -----------------------------------------------------------------------------------


def test_usual_directories_are_left_out_but_not_when_they_are_named() -> None:
    make(".git/a.py", "node_modules/a.py", "x/.venv/lib/a.py", "__pycache__/a.py", "src/a.py")
    assert found(".")[0] == ["src/a.py"]
    assert found("node_modules", ".git/a.py")[0] == ["node_modules/a.py", ".git/a.py"]


def test_excludes_are_for_names_and_for_paths() -> None:
    make("old/a.py", "src/old/a.py", "src/new/a.py", "src/gen_a.py")
    assert found(".", extend_exclude=["old", "gen_*.py"])[0] == ["src/new/a.py"]
    assert found(".", exclude=["src/old"])[0] == ["old/a.py", "src/gen_a.py", "src/new/a.py"]


def test_excluded_file_is_found_when_named_unless_that_is_forced() -> None:
    make("old/a.py")
    assert found("old/a.py", exclude=["old"])[0] == ["old/a.py"]
    assert found("old/a.py", exclude=["old"], force_exclude=True)[0] == []


def test_configuration_below_holds_for_what_is_below() -> None:
    make("a/old/x.py", "b/old/x.py")
    Path("a/pyproject.toml").write_text('[tool.optport]\nextend-exclude = ["old"]\n')
    assert found(".")[0] == ["b/old/x.py"]


def test_broken_configuration_below_is_named_and_the_others_are_searched() -> None:
    make("a/x.py", "b/x.py")
    Path("a/pyproject.toml").write_text("[tool.optport]\nx = 1\n")
    names, told = found(".")
    assert names == ["b/x.py"]
    assert len(told) == 1 and "a/pyproject.toml: [tool.optport] x is unknown" in told[0]


# -- git ----------------------------------------------------------------------------------------


def test_gitignore_holds_below_its_directory_and_the_deepest_decides() -> None:
    make("gen/a.py", "src/gen/a.py", "src/b_pb2.py", "src/keep_pb2.py", "src/deep/c_pb2.py")
    Path(".gitignore").write_text("*_pb2.py\n/gen/\n")
    Path("src/.gitignore").write_text("!keep_pb2.py\n")
    assert found(".")[0] == ["src/keep_pb2.py", "src/gen/a.py"]
    assert len(found(".", respect=False)[0]) == 5
    assert found("src")[0] == ["src/keep_pb2.py", "src/gen/a.py"]
    assert found("gen/a.py")[0] == ["gen/a.py"]


def test_rules_above_are_those_of_the_repository(tmp_path: Path) -> None:
    make("repository/src/a.py", "repository/src/b.py", "repository/src/c.py")
    Path(".gitignore").write_text("*.py\n")
    Path("repository/.gitignore").write_text("b.py\n")
    Path("repository/.git/info").mkdir(parents=True)
    Path("repository/.git/info/exclude").write_text("c.py\n")
    os.chdir("repository/src")
    assert found(".")[0] == ["a.py"]


def test_gitignore_that_is_no_file_is_passed_over() -> None:
    make("a.py", "b/a.py")
    os.mkfifo(".gitignore")
    Path("b/.gitignore").mkdir()
    assert found(".") == (["a.py", "b/a.py"], [])


NAMES = ["a", "b", "a.py", "ab.py", "b.py", "[x].py", "a b.py", "#c.py", "!d.py", "e\\f.py", "é.py"]
PIECES = [*"ab*?/![]\\#^- ", "**", "**/", "/**", ".py", "[ab]", "[!a]", "[a-b]", "[[:alpha:]]", "é"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for directory in ("", "a", "b/a", "b/b/a"):
        for name in NAMES:
            path = root / directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() and name.endswith(".py"):
                path.touch()
    return root


def by_git(root: Path, paths: list[str]) -> set[str]:
    done = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=root,
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    return {name for name in done.stdout.decode().split("\0") if name}


def by_us(root: Path, text: str, paths: list[str]) -> set[str]:
    """As git: what is ignored itself, or below something that is."""
    rules = [Ignored(str(root), text.encode())]
    ignored = set()
    for path in paths:
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            whole = root.joinpath(*parts[:end])
            if ignores(rules, parts[end - 1], str(whole), whole.is_dir()):
                ignored.add(path)
                break
    return ignored


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
        min_size=1,
        max_size=4,
    )
)
def test_rules_are_gits(repository: Path, lines: list[str]) -> None:
    # git reads ``a**/b`` as ``a`` and ``**/b``, which its own manual says it does not, and takes a
    # slash in brackets and behind a backslash, where nobody writes one.
    odd = re.compile(r"[^/]\*\*|\*\*[^/]|\[[^\]]*/|\\/")
    assume(not any(odd.search(line.lstrip("!")) for line in lines))
    text = "\n".join(lines) + "\n"
    (repository / ".gitignore").write_text(text, encoding="utf-8")
    paths = sorted(
        str(path.relative_to(repository))
        for path in repository.rglob("*")
        if ".git" not in path.parts and path.name != ".gitignore"
    )
    assert by_us(repository, text, paths) == by_git(repository, paths)


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 120 + "b", "**/a/" * 120 + "b", "[" * 1000, "a/**/" * 100, "?*" * 120 + "\\"],
    ids=["stars", "directories", "brackets", "any depth", "marks"],
)
def test_no_pattern_makes_matching_slow(pattern: str) -> None:
    path = "/r/" + "/".join(["a" * 200] * 9 + ["a"] * 900)
    assert not ignores([Ignored("/r", f"{pattern}\n".encode())], "a" * 250, path, False)
