"""Running flake8 and pylint in this process: a run costs a third of one in a process of its own.

For what a fresh process, standard input or several jobs are part of, there is `conftest.run`.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

from astroid import nodes
from astroid.manager import AstroidManager
from flake8.main.cli import main as flake8_main
from pylint.lint import Run

from flake8_optport import Plugin


def flake8(*arguments: str | Path, cwd: Path | None = None) -> CompletedProcess[str]:
    """Run flake8 with one job; its plugins keep no options from one run to the next."""
    words = list(map(str, arguments))
    before = Plugin.options
    try:
        return _run(words, lambda: flake8_main([*words, "--jobs=1"]), cwd)
    finally:
        Plugin.options = before


def pylint(*arguments: str | Path, cwd: Path | None = None) -> CompletedProcess[str]:
    """Run pylint, which forgets the modules that it has read."""
    words = list(map(str, arguments))
    builtins = _builtins()
    with mock.patch.object(AstroidManager, "bootstrap", lambda self: self.cache_module(builtins)):
        return _run(words, lambda: Run(["--clear-cache-post-run=y", *words]), cwd)


@cache
def _builtins() -> nodes.Module:
    """Python's own module as pylint reads it: most of a run's time would go there again."""
    AstroidManager().clear_cache()
    return AstroidManager().builtins_module


def _run(words: list[str], main: Callable[[], object], cwd: Path | None) -> CompletedProcess[str]:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")  # flake8 writes bytes
    err = io.StringIO()
    status: object = 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(cwd or Path.cwd()),
        _kept_path(),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", ResourceWarning)  # astroid's, of files that it can't decode
        try:
            status = main()
        except SystemExit as ended:
            status = ended.code
    out.seek(0)
    number = status if isinstance(status, int) else 0
    return CompletedProcess(words, number, out.read(), err.getvalue())


@contextlib.contextmanager
def _kept_path() -> Iterator[None]:
    """Have what a run changes of this process as it was: the search path and the environment."""
    path, environment = list(sys.path), dict(os.environ)
    try:
        yield
    finally:
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)
