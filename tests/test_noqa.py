"""Suppressions in comments, and writing them."""

from __future__ import annotations

import pytest

from optport.config import settings_for
from optport.edits import apply_edits
from optport.linting import lint_text
from optport.noqa import noqa_edit

ASGD = "import torch\nasgd = torch.optim.ASGD(p){}\n"


def found(text: str) -> list[str]:
    return [one.code for one in lint_text(text, settings_for("/x.py"), "/x.py").findings]


@pytest.mark.parametrize(
    "comment, left",
    [
        ("", ["OPT202", "OPT301"]),
        ("  # noqa", []),
        ("  #NOQA", []),
        ("  # noqa: OPT202", ["OPT301"]),
        ("  # noqa:opt202", ["OPT301"]),
        ("  # noqa : OPT202", ["OPT301"]),
        ("  # noqa: OPT2, OPT301", []),
        ("  # noqa: E501 OPT301 as we know", ["OPT202"]),
        ("  # noqa: OPT", []),
        ("  # noqa: E501", ["OPT202", "OPT301"]),
        ("  # noqa: because", ["OPT202", "OPT301"]),
        ("  # type: ignore # noqa: OPT301", ["OPT202"]),
        ("  # no noqa", ["OPT202", "OPT301"]),
        ("  # noqas", ["OPT202", "OPT301"]),
        ("; x = '# noqa'", ["OPT202", "OPT301"]),
        ("  # optport: noqa", ["OPT202", "OPT301"]),
        ("\n# optport: noqa", []),
        ("\n  # flake8: noqa", []),
        ("\n# optport: noqa: OPT3", ["OPT202"]),
        ("\n# ruff: noqa", ["OPT202", "OPT301"]),
        ("\nx = '''\n# optport: noqa\n'''", ["OPT202", "OPT301"]),
    ],
)
def test_comment_suppresses_what_it_names(comment: str, left: list[str]) -> None:
    assert found(ASGD.format(comment)) == left


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_line_reported_and_first_and_last_line_of_the_call_count(line: int) -> None:
    lines = ["sgd = torch.optim.SGD(", "    params,", "    maximize=True, lr=0.1,", ")"]
    lines[line - 1] += "  # noqa: OPT102"
    assert found("import torch\n" + "\n".join(lines)) == (["OPT102"] if line == 2 else [])


def test_comment_on_a_call_that_shares_what_is_reported() -> None:
    source = (
        "import torch\ng = dict(maximize=True)\n"
        "a = torch.optim.SGD(p, lr=0.1, **g)\nb = torch.optim.SGD(q, lr=0.1, **g){}\n"
    )
    assert found(source.format("")) == ["OPT102"]
    assert found(source.format("  # noqa")) == []


def test_line_ends_of_all_kinds() -> None:
    source = ASGD.format("  # noqa: OPT301")
    for end in ("\r\n", "\r"):
        assert found(source.replace("\n", end)) == ["OPT202"]


def test_long_comment_takes_no_time() -> None:
    for filler in (" ", "\t", ",", "# noqa", "# noqa: A1 "):
        assert found(ASGD.format("  # noqa: OPT2" + filler * 20000 + "!")) == ["OPT301"]


# -- writing ----------------------------------------------------------------------------------


def suppressed(text: str) -> str:
    """The source with a comment for each finding, one after the other."""
    settings = settings_for("/x.py")
    while findings := lint_text(text, settings, "/x.py").findings:
        edit = noqa_edit(text, findings[0])
        assert edit is not None
        text = apply_edits(text, [edit])
    return text


@pytest.mark.parametrize(
    "call, expected",
    [
        ("torch.optim.ASGD(p)", "torch.optim.ASGD(p)  # noqa: OPT202, OPT301"),
        ("torch.optim.ASGD(p)  ", "torch.optim.ASGD(p)  # noqa: OPT202, OPT301"),
        ("torch.optim.ASGD(p) # é", "torch.optim.ASGD(p) # é  # noqa: OPT202, OPT301"),
        ("torch.optim.ASGD(é) # noqa: E5 é", "torch.optim.ASGD(é) # noqa: E5, OPT202, OPT301 é"),
        ("torch.optim.ASGD('''\n''')", "torch.optim.ASGD('''\n''')  # noqa: OPT202, OPT301"),
        ("x = \\\n torch.optim.ASGD(p)", "x = \\\n torch.optim.ASGD(p)  # noqa: OPT202, OPT301"),
        ("f'''{torch.optim.ASGD(p)}'''", "f'''{torch.optim.ASGD(p)}'''  # noqa: OPT202, OPT301"),
        ("x='\\\n'; torch.optim.ASGD(p)", "x='\\\n'; torch.optim.ASGD(p)  # noqa: OPT202, OPT301"),
    ],
)
def test_comment_is_written_where_it_counts(call: str, expected: str) -> None:
    assert suppressed(f"import torch\n{call}\n") == f"import torch\n{expected}\n"


def test_line_that_can_take_no_comment_has_none() -> None:
    text = "import torch\nx = torch.optim.ASGD(p) + \\\n 1\n"
    [first, _] = lint_text(text, settings_for("/x.py"), "/x.py").findings
    assert noqa_edit(text, first) is None


def test_comment_is_written_before_any_line_end() -> None:
    for end in ("\r\n", "\r", "\n", ""):
        text = suppressed(f"import torch\ntorch.optim.ASGD(p){end}")
        assert text == f"import torch\ntorch.optim.ASGD(p)  # noqa: OPT202, OPT301{end}"
