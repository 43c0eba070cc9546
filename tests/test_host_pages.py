"""What the pages on editors and pipelines give to paste."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from optport.config import Configuration
from tests import hosts
from tests.conftest import ROOT

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
