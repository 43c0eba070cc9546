"""What the README shows is what a reader gets."""

from __future__ import annotations

import re
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

from optport.catalogue import CATALOGUE
from optport.cli import main
from optport.config import Configuration
from optport.fixing import fix_text
from optport.rewrite.source import port_source
from optport.targets import parse_target

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_prints_what_it_says() -> None:
    command = [sys.executable, "-m", "flake8", "--select", "OPT", "examples/train.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert done.stdout == shown[1]


def test_the_example_becomes_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--diff", "--isolated", str(ROOT / "examples" / "train.py")]) == 1
    printed, told = capsys.readouterr()
    shown = re.search(r"```diff\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    changes = [line for line in printed.splitlines(keepends=True) if re.match(r"[-+] ", line)]
    assert "".join(changes) == shown[1]
    assert "Would fix 4 problems." in told


def test_what_the_page_on_porting_shows_is_what_becomes_of_the_code() -> None:
    page = (ROOT / "docs" / "porting.md").read_text(encoding="utf-8")
    before, paddle, mindspore = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert port_source(before, parse_target("paddle")).text == paddle
    assert port_source(before, parse_target("mindspore")).text == mindspore
    settings = Configuration({"targets": "paddle"}, isolated=True).settings_in(".")
    fixed = fix_text(before, settings, "train.py", unsafe=True).text
    changes = [line[1:] for line in page.splitlines() if re.match(r"[-+] {4}", line)]
    assert changes == [
        line[2:] for line in ndiff(before.splitlines(), fixed.splitlines()) if line[0] in "-+"
    ]


def test_every_hundred_of_codes_has_its_line() -> None:
    hundreds = {f"{code[:4]}xx" for code in CATALOGUE}
    assert set(re.findall(r"^\| (OPT\dxx) \|", README, re.MULTILINE)) == hundreds


def test_links_lead_somewhere() -> None:
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        prose = re.sub(
            r"```.*?```|`[^`]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        for link in re.findall(r"\]\(([^)#]+)\)", prose):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
