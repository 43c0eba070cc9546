"""A signature as it is recorded, and as Python code spells it."""

from __future__ import annotations

from optport.signatures import ApiKind

KINDS = (
    "positional_only",
    "positional_or_keyword",
    "var_positional",
    "keyword_only",
    "var_keyword",
)

Parameter = tuple[str, str, str | None]
"""Name, kind (one of ``KINDS``), and the default's source text or None if there is none."""

Signature = tuple[Parameter, ...]
Signatures = dict[str, Signature]
"""Signatures of one version by name; names are relative to the family (``lr_scheduler.StepLR``)."""

Kinds = dict[str, ApiKind]
"""What each of the names is."""


def format_signature(signature: Signature | None) -> str:
    """Return a signature (Signature, or None: absent) the way Python code would spell it."""
    if signature is None:
        return "absent"
    parts: list[str] = []
    previous = ""
    for name, kind, default in signature:
        if previous == "positional_only" != kind:
            parts.append("/")
        if kind == "keyword_only" and previous not in ("keyword_only", "var_positional"):
            parts.append("*")
        stars = {"var_positional": "*", "var_keyword": "**"}.get(kind, "")
        parts.append(stars + name + ("" if default is None else f"={default}"))
        previous = kind
    if previous == "positional_only":
        parts.append("/")
    return f"({', '.join(parts)})"
