"""A new optimizer, scheduler and target are data: found, judged and documented without any code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SOURCE = """\
import torch

net = torch.nn.Linear(2, 2)
optimizer = torch.optim.Sail(net.parameters(), wind=2.0, foreach=True)
tide = torch.optim.lr_scheduler.TideLR(optimizer, period=30, last_epoch=-1)
"""

TARGET = """
[[targets]]
name = "keel.optim"
short = "keel"
executed = false
note = "Nobody has run it."

[targets.optimizers.parameters]
params = { to = "parameters", evidence = ["source: keel/optim.py"] }
lr = { to = "rate", evidence = ["source: keel/optim.py"] }
foreach = { fate = "inert", evidence = ["signature"] }

[targets.schedulers]
takes = "scheduler"
rate = "optimizer.rate"
by_factor = "keel.optim.lr.Curve(lambda e: {lr} * ({factor}))"
by_rate = "keel.optim.lr.Curve(lambda e: {rate})"
instead = "draw a curve"

[targets.schedulers.parameters]
optimizer = { fate = "base-rate", to = "rate", evidence = ["source: keel/optim.py"] }
last_epoch = { fate = "inert", evidence = ["source: keel/optim.py"] }

[targets.groups]
evidence = ["source: keel/optim.py"]
"""

OPTIMIZER = """\
torch = "Sail"

[[rows]]
target = "paddle.optimizer"

[[rows]]
target = "mindspore.nn"

[[rows]]
target = "mindspore.experimental.optim"

[[rows]]
target = "mindspore.mint.optim"

[[rows]]
target = "keel.optim"
counterpart = "Sail"
evidence = ["source: keel/optim.py"]

[rows.parameters.wind]
fate = "kept"
rejects = [{ when = "value > 1", error = "takes no storm (ValueError)", write = "int" }]
evidence = ["source: keel/optim.py"]

[rows.parameters.lr]
fate = "renamed"
to = "rate"
default_differs = true
evidence = ["source: keel/optim.py"]
"""

SCHEDULER = """\
torch = "lr_scheduler.TideLR"

[curve]
factor = "1 + {low} * e / {period}"

[[rows]]
target = "paddle.optimizer"

[[rows]]
target = "mindspore.nn"

[[rows]]
target = "mindspore.experimental.optim"

[[rows]]
target = "mindspore.mint.optim"

[[rows]]
target = "keel.optim"
counterpart = "lr.Tide"
evidence = ["source: keel/optim.py"]

[rows.parameters]
period = { fate = "renamed", to = "hours", evidence = ["source: keel/optim.py"] }
low = { fate = "kept", default_differs = true, evidence = ["source: keel/optim.py"] }
"""


def _parameters(**defaults: str | None) -> list[list[str | None]]:
    return [[name, "positional_or_keyword", default] for name, default in defaults.items()]


KEEL: dict[str, Any] = {
    "family": "keel.optim",
    "framework": "keel",
    "versions": ["1.0.0"],
    "kinds": {"optimizer": ["Sail"], "scheduler": ["lr.Tide"]},
    "signatures": {
        "Sail": [["1.0.0", _parameters(parameters=None, rate="0.1", wind="0.9")]],
        "lr.Tide": [["1.0.0", _parameters(rate=None, hours=None, low="0.5")]],
    },
}

TORCH = {
    "Sail": ("optimizer", _parameters(params=None, lr="0.01", wind="0.9", foreach="None")),
    "lr_scheduler.TideLR": (
        "scheduler",
        _parameters(optimizer=None, period=None, low="0.1", last_epoch="-1"),
    ),
}


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, with more data."""
    root = tmp_path_factory.mktemp("extended")
    package = shutil.copytree(
        ROOT / "optport", root / "optport", ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    signatures, table = package / "signatures", package / "table"
    (signatures / "keel.optim.json").write_text(json.dumps(KEEL), encoding="utf-8")
    path = signatures / "torch.optim.json"
    torch = json.loads(path.read_text(encoding="utf-8"))
    for name, (kind, parameters) in TORCH.items():
        torch["kinds"][kind].append(name)
        torch["signatures"][name] = [["1.8.1", parameters]]
    path.write_text(json.dumps(torch), encoding="utf-8")
    for rows in (table / "rows").glob("*.toml"):
        text = rows.read_text(encoding="utf-8")
        if "[[rows]]" in text:
            rows.write_text(text + '\n[[rows]]\ntarget = "keel.optim"\n', encoding="utf-8")
    (table / "rows" / "Sail.toml").write_text(OPTIMIZER, encoding="utf-8")
    (table / "rows" / "lr_scheduler.TideLR.toml").write_text(SCHEDULER, encoding="utf-8")
    with (table / "targets.toml").open("a", encoding="utf-8") as targets:
        targets.write(TARGET)
    (root / "train.py").write_text(SOURCE, encoding="utf-8")
    return root


def _python(root: Path, *arguments: str) -> str:
    """What Python prints that has the copy before the package, and the repository's tools."""
    path = os.pathsep.join(map(str, (root, ROOT / "tools", ROOT)))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_the_audit_takes_new_data(extended: Path) -> None:
    assert "no problems" in _python(extended, "-m", "optport.table.audit")


@pytest.fixture(scope="module")
def report(extended: Path) -> dict[str, Any]:
    """What `check` says of the script for the new target."""
    asked = ["check", "--isolated", "--targets=keel", "--format=json", "train.py"]
    found: dict[str, Any] = json.loads(_python(extended, "-m", "optport", *asked))
    return found


TIDE = "keel.optim.lr.Curve(lambda e: 0.01 * (1 + 0.1 * e / 30))"
"""The closed form: a class that nobody has run is not called exact."""


def _found(report: dict[str, Any], line: int) -> set[tuple[str, str]]:
    return {(one["code"], one["argument"]) for one in report["findings"] if one["line"] == line}


def test_a_new_optimizer_is_found_and_judged_on_a_new_target(report: dict[str, Any]) -> None:
    assert _found(report, 4) == {("OPT103", "foreach"), ("OPT104", "wind"), ("OPT201", "lr")}
    (construction,) = [one for one in report["constructions"] if one["line"] == 4]
    assert construction["optimizer"] == "torch.optim.Sail"
    port = construction["ports"]["keel.optim"]
    assert port["call"] == "keel.optim.Sail(parameters=net.parameters(), rate=scheduler, wind=2)"
    assert port["setup"] == ["scheduler = " + TIDE]


def test_a_new_scheduler_is_found_and_judged_on_a_new_target(report: dict[str, Any]) -> None:
    assert _found(report, 5) == {("OPT602", "last_epoch"), ("OPT603", "low")}
    (construction,) = [one for one in report["constructions"] if one["line"] == 5]
    assert construction["optimizer"] == "torch.optim.lr_scheduler.TideLR"
    port = construction["ports"]["keel.optim"]
    assert port["call"] == TIDE


@pytest.mark.slow
def test_new_names_are_documented(extended: Path) -> None:
    program = "import json; from doc_mapping import mapping_pages as p; print(json.dumps(p()))"
    pages = json.loads(_python(extended, "-c", program))
    assert "`keel.optim.Sail`" in pages["mapping/Sail.md"]
    assert "`wind > 1` takes no storm (ValueError)" in pages["mapping/Sail.md"]
    assert "`keel.optim.lr.Tide`" in pages["mapping/lr_scheduler.TideLR.md"]
    assert "keel.optim 1.0.0" in pages["mapping/README.md"]
