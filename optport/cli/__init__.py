"""The command line: ``optport check`` and the other commands."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, as `optport.cli.program.main` does; returns the exit status."""
    try:  # an interrupt may well come while modules are imported
        from optport.cli import program
    except KeyboardInterrupt:
        return 130
    return program.main(arguments)
