"""The server as a client sees it: which messages it takes, and what it answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from optport import __version__
from optport.server import actions
from optport.server.analysis import Analysis, Part, analyse
from optport.server.client import Client
from optport.server.diagnostics import diagnostics
from optport.server.hover import described
from optport.server.opened import PYTHON, Desk, Opened
from optport.server.positions import Units
from optport.server.session import Session
from optport.server.settings import FILE, ServerSettings

_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage(language=PYTHON)])
    ]
)
_ACTIONS = types.CodeActionOptions(
    code_action_kinds=[types.CodeActionKind.QuickFix, actions.FIX_ALL], resolve_provider=True
)


class App:
    """One client's server. All of its methods are called on the event loop."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._client = Client(server)
        self._root = Path.cwd()
        self._desk = Desk()
        self._settings = ServerSettings(self._client.complain)
        self._session = Session(self._desk, self._check, self._publish, self._failed)

    def register(self) -> None:
        """Have the server call the methods here."""
        takes: dict[str, Any] = {
            types.INITIALIZE: self.on_initialize,
            types.INITIALIZED: self.on_initialized,
            types.SHUTDOWN: self.on_shutdown,
            types.TEXT_DOCUMENT_DID_OPEN: self.on_open,
            types.TEXT_DOCUMENT_DID_CHANGE: self.on_change,
            types.TEXT_DOCUMENT_DID_CLOSE: self.on_close,
            types.NOTEBOOK_DOCUMENT_DID_OPEN: self.on_open_notebook,
            types.NOTEBOOK_DOCUMENT_DID_CHANGE: self.on_change_notebook,
            types.NOTEBOOK_DOCUMENT_DID_CLOSE: self.on_close_notebook,
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: self.on_configuration,
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self.on_files_changed,
            types.TEXT_DOCUMENT_HOVER: self.on_hover,
            types.CODE_ACTION_RESOLVE: self.on_resolve,
        }
        for name, method in takes.items():
            self._server.feature(name)(partial(method))  # pygls marks what it is given
        offering = self._server.feature(types.TEXT_DOCUMENT_CODE_ACTION, _ACTIONS)
        offering(partial(self.on_code_action))

    # -- beginning and end --------------------------------------------------------------------

    def on_initialize(self, params: types.InitializeParams) -> None:
        """Take the client's root, units and settings."""
        folders = params.workspace_folders or ()
        root = next((folder.uri for folder in folders), params.root_uri)
        found = to_fs_path(root) if root else None
        if found is not None:
            self._root = Path(found)
        self._desk.units = Units(self._server.workspace.position_encoding or Units.UTF16)
        self._settings.override(params.initialization_options)

    def on_initialized(self, params: types.InitializedParams) -> None:
        """Ask to be told of changed configuration files."""
        if self._client.watches:
            self._client.watch(f"**/{FILE}")

    def on_shutdown(self, params: None) -> None:
        """Begin nothing more."""
        self._session.end()

    # -- what is open -------------------------------------------------------------------------

    def on_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Check a document that was opened."""
        self._session.changed(self._desk.open(params.text_document), 0)

    def on_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Check a document some time after the last change."""
        self._changed(self._desk.change(params))

    def on_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Take a closed document's diagnostics back."""
        uri = params.text_document.uri
        self._desk.close(uri)
        self._session.closed(uri)
        self._show_none((uri,))

    def on_open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Check a notebook that was opened."""
        self._session.changed(self._desk.open_notebook(params), 0)

    def on_change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Check a notebook some time after the last change of its cells."""
        self._changed(self._desk.change_notebook(params))
        structure = params.change.cells and params.change.cells.structure
        self._show_none(cell.uri for cell in (structure and structure.did_close) or ())

    def on_close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Take the diagnostics of a closed notebook's cells back."""
        uri = params.notebook_document.uri
        self._session.closed(uri)
        self._show_none(self._desk.close_notebook(uri))

    def _changed(self, uri: str | None) -> None:
        if uri is not None:
            self._session.changed(uri)

    def _show_none(self, uris: Iterable[str]) -> None:
        for uri in uris:
            self._client.show(uri, None, ())

    # -- settings -----------------------------------------------------------------------------

    def on_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        """Take the client's settings anew, where it sends them, and check everything by them."""
        if params.settings:
            self._settings.override(params.settings)
        self._check_everything()

    def on_files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Check everything by what the configuration files say now."""
        if any(change.uri.endswith(FILE) for change in params.changes):
            self._settings.reread()
            self._check_everything()

    def _check_everything(self) -> None:
        for uri in self._desk.everything():
            self._desk.touch(uri)
            self._session.changed(uri)

    # -- answers ------------------------------------------------------------------------------

    async def on_hover(self, params: types.HoverParams) -> types.Hover | None:
        """Describe the ports of the construction under the cursor."""
        seen = await self._seen(params.text_document.uri)
        if seen is None:
            return None
        analysis, part = seen
        here = part.place(types.Range(params.position, params.position))
        found = analysis.constructions_at(here)
        if not found:
            return None
        targets, markdown = analysis.settings.options.targets, self._client.markdown
        text = await self._session.beside(lambda: described(found, targets, markdown))
        kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
        where = part.range(found[0].construction.place)
        return types.Hover(types.MarkupContent(kind, text), where)

    async def on_code_action(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Offer the fixes for a range, and the one for everything."""
        uri = params.text_document.uri
        seen = await self._seen(uri)
        if seen is None:
            return []
        found: list[types.CodeAction] = []
        if _asks_for(params, types.CodeActionKind.QuickFix.value):
            found += actions.quick_fixes(*seen, params.range)
        if _asks_for(params, actions.FIX_ALL) and actions.any_fix(*seen):
            every = types.CodeAction(title=actions.FIX_ALL_TITLE, kind=actions.FIX_ALL, data=uri)
            found.append(every if self._client.resolves else await self.on_resolve(every))
        return [self._understood(action) for action in found]

    async def on_resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Work out the edits of the action that fixes everything; others have theirs already."""
        seen = await self._seen(str(action.data))
        if action.edit is not None or seen is None:
            return action
        analysis, part = seen
        path = self._path(analysis.opened)
        fixing = partial(actions.all_fixed, analysis, part, path)
        action.edit = actions.workspace_edit(analysis, await self._session.beside(fixing))
        return self._understood(action)

    async def _seen(self, uri: str) -> tuple[Analysis, Part] | None:
        """Return what there is to be told of a text as it is now."""
        analysis = await self._session.analysis(self._desk.home(uri))
        part = None if analysis is None else analysis.part_for(uri)
        return None if analysis is None or part is None else (analysis, part)

    def _understood(self, action: types.CodeAction) -> types.CodeAction:
        return action if self._client.knows_versions else actions.unversioned(action)

    # -- checking -----------------------------------------------------------------------------

    def _path(self, opened: Opened) -> Path:
        return opened.path or self._root / "untitled.py"

    def _check(self, opened: Opened) -> Callable[[], Analysis]:
        path = self._path(opened)
        settings = self._settings.settings_for(path)
        return partial(analyse, opened, path, settings, self._desk.units)

    def _publish(self, analysis: Analysis) -> None:
        for part in analysis.parts:
            self._client.show(part.text.uri, part.text.version, diagnostics(analysis, part))

    def _failed(self, error: Exception) -> None:
        self._client.log(f"optport failed ({type(error).__name__}: {error})")


def _asks_for(params: types.CodeActionParams, kind: str) -> bool:
    """Whether a client wants actions of a kind: it may name kinds, or kinds of kinds."""
    only = params.context.only
    return only is None or any(f"{kind}.".startswith(f"{_word(wanted)}.") for wanted in only)


def _word(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def make_server(**more: Any) -> LanguageServer:
    """Return a server that is ready for one client; `more` is for pygls."""
    server = LanguageServer("optport", __version__, notebook_document_sync=_NOTEBOOKS, **more)
    App(server).register()
    return server


def run() -> int:
    """Serve over standard input and output; returns 0 once the client has left."""
    logging.disable(logging.WARNING)  # what pygls tells of its own doings
    make_server().start_io()
    return 0
