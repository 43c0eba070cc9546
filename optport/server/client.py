"""The client: what it can do, and what it is told."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from optport.server.diagnostics import SOURCE


class Client:
    """The one that a server talks to."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server

    @property
    def markdown(self) -> bool:
        """Whether its hovers show Markdown."""
        document = self._server.client_capabilities.text_document
        formats = document and document.hover and document.hover.content_format
        return types.MarkupKind.Markdown in (formats or ())

    @property
    def resolves(self) -> bool:
        """Whether it asks for an action's edits when the action is chosen."""
        document = self._server.client_capabilities.text_document
        support = document and document.code_action and document.code_action.resolve_support
        return bool(support and "edit" in support.properties)

    @property
    def knows_versions(self) -> bool:
        """Whether it takes edits of a text at a version."""
        workspace = self._server.client_capabilities.workspace
        edits = workspace and workspace.workspace_edit
        return bool(edits and edits.document_changes)

    @property
    def watches(self) -> bool:
        """Whether it can be asked to tell of changed files."""
        workspace = self._server.client_capabilities.workspace
        watched = workspace and workspace.did_change_watched_files
        return bool(watched and watched.dynamic_registration)

    def watch(self, pattern: str) -> None:
        """Ask to be told when a file changes whose path is like `pattern`."""
        options = types.DidChangeWatchedFilesRegistrationOptions(
            watchers=[types.FileSystemWatcher(glob_pattern=pattern)]
        )
        registration = types.Registration(
            id="optport-files",
            method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            register_options=options,
        )
        self._server.client_register_capability(types.RegistrationParams([registration]))

    def show(self, uri: str, version: int | None, found: Sequence[types.Diagnostic]) -> None:
        """Have it show the diagnostics of a text, and no others."""
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=list(found))
        )

    def complain(self, message: str) -> None:
        """Show a message to the user: something that only the user can put right."""
        self._server.window_show_message(
            types.ShowMessageParams(types.MessageType.Error, f"{SOURCE}: {message}")
        )

    def log(self, message: str) -> None:
        """Put a message where those look who look for a defect."""
        self._server.window_log_message(types.LogMessageParams(types.MessageType.Error, message))
