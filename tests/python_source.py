"""Programs for Hypothesis to draw: those that the fuzz writes, by its own choices."""

from __future__ import annotations

from collections.abc import Sequence

from fuzzing.grammar import IDIOMS, Writer
from hypothesis import strategies as st

from optport.parsing import parse_source


def programs(names: Sequence[str], idioms: Sequence[str] = IDIOMS) -> st.SearchStrategy[str]:
    """Modules of a few statements over the given names; all of them are Python.

    `idioms` are expressions with holes that are frequent in them.
    """

    def written(random: object) -> str:
        return Writer(random, names, idioms).program(5).partition("\n")[2]  # type: ignore[arg-type]

    return st.randoms(use_true_random=False).map(written).filter(parses)


def parses(text: str) -> bool:
    """Whether Python's parser takes a text."""
    try:
        parse_source(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
