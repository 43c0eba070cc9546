"""A defect of our own must not cost the user a run: one line on the file instead."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from optport.check import Report, check_tree
from optport.printable import printable

if TYPE_CHECKING:
    from types import FrameType

    from optport.options import Options
    from optport.reader.evaluation import Foreign

Made = TypeVar("Made")

DEFECT_CODE = "OPT000"
MAX_REASON = 200
"""Characters of an exception's message that are shown."""
MIN_FRAMES = 400
"""Frames of Python's stack that a host has to leave: with fewer, values are followed less far."""


def check_guarded(
    tree: ast.Module,
    text: str,
    options: Options | None = None,
    foreign: Foreign | None = None,
    ports: bool = False,
) -> Report:
    """Check a parsed source as `check_tree` does, but never raise; write the ports, too, if asked.

    An exception becomes the report's `defect`: one line that says what happened and what to do.
    """

    def check() -> Report:
        report = check_tree(tree, text, options, foreign)
        if ports:
            for one in report.constructions:
                one.ports  # noqa: B018
        return report

    try:
        return sheltered(check)
    except Exception as error:  # the host would end its whole run on it
        return _defect(error)


def sheltered(work: Callable[[], Made]) -> Made:
    """Do some work whatever the host leaves of Python's stack, and under ``python -bb``.

    Raises what the work raises.
    """

    def do() -> Made:
        with warnings.catch_warnings() if sys.flags.bytes_warning else nullcontext():
            if sys.flags.bytes_warning:  # sources compare bytes with text, and so do we for them
                warnings.simplefilter("ignore", BytesWarning)
            return work()

    if _frames_left() >= MIN_FRAMES:
        try:
            return do()
        except RecursionError:  # the host has left too little
            pass
    return _on_a_stack_of_its_own(do)


def _frames_left() -> int:
    frame: FrameType | None = sys._getframe()
    left = sys.getrecursionlimit()
    while frame is not None:
        frame, left = frame.f_back, left - 1
    return left


def _on_a_stack_of_its_own(work: Callable[[], Made]) -> Made:
    import threading

    made: list[Made] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            made.append(work())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, name="optport")
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return made[0]


def _defect(error: Exception) -> Report:
    report = Report()
    report.defect = f"{DEFECT_CODE} {told(error, 'found nothing in it')}"
    return report


def told(error: Exception, so: str) -> str:
    """Say in one line that something failed in optport itself, and what comes of that."""
    reason = printable(f"{type(error).__name__}: {str(error)[:MAX_REASON]}")
    return (
        f"optport failed on this file ({reason}) and {so}; please "
        "report it to optport's issue tracker with the file"
    )
