"""Fixes: applied in rounds, whole or not at all, and written so that the rest stays as it is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from optport.catalogue import CATALOGUE
from optport.check import Report
from optport.cli import main
from optport.config import settings_for
from optport.edits import Applicability, Edit, Fix, line_starts
from optport.finding import Finding
from optport.fixing import fix_text
from optport.places import Place
from optport.values import Certainty
from optport.writing import UnwritableFile, replace_file

Rule = tuple[str, str, Callable[[re.Match[str]], list[tuple[int, int, str]]], Applicability]
"""A code, what it finds, the edits (from, to, content) that mend it, and how safe they are."""


def rule(
    code: str, pattern: str, content: str, applicability: Applicability = Applicability.SAFE
) -> Rule:
    """Finds a pattern, and replaces its group 1 (or all of it)."""

    def edits(match: re.Match[str]) -> list[tuple[int, int, str]]:
        group = 1 if match.re.groups else 0
        return [(match.start(group), match.end(group), content)]

    return code, pattern, edits, applicability


def place_of(text: str, begin: int, end: int) -> Place:
    data = text.encode()
    starts = line_starts(data)

    def position(at: int) -> tuple[int, int]:
        offset = len(text[:at].encode())
        line = sum(start <= offset for start in starts)
        return line, offset - starts[line - 1]

    return Place(*position(begin), *position(end))


def found_by(rules: list[Rule], text: str) -> Iterator[Finding]:
    for code, pattern, edits, applicability in rules:
        for match in re.finditer(pattern, text):
            fix = Fix(
                applicability,
                tuple(
                    Edit(place_of(text, begin, end), content)
                    for begin, end, content in edits(match)
                ),
            )
            place = place_of(text, *match.span())
            kind = CATALOGUE[code]
            made: dict[str, Any] = {
                "targets": ("paddle.optimizer",),
                "optimizer": "torch.optim.SGD",
            }
            yield Finding(
                kind, place, f"{match[0]!r} is wrong; mend it", "mend it", **made, arguments=(),
                certainty=Certainty.CERTAIN, fix=fix, calls=(place,),
            )  # fmt: skip


Lint = Callable[..., None]


@pytest.fixture
def linting(monkeypatch: pytest.MonkeyPatch) -> Lint:
    """Have rules of the test's own find what is found."""

    def use(*rules: Rule) -> None:
        def lint(text: str, *_: object, **__: object) -> Report:
            report = Report()
            report.findings = sorted(
                found_by(list(rules), text), key=lambda one: (one.place, one.code)
            )
            return report

        monkeypatch.setattr("optport.fixing.lint_text", lint)
        monkeypatch.setattr("optport.cli.sources.lint_text", lint)

    return use


def fixed(text: str, unsafe: bool = False) -> str:
    return fix_text(text, settings_for("/x.py"), "/x.py", unsafe).text


# -- rounds -----------------------------------------------------------------------------------


def test_fixes_far_apart_are_made_together_and_the_rest_stays(linting: Lint) -> None:
    linting(rule("OPT202", r"\bone\b", "lone"))
    assert fixed("ä = one\n\n# é one\r\nx = one") == "ä = lone\n\n# é lone\r\nx = lone"


def test_fixes_that_touch_are_made_one_after_the_other(linting: Lint) -> None:
    linting(
        rule("OPT201", r"f\(x(?!.*lr)[^)]*()\)", ", lr=1"),
        rule("OPT202", r"f\(x(?!.*eps)[^)]*()\)", ", eps=2"),
    )
    assert fixed("f(x)\nf(x, eps=3)") == "f(x, lr=1, eps=2)\nf(x, eps=3, lr=1)"


def test_fix_that_another_has_made_moot_is_not_made(linting: Lint) -> None:
    linting(rule("OPT201", "ab", "x"), rule("OPT202", "bc", "y"))
    assert fixed("abc") == "xc"


def test_fix_is_made_whole_or_not_at_all(linting: Lint) -> None:
    def both(match: re.Match[str]) -> list[tuple[int, int, str]]:
        begin, end = match.span()
        return [(begin, begin + 1, "<"), (end - 1, end, ">")]

    linting(("OPT201", r"a\w*z", both, Applicability.SAFE), rule("OPT101", r"b(?=z|__)", "c"))
    assert fixed("x = 'a__z'; y = 'az'; z = 'abz'") == "x = '<__>'; y = '<>'; z = '<b>'"
    linting(("OPT101", r"a\w*z", both, Applicability.SAFE), rule("OPT101", r"^'", '"a" + \''))
    assert fixed("'a__z'") == "\"a\" + '<__>'"


def test_unsafe_fixes_are_made_when_asked_for(linting: Lint) -> None:
    linting(
        rule("OPT103", r", fused=True", "", Applicability.UNSAFE),
        rule("OPT104", r"lr=1\b(?!\.)", "lr=1.0"),
    )
    assert fixed("f(lr=1, fused=True)") == "f(lr=1.0, fused=True)"
    assert fixed("f(lr=1, fused=True)", unsafe=True) == "f(lr=1.0)"


def test_fix_that_would_break_the_source_is_refused_and_the_others_are_made(linting: Lint) -> None:
    linting(rule("OPT201", r"bad", "(("), rule("OPT202", r"good", "better"))
    done = fix_text("bad\ngood\nbad\n", settings_for("/x.py"), "/x.py")
    assert done.text == "bad\nbetter\nbad\n"
    assert [one.place.line for one in done.refused] == [1, 3]
    assert [one.code for one in done.fixed] == ["OPT202"]
    assert [one.code for one in done.report.findings] == ["OPT201", "OPT201"]


def test_fixes_that_go_on_for_ever_change_nothing(linting: Lint) -> None:
    linting(rule("OPT201", r"x()$", "x"))
    done = fix_text("x", settings_for("/x.py"), "/x.py")
    assert (done.text, done.endless, done.fixed) == ("x", True, [])


# -- files ------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


SOURCE = "import torch\ntorch.optim.ASGD(p, one)\ntorch.optim.ASGD(p, one)\n"
Capture = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "before",
    [
        SOURCE.encode(),
        SOURCE.replace("\n", "\r\n").encode(),
        SOURCE.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + SOURCE.encode(),
        f"# coding: latin-1\n# é\n{SOURCE}".encode("latin-1"),
        SOURCE.rstrip().encode() + b"\x0c \t",
    ],
    ids=["plain", "Windows", "old Macintosh", "byte order mark", "Latin-1", "no line end"],
)
def test_all_that_is_not_fixed_stays_byte_for_byte(
    linting: Lint, capsys: Capture, before: bytes
) -> None:
    after = before.replace(b"one", b"two")
    linting(rule("OPT202", r"one\b", "two"))
    Path("a.py").write_bytes(before)
    assert main(["check", "--fix", "a.py"]) == 0
    assert Path("a.py").read_bytes() == after
    assert capsys.readouterr().out == "Found 2 problems (2 fixed, 0 left).\n"
    assert main(["check", "--fix", "a.py"]) == 0
    assert Path("a.py").read_bytes() == after
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("here")
def test_fix_that_the_encoding_has_no_characters_for_is_not_made(
    linting: Lint, capsys: Capture
) -> None:
    linting(rule("OPT202", r"one\b", "eins"), rule("OPT201", r"\(p\b()", "€"))
    Path("a.py").write_bytes(b"# coding: latin-1\n" + SOURCE.encode())
    assert main(["check", "--fix", "a.py"]) == 1
    assert (
        Path("a.py").read_bytes() == b"# coding: latin-1\n" + SOURCE.replace("one", "eins").encode()
    )
    assert "(2 fixed, 2 left)" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_encoding_that_cannot_be_written_back_is_left_alone(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    data = b"# coding: utf-7\nx = '+AGE-'\n" + SOURCE.encode()
    Path("a.py").write_bytes(data)
    assert main(["check", "--fix", "a.py"]) == 2
    assert Path("a.py").read_bytes() == data
    assert "byte for byte" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_permissions_and_links_are_kept(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    Path("real").mkdir()
    Path("real/a.py").write_text(SOURCE)
    Path("real/a.py").chmod(0o754)
    Path("link.py").symlink_to("real/a.py")
    assert main(["check", "--fix", "link.py"]) == 0
    assert Path("link.py").is_symlink()
    assert "two" in Path("real/a.py").read_text()
    assert stat.S_IMODE(Path("real/a.py").stat().st_mode) == 0o754
    assert [path.name for path in Path("real").iterdir()] == ["a.py"]
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("here")
def test_read_only_file_is_named_and_the_others_are_fixed(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    for name in ("a.py", "b.py"):
        Path(name).write_text(SOURCE)
    Path("a.py").chmod(0o444)
    assert main(["check", "--fix", "a.py", "b.py"]) == 2
    out, err = capsys.readouterr()
    assert err == "optport: error: a.py: can't be fixed: it is read-only\n"
    assert out.count("a.py:") == 2
    assert Path("a.py").read_text() == SOURCE
    assert "two" in Path("b.py").read_text()


@pytest.mark.usefixtures("here")
def test_broken_fix_is_told(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "(("))
    Path("a.py").write_text(SOURCE)
    assert main(["check", "--fix", "a.py"]) == 2
    assert "line 2: the fix of OPT202 would break the file" in capsys.readouterr().err
    assert Path("a.py").read_text() == SOURCE


def test_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"new")
    with pytest.raises(UnwritableFile, match="changed meanwhile"):
        replace_file(str(path), b"old", b"fixed")
    assert path.read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def test_disk_that_is_full_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnwritableFile, match="No space left"):
        replace_file(str(path), b"old", b"fixed")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.py", b"old")]


# -- differences and counts -------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_difference_is_what_patch_takes_and_changes_nothing(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    Path("a.py").write_text(SOURCE.rstrip())
    assert main(["check", "--diff"]) == 1
    out, err = capsys.readouterr()
    assert out == (
        "--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n import torch\n"
        "-torch.optim.ASGD(p, one)\n-torch.optim.ASGD(p, one)\n\\ No newline at end of file\n"
        "+torch.optim.ASGD(p, two)\n+torch.optim.ASGD(p, two)\n\\ No newline at end of file\n"
    )
    assert err == "Would fix 2 problems.\n"
    assert Path("a.py").read_text() == SOURCE.rstrip()
    Path("a.py").write_text("x = 1\n")
    assert main(["check", "--diff"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("here")
def test_difference_holds_no_commands_of_a_workflow(
    linting: Lint, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Path("a.py").write_text(SOURCE + '"""\n::error::owned\n"""\n')
    assert main(["check", "--diff", "-q"]) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32
    assert last == f"::{token}::"


@pytest.mark.usefixtures("here")
def test_file_is_fixed_once_whatever_links_to_it(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    Path("a.py").write_text(SOURCE)
    Path("link.py").symlink_to("a.py")
    assert main(["check", "--fix"]) == 0
    assert capsys.readouterr() == ("Found 2 problems (2 fixed, 0 left).\n", "")


@pytest.mark.usefixtures("here")
def test_standard_input_is_fixed_to_standard_output(
    linting: Lint, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    linting(rule("OPT202", r"one\b", "two"), rule("OPT301", "^import", "", Applicability.UNSAFE))
    Path("input").write_bytes(SOURCE.replace("\n", "\r\n").encode())
    with Path("input").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert main(["check", "--fix", "--stdin-filename=x.py"]) == 1
    out, err = capfdbinary.readouterr()
    assert out == SOURCE.replace("\n", "\r\n").replace("one", "two").encode()
    assert err.startswith(b"x.py:1:1: OPT301 ")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "source, arguments, status",
    [
        (b"x = 1\r\n", [], 0),
        (b"\xff\xfe", [], 2),
        (b"import torch.optim\nASGD(one)\n", ["--force-exclude", "--exclude=x.py"], 0),
    ],
    ids=["nothing found", "no text", "excluded"],
)
def test_standard_input_that_is_not_fixed_is_printed_as_it_is(
    linting: Lint,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
    source: bytes,
    arguments: list[str],
    status: int,
) -> None:
    linting(rule("OPT202", r"one\b", "two"))
    Path("input").write_bytes(source)
    with Path("input").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert main(["check", "--fix", "--stdin-filename=x.py", *arguments]) == status
    assert capfdbinary.readouterr().out == source


@pytest.mark.usefixtures("here")
def test_what_can_be_fixed_is_counted(linting: Lint, capsys: Capture) -> None:
    linting(rule("OPT202", r"one\b", "two"), rule("OPT103", r"p\b(?=,)", "q", Applicability.UNSAFE))
    Path("a.py").write_text(SOURCE)
    assert main(["check", "--output-format=full", "a.py"]) == 1
    out = capsys.readouterr().out
    assert out.endswith(
        "Found 4 problems.\n[*] 2 can be fixed with `--fix`, 2 more with `--unsafe-fixes`.\n"
    )
    assert out.count("OPT202 [*] ") == 2
    assert out.count("OPT103 'p'") == 2
    assert main(["check", "--statistics", "a.py"]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "2\tOPT103\t[ ] inert-argument",
        "2\tOPT202\t[*] asgd-lr-default",
    ]
