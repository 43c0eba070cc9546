"""The formats of `optport check`: valid by their schemas, and safe whatever a file holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from optport.catalogue import CATALOGUE
from optport.cli import main
from optport.formats.style import style_for
from optport.levels import Level, level
from optport.printable import printable
from tests.conftest import ROOT, of_all_fixtures
from tests.fixture_cases import FIXTURES

Text = Callable[..., str]

SOURCE = """\
import torch
asgd = torch.optim.ASGD(p)
ß = torch.optim.SGD(q, lr=1,
    foreach=True)
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(SOURCE)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def text(capsys: pytest.CaptureFixture[str]) -> Text:
    """What `check` prints in a format."""

    def call(form: str, *arguments: str | Path) -> str:
        main(["check", f"--output-format={form}", *map(str, arguments)])
        return capsys.readouterr().out

    return call


@cache
def validator(schema: str) -> jsonschema_rs.Validator:
    rules = json.loads((ROOT / "tests/data" / f"{schema}.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(rules)
    return jsonschema_rs.validator_for(rules, validate_formats=True)


def valid(data: Any, schema: str) -> Any:
    validator(schema).validate(data)
    return data


@pytest.fixture
def based(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that was told where pages are."""
    monkeypatch.setattr("optport.help_pages.HELP_BASE", "https://example.org/optport/")


# -- full -------------------------------------------------------------------------------------


def test_full_shows_the_line_with_a_marker_and_the_advice_last(text: Text) -> None:
    found = text("full", "--select=OPT104", "a.py").replace("OPT104 [*] ", "OPT104 ")
    code, where, above, line, below, end, advice, empty, count, *_ = found.split("\n")
    assert code.startswith("OPT104 lr=1 is invalid: ") and "write" not in code
    assert (where, above, end) == (" --> a.py:3:24", "  |", "  |")
    assert line == "3 | ß = torch.optim.SGD(q, lr=1,"
    assert below == "  |                        ^^^^"
    assert (advice, empty, count) == ("help: write lr=1.0", "", "Found 1 problem.")


def test_full_says_that_nothing_is_found_unless_it_is_to_be_quiet(text: Text) -> None:
    assert text("full", "--select=OPT901", "a.py") == "Nothing found.\n"
    assert text("full", "--select=OPT901", "--quiet", "a.py") == ""
    assert "Found" not in text("full", "--quiet", "a.py")


@pytest.mark.parametrize(
    "line, column",
    [
        ("中文 = torch.optim.ASGD(p)", 7),
        ("\tif_ = torch.optim.ASGD(p)", 10),
        ("e\u0301 = torch.optim.ASGD(p)", 4),
        ("x = '\x1b\u202e'; torch.optim.ASGD(p)", 18),
        ("x = 1; " * 400 + "torch.optim.ASGD(p)" + "; y = 1" * 400, 41),
    ],
    ids=["wide", "tab", "combining", "controls", "long"],
)
def test_marker_is_below_what_it_points_to(text: Text, line: str, column: int) -> None:
    indent = "if 1:\n" if line.startswith("\t") else ""
    Path("a.py").write_text(f"import torch\n{indent}{line}\n", encoding="utf-8")
    rows = text("full", "--select=OPT202", "a.py").splitlines()
    [shown] = [row for row in rows if "ASGD(p)" in row]
    [marked] = [row for row in rows if "^" in row]
    assert marked.strip(" |") == "^" * len("torch.optim.ASGD(p)")
    assert marked.index("^") - marked.index("|") - 2 == column
    assert len(shown) < 200
    assert "\x1b" not in shown


def test_colours_and_links_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    class Pipe:
        def isatty(self) -> bool:
            return False

    def style(stream: Any, **environment: str) -> tuple[bool, bool]:
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        found = style_for(stream)
        return found.colour, found.links

    assert style(Terminal()) == (True, True)
    assert style(Terminal(), TERM="dumb") == (False, False)
    assert style(Terminal(), NO_COLOR="1") == (False, True)
    assert style(Terminal(), NO_COLOR="") == (True, True)
    assert style(Pipe()) == (False, False)
    assert style(Pipe(), FORCE_COLOR="1") == (True, False)
    assert style(Pipe(), FORCE_COLOR="1", NO_COLOR="1") == (False, False)


def test_full_at_a_terminal_by_default_with_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real terminal: a pseudo one of the system's."""
    import pty

    main_end, end = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        [sys.executable, "-P", "-m", "optport", "check", "a.py"],
        stdout=end,
        check=False,
        env=environment | {"TERM": "xterm"},
    )
    os.close(end)
    shown = b""
    while True:
        try:
            data = os.read(main_end, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.close(main_end)
    assert b"\x1b[1;31mOPT202\x1b[0m" in shown
    assert b" a.py:2:8" in shown
    assert b"]8;;" not in shown  # no build has told where the pages are


def test_links_lead_to_pages_where_a_build_says_where_they_are(based: None, text: Text) -> None:
    from optport.formats.style import Style

    shown = Style(colour=False, links=True).code("OPT202", "https://example.org/OPT202")
    assert shown == "\x1b]8;;https://example.org/OPT202\x1b\\OPT202\x1b]8;;\x1b\\"
    [found, *_] = json.loads(text("json", "a.py"))["findings"]
    assert found["help"] == "https://example.org/optport/docs/rules/OPT202.md"


# -- SARIF ------------------------------------------------------------------------------------


def sarif(text: Text, *arguments: str | Path) -> Any:
    return valid(json.loads(text("sarif", *arguments)), "sarif")["runs"][0]


@pytest.mark.slow
@of_all_fixtures
def test_sarif_of_everything_is_valid(text: Text) -> None:
    run = sarif(text, FIXTURES, "--notes")
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CATALOGUE)
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
    assert {one["level"] for one in run["results"]} == {"error", "warning", "note"}


def test_sarif_levels_say_what_becomes_of_the_literal_port(text: Text) -> None:
    found = {one["ruleId"]: one["level"] for one in sarif(text, "a.py")["results"]}
    assert found == {"OPT104": "error", "OPT202": "warning", "OPT301": "warning", "OPT103": "note"}


def test_sarif_counts_columns_in_characters(text: Text) -> None:
    run = sarif(text, "--select=OPT104", "a.py")
    [found] = run["results"]
    where = found["locations"][0]["physicalLocation"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert where["region"] == {"startLine": 3, "startColumn": 24, "endLine": 3, "endColumn": 28}
    assert where["artifactLocation"] == {"uri": "a.py", "uriBaseId": "%SRCROOT%"}


def test_sarif_has_links_only_where_they_lead_somewhere(text: Text) -> None:
    driver = sarif(text, "a.py")["tool"]["driver"]
    assert "informationUri" not in driver
    assert not any("helpUri" in rule for rule in driver["rules"])


@pytest.mark.usefixtures("based")
def test_sarif_has_the_links_of_the_build(text: Text) -> None:
    driver = sarif(text, "a.py")["tool"]["driver"]
    assert driver["informationUri"] == "https://example.org/optport"
    assert driver["rules"][0]["helpUri"] == "https://example.org/optport/docs/rules/OPT101.md"


def test_sarif_names_trouble(text: Text) -> None:
    [invocation] = sarif(text, "a.py", "none.py")["invocations"]
    assert not invocation["executionSuccessful"]
    [notice] = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "none.py: No such file or directory"


def prints(text: Text, form: str) -> list[str]:
    if form == "gitlab":
        return [one["fingerprint"] for one in json.loads(text("gitlab", "a.py"))]
    return [one["partialFingerprints"]["optport/v1"] for one in sarif(text, "a.py")["results"]]


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_fingerprints_survive_lines_that_move(text: Text, form: str) -> None:
    Path("a.py").write_text(SOURCE + "asgd = torch.optim.ASGD(p)\n")
    before = prints(text, form)
    assert len(set(before)) == len(before) == 6
    Path("a.py").write_text("# new\n\n" + SOURCE + "\n\nasgd   =  torch.optim.ASGD(p)\n")
    assert prints(text, form) == before
    Path("a.py").write_text(SOURCE.replace("asgd", "other") + "asgd = torch.optim.ASGD(p)\n")
    assert set(prints(text, form)) & set(before) == {*before[2:4], *before[:2]}


@pytest.mark.slow
def test_sarif_is_read_back_by_sarif_tools(text: Text) -> None:
    log = Path("a.sarif")
    log.write_text(text("sarif", FIXTURES), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sarif", "summary", str(log)],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    results = json.loads(log.read_text())["runs"][0]["results"]
    counted = dict(re.findall(r"^(error|warning|note): (\d+)$", done.stdout, re.MULTILINE))
    levels = [one["level"] for one in results]
    assert counted == {name: str(levels.count(name)) for name in ("error", "warning", "note")}


# -- the others -------------------------------------------------------------------------------


@of_all_fixtures
def test_gitlab_is_valid(text: Text) -> None:
    found = valid(json.loads(text("gitlab", FIXTURES)), "gitlab")
    assert {one["severity"] for one in found} == {"major", "minor", "info"}
    assert len({one["fingerprint"] for one in found}) == len(found)
    assert json.loads(text("gitlab", "--select=OPT901", "a.py")) == []


_ALLOWED = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname", "file", "line", "column"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
}
_INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error"},
    "failure": set(),
    "error": set(),
}


@of_all_fixtures
@pytest.mark.parametrize("paths", [[FIXTURES], ["a.py", "none.py"], ["--select=OPT901"]], ids=str)
def test_junit_is_what_readers_of_it_take(text: Text, paths: list[str]) -> None:
    root = ElementTree.fromstring(text("junit", *paths))
    assert root.tag == "testsuites"
    for one in root.iter():
        assert set(one.attrib) <= _ALLOWED[one.tag]
        assert {inner.tag for inner in one} <= _INSIDE[one.tag]
    for suite in [root, *root.iter("testsuite")]:
        assert int(suite.attrib["tests"]) == len(list(suite.iter("testcase"))) > 0
        assert int(suite.attrib["failures"]) == len(list(suite.iter("failure")))
        assert int(suite.attrib["errors"]) == len(list(suite.iter("error")))


_COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(printed: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in printed.splitlines():
        match = _COMMAND.fullmatch(line)
        assert match is not None, line
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        yield match[1], properties, match[3]


@of_all_fixtures
def test_github_prints_one_command_a_finding(text: Text) -> None:
    found = list(commands(text("github", "a.py")))
    assert [(kind, at["line"], at["col"], at["endLine"]) for kind, at, _ in found] == [
        ("warning", "2", "8", "2"),
        ("warning", "2", "8", "2"),
        ("error", "3", "24", "3"),
        ("notice", "4", "5", "4"),
    ]
    assert all(at["file"] == "a.py" for _, at, _ in found)
    assert len(list(commands(text("github", FIXTURES)))) > 100


def test_every_code_has_a_level() -> None:
    levels = {kind.code: level(kind) for kind in CATALOGUE.values()}
    assert levels["OPT101"] is levels["OPT404"] is Level.RAISES
    assert levels["OPT202"] is Level.DIFFERS
    assert all((code >= "OPT9") == (found is Level.NOTE) for code, found in levels.items())


@pytest.mark.parametrize("form", ["concise", "json", "sarif", "gitlab", "junit", "github", "full"])
def test_output_file_holds_what_would_be_printed(text: Text, form: str) -> None:
    printed = text(form, "a.py")
    assert text(form, "a.py", "--output-file=found") == ""
    assert Path("found").read_text(encoding="utf-8") == printed


def test_statistics_are_counts(text: Text) -> None:
    rows = [row.split("\t")[:2] for row in text("concise", "--statistics", "a.py").splitlines()]
    assert rows[:4] == [["1", code] for code in ("OPT103", "OPT104", "OPT202", "OPT301")]
    found = json.loads(text("json", "--statistics", "a.py"))
    assert found[0].items() >= {"code": "OPT103", "name": "inert-argument", "count": 1}.items()


# -- whatever a file holds --------------------------------------------------------------------

NASTY = [
    *map(chr, range(1, 32)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u200b\u200e\u202a\u202e\u2028\u2029\u2066\u2069\ufeff\u061c\U000e0041",
    "\x1b[2K\x1b[1A",
    "\x1b]8;;http://x\x1b\\",
    "\u2028::error file=a.py::owned",
    "%0A::error::owned",
    "##[error]owned",
    "##vso[task.complete result=Failed]",
    "##teamcity[x]",
    "]]>&<\"'",
]


@pytest.mark.parametrize("form", ["concise", "full", "github", "junit", "sarif", "gitlab", "json"])
def test_nothing_of_a_file_is_taken_for_a_command(text: Text, form: str) -> None:
    usable = [one for one in NASTY if not set(one) & set('\n\r"\\')]
    lines = [f'torch.optim.SGD(q, lr=1.0, maximize="{one}")' for one in usable]
    Path("a.py").write_text("import torch\n" + "\n".join(lines) + "\n", encoding="utf-8")
    printed = text(form, "--select=OPT102", "a.py")
    assert [one for one in printed if not one.isprintable() and one != "\n"] == []
    assert printed.splitlines() == printed.removesuffix("\n").split("\n")
    assert "##[" not in printed or form in ("sarif", "json", "gitlab")
    assert "##vso[" not in printed or form in ("sarif", "json", "gitlab")
    starts = [line for line in printed.splitlines() if line.lstrip().startswith("::")]
    assert len(starts) == (len(usable) if form == "github" else 0)
    if form == "github":
        assert all(at["file"] == "a.py" for _, at, _ in commands(printed))


NAMES = [
    "::warning ::hi.py",
    "-x.py",
    "a\nb.py",
    "a\x1b[2Kb.py",
    "a\u202eb.py",
    "##[error]x.py",
    "a,line=9::b.py",
    "a%0Ab.py",
    "caf\udce9.py",
    "<&\"'>.py",
    "größe.py",
]


@pytest.mark.parametrize("form", ["concise", "full", "github", "junit", "sarif", "gitlab", "json"])
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_file_name_is_taken_for_a_command(text: Text, form: str, name: str) -> None:
    Path("a.py").rename(name)
    printed = text(form, "--select=OPT104", ".")
    assert [one for one in printed if not one.isprintable() and one != "\n"] == []
    assert "##[" not in printed or form in ("json",)
    printed.encode()
    if form in ("concise", "full"):
        assert not any(line.lstrip().startswith("::") for line in printed.splitlines())
    if form == "concise":
        assert len(printed.splitlines()) == 1
    if form == "github":
        [(_, properties, _)] = commands(printed)
        assert set(properties) == {"title", "file", "line", "col", "endLine", "endColumn"}
        assert properties["line"] == "3"
    if form == "sarif":
        valid(json.loads(printed), "sarif")
    if form == "json":
        [found] = json.loads(printed)["findings"]
        assert os.path.exists(found["path"])  # noqa: PTH110
    if form == "junit":
        ElementTree.fromstring(printed)


@pytest.mark.parametrize(
    "given, shown",
    [
        ("plain", "plain"),
        ("größe 中", "größe 中"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b\x9b", "\\x1b\\x9b"),
        ("\u2028\u202e", "\\u2028\\u202e"),
        ("\U000e0041", "\\U000e0041"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("## [x] ##x", "## [x] ##x"),
    ],
)
def test_what_is_not_visible_is_escaped(given: str, shown: str) -> None:
    assert printable(given) == shown
