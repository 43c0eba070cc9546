"""Notebooks: cells are checked as one source, and mended where they stand in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optport.cli import main
from optport.edits import Edit, apply_edits
from optport.files import UnreadableFile
from optport.notebooks import join_cells, read_notebook
from optport.places import Place

Capture = pytest.CaptureFixture[str]


def notebook(*cells: str | list[str], language: str | None = "python", **more: Any) -> Any:
    info = {} if language is None else {"language_info": {"name": language}}
    return {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# import torch\n", "ASGD"]},
            *(
                {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
                | {"source": cell}
                for cell in cells
            ),
        ],
        "metadata": info,
        "nbformat": 4,
        "nbformat_minor": 5,
    } | more


def write(content: Any, name: str = "a.ipynb", **how: Any) -> bytes:
    how = {"indent": 1, "ensure_ascii": False} | how
    data = (json.dumps(content, **how) + "\n").encode()
    Path(name).write_bytes(data)
    return data


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# -- finding ----------------------------------------------------------------------------------


def test_finding_has_cell_line_and_column_in_it(capsys: Capture) -> None:
    write(notebook(["import torch\n", "x = 1"], "\nß = torch.optim.ASGD(p)"))
    assert main(["check", "a.ipynb", "--select=OPT202"]) == 1
    assert capsys.readouterr().out.startswith("a.ipynb:cell 3:2:5: OPT202 ")
    main(["check", "a.ipynb", "--select=OPT202", "--format=json"])
    report = json.loads(capsys.readouterr().out)
    [found] = report["findings"]
    assert {
        "path": "a.ipynb",
        "cell": 3,
        "line": 2,
        "col": 5,
        "end_line": 2,
    }.items() <= found.items()
    [built] = report["constructions"]
    assert {"path": "a.ipynb", "cell": 3, "line": 2, "col": 5}.items() <= built.items()


def test_directories_are_searched_for_notebooks(capsys: Capture) -> None:
    write(notebook("import torch", "torch.optim.ASGD(p)"))
    assert main(["check"]) == 1
    assert "a.ipynb:cell 3:1:1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install 'torch",
        "!pip install \\\n  torch'",
        "?torch.optim",
        "torch.optim.ASGD??",
        "files = !ls *.py",
        "a.b, c = %time f(x)",
        "if True:\n    %pylab\n    !ls",
    ],
)
def test_lines_that_are_not_python_are_passed_over(capsys: Capture, line: str) -> None:
    write(notebook("import torch", f"{line}\ntorch.optim.ASGD(p)"))
    assert main(["check", "a.ipynb", "--select=OPT202"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert f"a.ipynb:cell 3:{line.count(chr(10)) + 2}:1: OPT202" in out


@pytest.mark.parametrize(
    "cell, found",
    [
        ("%%bash\ntorch.optim.ASGD(p)\n'", False),
        ("%%html\n<torch.optim.ASGD(p)>", False),
        ("%%time\ntorch.optim.ASGD(p)", True),
        ("%%capture out\ntorch.optim.ASGD(p)", True),
        ("\n\n%%timeit -n 1\n\ntorch.optim.ASGD(p)", True),
        ("x = 7 %2\ny = '''\n!\n'''\ntorch.optim.ASGD(p)", True),
        ("await torch.optim.ASGD(p)", True),
    ],
)
def test_cells_of_other_languages_are_passed_over(capsys: Capture, cell: str, found: bool) -> None:
    write(notebook("import torch", cell))
    assert main(["check", "a.ipynb"]) == found
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "command, says",
    [
        (("check",), "a.ipynb:cell 4:1:1: OPT202"),
        (("port", "--target=paddle"), ": torch.optim.ASGD -> paddle.optimizer.SGD"),
    ],
)
def test_cell_that_is_not_python_is_named_and_the_others_are_checked(
    capsys: Capture, command: tuple[str, ...], says: str
) -> None:
    write(notebook("import torch", "\ntorch.optim.ASGD(", "torch.optim.ASGD(p)"))
    assert main([*command, "a.ipynb"]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("optport: error: a.ipynb: cell 3: syntax error in line 2: ")
    assert says in out


@pytest.mark.parametrize(
    "data, why",
    [
        (b"", "not a notebook"),
        (b"x = 1", "not a notebook"),
        (b"\xff\xfe", "not a notebook"),
        (b"[]", "no cells"),
        (b'{"cells": 3}', "no cells"),
        (b'{"cells": ["import torch"]}', "cell 1 has no type"),
        (b'{"cells": [{"cell_type": "markdown"}, {"cell_type": 3}]}', "cell 2 has no type"),
        (b'{"cells": [{"cell_type": "code", "source": null}]}', "cell 1 has no source"),
        (b'{"cells": [{"cell_type": "code", "source": ["a", 1]}]}', "cell 1 has no source"),
        (b'{"cells": [{"cell_type": "code"}]}', "cell 1 has no source"),
        (b'{"worksheets": []}', "older than 4"),
        (b"[" * 200_000, "not a notebook"),
    ],
)
def test_what_is_no_notebook_is_named(capsys: Capture, data: bytes, why: str) -> None:
    Path("a.ipynb").write_bytes(data)
    assert main(["check", "a.ipynb"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("optport: error: a.ipynb: ") and why in line


def test_cells_of_text_hold_no_code() -> None:
    cells = [{"cell_type": kind, "source": "x"} for kind in ("markdown", "raw", "other", "code")]
    read = read_notebook(json.dumps({"cells": cells, "metadata": []}).encode())
    assert read.cells == ("", "", "", "x")
    assert read.is_python


def test_notebook_of_another_language_is_passed_over_with_a_line(capsys: Capture) -> None:
    write(notebook("import torch.optim.ASGD", language="R"))
    assert main(["check", "a.ipynb"]) == 0
    assert "passed over: its language is r" in capsys.readouterr().err


def test_comments_suppress_in_cells(capsys: Capture) -> None:
    write(notebook("import torch", "torch.optim.ASGD(p)  # noqa: OPT301"))
    assert main(["check", "a.ipynb"]) == 1
    assert "OPT301" not in capsys.readouterr().out
    assert main(["check", "a.ipynb", "--add-noqa"]) == 0
    assert main(["check", "a.ipynb"]) == 0
    assert "# noqa: OPT301, OPT202" in Path("a.ipynb").read_text()


# -- writing ----------------------------------------------------------------------------------


def edited(data: bytes, *edits: tuple[int, int, int, str]) -> bytes:
    """The file with edits (line of all cells, from, to, content) made."""
    read = read_notebook(data)
    joined = join_cells(read.cells)
    done = joined.edited(Edit(Place(line, a, line, b), text) for line, a, b, text in edits)
    return read.written(done.cells)


@pytest.mark.parametrize(
    "how",
    [{}, {"indent": None}, {"indent": 4}, {"ensure_ascii": True}, {"separators": (",", ":")}],
    ids=str,
)
def test_only_the_line_that_is_mended_changes(how: dict[str, Any]) -> None:
    content = notebook(["é = 1\n", "lr=1\n", "last"], "ß='lr=1'", extra={"source": ["lr=1"]})
    data = write(content, **how)
    after = edited(data, (3, 3, 4, "1.0"), (5, 7, 8, "2"))
    content["cells"][1]["source"][1] = "lr=1.0\n"
    content["cells"][2]["source"] = "ß='lr=2'"
    assert after == write(content, **how)


def test_file_is_kept_byte_for_byte() -> None:
    text = (
        '\ufeff{ "cells" :[\n{"source"\t: [ "a\\u003d1\\n"  ,\n\n"b=\\u00e91\\n","c" ],'
        '"cell_type":"code", "x": {"source": ["b"]}, "y": [["b"]] } , {"cell_type":"code",'
        '"source":"\\"d\\/"}],\r\n "metadata":{"z":1e400}}\r\n\r\n'
    )
    after = edited(text.encode(), (2, 0, 1, "B"))
    assert after.decode() == text.replace('"b=\\u', '"B=\\u')
    assert edited(text.encode()) == text.encode()


def test_lines_may_be_added_and_taken_away() -> None:
    data = write(notebook(["a(\n", "  b,\n", "  c\n", ")"]))
    longer = edited(data, (3, 4, 4, "\n  new,"))
    assert json.loads(longer)["cells"][1]["source"] == ["a(\n", "  b,\n", "  new,\n", "  c\n", ")"]
    read = read_notebook(data)
    shorter = read.written(["", "a(\n  b,\n)"])
    assert json.loads(shorter)["cells"][1]["source"] == ["a(\n", "  b,\n", ")"]
    assert shorter == write(notebook(["a(\n", "  b,\n", ")"]))


lines = st.lists(st.sampled_from(["", "a", "b\n", "a\n", "é\n", "\n", "a\nb"]), max_size=5)


@given(lines, lines, st.booleans())
def test_whatever_is_written_is_read_again(
    old: list[str], new: list[str], ascii_only: bool
) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": old}]}, ensure_ascii=ascii_only)
    read = read_notebook(text.encode())
    source = "".join(new)
    if old and "".join(old) != source:
        assert read_notebook(read.written([source])).cells == (source,)


def test_last_of_keys_given_twice_counts() -> None:
    cell = '{"source": "a", "source": "b", "cell_type": "code"}'
    text = f'{{"cells": [{{"source": "x"}}], "cells": [{cell}]}}'
    read = read_notebook(text.encode())
    assert read.cells == ("b",)
    assert read.written(["c"]).decode() == text.replace('"b"', '"c"')


def test_places_are_told_apart_by_cell() -> None:
    joined = join_cells(["a\nb\n", "", "c\r\nd"])
    places = [joined.cell(line) for line in range(1, 7)]
    assert places == [(0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (2, 2)]
    assert joined.text == "a\nb\n\n\nc\nd\n"
    assert apply_edits("c\r\nd", []) == "c\r\nd"


def test_half_a_character_is_no_code(capsys: Capture) -> None:
    write(
        notebook("import torch", "torch.optim.ASGD(p) # \ud800", "torch.optim.ASGD(p)"),
        ensure_ascii=True,
    )
    assert main(["check", "a.ipynb"]) == 2
    out, err = capsys.readouterr()
    assert "a.ipynb: cell 3" in err
    assert "a.ipynb:cell 4:1:1: OPT202" in out


def test_data_that_is_no_json_has_no_places() -> None:
    with pytest.raises(UnreadableFile):
        read_notebook(b'{"cells": [}')


def test_messages_name_lines_of_cells() -> None:
    joined = join_cells(["import torch\n", "groups = []\n", "x = 1\ntorch.optim.SGD(groups)\n"])
    elsewhere = "lr=1 for SGD on line 2 of cell 3 and"
    assert joined.told_within("lr=1 for SGD on line 6 and", 1) == elsewhere
    assert joined.told_within("lr=1 for SGD on line 6 and", 2) == "lr=1 for SGD on line 2 and"
    assert joined.told_within("on line 99, on line x", 0) == "on line 99, on line x"
