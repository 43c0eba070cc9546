"""What a client has open: documents, and notebooks whose cells are documents of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from optport.lean import dataclass
from optport.server.positions import Units, replaced

PYTHON = "python"


@dataclass(frozen=True, slots=True)
class Text:
    """A document, or the cell of a notebook, at one version."""

    uri: str
    language: str
    version: int
    text: str

    def changed(
        self,
        version: int,
        changes: Iterable[types.TextDocumentContentChangeEvent],
        units: Units,
    ) -> Text:
        """Return the text after a client's changes, each made to what the one before left."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                text = replaced(
                    text, _pair(change.range.start), _pair(change.range.end), change.text, units
                )
            else:
                text = change.text
        return Text(self.uri, self.language, version, text)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is checked as one: a document, or the Python cells of a notebook in their order."""

    uri: str
    revision: int
    """Counts up with every change of anything that is open."""
    texts: tuple[Text, ...]
    notebook: bool = False

    @property
    def path(self) -> Path | None:
        """Where it is on disk; None for what was never saved or is elsewhere."""
        if not self.uri.startswith("file:"):
            return None
        found = to_fs_path(self.uri)
        return None if found is None else Path(found)


@dataclass(slots=True)
class Desk:
    """Everything that is open."""

    units: Units = Units.UTF16
    _texts: dict[str, Text] = field(default_factory=dict)
    _notebooks: dict[str, list[str]] = field(default_factory=dict)
    """The cells of each notebook, in order."""
    _owners: dict[str, str] = field(default_factory=dict)
    """The notebook that each cell belongs to."""
    _revisions: dict[str, int] = field(default_factory=dict)
    _last: int = 0

    def everything(self) -> list[str]:
        """Return the addresses of all documents and notebooks."""
        return list(self._revisions)

    def home(self, uri: str) -> str:
        """Return the notebook that a cell is of; a document is its own home."""
        return self._owners.get(uri, uri)

    def get(self, uri: str) -> Opened | None:
        """Return a document or notebook as it is now; None if it is not open, or not Python."""
        revision = self._revisions.get(uri)
        if revision is None:
            return None
        notebook = self._notebooks.get(uri)
        cells = [uri] if notebook is None else notebook
        found = (self._texts.get(cell) for cell in cells)
        texts = tuple(text for text in found if text is not None and text.language == PYTHON)
        return Opened(uri, revision, texts, notebook is not None)

    def touch(self, uri: str) -> None:
        """Give something open a new revision: what it is checked by has changed."""
        self._last += 1
        self._revisions[uri] = self._last

    def open(self, document: types.TextDocumentItem) -> str:
        """Take in a document; returns its address."""
        uri: str = document.uri
        self._put(document)
        self.touch(uri)
        return uri

    def change(self, params: types.DidChangeTextDocumentParams) -> str | None:
        """Follow a change; returns the address, None for a document that is not open."""
        return self._edit(params.text_document, params.content_changes)

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._texts.pop(uri, None)
        self._revisions.pop(uri, None)

    def open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> str:
        """Take in a notebook with its cells; returns its address."""
        uri: str = params.notebook_document.uri
        self._notebooks[uri] = _documents(params.notebook_document.cells)
        self._adopt(uri, params.cell_text_documents)
        self.touch(uri)
        return uri

    def change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> str | None:
        """Follow a change of cells or of their texts; returns the address if it is open."""
        uri: str = params.notebook_document.uri
        notebook = self._notebooks.get(uri)
        cells = params.change.cells
        if notebook is None or cells is None:
            return None
        if cells.structure is not None:
            moved = cells.structure.array
            first = moved.start
            notebook[first : first + moved.delete_count] = _documents(moved.cells or ())
            self._adopt(uri, cells.structure.did_open or ())
            for closed in cells.structure.did_close or ():
                self._texts.pop(closed.uri, None)
                self._owners.pop(closed.uri, None)
        for change in cells.text_content or ():
            self._edit(change.document, change.changes)
        self.touch(uri)
        return uri

    def close_notebook(self, uri: str) -> list[str]:
        """Forget a notebook; returns its cells' addresses."""
        self._notebooks.pop(uri, None)
        self._revisions.pop(uri, None)
        cells = [cell for cell, owner in self._owners.items() if owner == uri]
        for cell in cells:
            self._texts.pop(cell, None)
            self._owners.pop(cell, None)
        return cells

    def _adopt(self, notebook: str, documents: Sequence[types.TextDocumentItem]) -> None:
        for document in documents:
            self._owners[document.uri] = notebook
            self._put(document)

    def _put(self, document: types.TextDocumentItem) -> None:
        language = document.language_id
        self._texts[document.uri] = Text(document.uri, language, document.version, document.text)

    def _edit(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Iterable[types.TextDocumentContentChangeEvent],
    ) -> str | None:
        before = self._texts.get(document.uri)
        if before is None:
            return None
        self._texts[document.uri] = before.changed(document.version, changes, self.units)
        home = self.home(document.uri)
        self.touch(home)
        return home


def _pair(position: types.Position) -> tuple[int, int]:
    return position.line, position.character


def _documents(cells: Iterable[types.NotebookCell]) -> list[str]:
    return [cell.document for cell in cells]
