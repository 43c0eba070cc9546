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
from optport.findings import Finding
from optport.places import Place

_CODES = r"(?P<codes>[A-Za-z]+[0-9]*(?:[ \t,]+[A-Za-z]+[0-9]+)*)"
_INLINE = re.compile(rf"#\s*noqa\b(?:\s*:\s*{_CODES})?", re.IGNORECASE)
_WHOLE_FILE = re.compile(
    rf"#\s*(?:optport|flake8)\s*[:=]\s*noqa\b(?:\s*:\s*{_CODES})?", re.IGNORECASE
)
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
        lines = {finding.place.line}
        for call in finding.calls:
            lines |= {call.line, call.end_line}
        return any(finding.code.startswith(self._lines.get(line, ())) for line in lines)


_NOTHING = Suppressions((), {})


def suppressions(text: str) -> Suppressions:
    """Read the suppressions of a source text that Python can parse."""
    if "noqa" not in text.lower():
        return _NOTHING
    whole_file: Hidden = ()
    lines: dict[int, Hidden] = {}
    for line, column, comment in comments(text):
        found = _WHOLE_FILE.match(comment)
        if found and not column:
            whole_file += _hidden(found["codes"])
        elif inline := _INLINE.search(comment):
            lines[line] = _hidden(inline["codes"])
    return Suppressions(whole_file, lines)


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

    def comment(self, line: int, codes: Iterable[str]) -> Edit | None:
        """Return the edit that suppresses codes on a line, None where no comment can stand.

        Codes are added to those that the line's comment suppresses already.
        """
        raw = self._lines[line - 1]
        there = self._comments.get(line)
        if line in self._inside or (there is None and raw.rstrip().endswith(b"\\")):
            return None
        wanted = sorted(set(codes))
        at = len(raw.rstrip())
        if there is None:
            return Edit(Place(line, at, line, len(raw)), f"  # noqa: {', '.join(wanted)}")
        found = _INLINE.search(there)
        if found is None:
            return Edit(Place(line, at, line, len(raw)), f"  # noqa: {', '.join(wanted)}")
        if found["codes"] is None:
            return None  # it suppresses everything
        begin = raw.rindex(there.rstrip().encode("utf-8", "surrogatepass"))
        after = begin + len(there[: found.end()].encode("utf-8", "surrogatepass"))
        return Edit(Place(line, after, line, after), f", {', '.join(wanted)}")


def noqa_edit(text: str, finding: Finding) -> Edit | None:
    """Return the edit that suppresses one finding, None where no line of it can take a comment."""
    return place_noqa(Placer(text), finding, [finding.code])


def place_noqa(placer: Placer, finding: Finding, codes: Iterable[str]) -> Edit | None:
    """Return the edit for codes on the first line that counts for a finding and can take it."""
    lines = [finding.place.line]
    for call in finding.calls:
        lines += [call.end_line, call.line]
    wanted = list(codes)
    return next(filter(None, (placer.comment(line, wanted) for line in lines)), None)
