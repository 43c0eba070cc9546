"""Advice: what to do about a hazard, as edits of the source or as words for the port.

An edit leaves torch's training as it is. Whatever can't be mended in the source without changing
that is for whoever ports the code, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optport.edits import Applicability, Edit
from optport.lean import dataclass
from optport.reader.layout import Site
from optport.reader.model import Argument


@dataclass(frozen=True, slots=True)
class Write:
    """Give an argument that is left out at `site`, with torch's own default."""

    name: str
    text: str
    site: Site | None

    applicability = Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Replace:
    """Put another value in an argument's place, one that torch takes for the same."""

    argument: Argument
    text: str
    applicability: Applicability = Applicability.SAFE
    is_params: bool = False
    """Whether the argument is what is trained: then its name is no help."""
    said: str = ""
    """What to call the text where it goes without saying."""

    @property
    def name(self) -> str:
        """The argument's name."""
        return self.argument.name

    def edit(self) -> Edit | None:
        """Return the edit of the source, None where it would change more than one call."""
        return self.argument.replaced(self.text)


@dataclass(frozen=True, slots=True)
class Drop:
    """Leave an argument out, without which torch trains the same."""

    argument: Argument
    applicability: Applicability = Applicability.SAFE

    @property
    def name(self) -> str:
        """The argument's name."""
        return self.argument.name

    def edit(self) -> Edit | None:
        """Return the edit of the source, None for a positional argument and a shared one."""
        return self.argument.dropped()


@dataclass(frozen=True, slots=True)
class WhenPorting:
    """What to do in the port; nothing in the torch code would help without changing it."""

    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be known, where there is nothing to do about training."""

    text: str


SourceEdit = Write | Replace | Drop
Advice = SourceEdit | WhenPorting | Remark


def source_edits(advised: Iterable[Advice]) -> dict[str, SourceEdit]:
    """Return the edits among some advice, one for each argument.

    Where targets would have the same value spelled differently, it is the float: every one of
    them takes that.
    """
    chosen: dict[str, SourceEdit] = {}
    for advice in advised:
        if isinstance(advice, (Write, Replace, Drop)):
            before = chosen.get(advice.name)
            if before is None or (isinstance(advice, Write) and "." in advice.text):
                chosen[advice.name] = advice
    return chosen


def made(advised: Iterable[SourceEdit], order: Sequence[str]) -> list[tuple[SourceEdit, Edit]]:
    """Return the edits of the source that there are, each with advice that it follows.

    Arguments that are written at one place come in the given order of names.
    """
    found: list[tuple[SourceEdit, Edit | None]] = []
    written: dict[Site, list[Write]] = {}
    for advice in advised:
        if not isinstance(advice, Write):
            found.append((advice, advice.edit()))
        elif advice.site is not None:
            written.setdefault(advice.site, []).append(advice)
    for site, several in written.items():
        several.sort(key=lambda one: order.index(one.name) if one.name in order else len(order))
        found.append((several[0], site.written([(one.name, one.text) for one in several])))
    return [(advice, edit) for advice, edit in found if edit is not None]
