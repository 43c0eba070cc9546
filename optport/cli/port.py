"""``optport port``: optimizers, schedulers and what belongs to them rewritten for a target."""

from __future__ import annotations

import argparse
import os

from optport.cli.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    port = commands.add_parser(
        "port",
        help="rewrite optimizers for a target",
        description="Rewrite torch optimizers, schedulers, and the groups and arguments that they "
        "are given, into a target's. What can't be ported stays, below a comment that says why. "
        "Without --write or --diff the files stay as they are, and only the summary is printed.",
        allow_abbrev=False,
    )
    port.set_defaults(run=_run)
    port.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or directory, - for standard input"
    )
    port.add_argument(
        "--target", required=True, metavar="TARGET", help="paddle, mindspore==2.9.0, …"
    )
    port.add_argument(
        "--torch-version", metavar="VERSION", help="version of torch that the source is written for"
    )
    does = port.add_mutually_exclusive_group()
    does.add_argument("--write", action="store_true", help="write the files anew")
    does.add_argument("--diff", action="store_true", help="print what --write would change")
    port.add_argument("-q", "--quiet", action="store_true", help="print no summary")
    where = port.add_mutually_exclusive_group()
    where.add_argument(
        "--config", metavar="FILE", help="read [tool.optport] of this file and no other"
    )
    where.add_argument("--isolated", action="store_true", help="read no configuration file")


def _run(asked: argparse.Namespace, console: Console) -> int:
    from optport.cli.porting import Porting
    from optport.config import Configuration
    from optport.printable import printable
    from optport.targets import parse_target
    from optport.versions import UsageError
    from optport.walking import Walk

    try:
        target = parse_target(asked.target)
    except UsageError as error:
        raise UsageError(f"--target: {error}") from None
    given = {} if asked.torch_version is None else {"torch-version": asked.torch_version}
    configuration = Configuration(given, config=asked.config, isolated=asked.isolated)
    settings = configuration.settings_in(os.getcwd())
    porting = Porting(target, console, write=asked.write, diff=asked.diff)

    def tell(name: str, why: str) -> None:
        console.trouble(f"{printable(name)}: {why}" if name else why)

    walk = Walk(configuration, tell, settings.flag("respect-gitignore", default=True))
    for name, own in walk.files(asked.paths or ["."]):
        porting.file(name, own)
    if not asked.quiet:
        console.tell(porting.summary())
    return 2 if console.status == 2 else porting.status
