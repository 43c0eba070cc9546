"""``optport table``: the correspondences of the mapping table."""

from __future__ import annotations

import argparse

from optport.cli.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    table = commands.add_parser(
        "table",
        help="show what optimizers and schedulers correspond to",
        description="Show what optimizers, schedulers and their arguments correspond to.",
        allow_abbrev=False,
    )
    table.set_defaults(run=_run)
    table.add_argument(
        "name",
        nargs="?",
        metavar="OPTIMIZER",
        help="SGD, torch.optim.SGD, StepLR (default: all, without arguments)",
    )
    table.add_argument(
        "--target",
        "--targets",
        metavar="TARGETS",
        help="paddle, mindspore==2.9.0, …, comma-separated (default: all)",
    )
    table.add_argument("--output-format", choices=("text", "json"), default="text")


def _run(asked: argparse.Namespace, console: Console) -> int:
    import json

    from optport.cli import correspondences as shown

    chosen = shown.chosen_targets(asked.target)
    if asked.name is None:
        rows = shown.overview(chosen)
        if asked.output_format == "json":
            console.print(json.dumps(rows, indent=1) + "\n")
        else:
            console.print(shown.overview_text(rows, chosen))
        return 0
    details = shown.details(shown.find_name(asked.name), chosen)
    if asked.output_format == "json":
        console.print(json.dumps(details, indent=1) + "\n")
    else:
        console.print(shown.details_text(details))
    return 0
