"""The training loop of `examples/loop` in torch and its ports: ``python -m conformance.examples``.

Each script is run in its framework's environment, and the trained weights are compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from conformance.environments import EnvironmentFailure, Version, default_cache, interpreter

LOOP: Final = Path(__file__).resolve().parent.parent / "examples" / "loop"
VERSIONS: Final = ("torch==2.13.0", "paddle==3.3.1", "mindspore==2.10.0")

#: Largest difference of two weights that counts as the same: a few times float32's rounding.
SAME_BELOW: Final = 2e-6

_COMPARE: Final = """
import json, sys, numpy
torch = numpy.load(sys.argv[1])
print(json.dumps([
    max(float(abs(torch[name] - numpy.load(path)[name]).max()) for name in torch)
    for path in sys.argv[2:]
]))
"""


def run_examples(cache: Path, folder: Path) -> dict[str, float]:
    """Train with every framework below `folder`; how far each port's weights are from torch's.

    Raises EnvironmentFailure when pip fails, CalledProcessError when a script does.
    """
    weights = []
    for version in map(Version.parse, VERSIONS):
        python = interpreter(version, cache)
        weights.append(str(folder / f"{version.framework}.npz"))
        script = LOOP / f"train_{version.framework}.py"
        _run(python, [str(script), weights[-1]], folder)
    python = interpreter(Version.parse(VERSIONS[0]), cache)
    apart = json.loads(_run(python, ["-c", _COMPARE, *weights], folder))
    return dict(zip(VERSIONS[1:], apart, strict=True))


def _run(python: Path, arguments: list[str], folder: Path) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GLOG_v": "3", "PYTHONNOUSERSITE": "1"}
    done = subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def main() -> int:
    """Print how far the ports are; 0 when they reach torch's weights, 1 when not."""
    with tempfile.TemporaryDirectory(prefix="examples-") as directory:
        try:
            apart = run_examples(default_cache(), Path(directory))
        except EnvironmentFailure as error:
            print(f"examples: {error}", file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as error:
            print(f"examples: {error}\n{error.stderr}", file=sys.stderr)
            return 1
    for version, distance in apart.items():
        print(f"examples: {version}: weights within {distance:.1e} of torch's")
    return int(max(apart.values()) >= SAME_BELOW)


if __name__ == "__main__":
    sys.exit(main())
