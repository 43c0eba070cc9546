"""What a run was made with: date, machine and versions, without any path of the machine."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

DISTRIBUTIONS = (
    *("optport", "flake8", "pylint", "astroid", "pyflakes", "pycodestyle"),
    *("flake8-comprehensions", "flake8-bugbear", "torchfix", "libcst"),
)


_MOST_NAMED = 12
"""Packages that are named as sources of files; of more, the rest is counted only."""


def processor() -> str:
    """The processor's model, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def installed(distributions: Iterable[str] = DISTRIBUTIONS) -> dict[str, str]:
    """The versions of distributions, ``not installed`` for what is absent."""
    found = {}
    for name in distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def load() -> float:
    """Processes that wanted to run over the last minute, on average."""
    return os.getloadavg()[0]


def described(
    load_at_start: float, packages: Mapping[str, int], versions: Mapping[str, str]
) -> str:
    """Describe date, machine, versions and the packages that files were taken from."""
    lines = [
        f"- date: {datetime.datetime.now(datetime.UTC).date().isoformat()}",
        f"- machine: {processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}; load average at start {load_at_start:.1f}, at end {load():.1f}",
        f"- Python: {platform.python_implementation()} {platform.python_version()}",
        "- tools: " + ", ".join(f"{name} {version}" for name, version in installed().items()),
    ]
    if packages:
        named = sorted(packages.items(), key=lambda item: (-item[1], item[0]))
        shown = (
            f"{name} {versions.get(name, '')}".strip() + f" ({n:,})"
            for name, n in named[:_MOST_NAMED]
        )
        lines.append(f"- files from: {', '.join(shown)}{_others(named[_MOST_NAMED:])}")
    return "\n".join(lines)


def _others(packages: Sequence[tuple[str, int]]) -> str:
    files = sum(count for _, count in packages)
    return f", {len(packages)} others ({files:,})" if packages else ""
