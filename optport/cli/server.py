"""``optport server``: a language server over standard input and output."""

from __future__ import annotations

import argparse
import sys

from optport.cli.console import Console
from optport.versions import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    server = commands.add_parser(
        "server",
        help="run a language server for editors",
        description="Run a language server over standard input and output. Needs the extra lsp.",
        allow_abbrev=False,
    )
    server.set_defaults(run=_run)


def _run(asked: argparse.Namespace, console: Console) -> int:
    if sys.stdin is None or sys.stdout is None:
        raise UsageError("server: standard input or output is closed")
    from optport.server import serve

    return serve()
