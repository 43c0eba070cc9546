"""The pylint plugin follows names into other modules of the user's own.

Each directory of `tests/pylint_packages` is a project; its files state their findings as fixtures
do.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import run
from tests.fixture_cases import Fixture, Spot, Stated

PROJECTS = Path(__file__).parent / "pylint_packages"
CONFIDENCES = {"HIGH": "certain", "INFERENCE": "possible"}

TORCH = {
    "torch/__init__.py": "from torch import optim\nfrom torch import nn\n",
    "torch/nn.py": "class Module:\n    def parameters(self):\n        return []\n",
    "torch/optim/__init__.py": "".join(
        f"from torch.optim.{name.lower()} import {name}\n"
        for name in ("ASGD", "Adam", "Adamax", "SGD")
    )
    + "from torch.optim.optimizer import Optimizer\n",
    "torch/optim/optimizer.py": "class Optimizer:\n    def __init__(self, params, defaults):\n"
    "        self.param_groups = [params, defaults]\n",
    **{
        f"torch/optim/{name.lower()}.py": "from torch.optim.optimizer import Optimizer\n\n\n"
        f"class {name}(Optimizer):\n    def __init__(self, params, lr=0.01):\n"
        "        super().__init__(params, {'lr': lr})\n"
        for name in ("ASGD", "Adam", "Adamax", "SGD")
    },
}
"""A package that stands in for an installed torch."""


def fixtures_of(project: Path) -> list[Fixture]:
    return [Fixture(path, path.read_text(encoding="utf-8")) for path in project.rglob("*.py")]


@cache
def found_in(project: Path, torch: Path | None, *options: str) -> dict[Path, list[Stated]]:
    """Run pylint over a project; `torch` is where the package can be imported from."""
    hook = f"--init-hook=import sys; sys.path.append({str(torch)!r})" if torch else "--init-hook="
    done = run(
        "pylint",
        hook,
        "--load-plugins=pylint_optport",
        "--disable=all",
        "--enable=optport",
        "--output-format=json2",
        "--recursive=y",
        *options,
        ".",
        cwd=project,
    )
    assert not done.stderr
    found: dict[Path, list[Stated]] = {}
    for one in json.loads(done.stdout)["messages"]:
        spot = Spot(one["line"], one["column"], one["messageId"].replace("W7", "OPT"))
        stated = Stated(spot, CONFIDENCES[one["confidence"]])
        found.setdefault(Path(one["absolutePath"]), []).append(stated)
    return {path: sorted(these) for path, these in found.items()}


@pytest.fixture(scope="session")
def installed_torch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    for name, text in TORCH.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


each_project = pytest.mark.parametrize(
    "project", sorted(PROJECTS.iterdir()), ids=lambda project: project.name
)


@each_project
@pytest.mark.parametrize("torch", ["missing", "installed"])
def test_projects_have_the_findings_they_state(
    project: Path, torch: str, installed_torch: Path
) -> None:
    found = found_in(project, installed_torch if torch == "installed" else None)
    for fixture in fixtures_of(project):
        assert found.get(fixture.path, []) == fixture.stated, fixture.path


@each_project
def test_several_jobs_find_the_same(project: Path) -> None:
    assert found_in(project, None, "--jobs=2") == found_in(project, None)
