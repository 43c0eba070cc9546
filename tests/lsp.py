"""An editor for tests: pytest-lsp's client of a server in this process, or in one of its own."""

from __future__ import annotations

import asyncio
import functools
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.io_ import run_async
from pygls.protocol import default_converter
from pygls.uris import from_fs_path
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import register_lsp_features

from optport.server.app import make_server

COMMAND = (sys.executable, "-m", "optport", "server")
VS_CODE = "visual_studio_code@1.65.2"
NEOVIM = "neovim@0.11.0"
PLAIN = ""
"""A client that can do nothing that it need not: asks for no edits later, knows no versions."""
_PATIENCE = 20.0
_CONVERTER = functools.cache(default_converter)
"""One for all servers and clients here: it works the protocol's types out once."""


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


class _Pipe:
    """What is written at one end is there to be read at the other."""

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()

    def write(self, data: bytes) -> None:
        self.reader.feed_data(data)

    def close(self) -> None:
        self.reader.feed_eof()


def _client() -> LanguageClient:
    client = LanguageClient(converter_factory=_CONVERTER)
    register_lsp_features(client)
    return client


def _connect(client: LanguageClient) -> list[asyncio.Task[None]]:
    """Start a server beside its client in this process; returns what runs."""
    server = make_server(converter_factory=_CONVERTER)
    there, back = _Pipe(), _Pipe()
    tasks = []
    for protocol, reader, writer in (
        (server.protocol, there.reader, back),
        (client.protocol, back.reader, there),
    ):
        protocol.set_writer(writer)
        running = run_async(threading.Event(), reader, protocol)
        tasks.append(asyncio.get_running_loop().create_task(running))
    return tasks


@asynccontextmanager
async def editing(
    root: Path,
    settings: Any = None,
    client: str = VS_CODE,
    units: Sequence[types.PositionEncodingKind] | None = None,
) -> AsyncIterator[Editor]:
    """Start a server in this process for an editor that has a folder open."""
    speaking = _client()
    editor = Editor(speaking, root)
    running = _connect(speaking)
    await speaking.initialize_session(_opening(root, settings, client, units))
    yield editor
    await speaking.shutdown_async(None)
    for task in running:
        task.cancel()


@asynccontextmanager
async def editing_over_stdio(root: Path, *command: str) -> AsyncIterator[Editor]:
    """Start a server as users do, and end it as editors do."""
    speaking = _client()
    stop: Any = speaking.stop
    editor = Editor(speaking, root)
    await speaking.start_io(*command)
    try:
        await speaking.initialize_session(_opening(root, None, VS_CODE, None))
        yield editor
        await speaking.shutdown_session()
    finally:
        await stop()


def _opening(
    root: Path, settings: Any, client: str, units: Sequence[types.PositionEncodingKind] | None
) -> types.InitializeParams:
    capabilities = client_capabilities(client) if client else types.ClientCapabilities()
    if units is not None:
        capabilities.general = types.GeneralClientCapabilities(position_encodings=units)
    return types.InitializeParams(
        capabilities=capabilities,
        workspace_folders=[types.WorkspaceFolder(from_fs_path(str(root)) or "", root.name)],
        initialization_options=settings,
    )


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
