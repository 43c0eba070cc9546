"""An editor for tests: pytest-lsp's client of a server that runs as users run it."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.uris import from_fs_path
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

COMMAND = (sys.executable, "-m", "optport.server")
VS_CODE = "visual_studio_code@1.65.2"
NEOVIM = "neovim@0.11.0"
_PATIENCE = 20.0


class Editor:
    """A client with its folder; texts are told by their names there."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.versions: dict[str, int] = {}
        self.shown: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self._news = asyncio.Condition()
        client.protocol.fm.features.pop(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(functools.partial(self._take))

    async def _take(self, params: types.PublishDiagnosticsParams) -> None:
        async with self._news:
            self.shown.setdefault(params.uri, []).append(params)
            self._news.notify_all()

    def uri(self, name: str) -> str:
        """The address of a file in the editor's folder."""
        return from_fs_path(str(self.root / name)) or ""

    def open(self, name: str, text: str, language: str = "python") -> str:
        """Open a text without saving it; returns its address."""
        uri = self.uri(name)
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> int:
        """Change a text; returns its version."""
        self.versions[uri] += 1
        now = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(now, changes))
        return self.versions[uri]

    async def diagnostics(self, uri: str, version: int | None = 1) -> Sequence[types.Diagnostic]:
        """Wait for the diagnostics of a text at a version."""

        def there() -> types.PublishDiagnosticsParams | None:
            known = self.shown.get(uri, ())
            return next((one for one in reversed(known) if one.version == version), None)

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: there() is not None), _PATIENCE)
        found = there()
        assert found is not None
        diagnostics: Sequence[types.Diagnostic] = found.diagnostics
        return diagnostics

    async def again(self, uri: str, seen: int) -> Sequence[types.Diagnostic]:
        """Wait until diagnostics were shown more than `seen` times; returns the last ones."""
        async with self._news:
            waiting = self._news.wait_for(lambda: len(self.shown.get(uri, ())) > seen)
            await asyncio.wait_for(waiting, _PATIENCE)
        diagnostics: Sequence[types.Diagnostic] = self.shown[uri][-1].diagnostics
        return diagnostics

    async def actions(
        self, uri: str, wanted: types.Range, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        """Ask for the code actions of a range."""
        answer = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri),
                wanted,
                types.CodeActionContext(diagnostics=[], only=only),
            )
        )
        return [one for one in answer or () if isinstance(one, types.CodeAction)]

    async def hover(self, uri: str, line: int, column: int) -> types.Hover | None:
        """Ask for the hover at a position."""
        place = types.Position(line, column)
        return await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), place)
        )


def with_editor(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that is a coroutine to its end."""

    @functools.wraps(test)
    def running(*arguments: Any, **named: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*arguments, **named), 60))

    return running


@asynccontextmanager
async def editing(
    root: Path,
    settings: Any = None,
    client: str = VS_CODE,
    units: Sequence[types.PositionEncodingKind] | None = None,
) -> AsyncIterator[Editor]:
    """Start a server for an editor that has a folder open, and end it as editors do."""
    capabilities = client_capabilities(client)
    if units is not None:
        capabilities.general = types.GeneralClientCapabilities(position_encodings=units)
    speaking = make_test_lsp_client()
    stop: Any = speaking.stop
    editor = Editor(speaking, root)
    await speaking.start_io(*COMMAND)
    try:
        await speaking.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                workspace_folders=[types.WorkspaceFolder(from_fs_path(str(root)) or "", root.name)],
                initialization_options=settings,
            )
        )
        yield editor
        await speaking.shutdown_session()
    finally:
        await stop()


def everywhere() -> types.Range:
    """The range of a whole text."""
    return types.Range(types.Position(0, 0), types.Position(10_000, 0))


def partial(
    begin: tuple[int, int], end: tuple[int, int], text: str
) -> types.TextDocumentContentChangePartial:
    """A change of what is between two positions."""
    return types.TextDocumentContentChangePartial(
        range=types.Range(types.Position(*begin), types.Position(*end)), text=text
    )
