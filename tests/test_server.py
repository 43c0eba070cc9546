"""The language server, driven by pytest-lsp's client."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types

from optport.server.positions import Lines
from tests.lsp import (
    COMMAND,
    NEOVIM,
    PLAIN,
    VS_CODE,
    editing,
    editing_over_stdio,
    everywhere,
    partial,
    with_editor,
)

SOURCE = "import torch\n\nasgd = torch.optim.ASGD(params)\n"
INERT = "import torch\nadam = torch.optim.Adam(params, lr=0.1, foreach=True)\n"


def at(line: int, begin: int, end: int) -> types.Range:
    return types.Range(types.Position(line, begin), types.Position(line, end))


def codes(found: object) -> list[object]:
    assert isinstance(found, list | tuple)
    return [one.code for one in found]


def applied(text: str, edits: Sequence[types.TextEdit]) -> str:
    """The text after a client made edits of it."""
    lines = Lines(text)
    for edit in sorted(edits, key=lambda one: one.range.start, reverse=True):
        begin, end = edit.range.start, edit.range.end
        first = lines.offset(begin.line, begin.character)
        last = lines.offset(end.line, end.character)
        text = text[:first] + edit.new_text + text[last:]
    return text


def edits_of(action: types.CodeAction, version: int) -> list[types.TextEdit]:
    """The edits of an action, which are all of one text at one version."""
    assert action.edit is not None
    if action.edit.changes is not None:  # a client that knows no versions
        (edits,) = action.edit.changes.values()
        return list(edits)
    assert action.edit.document_changes is not None
    changes = list(action.edit.document_changes)
    assert len(changes) == 1 and isinstance(changes[0], types.TextDocumentEdit)
    assert changes[0].text_document.version == version
    return [edit for edit in changes[0].edits if isinstance(edit, types.TextEdit)]


# -- diagnostics ----------------------------------------------------------------------------


@with_editor
async def test_findings_are_diagnostics_at_their_places(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        found = await editor.diagnostics(editor.open("a.py", SOURCE))
        inert = await editor.diagnostics(editor.open("b.py", INERT))
        raises = await editor.diagnostics(editor.open("c.py", INERT.replace("0.1", "1")))
        clean = await editor.diagnostics(editor.open("d.py", "import torch\n"))
        other = await editor.diagnostics(editor.open("e.py", SOURCE[:20] + "(\n" + SOURCE))
    assert [(one.code, one.severity) for one in found] == [
        ("OPT202", types.DiagnosticSeverity.Warning),
        ("OPT301", types.DiagnosticSeverity.Warning),
    ]
    assert found[0].range == at(2, 7, 31)
    assert found[0].source == "optport"
    assert found[0].message.startswith("lr defaults to 0.01 in torch, ")
    assert found[0].tags is None
    (one,) = inert
    assert (one.code, one.severity) == ("OPT103", types.DiagnosticSeverity.Hint)
    assert list(one.tags or ()) == [types.DiagnosticTag.Unnecessary]
    assert raises[0].severity == types.DiagnosticSeverity.Error
    assert list(clean) == list(other) == []


@with_editor
async def test_columns_are_utf_16_units_and_lines_end_where_lsp_ends_them(tmp_path: Path) -> None:
    before = "import torch\n\f\nx = '\u2028\x0b'\r\ny = 'é😀→', "
    call = "torch.optim.SGD(p, lr=1)\n"
    async with editing(tmp_path) as editor:
        (found,) = await editor.diagnostics(editor.open("a.py", before + call))
        marked = await editor.diagnostics(editor.open("b.py", "\ufeff" + SOURCE[8:]), 1)
        first = "\ufeffimport torch; torch.optim.SGD(p, lr=1)"
        (behind_mark,) = await editor.diagnostics(editor.open("c.py", first))
    assert found.code == "OPT104"
    begin = len("y = 'é😀→', ") + 1 + len("torch.optim.SGD(p, ")
    assert found.range == at(3, begin, begin + 4)
    assert list(marked) == []
    assert behind_mark.range == at(0, len(first) - 5, len(first) - 1)


@with_editor
async def test_a_client_may_count_in_bytes(tmp_path: Path) -> None:
    text = "import torch\nx = '😀', torch.optim.SGD(p, lr=1)\n"
    async with editing(tmp_path, units=[types.PositionEncodingKind.Utf8]) as editor:
        (found,) = await editor.diagnostics(editor.open("a.py", text))
    begin = len("x = '😀', ".encode()) + len("torch.optim.SGD(p, ")
    assert found.range == at(1, begin, begin + 4)


@with_editor
async def test_typing_is_followed_and_only_the_newest_text_is_shown(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.open("a.py", "# 😀\n" + SOURCE)
        await editor.diagnostics(uri)
        for letter in "lr=0.01"[::-1]:
            version = editor.type(uri, partial((3, 30), (3, 30), letter))
        editor.type(uri, partial((0, 2), (0, 4), ""), partial((3, 30), (3, 30), ", "))
        found = await editor.diagnostics(uri, version + 1)
    assert codes(found) == ["OPT301"]
    assert found[0].range == at(3, 7, 40)
    versions = [one.version for one in editor.shown[uri]]
    assert versions == sorted(versions, key=lambda one: one or 0)
    assert len(versions) <= 3, "one check for a burst of letters"


@with_editor
async def test_what_is_closed_shows_nothing(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.open("a.py", SOURCE)
        await editor.diagnostics(uri)
        closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        editor.client.text_document_did_close(closed)
        assert list(await editor.diagnostics(uri, None)) == []
        assert await editor.actions(uri, everywhere()) == []
        assert await editor.hover(uri, 2, 8) is None


@with_editor
async def test_other_languages_are_left_alone(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        other = editor.open("a.md", SOURCE, "markdown")
        await editor.diagnostics(editor.open("b.py", SOURCE))
    assert other not in editor.shown


@with_editor
async def test_no_text_ends_the_server(tmp_path: Path) -> None:
    hostile = [
        "import torch\ntorch.optim.SGD(" + "(" * 2_000,
        "import torch\ntorch.optim.SGD(p, lr=" + "-" * 20_000 + "1)",
        "import torch; torch.optim.SGD('\ud800')",
        "import torch; torch.optim.SGD(p, lr=1)\0",
        "import torch\n" + "torch.optim.SGD(p)" + ".x" * 5_000,
    ]
    async with editing(tmp_path) as editor:
        for number, text in enumerate(hostile):
            await editor.diagnostics(editor.open(f"a{number}.py", text))
        uri = editor.open("b.py", SOURCE)
        editor.type(uri, partial((90, 0), (99, 9), "#"), partial((0, 99), (0, 0), ""))
        assert codes(await editor.diagnostics(uri, 2)) == ["OPT202", "OPT301"]
        unknown = editor.uri("never.py")
        editor.versions[unknown] = 1
        editor.type(unknown, partial((0, 0), (0, 0), "x"))
        assert await editor.actions(unknown, everywhere()) == []
        assert codes(await editor.diagnostics(editor.open("c.py", SOURCE))) == ["OPT202", "OPT301"]


# -- actions and hover ----------------------------------------------------------------------


@with_editor
async def test_a_fix_is_offered_as_the_preferred_action_of_its_finding(tmp_path: Path) -> None:
    text = "import torch\nx = '😀', torch.optim.SGD(p, lr=1)\n"
    async with editing(tmp_path) as editor:
        uri = editor.open("a.py", text)
        (found,) = await editor.diagnostics(uri)
        fix, *others = await editor.actions(uri, found.range, [types.CodeActionKind.QuickFix])
    assert fix.title == "optport (OPT104): write lr=1.0"
    assert fix.is_preferred is True
    assert not any(one.is_preferred for one in others)
    assert list(fix.diagnostics or ()) == [found]
    assert applied(text, edits_of(fix, version=1)) == text.replace("lr=1", "lr=1.0")


@with_editor
@pytest.mark.parametrize("client", [VS_CODE, PLAIN])
async def test_everything_that_is_safe_is_fixed_at_once(tmp_path: Path, client: str) -> None:
    text = SOURCE + "# 😀\nadagrad = torch.optim.Adagrad(params, foreach=True, lr=1)\n"
    async with editing(tmp_path, client=client) as editor:
        uri = editor.open("a.py", text)
        (action,) = await editor.actions(uri, everywhere(), ["source.fixAll"])
        assert action.kind == "source.fixAll.optport"
        assert (action.edit is None) is (client == VS_CODE), "it is worked out when it is chosen"
        if action.edit is None:
            action = await editor.client.code_action_resolve_async(action)
        fixed = applied(text, edits_of(action, version=1))
        assert "ASGD(params, lr=0.01)" in fixed and "lr=1.0" in fixed
        uri = editor.open("b.py", fixed)
        assert await editor.actions(uri, everywhere(), ["source"]) == []
        left = await editor.diagnostics(uri)
        assert not {"OPT104", "OPT201", "OPT202"} & set(codes(left))


@with_editor
async def test_a_suppression_is_offered_for_every_code_of_a_line(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.open("a.py", SOURCE)
        found = await editor.actions(uri, at(2, 10, 10), [types.CodeActionKind.QuickFix])
        titles = [one.title for one in found if "suppress" in one.title]
        assert titles == [
            "optport (OPT202): suppress here",
            "optport (OPT301): suppress here",
        ]
        assert await editor.actions(uri, at(0, 0, 5), [types.CodeActionKind.QuickFix]) == []
        assert await editor.actions(uri, everywhere(), [types.CodeActionKind.Refactor]) == []
    (edit,) = edits_of(found[-1], version=1)
    assert (edit.range, edit.new_text) == (at(2, 31, 31), "  # noqa: OPT301")
    assert codes(found[-1].diagnostics) == ["OPT301"]


@with_editor
async def test_an_action_stays_what_it_was_when_a_client_resolves_it(tmp_path: Path) -> None:
    async with editing(tmp_path, client=NEOVIM) as editor:  # it knows no versions of edits
        uri = editor.open("a.py", SOURCE)
        found = await editor.actions(uri, everywhere(), [types.CodeActionKind.QuickFix])
        for action in found:
            resolved = await editor.client.code_action_resolve_async(action)
            assert resolved == action
    edits = [action.edit and action.edit.changes and action.edit.changes[uri] for action in found]
    assert len(edits) >= 2 and all(edits)


@with_editor
async def test_the_hover_has_the_ports_to_the_targets_in_force(tmp_path: Path) -> None:
    async with editing(tmp_path, {"targets": "paddle"}, NEOVIM) as editor:
        uri = editor.open("a.py", SOURCE)
        hover = await editor.hover(uri, 2, 20)
        assert await editor.hover(uri, 0, 3) is None
    assert hover is not None
    assert hover.range == at(2, 7, 31)
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.Markdown
    text = hover.contents.value
    assert text.startswith("**torch.optim.ASGD**\n\n`paddle.optimizer` 3.3.1: ")
    assert "\n```python\nscheduler = paddle.optimizer.lr.LambdaDecay(" in text
    assert "\npaddle.optimizer.SGD(learning_rate=scheduler, parameters=params, " in text
    assert "mindspore" not in text


# -- settings -------------------------------------------------------------------------------


def configure(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.optport]\n{text}\n", encoding="utf-8")


@with_editor
async def test_the_nearest_pyproject_is_heeded_and_its_changes_are_followed(
    tmp_path: Path,
) -> None:
    text = "import torch\nadam = torch.optim.Adam(params, lr=1)\n"
    configure(tmp_path, 'targets = "mindspore"')
    async with editing(tmp_path) as editor:
        uri = editor.open("a.py", text)
        assert list(await editor.diagnostics(uri)) == []
        configure(tmp_path, 'targets = "paddle"')
        changed = types.FileEvent(editor.uri("pyproject.toml"), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams([changed])
        )
        assert codes(await editor.again(uri, 1)) == ["OPT104"]
        # A client that doesn't tell: seen at the next check.
        configure(tmp_path, 'targets = "mindspore==2.9.0"')
        editor.type(uri, partial((0, 0), (0, 0), "\n"))
        assert list(await editor.diagnostics(uri, 2)) == []


@with_editor
async def test_the_editors_settings_win_and_can_change(tmp_path: Path) -> None:
    text = "import torch\nadam = torch.optim.Adam(params, lr=1)\n"
    configure(tmp_path, 'targets = "paddle"')
    sent = {"settings": {"targets": "mindspore"}}
    async with editing(tmp_path, sent) as editor:
        uri = editor.open("a.py", text)
        assert list(await editor.diagnostics(uri)) == []
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"optport": {"targets": "paddle"}})
        )
        assert codes(await editor.again(uri, 1)) == ["OPT104"]


@with_editor
async def test_settings_in_error_are_complained_of_once_and_passed_over(tmp_path: Path) -> None:
    configure(tmp_path, 'tragets = "mindspore"')
    async with editing(tmp_path) as editor:
        uri = editor.open("a.py", SOURCE)
        assert codes(await editor.diagnostics(uri)) == ["OPT202", "OPT301"]
        editor.type(uri, partial((0, 0), (0, 0), "\n"))
        assert codes(await editor.diagnostics(uri, 2)) == ["OPT202", "OPT301"]
        (complaint,) = editor.client.messages
        assert "tragets" in complaint.message
    async with editing(tmp_path, {"targets": "jax"}) as editor:
        await editor.diagnostics(editor.open("a.py", SOURCE))
        assert any("jax" in one.message for one in editor.client.messages)


# -- notebooks ------------------------------------------------------------------------------


@with_editor
async def test_a_notebook_is_one_source_with_places_in_its_cells(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.uri("a.ipynb")
        texts = ["%matplotlib inline\nimport torch\n", "# Title", SOURCE.splitlines()[2]]
        languages = ["python", "markdown", "python"]
        cells = [f"{uri}#{number}" for number in range(3)]
        items = [
            types.TextDocumentItem(cell, language, 1, text)
            for cell, language, text in zip(cells, languages, texts, strict=True)
        ]
        notebook = types.NotebookDocument(
            uri,
            "jupyter-notebook",
            1,
            [types.NotebookCell(types.NotebookCellKind.Code, cell) for cell in cells],
        )
        editor.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(notebook, items)
        )
        found = await editor.diagnostics(cells[2])
        assert codes(found) == ["OPT202", "OPT301"]
        assert found[0].range == at(0, 7, 31)
        assert list(await editor.diagnostics(cells[0])) == []
        hover = await editor.hover(cells[2], 0, 9)
        assert hover is not None and hover.range == at(0, 7, 31)

        (action,) = await editor.actions(cells[2], everywhere(), ["source.fixAll"])
        fixed = await editor.client.code_action_resolve_async(action)
        (edit,) = edits_of(fixed, version=1)
        assert (edit.range, edit.new_text) == (at(0, 30, 30), ", lr=0.01")
        assert await editor.actions(cells[0], everywhere(), ["source.fixAll"]) == []

        now = types.VersionedNotebookDocumentIdentifier(2, uri)
        change = types.NotebookDocumentCellContentChanges(
            types.VersionedTextDocumentIdentifier(2, cells[2]),
            [partial((0, 30), (0, 30), ", lr=0.01")],
        )
        editor.client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                now,
                types.NotebookDocumentChangeEvent(
                    cells=types.NotebookDocumentCellChanges(text_content=[change])
                ),
            )
        )
        assert codes(await editor.diagnostics(cells[2], 2)) == ["OPT301"]

        gone = types.NotebookDocumentCellChangeStructure(
            types.NotebookCellArrayChange(0, 1),
            did_close=[types.TextDocumentIdentifier(cells[0])],
        )
        editor.client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                types.VersionedNotebookDocumentIdentifier(3, uri),
                types.NotebookDocumentChangeEvent(
                    cells=types.NotebookDocumentCellChanges(structure=gone)
                ),
            )
        )
        assert list(await editor.again(cells[2], 2)) == [], "torch is imported no more"


# -- the process ----------------------------------------------------------------------------


@with_editor
async def test_the_server_speaks_over_standard_input_and_output(tmp_path: Path) -> None:
    async with editing_over_stdio(tmp_path, *COMMAND) as editor:
        found = await editor.diagnostics(editor.open("a.py", SOURCE))
    assert codes(found) == ["OPT202", "OPT301"]
    assert not editor.client.log_messages
    assert not editor.client.messages


@pytest.mark.slow  # test_commands has a quick one, in its own process
def test_without_pygls_one_line_tells_what_to_install() -> None:
    code = "import sys; sys.modules['pygls'] = None; sys.modules['pygls.lsp'] = None\n"
    code += "from optport.server import serve; sys.exit(serve())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == (
        "optport: error: the language server needs pygls: pip install 'optport[lsp]'\n"
    )


@pytest.mark.parametrize(
    "sent", [pytest.param(b"", marks=pytest.mark.slow), b"Content-Length: 9\r\n\r\nnot JSON!"]
)
def test_the_server_ends_with_its_client(sent: bytes) -> None:
    done = subprocess.run(COMMAND, input=sent, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
