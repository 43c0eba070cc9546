"""Command line: ``python -m conformance COMMAND``; ``--help`` lists the commands."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any, Final, get_args

from conformance.cases import CaseError
from conformance.environments import CACHE_VARIABLE, EnvironmentFailure, Version, default_cache
from conformance.evidence import compare_evidence, record_evidence, run_sample
from conformance.examples import run_examples
from conformance.explore import run_random
from conformance.fixes import run_fixes
from conformance.members import record_members
from conformance.pool import WorkerFailure
from conformance.runner import CASE_TIMEOUT, DEFAULT_TORCH, TORCH, Setting
from conformance.schedules import run_schedules
from conformance.scripts import run_scripts
from conformance.trajectories import record_trajectories
from conformance.values import Groups
from optport.targets import parse_target
from optport.versions import UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    0: done, and what was compared agrees; 1: something disagrees, or a framework can't be run;
    2: the command line is wrong.
    """
    asked = _parser().parse_args(arguments)
    try:
        return max([_timed(asked, version) for version in asked.versions])
    except (CaseError, UsageError, OSError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    except (EnvironmentFailure, WorkerFailure) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 1


def _timed(asked: argparse.Namespace, version: Version) -> int:
    started = time.monotonic()
    given = {
        name: getattr(asked, name) for name in ("torch", "timeout", "workers") if name in asked
    }
    only = getattr(asked, "target", None)
    setting = Setting(version, asked.cache.resolve(), only=only, **given)
    names = [name for name in signature(asked.run).parameters if name != "setting"]
    failed: int = asked.run(setting, **{name: getattr(asked, name) for name in names})
    print(f"conformance: {asked.command}: {time.monotonic() - started:.0f} seconds")
    return failed


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "versions": {"nargs": "+", "type": _version, "metavar": "FRAMEWORK==VERSION"},
    "onto": {"type": parse_target, "metavar": "TARGET[==VERSION]"},
    "--cache": {
        "type": Path,
        "default": default_cache(),
        "metavar": "DIR",
        "help": f"where the environments are or will be built (default: ${CACHE_VARIABLE})",
    },
    "--workers": {
        "type": int,
        "default": os.cpu_count() or 1,
        "help": "processes (default: cores)",
    },
    "--torch": {"default": DEFAULT_TORCH, "metavar": "VERSION", "help": "reference"},
    "--timeout": {"type": float, "default": CASE_TIMEOUT, "help": "seconds a case"},
    "--target": {"help": "of its targets this one only, such as mindspore.nn"},
    "--again": {"action": "store_true", "help": "run what is recorded already, too"},
    "--against": {"metavar": "VERSION", "help": "compare with this version's evidence"},
    "--draws": {"type": int, "help": "how many to draw (default: 500; of schedules, none)"},
    "--seed": {"type": int, "default": 0, "help": "other draws for another one"},
    "--groups": {"choices": get_args(Groups), "default": "some"},
    "--only": {"action": "append", "metavar": "NAME", "help": "of optimizers or scripts, these"},
    "--no-shrink": {"action": "store_true", "help": "leave the calls as drawn"},
    "--pairs": {"action": "store_true", "help": "pairs of them; nothing is recorded"},
    "--show": {"action": "store_true", "help": "print every port"},
    "--unsafe-fixes": {"action": "store_true"},
    "--converter": {
        "nargs": "?",
        "const": "",
        "metavar": "DIRECTORY",
        "help": "scripts that PaConvert converts, or the snippets of its tests, from a clone",
    },
}
_DRAWN: Final = "--draws --seed"
_CASES: Final = "--workers --torch --timeout"

#: What does a command, and the options that it has, by the names of its parameters for the most
#: part; what is for a command, its docstring says.
_COMMANDS: Final[Mapping[str, tuple[Callable[..., int], str]]] = {
    "evidence": (record_evidence, f"versions {_CASES} --target --again"),
    "compare": (compare_evidence, f"versions {_CASES} --target --against"),
    "random": (run_random, f"versions {_CASES} --target {_DRAWN} --groups --only --no-shrink"),
    "ci": (run_sample, _CASES),
    "trajectories": (record_trajectories, _CASES),
    "schedules": (run_schedules, f"versions {_DRAWN} --pairs"),
    "members": (record_members, "versions"),
    "scripts": (run_scripts, "onto --only --show"),
    "fixes": (run_fixes, f"{_DRAWN} --unsafe-fixes"),
    "examples": (run_examples, "--converter"),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (run, options) in _COMMANDS.items():
        text = (run.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run, versions=[TORCH])
        for option in ("--cache", *options.split()):
            command.add_argument(option, **_OPTIONS[option])
    return parser


if __name__ == "__main__":
    sys.exit(main())
