"""The converter completed: ``python -m conformance.converter``.

The scripts of `examples/converter` are ported by `optport port --write`, the rest of them is
converted by PaConvert, and both are run: the weights that they print have to be the same.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from conformance.environments import EnvironmentFailure, Version, default_cache, interpreter
from optport.rewrite.source import port_source
from optport.targets import parse_target

SCRIPTS: Final = Path(__file__).resolve().parent.parent / "examples" / "converter"
TARGET: Final = "paddle==3.3.1"
CONVERTER: Final = "paconvert==3.3.1"

#: Largest difference of two sums of weights that counts as the same; five digits are printed.
SAME_BELOW: Final = 2e-5


def run_converted(cache: Path, folder: Path) -> dict[str, float]:
    """Port, convert and run the scripts below `folder`; how far each is from torch.

    Raises EnvironmentFailure when pip fails, CalledProcessError when a script does.
    """
    ported, converted = folder / "ported", folder / "converted"
    shutil.copytree(SCRIPTS, ported)
    for path in ported.glob("*.py"):
        text = port_source(path.read_text(encoding="utf-8"), parse_target(TARGET)).text
        path.write_text(text, encoding="utf-8")
    # By its module: the script beside it names the place that the environment was built in.
    python = str(interpreter(Version.parse(CONVERTER), cache))
    _printed([python, "-m", "paconvert.main", "-i", str(ported), "-o", str(converted)], folder)
    apart = {}
    for path in sorted(SCRIPTS.glob("*.py")):
        theirs = _sums(Version.parse("torch==2.13.0"), path, cache, folder)
        mine = _sums(Version.parse(TARGET), converted / path.name, cache, folder)
        apart[path.name] = max(abs(a - b) for a, b in zip(theirs, mine, strict=True))
    return apart


def _sums(version: Version, path: Path, cache: Path, folder: Path) -> list[float]:
    printed = _printed([str(interpreter(version, cache)), str(path)], folder)
    return [float(word) for word in printed.splitlines()[-1].split()]


def _printed(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def main() -> int:
    """Print how far the scripts are from torch; 0 when they train the same, 1 when not."""
    with tempfile.TemporaryDirectory(prefix="converter-") as directory:
        try:
            apart = run_converted(default_cache(), Path(directory))
        except EnvironmentFailure as error:
            print(f"converter: {error}", file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as error:
            print(f"converter: {error}\n{error.stderr}", file=sys.stderr)
            return 1
    for name, distance in apart.items():
        print(f"converter: {name}: sums of weights within {distance:.1e} of torch's")
    return int(max(apart.values()) >= SAME_BELOW)


if __name__ == "__main__":
    sys.exit(main())
