"""Where the codes' pages can be read: an address that a build sets, or none."""

from __future__ import annotations

from optport.catalogue import Kind

try:
    from optport.built import HELP_BASE
except ImportError:  # run from a checkout
    HELP_BASE = ""


def base_address() -> str | None:
    """The address that pages are below, without a slash at its end; None where none is known.

    Whoever builds the package sets it, in the build's environment:
    ``OPTPORT_HELP_BASE=https://example.org/optport``.
    """
    return str(HELP_BASE).rstrip("/") or None


def address(kind: Kind) -> str | None:
    """The address of a code's page; None rather than one that leads nowhere."""
    base = base_address()
    return None if base is None else f"{base}/{kind.help}"


def page(kind: Kind) -> str:
    """The code's page for scripts: its address or, without one, its path in the repository."""
    return address(kind) or kind.help
