"""Virtual environments with flake8 and one plugin each, made of links to what is installed here."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Iterable, Iterator
from pathlib import Path

from optport.table.toml import prepare

_NAME = re.compile(r"[\w.-]+")


class EnvironmentWrong(RuntimeError):
    """An environment does not hold what it was made for."""


def _needed(distributions: Iterable[str]) -> Iterator[importlib.metadata.Distribution]:
    """Yield distributions and what they require, as far as it is installed."""
    pending = list(distributions)
    seen: set[str] = set()
    while pending:
        name = re.sub(r"[-_.]+", "-", pending.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another Python or system
        yield distribution
        for requirement in distribution.requires or ():
            match = _NAME.match(requirement)
            if match and "extra ==" not in requirement:
                pending.append(match.group())


def _copy_of_ours(site: Path) -> None:
    """Put optport into an environment as a built package has it, wherever it is run from here."""
    for module in ("optport", "flake8_optport", "pylint_optport"):
        found = importlib.util.find_spec(module)
        assert found is not None
        assert found.origin is not None
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(found.origin).parent, site / module, ignore=ignored)
    prepare(site / "optport" / "table")


def _modules(distribution: importlib.metadata.Distribution) -> Iterator[Path]:
    """Yield the files and folders that a distribution put into ``site-packages``."""
    tops = {path.parts[0] for path in distribution.files or ()}
    for top in sorted(tops):
        if top not in ("..", "__pycache__") and not top.endswith((".dist-info", ".pth")):
            yield Path(str(distribution.locate_file(top)))


def build(directory: Path, distributions: Iterable[str]) -> Path:
    """Make an environment with the distributions and return its Python.

    Nothing is fetched, and nothing copied but metadata and optport; it is gone when what it links
    to is.
    """
    venv.EnvBuilder(symlinks=True, with_pip=False).create(directory)
    places = {"base": str(directory), "platbase": str(directory)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=places))
    for distribution in _needed(distributions):
        if distribution.name == "optport":
            _copy_of_ours(site)
        for module in () if distribution.name == "optport" else _modules(distribution):
            (site / module.name).symlink_to(module)
        metadata = site / f"{distribution.name.replace('-', '_')}-{distribution.version}.dist-info"
        metadata.mkdir()
        described = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO")
        (metadata / "METADATA").write_text(described or "", encoding="utf-8")
        entry_points = distribution.read_text("entry_points.txt")
        if entry_points:
            (metadata / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", vars=places)) / "python"


def flake8_with(directory: Path, plugin: str | None) -> Path:
    """Make an environment with flake8 and at most one plugin, and return its Python.

    Raises `EnvironmentWrong` when flake8 does not name exactly that plugin as installed.
    """
    python = build(directory, ["flake8", *([plugin] if plugin else [])])
    said = subprocess.run(
        [python, "-P", "-m", "flake8", "--isolated", "--version"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    named = {name.lower() for name in re.findall(r"([\w-]+): ", said)}
    if named - {"mccabe", "pycodestyle", "pyflakes"} != ({plugin} if plugin else set()):
        raise EnvironmentWrong(f"flake8 with {plugin or 'no plugin'} says: {said.strip()}")
    return python
