"""The command line: ``optport check`` and the other commands."""

from __future__ import annotations

from optport.cli.program import main

__all__ = ["main"]
