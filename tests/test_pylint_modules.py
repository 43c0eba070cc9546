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

pytestmark = pytest.mark.slow  # a run of pylint each

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


FIXTURES = [Fixture(path, path.read_text(encoding="utf-8")) for path in PROJECTS.rglob("*.py")]


def found_in(*arguments: str | Path) -> dict[Path, list[Stated]]:
    """Run pylint and return the findings in each file."""
    done = run(
        "pylint",
        "--rcfile=",
        "--load-plugins=pylint_optport",
        "--disable=all",
        "--enable=optport",
        "--output-format=json2",
        "--recursive=y",
        *arguments,
    )
    assert not done.stderr
    found: dict[Path, list[Stated]] = {}
    for one in json.loads(done.stdout)["messages"]:
        if not one["messageId"].startswith("W7"):
            continue  # a syntax error
        spot = Spot(one["line"], one["column"], one["messageId"].replace("W7", "OPT"))
        stated = Stated(spot, CONFIDENCES[one["confidence"]])
        found.setdefault(Path(one["absolutePath"]), []).append(stated)
    return {path: sorted(these) for path, these in found.items()}


@cache
def found_everywhere(*options: str) -> dict[Path, list[Stated]]:
    return found_in(*options, *PROJECTS.iterdir())


@pytest.fixture(scope="session")
def installed_torch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    for name, text in TORCH.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    "fixture", FIXTURES, ids=lambda fixture: str(fixture.path.relative_to(PROJECTS))
)
@pytest.mark.parametrize("torch", ["missing", "installed"])
def test_modules_have_the_findings_they_state(
    fixture: Fixture, torch: str, installed_torch: Path
) -> None:
    hook = f"--init-hook=import sys; sys.path.append({str(installed_torch)!r})"
    found = found_everywhere(*([hook] if torch == "installed" else []))
    assert found.get(fixture.path, []) == fixture.stated


@pytest.mark.slow
def test_several_jobs_find_the_same() -> None:
    assert found_everywhere("--jobs=2") == found_everywhere()


def test_modules_that_cannot_be_read_bring_nothing(tmp_path: Path) -> None:
    contents = {
        "syntax": b"from torch.optim import ASGD, (\n",
        "binary": b"\0torch.optim ASGD",
        "latin": b"from torch.optim import ASGD  # \xff\n",
        "deep": b"from torch.optim import ASGD\nx = " + b"(" * 5000 + b")" * 5000 + b"\n",
        "empty": b"",
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.py").write_bytes(content)
    (tmp_path / "folder.py").mkdir()
    lines = [f"import {name}\n{name}.ASGD([])\n" for name in (*contents, "folder", "missing")]
    train = tmp_path / "train.py"
    train.write_text("".join(lines) + "from torch.optim import ASGD\nASGD([], lr=0.1)\n")
    stated = Stated(Spot(len(lines) * 2 + 2, 0, "OPT301"), "certain")
    assert found_in(train) == {train: [stated]}


@pytest.mark.parametrize("length, found", [(15, True), (40, False)])
def test_a_chain_of_modules_is_followed_so_far(tmp_path: Path, length: int, found: bool) -> None:
    (tmp_path / "link0.py").write_text("from torch.optim import ASGD as optim\n")
    for n in range(1, length):
        (tmp_path / f"link{n}.py").write_text(f"from link{n - 1} import optim\n")
    train = tmp_path / "train.py"
    train.write_text(f"from link{length - 1} import optim\noptim([], lr=0.1)\n")
    assert (train in found_in(train)) is found


def test_a_long_chain_of_operators_in_another_module_is_survived(tmp_path: Path) -> None:
    (tmp_path / "long_one.py").write_text(
        "from long_two import b\nfrom torch.optim import ASGD\na = " + "b or " * 900 + "ASGD\n"
    )
    (tmp_path / "long_two.py").write_text(
        "from long_one import a\nfrom torch.optim import ASGD\n"
        + "".join(f"def f{n}():\n    return f{n + 1}()\n" for n in range(300))
        + "def f300():\n    return a\nb = f0()\n"
    )
    train = tmp_path / "train.py"
    train.write_text("from long_one import a\nfrom long_two import b\na([])\nb([])\n")
    assert not [
        one for these in found_in(train).values() for one in these if one.spot.code == "OPT000"
    ]
