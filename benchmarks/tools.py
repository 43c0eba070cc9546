"""The tools that are measured, each as something to do with one file."""

from __future__ import annotations

import ast
import importlib.metadata
import logging
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flake8.options.parse_args import parse_args
from flake8.processor import FileProcessor

from benchmarks.corpus import Sampled, parse
from optport.check import check_tree
from optport.gate import concerns_us
from optport.options import default_options

Work = Callable[[], object]

PARSE = "ast.parse"
WALK = "one walk (ast.walk)"
GATE = "optport, the gate alone"
CORE = "optport, the check alone"
OURS = "optport"
TORCHFIX = "TorchFix"
_PLUGINS = {
    "optport": OURS,
    "pyflakes": "pyflakes",
    "flake8-comprehensions": "flake8-comprehensions",
    "flake8-bugbear": "flake8-bugbear",
    "torchfix": TORCHFIX,
}
"""The plugins that take part, by distribution."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One that is measured: `prepare` takes a file and returns what is timed."""

    name: str
    version: str
    prepare: Callable[[Sampled], Work]


def _exhaust(items: Iterable[object]) -> None:
    deque(items, maxlen=0)


def _parse(file: Sampled) -> Work:
    return lambda: parse(file.text)


def _walk(file: Sampled) -> Work:
    return lambda: _exhaust(ast.walk(file.tree))


def _gate(file: Sampled) -> Work:
    return lambda: concerns_us("".join(file.lines))


def _check(file: Sampled) -> Work:
    if not concerns_us(file.text):
        return lambda: None
    options = default_options()
    return lambda: check_tree(file.tree, file.text, options)


def _plugin(plugins: list[Any], options: Namespace) -> Callable[[Sampled], Work]:
    def prepare(file: Sampled) -> Work:
        processor = FileProcessor(str(file.found.path), options, lines=list(file.lines))
        given = {"tree": file.tree}

        def work() -> None:
            for plugin in plugins:
                # What flake8 does with a plugin and a file, except for collecting the results.
                others = processor.keyword_arguments_for(plugin.parameters, given)
                _exhaust(plugin.obj(**given, **others).run())

        return work

    return prepare


def tools() -> tuple[list[Tool], list[str]]:
    """Return the tools at hand, and the names of those that are not installed."""
    logging.disable(logging.WARNING)  # bugbear tells what it does
    loaded, options = parse_args(["--isolated"])
    python = "Python's own"
    found = [
        Tool(PARSE, python, _parse),
        Tool(WALK, python, _walk),
        Tool(GATE, "", _gate),
        Tool(CORE, "", _check),
    ]
    absent = []
    for distribution, name in _PLUGINS.items():
        plugins = [
            one for one in loaded.checkers.tree if one.plugin.package.lower() == distribution
        ]
        if plugins:
            version = importlib.metadata.version(distribution)
            found.append(Tool(name, version, _plugin(plugins, options)))
        else:
            absent.append(name)
    return found, absent
