"""``optport clean``: away with what `check` has kept."""

from __future__ import annotations

import argparse

from optport.cli.console import Console
from optport.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    clean = commands.add_parser(
        "clean",
        help="remove the cache",
        description="Remove the results that check has kept.",
        allow_abbrev=False,
    )
    clean.set_defaults(run=_run)
    clean.add_argument(
        "--cache-dir", metavar="DIR", help="the directory that they are kept in, if not the usual"
    )


def _run(asked: argparse.Namespace, console: Console) -> int:
    from optport.cli.cache import cache_directory
    from optport.cli.cache_folder import remove_folder

    directory = cache_directory(asked.cache_dir)
    if directory is not None and remove_folder(directory):
        console.tell(f"Removed the cache in {printable(directory)}.\n")
    return 0
