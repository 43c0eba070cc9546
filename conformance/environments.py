"""Virtual environments, one per framework and version, built when they are first needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CACHE_VARIABLE: Final = "OPTPORT_CONFORMANCE_CACHE"

#: Framework -> name of its distribution on the package index.
_DISTRIBUTION: Final = {
    "torch": "torch",
    "paddle": "paddlepaddle",
    "mindspore": "mindspore",
    "paconvert": "paconvert",
}

#: What a framework imports without requiring it.
_MISSING: Final = {"torch": ("numpy",), "paddle": ("setuptools",)}

#: The first releases that are not built for numpy 1.
_NUMPY_2: Final = {"paddle": (3, 0), "mindspore": (2, 10)}


class EnvironmentFailure(RuntimeError):
    """An environment could not be built; the message ends with what pip said."""


@dataclass(frozen=True)
class Version:
    """A framework at one version, such as ``paddle==3.3.1``."""

    framework: str
    version: str

    @classmethod
    def parse(cls, text: str) -> Version:
        """From ``paddle==3.3.1``. Raises ValueError for an unknown framework or another form."""
        match = re.fullmatch(r"\s*([a-z]+)\s*==\s*([0-9][0-9A-Za-z.+!-]*)\s*", text)
        if match is None or match[1] not in _DISTRIBUTION:
            names = ", ".join(_DISTRIBUTION)
            raise ValueError(f"{text!r} is not FRAMEWORK==VERSION with FRAMEWORK one of {names}")
        return cls(match[1], match[2])

    @property
    def name(self) -> str:
        """Name of the environment's directory below the cache."""
        return f"{self.framework}-{self.version}"

    @property
    def requirements(self) -> list[str]:
        """What pip has to install."""
        wanted = [f"{_DISTRIBUTION[self.framework]}=={self.version}"]
        wanted += _MISSING.get(self.framework, ())
        release = tuple(int(part) for part in re.findall(r"\d+", self.version)[:2])
        if release < _NUMPY_2.get(self.framework, (0,)):
            wanted.append("numpy<2")
        return wanted

    def __str__(self) -> str:
        return f"{self.framework}=={self.version}"


def default_cache() -> Path:
    """``$OPTPORT_CONFORMANCE_CACHE``, else ``~/.cache/optport-conformance``."""
    configured = os.environ.get(CACHE_VARIABLE)
    return Path(configured) if configured else Path.home() / ".cache" / "optport-conformance"


def interpreter(version: Version, cache: Path) -> Path:
    """The Python of the environment for ``version`` below ``cache``, built if it is not there.

    Building downloads the framework (hundreds of MB) and takes minutes. An environment that is
    there is taken as it is. Raises EnvironmentFailure when pip fails.
    """
    home = cache / version.name
    if not _python(home).exists():
        _build(version, home)
    return _python(home)


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def _build(version: Version, home: Path) -> None:
    # Built beside its place and renamed when complete: a build that was interrupted must not be
    # taken for an environment later.
    building = home.with_name(f"{home.name}.building-{os.getpid()}")
    home.parent.mkdir(parents=True, exist_ok=True)
    print(f"conformance: building {home}", file=sys.stderr, flush=True)
    try:
        venv.create(building, with_pip=True, symlinks=True)
        command = [str(_python(building)), "-m", "pip", "install", "--quiet"]
        done = subprocess.run(
            [*command, "--disable-pip-version-check", *version.requirements],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            tail = "\n".join(done.stdout.splitlines()[-15:])
            raise EnvironmentFailure(f"pip could not install {version}:\n{tail}")
        try:
            building.rename(home)
        except OSError:
            # Another run finished the same environment first: use that one.
            if not _python(home).exists():
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
