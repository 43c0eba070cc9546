"""Suppressions in comments: ``# noqa``, ``# noqa: OPT202``, ``# optport: noqa`` for a file.

They are read from comments alone, never from strings. Codes may be shortened (``OPT2``), as in
selections; codes of other linters suppress nothing here.
"""

from __future__ import annotations

import io
import itertools
import re
import tokenize
from collections.abc import Iterable, Iterator

from optport.edits import Edit, line_starts
from optport.finding import Finding
from optport.places import Place

_CODES = r"(?P<codes>[A-Za-z]+[0-9]*(?:[ \t,]+[A-Za-z]+[0-9]+)*)"
_INLINE = re.compile(rf"#\s*noqa\b(?:\s*:\s*{_CODES})?", re.IGNORECASE)
_WHOLE_FILE = re.compile(
    rf"#\s*(?:optport|flake8)\s*[:=]\s*noqa\b(?:\s*:\s*{_CODES})?", re.IGNORECASE
)
_WORD = re.compile("noqa", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_OURS = "OPT"

Hidden = tuple[str, ...]
"""The beginnings of codes that are hidden; an empty string is every code's."""


class Suppressions:
    """What the comments of one source suppress."""

    def __init__(self, whole_file: Hidden, lines: dict[int, Hidden]) -> None:
        """Take what is suppressed in the file, and on single lines."""
        self._whole_file = whole_file
        self._lines = lines

    def hides(self, finding: Finding) -> bool:
        """Whether a comment suppresses a finding.

        It may be on the line that is reported, or on the first or last line of a call that the
        finding belongs to.
        """
        if finding.code.startswith(self._whole_file):
            return True
        return any(
            finding.code.startswith(self._lines.get(line, ())) for line in _lines_of(finding)
        )


def _lines_of(finding: Finding) -> set[int]:
    """The lines on which a comment counts for a finding."""
    lines = {finding.place.line}
    for call in finding.calls:
        lines |= {call.line, call.end_line}
    return lines


def suppressions(text: str) -> Suppressions:
    """Read the suppressions of a source text that Python can parse."""
    whole_file: Hidden = ()
    lines: dict[int, Hidden] = {}
    for line, column, comment in comments(text):
        found = _WHOLE_FILE.match(comment)
        if found and not column:
            whole_file += _hidden(found["codes"])
        elif inline := _INLINE.search(comment):
            lines[line] = _hidden(inline["codes"])
    return Suppressions(whole_file, lines)


def unsuppressed(text: str, findings: list[Finding]) -> list[Finding]:
    """Return the findings of a source text that no comment suppresses, in their order."""
    if not _may_suppress(text, findings):
        return findings
    found = suppressions(text)
    return [one for one in findings if not found.hides(one)]


def _may_suppress(text: str, findings: list[Finding]) -> bool:
    """Whether it is worth to look for the comments: reading all of them takes its time."""
    if not findings or _WORD.search(text) is None:
        return False
    if _WHOLE_FILE.search(text):
        return True
    lines = _LINE_END.split(text)
    wanted = set().union(*map(_lines_of, findings))
    return any(_WORD.search(lines[line - 1]) for line in wanted)


def _hidden(codes: str | None) -> Hidden:
    if codes is None:
        return ("",)
    listed = re.split(r"[\s,]+", codes.upper())
    return tuple(code for code in listed if code.startswith(_OURS))


def comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column (0: nothing but space before it) and text of every comment."""
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            yield line, len(token.line[:column].strip()), token.string


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens up to what the tokenizer does not take, should there be such a thing."""
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        yield from tokenize.generate_tokens(lines.readline)
    except (tokenize.TokenError, SyntaxError):
        return


class Placer:
    """Puts ``# noqa`` comments on the lines of one source that can take one."""

    def __init__(self, text: str) -> None:
        """Take a source text that Python can parse."""
        data = text.encode("utf-8", "surrogatepass")
        starts = [*line_starts(data), len(data)]
        self._lines = [data[a:b].rstrip(b"\r\n") for a, b in itertools.pairwise(starts)]
        self._comments: dict[int, str] = {}
        self._inside: set[int] = set()
        """Lines that end within a string."""
        opened: list[int] = []
        for token in _tokens(text):
            kind = tokenize.tok_name[token.type]
            if kind == "COMMENT":
                self._comments[token.start[0]] = token.string
            elif kind == "STRING":
                self._inside.update(range(token.start[0], token.end[0]))
            elif kind in ("FSTRING_START", "TSTRING_START"):
                opened.append(token.start[0])
            elif kind in ("FSTRING_END", "TSTRING_END"):
                self._inside.update(range(opened.pop(), token.end[0]))

    def takes(self, line: int) -> bool:
        """Whether a comment can stand at the end of a line."""
        if line in self._inside:
            return False
        there = self._comments.get(line)
        if there is None:
            return not self._lines[line - 1].rstrip().endswith(b"\\")
        found = _INLINE.search(there)
        return found is None or found["codes"] is not None  # else it suppresses everything

    def comment(self, line: int, codes: Iterable[str]) -> Edit:
        """Return the edit that suppresses codes on a line that takes a comment.

        Codes are added to those that the line's comment suppresses already.
        """
        raw = self._lines[line - 1]
        listed = ", ".join(sorted(set(codes)))
        there = self._comments.get(line)
        found = _INLINE.search(there) if there else None
        if there is None or found is None:
            return Edit(Place(line, len(raw.rstrip()), line, len(raw)), f"  # noqa: {listed}")
        begin = raw.rindex(there.rstrip().encode("utf-8", "surrogatepass"))
        after = begin + len(there[: found.end()].encode("utf-8", "surrogatepass"))
        return Edit(Place(line, after, line, after), f", {listed}")

    def line_for(self, finding: Finding) -> int | None:
        """Return the first line that counts for a finding and takes a comment."""
        lines = [finding.place.line]
        for call in finding.calls:
            lines += [call.end_line, call.line]
        return next(filter(self.takes, lines), None)


def noqa_edit(text: str, finding: Finding) -> Edit | None:
    """Return the edit that suppresses one finding, None where no line of it takes a comment."""
    placer = Placer(text)
    line = placer.line_for(finding)
    return None if line is None else placer.comment(line, [finding.code])


def noqa_edits(text: str, findings: Iterable[Finding]) -> tuple[list[Edit], int]:
    """Return the edits that suppress findings, one a line, and how many are suppressed by them."""
    placer = Placer(text)
    lines: dict[int, list[str]] = {}
    for finding in findings:
        line = placer.line_for(finding)
        if line is not None:
            lines.setdefault(line, []).append(finding.code)
    edits = [placer.comment(line, codes) for line, codes in lines.items()]
    return edits, sum(map(len, lines.values()))
