"""``optport generate-shell-completion``: completion of commands and options in shells."""

from __future__ import annotations

import argparse

from optport.cli.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
SHELLS = ("bash", "fish", "zsh")


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    completion = commands.add_parser(
        "generate-shell-completion",
        help="print what makes a shell complete options",
        description="Print what makes a shell complete options, for the shell's own file.",
        allow_abbrev=False,
    )
    completion.set_defaults(run=_run)
    completion.add_argument("shell", choices=SHELLS)


def _run(asked: argparse.Namespace, console: Console) -> int:
    from optport.cli import shells
    from optport.cli.program import parser

    found = shells.commands_of(parser())
    console.print({"bash": shells.bash, "fish": shells.fish, "zsh": shells.zsh}[asked.shell](found))
    return 0
