"""The page of a code as text and as JSON."""

from __future__ import annotations

from typing import Any

from optport.catalogue import CATALOGUE, CODES, Kind
from optport.check import check_source
from optport.help_pages import address, page
from optport.levels import level
from optport.options import make_options
from optport.versions import UsageError

HEAD = "import torch\n\n"


def find_kind(name: str) -> Kind:
    """Return the kind that a code, a name, or pylint's id or symbol for it stands for.

    Raises `UsageError` that names the known ones.
    """
    wanted = name.strip().lower().removeprefix("optport-")
    if wanted in CODES:
        return CATALOGUE[CODES[wanted]]
    code = wanted.upper()
    if code.startswith("W7"):
        code = f"OPT{code.removeprefix('W7')}"
    if code in CATALOGUE:
        return CATALOGUE[code]
    known = ", ".join(f"{kind.code} ({kind.name})" for kind in CATALOGUE.values())
    raise UsageError(f"unknown code {name!r}; known: {known}")


def pylint_id(kind: Kind) -> str:
    """The message's id in pylint: W7 and the code's digits."""
    return f"W7{kind.code.removeprefix('OPT')}"


def messages(kind: Kind) -> list[str]:
    """What is said of the kind's example."""
    options = make_options(kind.targets, notes=kind.note)
    report = check_source(f"{HEAD}{kind.bad}\n", options)
    return [one.message for one in report.findings if one.code == kind.code]


def introduction(kind: Kind, said: list[str]) -> list[str]:
    """The sections that begin a page, with what is said of the example."""
    parts = [
        f"# {kind.code}: {kind.name}\n",
        f"In pylint: {pylint_id(kind)}, `optport-{kind.name}`.\n",
        f"## What it finds\n\n{kind.summary}\n",
        f"## Why it matters\n\n{kind.why}\n",
        f"## Example\n\n```python\n{HEAD}{kind.bad}\n```\n",
    ]
    if said:
        listed = "\n".join(f"{kind.code} {one}" for one in said)
        parts.append(f"Reported for the targets `{kind.targets}`:\n\n```text\n{listed}\n```\n")
    return parts


def rule_text(kind: Kind) -> str:
    """The page as text, in Markdown."""
    parts = introduction(kind, messages(kind))
    if kind.good:
        parts.append(f"## Use instead\n\n```python\n{HEAD}{kind.good}\n```\n")
    if kind.note:
        parts.append("A note: reported with `--notes` only.\n")
    if link := address(kind):
        parts.append(f"More: {link}\n")
    return "\n".join(parts)


def rule_json(kind: Kind) -> dict[str, Any]:
    """The page as data."""
    return {
        "code": kind.code,
        "name": kind.name,
        "pylint": {"id": pylint_id(kind), "symbol": f"optport-{kind.name}"},
        "summary": kind.summary,
        "explanation": kind.why,
        "level": level(kind).value,
        "note": kind.note,
        "help": page(kind),
        "targets": kind.targets.split(","),
        "example": kind.bad,
        "instead": kind.good or None,
        "messages": messages(kind),
    }
