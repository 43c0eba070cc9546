"""Quick fixes, comments that suppress a finding, and all safe fixes of a text at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types

from optport.edits import Applicability, Edit, Fix
from optport.findings import Finding
from optport.noqa import noqa_edit
from optport.server.analysis import Analysis, Part, overlap
from optport.server.diagnostics import diagnostic
from optport.server.difference import edits_between
from optport.server.stopgap import fix_text

FIX_ALL = "source.fixAll.optport"
FIX_ALL_TITLE = "optport: make all safe fixes"


def quick_fixes(analysis: Analysis, part: Part, wanted: types.Range) -> list[types.CodeAction]:
    """Return the fixes of the findings that a range touches, then the comments that hide them."""
    asked = part.place(wanted)
    found = [one for one in analysis.findings_in(part) if overlap(one.place, asked)]
    fixes = [_fix(one, one.fix, part) for one in found if one.fix is not None]
    return [*fixes, *_suppressions(analysis, part, found)]


def _fix(finding: Finding, fix: Fix, part: Part) -> types.CodeAction:
    return types.CodeAction(
        title=f"optport ({finding.code}): {finding.hint}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(finding, part)],
        is_preferred=fix.applicability is Applicability.SAFE,
        edit=workspace_edit(part, part.edits(fix.edits)),
    )


def _suppressions(
    analysis: Analysis, part: Part, findings: Sequence[Finding]
) -> Iterator[types.CodeAction]:
    by_code: dict[tuple[Edit | None, str], list[Finding]] = {}
    for finding in findings:
        edit = noqa_edit(analysis.source, finding)
        by_code.setdefault((edit, finding.code), []).append(finding)
    for (edit, code), same in by_code.items():
        if edit is not None:
            yield types.CodeAction(
                title=f"optport ({code}): suppress here",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic(one, part) for one in same],
                edit=workspace_edit(part, part.edits([edit])),
            )


def can_fix(analysis: Analysis, part: Part) -> bool:
    """Whether a text has anything that is safe to fix."""
    fixes = (one.fix for one in analysis.findings_in(part))
    return any(fix is not None and fix.applicability is Applicability.SAFE for fix in fixes)


def all_fixed(analysis: Analysis, part: Part, path: Path) -> list[types.TextEdit]:
    """Return the edits that leave nothing safe to fix in a text."""
    after = fix_text(analysis.source, analysis.settings, path).text
    edits = edits_between(analysis.source, after)
    return part.edits([edit for edit in edits if analysis.part_of(edit.place) is part])


def workspace_edit(part: Part, edits: Sequence[types.TextEdit]) -> types.WorkspaceEdit:
    """Return edits of one text; a client whose text is at another version refuses them."""
    text = part.text
    document = types.OptionalVersionedTextDocumentIdentifier(uri=text.uri, version=text.version)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(text_document=document, edits=list(edits))]
    )


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
