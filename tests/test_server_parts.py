"""The server's parts by themselves: places, edits, and what is checked when."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from optport.check import Report
from optport.config import Configuration
from optport.edits import apply_edits
from optport.server.analysis import Analysis
from optport.server.difference import edits_between
from optport.server.hover import _fenced
from optport.server.opened import Desk, Opened
from optport.server.positions import Lines, Units, replaced, to_bytes
from optport.server.session import Session

TEXTS = st.text(alphabet="aé→😀 \f\u2028\u0085\r\n", max_size=40)


# -- places ---------------------------------------------------------------------------------


@given(TEXTS)
def test_lines_end_where_python_ends_them(text: str) -> None:
    lines = Lines(text).lines
    assert "".join(lines) == text
    assert [line.rstrip("\r\n") for line in lines] == text.replace("\r\n", "\n").replace(
        "\r", "\n"
    ).split("\n")


@given(TEXTS, st.sampled_from(Units))
def test_every_byte_at_which_a_character_begins_has_its_column(text: str, units: Units) -> None:
    codec = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
    name, width = codec[units]
    lines = Lines(text, units)
    for number, line in enumerate(lines.lines):
        for index in range(len(line.rstrip("\r\n")) + 1):
            byte = len(to_bytes(line[:index]))
            column = len(line[:index].encode(name)) // width
            assert lines.column(number, byte) == column
            assert lines.byte(number, column) == byte


@given(TEXTS, TEXTS, st.integers(0, 5), st.integers(0, 9), st.integers(0, 9))
def test_a_change_of_a_client_replaces_what_is_between(
    text: str, new: str, line: int, begin: int, end: int
) -> None:
    after = replaced(text, (line, begin), (line, end), new, Units.UTF16)
    assert new in after
    lines = Lines(text)
    first = lines.offset(line, begin)
    last = max(first, lines.offset(line, end))
    assert after == text[:first] + new + text[last:]


@given(TEXTS, TEXTS)
def test_the_edits_between_two_texts_make_one_the_other(before: str, after: str) -> None:
    assert apply_edits(before, edits_between(before, after)) == after


def test_what_two_lines_share_is_not_edited() -> None:
    (edit,) = edits_between("a\nf(x, y)\nb\n", "a\nf(x, lr=1, y)\nb\n")
    assert edit.content == "lr=1, "
    assert (edit.place.line, edit.place.col, edit.place.end_col) == (2, 5, 5)


@pytest.mark.parametrize("ticks", ["", "`", "```", "`````"])
def test_code_in_a_hover_stays_within_its_fence(ticks: str) -> None:
    first, *_, last = _fenced(f"f('{ticks}')").splitlines()
    assert first == f"{last}python"
    assert last not in f"f('{ticks}')"


# -- when things are checked ----------------------------------------------------------------


class Checks:
    """A session whose checks are counted, slow and, if asked, in error."""

    def __init__(self, slow: float = 0.0) -> None:
        self.desk = Desk()
        self.slow = slow
        self.begun: list[int] = []
        self.published: list[int] = []
        self.failures: list[Exception] = []
        self.trouble = False
        self.threads: set[str] = set()
        self.session = Session(self.desk, self.check, self.publish, self.failures.append)
        self.desk.open(types.TextDocumentItem("a", "python", 1, "text"))

    def check(self, opened: Opened) -> Work:
        self.begun.append(opened.revision)
        return Work(self, opened)

    def publish(self, analysis: Analysis) -> None:
        self.published.append(analysis.opened.revision)

    def type(self) -> None:
        self.desk.touch("a")
        self.session.changed("a", 0.05)


class Work:
    """One check."""

    def __init__(self, checks: Checks, opened: Opened) -> None:
        self.checks, self.opened = checks, opened

    def __call__(self) -> Analysis:
        self.checks.threads.add(threading.current_thread().name)
        time.sleep(self.checks.slow)
        if self.checks.trouble:
            raise RuntimeError("a defect")
        settings = Configuration(isolated=True).settings_for(".")
        return Analysis(self.opened, settings, "", (), Report())


def test_a_burst_of_changes_is_checked_once_and_beside_the_event_loop() -> None:
    async def typing() -> Checks:
        checks = Checks()
        for _ in range(10):
            checks.type()
            await asyncio.sleep(0.005)
        await checks.session.analysis("a")
        return checks

    checks = asyncio.run(typing())
    assert len(checks.begun) == len(checks.published) == 1
    assert threading.main_thread().name not in checks.threads


def test_a_result_that_typing_overtook_is_dropped() -> None:
    async def typing() -> tuple[Checks, Analysis | None]:
        checks = Checks(slow=0.2)
        checks.session.changed("a", 0)
        await asyncio.sleep(0.1)
        checks.type()
        return checks, await checks.session.analysis("a")

    checks, analysis = asyncio.run(typing())
    assert len(checks.begun) == 2
    assert checks.published == checks.begun[1:]
    assert analysis is not None and analysis.opened.revision == checks.begun[1]


def test_who_asks_does_not_wait_for_the_typist_to_pause() -> None:
    async def asking() -> float:
        checks = Checks()
        checks.session.changed("a", 30.0)
        begun = time.monotonic()
        await checks.session.analysis("a")
        return time.monotonic() - begun

    assert asyncio.run(asking()) < 10


def test_a_check_that_fails_is_told_and_the_next_one_is_made() -> None:
    async def failing() -> tuple[Checks, Analysis | None, Analysis | None]:
        checks = Checks()
        checks.trouble = True
        none = await checks.session.analysis("a")
        checks.trouble = False
        return checks, none, await checks.session.analysis("a")

    checks, none, some = asyncio.run(failing())
    assert [str(one) for one in checks.failures] == ["a defect"]
    assert none is None
    assert some is not None


def test_what_was_closed_during_its_check_is_not_published() -> None:
    async def closing() -> Checks:
        checks = Checks(slow=0.1)
        checks.session.changed("a", 0)
        await asyncio.sleep(0.05)
        checks.desk.close("a")
        checks.session.closed("a")
        await asyncio.sleep(0.2)
        return checks

    assert asyncio.run(closing()).published == []
