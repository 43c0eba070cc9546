"""What is built: equal bytes of equal files, all that is needed; and what old Pythons are told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the list of the files"),
]

NOT_PACKED = {".gitignore"}
OLD_PYTHONS = ["3.6", "3.8", "3.9", "3.10"]


def run(
    *command: str | Path, cwd: Path, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | (more or {})
    return subprocess.run(
        command, capture_output=True, check=False, cwd=cwd, env=environment, text=True
    )


def tracked() -> list[str]:
    done = run("git", "ls-files", "-z", cwd=ROOT)
    return [name for name in done.stdout.split("\0") if name]


def copy_to(folder: Path) -> Path:
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)  # as new as can be
    return folder


def build(checkout: Path) -> Path:
    """Build in a checkout; returns the folder of what was built."""
    done = run(
        *(sys.executable, "-m", "build", str(checkout)),
        cwd=checkout.parent,  # where no module named `build` is
        more={"SOURCE_DATE_EPOCH": "1700000000"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return checkout / "dist"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_to(tmp_path_factory.mktemp("one") / "checkout")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def unpacked(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    [packed] = (checkout / "dist").glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    [inside] = folder.iterdir()
    return inside


def test_two_builds_are_equal(checkout: Path, tmp_path: Path) -> None:
    again = build(copy_to(tmp_path / "elsewhere"))
    for built in (checkout / "dist").iterdir():
        assert (again / built.name).read_bytes() == built.read_bytes(), built.name
    assert len(list(again.iterdir())) == 2


def test_the_source_distribution_is_complete(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")}
    assert set(tracked()) - names == NOT_PACKED
    assert not [name for name in names if "__pycache__" in name]


def test_tests_run_from_the_source_distribution(unpacked: Path) -> None:
    files = "test_catalogue.py", "test_conditions.py", "test_readme.py", "test_versions.py"
    done = run(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *(f"tests/{name}" for name in files),
        cwd=unpacked,
        more={"PYTHONPATH": str(unpacked)},
    )
    assert done.returncode == 0, done.stdout


def test_a_wheel_runs_without_being_unpacked(checkout: Path) -> None:
    [wheel] = (checkout / "dist").glob("*.whl")
    path = {"PYTHONPATH": str(wheel)}
    where = run(
        sys.executable, "-c", "import optport; print(optport.__file__)", cwd=ROOT.parent, more=path
    )
    assert where.stdout.startswith(str(wheel))
    source = str(ROOT / "examples" / "train.py")
    for words in [
        ("check", source),
        ("check", "--notes", "--format=json", source),
        ("rule", "OPT202"),
    ]:
        command = sys.executable, "-m", "optport", *words
        zipped = run(*command, cwd=ROOT.parent, more=path)
        assert zipped.stderr == ""
        assert zipped.stdout == run(*command, cwd=ROOT.parent).stdout


def interpreter(version: str) -> str | None:
    """An installed Python of that version, None where there is none."""
    candidates = [shutil.which(f"python{version}")]
    candidates += map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in filter(None, candidates):
        if run(candidate, "-m", "pip", "--version", cwd=ROOT).returncode == 0:
            return candidate
    return None


@pytest.mark.parametrize("version", OLD_PYTHONS)
def test_an_old_python_hears_from_pip_what_is_needed(
    version: str, checkout: Path, tmp_path: Path
) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} is installed")
    install = "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"
    done = run(python, *install, "--target", tmp_path, checkout, cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert "optport" in last
    assert ">=3.11" in last
    assert version in last
    assert "Traceback" not in done.stdout + done.stderr
