"""Scripts in torch and in their ports, run side by side.

``python -m conformance examples`` trains with `examples/loop` in all frameworks. With
``--converter`` the scripts of `examples/converter` are ported by `optport port`, PaConvert converts
the rest of them, and both are run. ``--converter DIRECTORY`` does so with the snippets of
PaConvert's own tests of optimizers and schedulers, from a clone of its repository: with `optport
port` before it, and by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from conformance.environments import Version, interpreter
from conformance.pool import Outcome
from conformance.runner import TORCH, Setting, deviation, largest_apart, numbers, run_programs
from optport.rewrite.comments import MARK
from optport.rewrite.source import port_source
from optport.targets import parse_target

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
PADDLE, MINDSPORE = map(Version.parse, ("paddle==3.3.1", "mindspore==2.10.0"))
CONVERTER: Final = Version.parse("paconvert==3.3.1")

#: Largest difference of two weights that counts as the same: a few times float32's rounding.
SAME_WEIGHTS: Final = 2e-6
#: The same of two sums of weights; five digits are printed.
SAME_SUMS: Final = 2e-5
#: A snippet follows torch when its results are as near as this, beside the largest of them.
FOLLOWS: Final = 1e-3

_COMPARE: Final = """
torch, *ports = [np.load(path) for path in {!r}]
result = [max(float(abs(torch[name] - port[name]).max()) for name in torch) for port in ports]
"""
_COLLECT: Final = """
import importlib, json, pathlib, sys, types
found = []
class APIBase:
    def __init__(self, name): self.name = name
    def run(self, code, names=None, *args, **more):
        found.append([f"{self.name} {len(found)}", code, names or []])
sys.modules["apibase"] = types.SimpleNamespace(APIBase=APIBase)
always = lambda *args, **more: lambda test: test
marks = types.SimpleNamespace(skipif=always, skip=always, xfail=always)
sys.modules["pytest"] = types.SimpleNamespace(mark=marks)
sys.modules["paddle"] = types.SimpleNamespace(is_compiled_with_cuda=lambda: False)
sys.path.insert(0, sys.argv[1])
for path in sorted(pathlib.Path(sys.argv[1]).glob("test_optim_*.py")):
    module = importlib.import_module(path.stem)
    for name, test in list(vars(module).items()):
        if name.startswith("test_"):
            test()
print(json.dumps(found))
"""
_LEFT: Final = """
result = [one.tolist() if hasattr(one, "tolist") else repr(one) for one in [{}]]
"""
"""What a snippet is to leave of the names that its test looks at."""


def run_loop(cache: Path, folder: Path) -> dict[str, float]:
    """Train with every framework below `folder`; how far each port's weights are from torch's.

    Raises EnvironmentFailure when pip fails, CalledProcessError when a script does.
    """
    weights = []
    for version in (TORCH, PADDLE, MINDSPORE):
        weights.append(str(folder / f"{version.framework}.npz"))
        script = EXAMPLES / "loop" / f"train_{version.framework}.py"
        _run(version, cache, folder, str(script), weights[-1])
    compared = run_programs({"": _COMPARE.format(weights)}, TORCH, cache)[""]
    return dict(zip(map(str, (PADDLE, MINDSPORE)), compared.result, strict=True))


def run_converted(cache: Path, folder: Path) -> dict[str, float]:
    """Port, convert and run the scripts of `examples/converter`; how far each is from torch."""
    scripts = sorted((EXAMPLES / "converter").glob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in scripts]
    converted = _converted([_ported(text) for text in texts], cache, folder / "ours")
    apart = {}
    for path, *both in zip(scripts, texts, converted, strict=True):
        said = (
            _run(at, cache, folder, "-c", one)
            for at, one in zip((TORCH, PADDLE), both, strict=True)
        )
        apart[path.name] = largest_apart(*(numbers(one.split("\n")[-2].split()) for one in said))
    return apart


def run_snippets(repository: Path, cache: Path, folder: Path) -> Mapping[str, Counter[str]]:
    """Run the snippets of PaConvert's tests; what becomes of them with `optport port`, and without.

    A snippet *follows* torch, or *says so* that it does not, by a mark in its text; else it is
    *silent* if it runs, and *crashes* if it does not. Where torch refuses one it is left out.
    """
    archive = subprocess.run(
        ["git", "-C", str(repository), "archive", "HEAD", "tests"], check=True, capture_output=True
    )
    subprocess.run(["tar", "x"], input=archive.stdout, cwd=folder, check=True)
    collected = _run(TORCH, cache, folder, "-c", _COLLECT, str(folder / "tests"))
    names, texts, left = zip(*json.loads(collected.splitlines()[-1]), strict=True)
    torch = _executed(TORCH, cache, texts, left)
    ways = {"with optport port": [_ported(text) for text in texts], "alone": texts}
    counts: dict[str, Counter[str]] = {way: Counter() for way in ways}
    for way, before in ways.items():
        after = _converted(before, cache, folder / way)
        there = _executed(PADDLE, cache, after, left)
        for name, *both, one, other in zip(names, before, after, torch, there, strict=True):
            if one.error is not None:
                continue
            # The converter drops comments, and has marks of its own.
            marked = MARK in both[0] or ">>>>>>" in both[1]
            verdict = "follows" if _near(one, other) else "says so" if marked else "silent"
            verdict = "crashes" if verdict == "silent" and other.error is not None else verdict
            counts[way][verdict] += 1
            if verdict != "follows":
                print(f"{way}: {verdict}: {name}: {other.error or ''}")
    return counts


def _ported(text: str) -> str:
    return port_source(text, parse_target(str(PADDLE))).text


def _converted(texts: Sequence[str], cache: Path, folder: Path) -> list[str]:
    """What PaConvert makes of scripts, below a folder that it makes."""
    before, after = folder / "before", folder / "after"
    before.mkdir(parents=True)
    for number, text in enumerate(texts):
        (before / f"s{number}.py").write_text(text, encoding="utf-8")
    # By its module: the script beside it names where the environment was built.
    _run(CONVERTER, cache, folder, "-m", "paconvert.main", "-i", str(before), "-o", str(after))
    return [(after / f"s{n}.py").read_text(encoding="utf-8") for n in range(len(texts))]


def _executed(
    version: Version, cache: Path, texts: Sequence[str], names: Sequence[Sequence[str]]
) -> Iterable[Outcome]:
    """Run scripts, which leave what is under their names."""
    programs = (
        text + _LEFT.format(", ".join(mine)) for text, mine in zip(texts, names, strict=True)
    )
    return run_programs(dict(enumerate(programs)), version, cache).values()


def _near(theirs: Outcome, mine: Outcome) -> bool:
    apart = deviation(numbers(theirs.result), numbers(mine.result))
    return mine.error is None and apart is not None and apart <= FOLLOWS


def _run(version: Version, cache: Path, folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GLOG_v": "3", "PYTHONNOUSERSITE": "1"}
    command = [str(interpreter(version, cache)), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout


def run_examples(setting: Setting, converter: str | None) -> int:
    """Train with examples/ and with their ports; fails where one ends elsewhere.

    `converter` is None for the loop, empty for the scripts that PaConvert converts, and the clone
    of its repository for the snippets of its tests.
    """
    with tempfile.TemporaryDirectory(prefix="examples-") as directory:
        folder, cache = Path(directory), setting.cache
        try:
            if converter:
                counts = run_snippets(Path(converter).resolve(), cache, folder)
                for way, verdicts in counts.items():
                    print(f"{verdicts.total()} snippets, {way}: {dict(verdicts)}")
                return int(counts["with optport port"]["silent"] > 0)
            by_itself = converter is None
            apart = run_loop(cache, folder) if by_itself else run_converted(cache, folder)
        except subprocess.CalledProcessError as error:
            print(f"examples: {error}\n{error.stderr}", file=sys.stderr)
            return 1
    for name, distance in apart.items():
        print(f"examples: {name}: within {distance:.1e} of torch")
    return int(max(apart.values()) >= (SAME_WEIGHTS if by_itself else SAME_SUMS))
