"""What the pages on editors and pipelines give to paste."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from optport.config import Configuration
from tests import hosts
from tests.conftest import ROOT, run

EDITORS, HOSTS = ROOT / "docs/editors.md", ROOT / "docs/hosts.md"
PAGES = [EDITORS, HOSTS, ROOT / "README.md"]


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_json_and_toml_can_be_read(page: Path) -> None:
    for text in blocks(page, "json"):
        assert json.loads(text)
    for text in blocks(page, "toml"):
        assert tomllib.loads(text)


@pytest.mark.skipif(
    not run("ruff", "--version").stdout.startswith("ruff 0.17."), reason="another ruff"
)
def test_every_option_command_and_setting_of_ruff_is_spoken_of() -> None:
    beside = (ROOT / "docs/command-line.md").read_text(encoding="utf-8").partition("## Beside ruff")
    spoken_of = {word for group in re.findall(r"`([^`]+)`", beside[2]) for word in group.split()}
    options = re.findall(r"^ +(?:(-\w), )?(--[\w-]+)", run("ruff", "check", "--help").stdout, re.M)
    commands = re.findall(r"^  ([a-z]+) +[A-Z]", run("ruff", "help").stdout, re.M)
    settings = json.loads(run("ruff", "config", "--output-format=json").stdout)
    own = [name for name in settings if name.removeprefix("lint.").count(".") == 0]
    assert len(options) > 30 and len(commands) > 8 and len(own) > 40
    wanted = {*(name for both in options for name in both if name), *commands, *own}
    assert wanted - spoken_of - {"-h", "--help"} == set()


def test_our_settings_are_taken_as_they_are_shown(tmp_path: Path) -> None:
    shown = [one for page in PAGES for one in blocks(page, "toml") if "[tool.optport]" in one]
    assert len(shown) >= 3
    for number, text in enumerate(shown):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "pyproject.toml").write_text(text, encoding="utf-8")
        settings = Configuration().settings_for(folder)
        assert settings.enabled
        assert settings.options.targets


def test_the_problem_matcher_matches_what_flake8_prints(tmp_path: Path) -> None:
    (matchers,) = (json.loads(one) for one in blocks(HOSTS, "json") if "problemMatcher" in one)
    (pattern,) = matchers["problemMatcher"][0]["pattern"]
    (tmp_path / "a.py").write_text("import torch\ntorch.optim.ASGD(p)\n", encoding="utf-8")
    printed = hosts.flake8("--select=OPT202", "a.py", cwd=tmp_path).stdout
    (line,) = printed.splitlines()
    found = re.match(pattern["regexp"], line)
    assert found is not None
    assert found[pattern["file"]].endswith("a.py")
    assert (found[pattern["line"]], found[pattern["column"]]) == ("2", "1")
    assert found[pattern["code"]] == "OPT202"
    assert found[pattern["message"]].startswith("lr defaults to 0.01 in torch")
