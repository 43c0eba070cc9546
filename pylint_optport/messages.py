"""pylint's messages, one for each code of the catalogue: ``OPT202`` is ``W7202``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optport.catalogue import CATALOGUE, Kind

if TYPE_CHECKING:
    from pylint.typing import MessageDefinitionTuple

DEFECT = "optport-defect"
"""The message about a failure of optport's own."""


def symbol(kind: Kind) -> str:
    """Return the message's symbol, such as ``optport-asgd-lr-default``."""
    return f"optport-{kind.name}"


def messages() -> dict[str, MessageDefinitionTuple]:
    """Return all messages by their ids, with the help that ``pylint --help-msg`` shows."""
    found = {"W7000": _message(DEFECT, "optport failed on the file: a defect of its own.")}
    for kind in CATALOGUE.values():
        text = f"{kind.summary} {kind.why} More in {kind.help} of optport."
        found[f"W7{kind.code[3:]}"] = _message(symbol(kind), text)
    return found


def _message(name: str, description: str) -> MessageDefinitionTuple:
    # pylint has every checker's ids begin alike, unless they are marked as shared.
    return "%s", name, description, {"shared": True}
