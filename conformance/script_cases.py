"""Whole scripts that build one optimizer, in the ways that people write it.

Each is read by ``python -m conformance scripts``: ported to a target as a file, then executed in
torch and in the target's framework on the same problem. A script may use ``net`` (a module with
the parts ``body`` and ``head``) and leaves its optimizer under the name ``optimizer``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.values import Values, needed, rate, signature, values_of
from optport.signatures import ApiKind, known_names

WRITTEN = Path(__file__).with_name("scripts.toml")
HEAD = "import torch\n\nfrom problem import net\n\n"


@dataclass(frozen=True, slots=True)
class Script:
    """One script: what it shows, in a word or two, and its text."""

    name: str
    text: str


def scripts() -> list[Script]:
    """All scripts: every optimizer and argument, groups, import forms, indirection."""
    return [*_every_argument(), *_groups(), *_imports(), *_written()]


def _every_argument() -> Iterator[Script]:
    for name in known_names(ApiKind.OPTIMIZER):
        params = "[*net.body.parameters()]" if name == "Muon" else "net.parameters()"
        yield _call(f"{name} bare", f"{name}({params})")
        yield _call(f"{name} lr", f"{name}({params}, lr={rate(name)})")
        for parameter in signature(name).by_name:
            values = _values(name, parameter)
            if values is None or parameter == "lr":
                continue
            value = values.typical or next(iter(values.tried), None)
            if value is not None:
                given = {"lr": rate(name), parameter: value, **needed(name, values)}
                words = ", ".join(f"{word}={text}" for word, text in given.items())
                yield _call(f"{name} {parameter}", f"{name}({params}, {words})")


def _values(name: str, parameter: str) -> Values | None:
    try:
        return values_of(name, parameter)
    except KeyError:
        return None


def _call(name: str, call: str) -> Script:
    return Script(name, f"{HEAD}optimizer = torch.optim.{call}\n")


_TWO = '[{{"params": net.body.parameters(){0}}}, {{"params": net.head.parameters(){1}}}]'


def _groups() -> Iterator[Script]:
    for name, call in {
        "lr": "Adam(" + _TWO.format(', "lr": 0.002', "") + ", lr=0.02)",
        "lr each": "SGD(" + _TWO.format(', "lr": 0.01', ', "lr": 0.1') + ", momentum=0.9)",
        "lr, rate left out": "AdamW(" + _TWO.format(', "lr": 0.002', "") + ")",
        "weight decay": "AdamW(" + _TWO.format(', "weight_decay": 0.0', "") + ", lr=0.02)",
        "int weight decay": "SGD(" + _TWO.format(', "weight_decay": 0', "") + ", lr=0.1)",
        "betas": "Adam(" + _TWO.format(', "betas": (0.8, 0.99)', "") + ", lr=0.02)",
        "eps": "Adam(" + _TWO.format(', "eps": 0.001', "") + ", lr=0.02)",
        "momentum": "SGD(" + _TWO.format(', "momentum": 0.9', "") + ", lr=0.1, momentum=0.5)",
        "rho": "Adadelta(" + _TWO.format(', "rho": 0.95', "") + ", lr=1.0)",
        "amsgrad": "Adam(" + _TWO.format(', "amsgrad": True', "") + ", lr=0.02)",
        "two keys": "AdamW("
        + _TWO.format(', "lr": 0.002, "weight_decay": 0.0', "")
        + ", lr=0.02, weight_decay=0.1)",
    }.items():
        yield _call(f"groups: {name}", call)


def _imports() -> Iterator[Script]:
    call = "(net.parameters(), lr=0.02, weight_decay=0.1)"
    for head, name in (
        ("import torch.optim", "torch.optim.Adam"),
        ("import torch.optim as optim", "optim.Adam"),
        ("import torch as th", "th.optim.Adam"),
        ("from torch import optim", "optim.Adam"),
        ("from torch import optim as o", "o.Adam"),
        ("from torch.optim import Adam", "Adam"),
        ("from torch.optim import Adam as A, SGD", "A"),
        ("from torch.optim import *", "Adam"),
        ("from torch.optim.adam import Adam", "Adam"),
        ("import torch\nimport torch.optim", "torch.optim.Adam"),
    ):
        text = f"{head}\n\nfrom problem import net\n\noptimizer = {name}{call}\n"
        yield Script(f"import: {head.splitlines()[-1]}", text)


def _written() -> Iterator[Script]:
    """Those that stand in ``scripts.toml``."""
    data = tomllib.loads(WRITTEN.read_text(encoding="utf-8"))
    for name, text in data["scripts"].items():
        yield Script(name, text if "import torch" in text else HEAD + text)
    for name, loop in data["loops"].items():
        before = f"{loop['before']}\n" if "before" in loop else ""
        step = "".join(f"    {line}\n" for line in loop["step"].splitlines())
        yield Script(
            f"loop: {name}",
            f"{HEAD}optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)\n{before}"
            f"\n\ndef after_step(number):\n{step}",
        )
