"""Quick fixes, comments that suppress a finding, and all safe fixes of a text at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lsprotocol import types

from optport.edits import Applicability, Edit, Fix
from optport.finding import Finding, can_fix
from optport.fixing import fix_document, fix_text
from optport.noqa import noqa_edit
from optport.notebooks import Joined
from optport.server.analysis import Analysis, Part, overlap
from optport.server.diagnostics import diagnostic
from optport.server.difference import edits_between

FIX_ALL = "source.fixAll.optport"
FIX_ALL_TITLE = "optport: make all safe fixes"


def quick_fixes(analysis: Analysis, part: Part, wanted: types.Range) -> list[types.CodeAction]:
    """Return the fixes of the findings that a range touches, then the comments that hide them."""
    asked = part.place(wanted)
    found = [one for one in analysis.findings_in(part) if overlap(one.place, asked)]
    fixes = [_fix(analysis, part, one, one.fix) for one in found if one.fix is not None]
    return [*fixes, *_suppressions(analysis, part, found)]


def _fix(analysis: Analysis, part: Part, finding: Finding, fix: Fix) -> types.CodeAction:
    return types.CodeAction(
        title=f"optport ({finding.code}): {finding.hint}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(finding, part)],
        is_preferred=fix.applicability is Applicability.SAFE,
        edit=workspace_edit(analysis, fix.edits),
    )


def _suppressions(
    analysis: Analysis, part: Part, findings: Sequence[Finding]
) -> Iterator[types.CodeAction]:
    """Yield one action for every code at a place; findings that share a comment share it."""
    by_comment: dict[tuple[Edit, str], list[Finding]] = {}
    for finding in findings:
        edit = noqa_edit(analysis.source, finding)
        if edit is not None:
            by_comment.setdefault((edit, finding.code), []).append(finding)
    for (edit, code), same in by_comment.items():
        yield types.CodeAction(
            title=f"optport ({code}): suppress here",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic(one, part) for one in same],
            edit=workspace_edit(analysis, [edit]),
        )


def any_fix(analysis: Analysis, part: Part) -> bool:
    """Whether a text has anything that is safe to fix."""
    return any(can_fix(one, unsafe=False) for one in analysis.findings_in(part))


def all_fixed(analysis: Analysis, part: Part, path: Path) -> list[Edit]:
    """Return the edits of a document, or of one cell, that leave nothing safe to fix in it."""
    if not analysis.opened.notebook:
        fixed = fix_text(analysis.source, analysis.settings, path).text
        return list(edits_between(analysis.source, fixed))
    cells = Joined([one.text.text for one in analysis.parts])
    document = fix_document(cells, analysis.settings, path).document
    assert isinstance(document, Joined)
    fixed = document.cells[analysis.parts.index(part)]
    return [_below(part.first, edit) for edit in edits_between(part.text.text, fixed)]


def _below(lines: int, edit: Edit) -> Edit:
    """Return an edit so many lines further down."""
    place = edit.place
    down = replace(place, line=place.line + lines, end_line=place.end_line + lines)
    return replace(edit, place=down)


def workspace_edit(analysis: Analysis, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Return edits of the source as edits of its texts.

    A client whose texts are at other versions refuses them.
    """
    by_text: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        part = analysis.part_of(edit.place)
        made = types.TextEdit(part.range(edit.place), edit.content)
        by_text.setdefault(part.text.uri, []).append(made)
    versions = {part.text.uri: part.text.version for part in analysis.parts}
    changes = [
        types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=versions[uri]), made
        )
        for uri, made in by_text.items()
    ]
    return types.WorkspaceEdit(document_changes=changes)


def unversioned(action: types.CodeAction) -> types.CodeAction:
    """Return an action for clients that know no versions of what they edit."""
    if action.edit is not None and action.edit.document_changes is not None:
        changes: dict[str, list[types.TextEdit]] = {}
        for change in action.edit.document_changes:
            assert isinstance(change, types.TextDocumentEdit)
            edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
            changes.setdefault(change.text_document.uri, []).extend(edits)
        action.edit = types.WorkspaceEdit(changes=changes)
    return action
