"""What optport's parts take in a process that has never seen them: run in a fresh Python.

``python benchmarks/probe.py time|memory one|all`` prints, as JSON, for each step its milliseconds
or the KiB that Python holds since. flake8 is loaded before, as it is when a plugin is called.
"""

from __future__ import annotations

import ast
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable

import flake8.checker
import flake8.main.cli  # noqa: F401 (for what it loads)

OPTIMIZERS = (
    *("ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "Muon"),
    *("NAdam", "RAdam", "RMSprop", "Rprop", "SGD", "SparseAdam"),
)
_IMPORT = "import torch.optim as optim\n"
SOURCES = {
    "one": f"{_IMPORT}optim.SGD(params, lr=0.1)\n",
    "all": _IMPORT + "".join(f"optim.{name}(params)\n" for name in OPTIMIZERS),
}
WITHOUT_TORCH = "import os\n\nprint(os.sep)\n"
STEPS = ("plugin", "plain", "gate", "core", "reader", "rules", "options", "first", "second")
"""The steps, in order: import the plugin, run it on a file that is not ours, pass the gate, import
what the check starts from, the reader and the rules, make the default options, check the file,
check it again."""

_Figures = dict[str, float]


def _clocked(steps: dict[str, Callable[[], object]]) -> _Figures:
    figures = {}
    for name, step in steps.items():
        started = time.process_time()
        step()
        figures[name] = (time.process_time() - started) * 1000
    return figures


def _traced(steps: dict[str, Callable[[], object]]) -> _Figures:
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    figures = {}
    for name, step in steps.items():
        step()
        gc.collect()
        now, _ = tracemalloc.get_traced_memory()
        figures[name] = (now - before) / 1024
    return figures


def main(how: str, which: str) -> None:
    """Do the steps and print the figures."""
    text = SOURCES[which]
    tree = ast.parse(text)
    plain_tree, plain_lines = ast.parse(WITHOUT_TORCH), WITHOUT_TORCH.splitlines(keepends=True)

    def plugin() -> None:
        import flake8_optport  # noqa: F401

    def plain() -> None:
        from flake8_optport import Plugin

        assert not list(Plugin(plain_tree, plain_lines).run())

    def gate() -> None:
        from optport.gate import concerns_us

        assert concerns_us(text)

    def core() -> None:
        import optport.guard  # noqa: F401

    def reader() -> None:
        import optport.reader.constructions  # noqa: F401

    def rules() -> None:
        import optport.findings
        import optport.options  # noqa: F401

    def options() -> None:
        from optport.options import default_options

        default_options()

    def check() -> None:
        from optport.check import check_tree
        from optport.options import default_options

        report = check_tree(tree, text, default_options())
        assert len(report.constructions) == text.count("(params")

    work = (plugin, plain, gate, core, reader, rules, options, check, check)
    measured = (_clocked if how == "time" else _traced)(dict(zip(STEPS, work, strict=True)))
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
