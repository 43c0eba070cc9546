"""``optport rule``: the page of a code at the terminal."""

from __future__ import annotations

import argparse

from optport.cli.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(commands: Commands) -> None:
    """Add the command to the parser's."""
    rule = commands.add_parser(
        "rule", help="explain a code", description="Explain a code.", allow_abbrev=False
    )
    rule.set_defaults(run=_run)
    which = rule.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "code", nargs="?", metavar="CODE", help="OPT202, asgd-lr-default, or pylint's W7202"
    )
    which.add_argument("--all", action="store_true", help="explain all codes")
    rule.add_argument("--output-format", choices=("text", "json"), default="text")


def _run(asked: argparse.Namespace, console: Console) -> int:
    import json

    from optport.catalogue import CATALOGUE
    from optport.cli.rule_pages import find_kind, rule_json, rule_text

    kinds = list(CATALOGUE.values()) if asked.all else [find_kind(asked.code)]
    if asked.output_format == "json":
        found = [rule_json(kind) for kind in kinds]
        console.print(json.dumps(found if asked.all else found[0], indent=1) + "\n")
    else:
        console.print("\n".join(map(rule_text, kinds)))
    return 0
