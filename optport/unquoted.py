"""Versions that a host reads from TOML without their quotes: ``2.10`` is the number 2.1 there."""

from __future__ import annotations

from pathlib import Path

from optport.config_keys import read_keys
from optport.printable import printable

KEY = "torch-version"


def refuse_unquoted(path: str | Path, host: str, asked: str) -> None:
    """Raise `UsageError` if the version that is `asked` for is a number in a host's TOML file.

    The host hands the number over as text, and nothing is left to see there. A file that can't be
    read is the host's to refuse.
    """
    import tomllib

    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))["tool"][host]
        tables = [one for one in [table, *table.values()] if isinstance(one, dict)]
    except (OSError, KeyError, AttributeError, ValueError, RecursionError):
        return
    for one in tables:
        value = one.get(f"optport-{KEY}", one.get("optport_torch_version", ""))
        if str(value) == asked:
            read_keys({KEY: value}, lambda key: f"{printable(str(path))}: optport-{key}")
