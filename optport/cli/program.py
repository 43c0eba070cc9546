"""The program: its commands, and what ends it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from optport import __version__
from optport.cli import check_options, clean, completions, port, rule, server, table
from optport.cli.console import Console, OutputLost
from optport.printable import printable
from optport.versions import UsageError

NOTHING_FOUND, FOUND, TROUBLE, INTERRUPTED = 0, 1, 2, 130
"""The exit statuses."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status.

    0: nothing found, 1: findings, 2: wrong usage, or trouble with a file, 130: interrupted.
    Wrong usage that the parser sees raises `SystemExit` with 2.
    """
    console = Console()
    try:
        asked = _parsed(arguments, console)
        status: int = asked.run(asked, console)
        console.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OutputLost as lost:
        return lost.status
    except UsageError as error:
        console.trouble(printable(str(error)))
        return TROUBLE
    except OSError as error:  # such as a current directory that is gone
        console.trouble(printable(f"{error.filename or 'optport'}: {error.strerror or error}"))
        return TROUBLE
    return status


def _parsed(arguments: Sequence[str] | None, console: Console) -> argparse.Namespace:
    try:
        return parser().parse_args(arguments)
    except SystemExit:
        console.flush()  # what help was asked for may still be lost
        raise


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    found = argparse.ArgumentParser(
        prog="optport",
        allow_abbrev=False,
        description="Find what would train differently when torch.optim code moves to Paddle or "
        "MindSpore.",
    )
    found.add_argument("--version", action="version", version=f"optport {__version__}")
    # With a name of its own nothing is asked about the terminal, which takes imports.
    commands = found.add_subparsers(
        dest="command", required=True, metavar="COMMAND", prog="optport"
    )
    for module in (check_options, port, rule, table, server, clean, completions):
        module.add_command(commands)
    return found
