"""The command line: ``optport check``, ``optport rule``, …"""

from __future__ import annotations

from optport.cli.program import main

__all__ = ["main"]
