"""Names of modules, and of what is in them, written in full."""

from __future__ import annotations


def joined(module: str, name: str) -> str:
    """Return the name of what is in a module, which may be a relative one: ``..a`` or ``.``."""
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"


def absolute(name: str, package: str) -> str:
    """Return a name in full, empty where a relative one leads out of everything.

    `package` is what relative names start at, empty outside of any package.
    """
    if not name.startswith("."):
        return name
    rest = name.lstrip(".")
    above = len(name) - len(rest) - 1
    parts = package.split(".") if package else []
    if above > len(parts):
        return ""
    return ".".join([*parts[: len(parts) - above], *filter(None, [rest])])
