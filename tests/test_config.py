"""Configuration files: where they are found, what they may hold, and what overrides them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optport.catalogue import CATALOGUE
from optport.config import Configuration, settings_for
from optport.config_keys import KEYS
from optport.globs import Patterns
from optport.selection import codes_of, enabled_codes
from optport.versions import UsageError

HAZARDS = sorted(CATALOGUE)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(text: str, directory: str = ".") -> None:
    Path(directory).mkdir(parents=True, exist_ok=True)
    Path(directory, "pyproject.toml").write_text(f"[tool.optport]\n{text}\n", encoding="utf-8")


def refusal(text: str) -> str:
    configure(text)
    with pytest.raises(UsageError) as caught:
        settings_for("train.py")
    line = str(caught.value)
    assert "\n" not in line
    return line


# -- where ------------------------------------------------------------------------------------


def test_every_file_has_the_settings_of_the_nearest_file_with_the_section() -> None:
    configure('targets = "paddle"')
    configure('targets = ["mindspore"]', "a/b")
    Path("a/pyproject.toml").write_text('[project]\nname = "optport-user"\n')
    configuration = Configuration()
    names = {
        path: [target.name for target in configuration.settings_for(path).options.targets]
        for path in ("x.py", "a/x.py", "a/b/x.py", "a/b/c/d/x.py")
    }
    assert names == {
        "x.py": ["paddle.optimizer"],
        "a/x.py": ["paddle.optimizer"],
        "a/b/x.py": ["mindspore.nn"],
        "a/b/c/d/x.py": ["mindspore.nn"],
    }


def test_directory_has_the_settings_of_its_own_file() -> None:
    configure("notes = true", "src")
    assert settings_for("src").notes
    assert not settings_for(".").notes


def test_given_file_holds_for_all_and_isolated_for_none() -> None:
    configure("notes = true")
    configure("notes = true", "src")
    Path("other.toml").write_text("[tool.optport]\nnotes = false\n")
    assert not Configuration(config="other.toml").settings_for("src/x.py").notes
    assert not Configuration(isolated=True).settings_for("src/x.py").notes
    assert Configuration().settings_for("src/x.py").notes


def test_overrides_come_on_top() -> None:
    configure('targets = "paddle"\nnotes = true')
    settings = settings_for("x.py", {"targets": "mindspore"})
    assert [target.short for target in (t.info for t in settings.options.targets)] == ["mindspore"]
    assert settings.notes


def test_options_are_not_built_while_all_are_at_their_defaults() -> None:
    configure('select = ["OPT2"]')
    assert settings_for("x.py").asked is None
    assert settings_for("x.py").options.torch_version


def test_what_is_no_file_or_has_no_section_is_passed_over() -> None:
    Path("a").mkdir()
    os.mkfifo("a/pyproject.toml")
    Path("b/pyproject.toml").mkdir(parents=True)
    Path("c").mkdir()
    Path("c/pyproject.toml").write_text("this is [no TOML")
    for name in "abc":
        assert settings_for(f"{name}/x.py").asked is None


# -- what -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, says",
    [
        ('target = "paddle"', ["target ", "unknown", *KEYS]),
        ("torch-version = 2.10", ["torch-version", "string", '"2.13"', "2.1"]),
        ("torch-version = 2", ["torch-version", "string", "2"]),
        ('torch-version = "9"', ["torch-version", "9", "1.8.1 … 2.15.0"]),
        ("targets = 3", ["targets", "list or a string", "3"]),
        ('targets = ["paddle", 3.0]', ["targets", "list or a string", "3.0"]),
        ('targets = ["padle"]', ["targets", "padle", "paddle (2.6.2 … 3.3.1)"]),
        ('notes = "yes"', ["notes", "true or false", "yes"]),
        ("notes = 1", ["notes", "true or false", "1"]),
        ('select = "OPT2"', ["select", "list of strings", "OPT2"]),
        ('select = ["OPT8"]', ["select", "unknown code 'OPT8'", "OPT202"]),
        ('ignore = ["E501"]', ["ignore", "unknown code 'E501'"]),
        ('ignore = [""]', ["ignore", "unknown code ''"]),
        ('per-file-ignores = ["OPT2"]', ["per-file-ignores", "a table", "OPT2"]),
        ('per-file-ignores = { "a.py" = "OPT2" }', ["per-file-ignores", "list of strings"]),
        ('output-format = "xml"', ["output-format", "full, concise, json", "xml"]),
        ('output-file = "x"', ["output-file", "command line only"]),
        ("config = 1", ["config", "command line only"]),
        ('"a\\nb" = 1', ["a\\nb", "unknown"]),
    ],
)
def test_mistake_is_named_with_file_and_key_and_what_is_allowed(text: str, says: list[str]) -> None:
    line = refusal(text)
    assert line.startswith("pyproject.toml: [tool.optport] ")
    assert [word for word in says if word not in line] == []


@pytest.mark.parametrize(
    "content",
    [
        b"[tool.optport\n",
        b"[tool.optport]\nx = \xff",
        b"[tool]\noptport = 3\n",
        b"[tool.optport]\nx = " + b"[" * 9000,
        b"[tool.optport]\nx = " + b"9" * 9000,
    ],
    ids=["bracket", "not UTF-8", "no table", "deep", "long number"],
)
def test_broken_file_is_named_in_one_line(content: bytes) -> None:
    Path("pyproject.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"\Apyproject\.toml: .*\Z"):
        settings_for("x.py")


def test_given_file_has_to_be_there_and_hold_the_section() -> None:
    with pytest.raises(UsageError, match=r"none\.toml: No such file"):
        Configuration(config="none.toml")
    Path("some.toml").write_text("[project]\n")
    with pytest.raises(UsageError, match=r"some\.toml: has no \[tool.optport\]"):
        Configuration(config="some.toml")


def test_mistake_below_is_told_anew_for_each_file_and_hurts_no_other() -> None:
    configure("x = 1", "bad")
    configuration = Configuration()
    for path in ("bad/a.py", "bad/b.py", "bad/c/d.py"):
        with pytest.raises(UsageError, match=r"bad/pyproject\.toml"):
            configuration.settings_for(path)
    assert not configuration.settings_for("good.py").notes


# -- selection --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "select, extended, ignored, expected",
    [
        (None, [], [], HAZARDS),
        (None, [], ["OPT"], []),
        (["OPT2"], [], [], ["OPT201", "OPT202", "OPT203"]),
        (["OPT2"], ["OPT301"], ["OPT201"], ["OPT202", "OPT203", "OPT301"]),
        (["OPT202"], [], ["OPT2"], ["OPT202"]),
        (["OPT202"], [], ["OPT202"], []),
        (["ALL"], [], ["OPT2"], [code for code in HAZARDS if not code.startswith("OPT2")]),
        ([], [], [], []),
    ],
)
def test_longer_selector_wins(
    select: list[str] | None, extended: list[str], ignored: list[str], expected: list[str]
) -> None:
    assert sorted(enabled_codes([(select, extended, ignored)])) == expected


def test_command_line_starts_anew_with_select_and_adds_with_the_others() -> None:
    configure('select = ["OPT2", "OPT3"]\nignore = ["OPT301"]')
    assert settings_for("x.py", {"select": ["OPT301"]}).enabled == {"OPT301"}
    ignoring = settings_for("x.py", {"ignore": ["OPT3"]}).enabled
    assert ignoring == codes_of("OPT2")
    adding = settings_for("x.py", {"extend-select": ["OPT301"]}).enabled
    assert adding == codes_of("OPT2") | codes_of("OPT3")


def test_files_are_relative_to_their_configuration() -> None:
    configure('per-file-ignores = { "tests/*" = ["OPT2"], "x.py" = ["OPT3"] }', "sub")
    settings = settings_for("sub/tests/x.py")
    reported = {
        (path, code): settings.reports(path, code)
        for path in ("sub/tests/a/b.py", "tests/b.py", "sub/src/x.py")
        for code in ("OPT202", "OPT301")
    }
    assert [key for key, value in reported.items() if not value] == [
        ("sub/tests/a/b.py", "OPT202"),
        ("sub/src/x.py", "OPT301"),
    ]


def test_pattern_may_be_for_all_other_files() -> None:
    settings = settings_for(".", {"per-file-ignores": {"!src/*": ["OPT"]}})
    assert settings.reports("src/x.py", "OPT202")
    assert not settings.reports("x.py", "OPT202")


# -- exclusion --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern, path, matches",
    [
        ("build", "/r/a/build", True),
        ("build/", "/r/a/build", True),
        ("build", "/r/a/rebuild", False),
        ("*.gen.py", "/r/x.gen.py", True),
        ("a/*.py", "/r/a/b/c.py", True),
        ("./a/x.py", "/r/a/x.py", True),
        ("a/x.py", "/r/b/a/x.py", False),
        ("a/**/x.py", "/r/a/x.py", True),
        ("a/**/x.py", "/r/a/b/c/x.py", True),
        ("**/x.py", "/r/a/x.py", True),
        ("/r/a", "/r/a", True),
        ("test_?.py", "/r/test_1.py", True),
        ("test_[0-9].py", "/r/test_1.py", True),
        ("test_[!0-9].py", "/r/test_1.py", False),
        ("{old,new}_*.py", "/r/new_x.py", True),
        ("{old", "/r/{old", True),
        ("[9-0]", "/r/5", False),
        ("[]x-]", "/r/]", True),
        ("[a-]", "/r/-", True),
        ("*" + "a*" * 300 + "b", "/r/" + "a" * 1000, False),
        ("a+b", "/r/a+b", True),
        ("é*", "/r/été", True),
        ("*.py", "/r/a\nb.py", True),
    ],
)
def test_patterns_are_those_of_ruff(pattern: str, path: str, matches: bool) -> None:
    assert Patterns([("/r", pattern)]).match(path.rpartition("/")[2], path) is matches


def test_exclude_replaces_the_defaults_and_extend_exclude_adds() -> None:
    def excluded(**keys: list[str]) -> list[str]:
        data = {key.replace("_", "-"): value for key, value in keys.items()}
        settings = settings_for(".", data)
        return [one for one in (".git", "venv", "old", "new") if settings.excludes_within(one)]

    assert excluded() == [".git", "venv"]
    assert excluded(exclude=["old"]) == ["old"]
    assert excluded(extend_exclude=["old"]) == [".git", "venv", "old"]
    assert excluded(exclude=["new"], extend_exclude=["old"]) == ["old", "new"]
    assert settings_for(".").excludes_within("venv/lib/x.py")
