"""Files that may hold findings: checked, mended, and written back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from optport.check import Checked, Report
from optport.cli.checking import Given, Job
from optport.cli.differences import difference
from optport.files import STANDARD_INPUT, UnreadableFile, encode_as, encoding_of
from optport.finding import Finding
from optport.fixing import Document, TextDocument, fix_document
from optport.formats.json_report import construction_json
from optport.formats.result import Diagnostic, FileResult, diagnose, shown_path
from optport.gate import concerns_us
from optport.linting import lint_text
from optport.noqa import noqa_edits
from optport.notebooks import Joined, Notebook
from optport.printable import printable
from optport.writing import UnwritableFile, replace_file


class Source(Protocol):
    """What a file holds."""

    data: bytes
    document: Document

    def warnings(self) -> Iterable[str]:
        """Say why it is not checked, if it is not and that is no trouble."""
        ...

    def troubles(self) -> Iterable[str]:
        """Say what of it could not be checked."""
        ...

    def writable(self, text: str) -> bool:
        """Whether a text can be written into the file."""
        ...

    def bytes_of(self, document: Document) -> bytes:
        """Return the file with another content."""
        ...

    def diagnostics(
        self, path: str, document: Document, findings: list[Finding]
    ) -> list[Diagnostic]:
        """Place the findings of a content."""
        ...

    def construction(self, path: str, document: Document, checked: Checked) -> dict[str, object]:
        """Return a construction as the JSON report has it."""
        ...


class PythonSource:
    """A Python file or stub."""

    def __init__(self, data: bytes, text: str) -> None:
        """Take what the file holds, and as text."""
        self.data = data
        self.document: Document = TextDocument(text)

    def warnings(self) -> Iterable[str]:
        """Nothing is passed over."""
        return ()

    def troubles(self) -> Iterable[str]:
        """What can't be checked raises."""
        return ()

    def writable(self, text: str) -> bool:
        """Whether the file's encoding has all of the characters."""
        return encode_as(text, encoding_of(self.data)) is not None

    def bytes_of(self, document: Document) -> bytes:
        """Encode a text as the file is; raises `UnreadableFile` where that is not certain."""
        encoding = encoding_of(self.data)
        found = encode_as(document.text, encoding)
        if found is None or encode_as(self.document.text, encoding) != self.data:
            raise UnreadableFile(f"its encoding, {encoding}, can't be written back byte for byte")
        return found

    def diagnostics(
        self, path: str, document: Document, findings: list[Finding]
    ) -> list[Diagnostic]:
        """Place findings of a text."""
        return diagnose(path, findings, document.text)

    def construction(self, path: str, document: Document, checked: Checked) -> dict[str, object]:
        """Return a construction as the JSON report has it."""
        return construction_json(path, checked, checked.construction.place)


class NotebookSource:
    """A notebook: places are within its cells."""

    def __init__(self, data: bytes) -> None:
        """Take what the file holds; raises `UnreadableFile`."""
        self.data = data
        self._notebook = Notebook(data)
        cells = self._notebook.cells if self._notebook.is_python else ()
        self._joined = Joined(cells if concerns_us("\n".join(cells), notes=True) else ())
        self.document: Document = self._joined

    def warnings(self) -> Iterable[str]:
        """Say that it is in another language."""
        if not self._notebook.is_python:
            yield f"passed over: its language is {self._notebook.language}"

    def troubles(self) -> Iterable[str]:
        """Name the cells that can't be parsed."""
        for one in self._joined.errors:
            yield f"cell {one.cell + 1}: syntax error in line {one.line}: {one.reason}"

    def writable(self, text: str) -> bool:
        """JSON has all characters."""
        return True

    def bytes_of(self, document: Document) -> bytes:
        """Write other cells into the JSON."""
        assert isinstance(document, Joined)
        return self._notebook.written(document.cells) if document.cells else self.data

    def diagnostics(
        self, path: str, document: Document, findings: list[Finding]
    ) -> list[Diagnostic]:
        """Place findings within their cells."""
        assert isinstance(document, Joined)
        found: list[Diagnostic] = []
        for finding in findings:
            cell, place = document.within(finding.place)
            moved = replace(
                finding,
                place=place,
                fix=document.fix_within(finding.fix, cell),
                message=document.told_within(finding.message, cell),
            )
            found += diagnose(path, [moved], document.cells[cell], cell + 1)
        return found

    def construction(self, path: str, document: Document, checked: Checked) -> dict[str, object]:
        """Return a construction as the JSON report has it."""
        assert isinstance(document, Joined)
        cell, place = document.within(checked.construction.place)
        return construction_json(path, checked, place, cell + 1)


def check_source(source: Source, given: Given, job: Job) -> FileResult:
    """Check a file and do with it what is asked for; raises what `ast.parse` raises."""
    result = FileResult(given.shown)
    result.warnings += (_line(given, one) for one in source.warnings())
    result.troubles += (_line(given, one) for one in source.troubles())
    document = source.document
    if job.fix:
        document, report = _fix(source, given, job, result)
    else:
        report = lint_text(document.text, given.settings, given.shown, ports=job.ports)
    if report.defect is not None:
        result.defective = True
        result.troubles.append(_line(given, report.defect))
    elif job.add_noqa and report.findings:
        report = _add_noqa(source, given, report, result)
    result.diagnostics = source.diagnostics(given.shown, document, report.findings)
    if job.ports:
        result.constructions = [
            source.construction(given.shown, document, one) for one in report.constructions
        ]
    report.release()
    return result


def _line(given: Given, said: str) -> str:
    return f"{printable(given.shown)}: {printable(said)}"


def _fix(source: Source, given: Given, job: Job, result: FileResult) -> tuple[Document, Report]:
    """Mend what can be; the content that is left and what is found in it."""
    done = fix_document(
        source.document, given.settings, given.shown, job.unsafe, source.writable, ports=job.ports
    )
    if done.endless:
        said = "its fixes lead to ever more of them; please report it to optport's issue tracker"
        result.troubles.append(_line(given, said))
    for one in done.refused:
        said = f"line {one.place.line}: the fix of {one.code} would break the file: not applied"
        result.troubles.append(_line(given, said))
    try:
        after = source.bytes_of(done.document) if done.fixed else source.data
        if job.diff:
            result.output = difference(shown_path(given.shown), source.data, after, job.escaped)
        elif given.name == STANDARD_INPUT:
            result.output = after
        elif after != source.data:
            replace_file(given.name, source.data, after)
    except (UnreadableFile, UnwritableFile) as error:
        result.troubles.append(_line(given, f"can't be fixed: {error}"))
        report = lint_text(source.document.text, given.settings, given.shown, ports=job.ports)
        return source.document, report
    result.fixed = [one.code for one in done.fixed]
    return done.document, done.report


def _add_noqa(source: Source, given: Given, report: Report, result: FileResult) -> Report:
    """Write a comment for each finding; what is left are those that no line can take one for."""
    edits, result.added = noqa_edits(source.document.text, report.findings)
    document = source.document.edited(edits)
    left = lint_text(document.text, given.settings, given.shown)
    try:
        if edits:
            replace_file(given.name, source.data, source.bytes_of(document))
    except (UnreadableFile, UnwritableFile) as error:
        result.troubles.append(_line(given, f"can't be written: {error}"))
        result.added = 0
        return report
    kept = Report(report.findings, report.constructions)
    kept.findings = [one for one in report.findings if _still(one, left.findings)]
    for one in kept.findings:
        said = f"line {one.place.line}: no line of {one.code} can take a comment"
        result.troubles.append(_line(given, said))
    return kept


def _still(finding: Finding, left: list[Finding]) -> bool:
    return any((one.code, one.place) == (finding.code, finding.place) for one in left)
