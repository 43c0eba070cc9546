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
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from conformance.environments import Version, interpreter
from conformance.jobs import Program
from conformance.programs import Ran, deviation, numbers, run_programs
from optport.rewrite.comments import MARK
from optport.rewrite.source import port_source
from optport.targets import parse_target

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
TORCH, PADDLE, MINDSPORE = map(
    Version.parse, ("torch==2.13.0", "paddle==3.3.1", "mindspore==2.10.0")
)
CONVERTER: Final = Version.parse("paconvert==3.3.1")

#: Largest difference of two weights that counts as the same: a few times float32's rounding.
SAME_WEIGHTS: Final = 2e-6
#: The same of two sums of weights; five digits are printed.
SAME_SUMS: Final = 2e-5
#: A snippet follows torch when its results are as near as this, beside the largest of them.
FOLLOWS: Final = 1e-3

_COMPARE: Final = """
import json, sys, numpy
torch = numpy.load(sys.argv[1])
print(json.dumps([
    max(float(abs(torch[name] - numpy.load(path)[name]).max()) for name in torch)
    for path in sys.argv[2:]
]))
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
        _run(version, cache, [str(script), weights[-1]], folder)
    apart = json.loads(_run(TORCH, cache, ["-c", _COMPARE, *weights], folder))
    return dict(zip(map(str, (PADDLE, MINDSPORE)), apart, strict=True))


def run_converted(cache: Path, folder: Path) -> dict[str, float]:
    """Port, convert and run the scripts of `examples/converter`; how far each is from torch."""
    scripts = sorted((EXAMPLES / "converter").glob("*.py"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in scripts}
    _convert({name: _ported(text) for name, text in texts.items()}, cache, folder, "ours")
    apart = {}
    for path in scripts:
        theirs = numbers(_run(TORCH, cache, [str(path)], folder).split("\n")[-2].split())
        script = str(folder / "ours" / path.name)
        mine = numbers(_run(PADDLE, cache, [script], folder).split("\n")[-2].split())
        apart[path.name] = max(abs(a - b) for a, b in zip(theirs, mine, strict=True))
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
    collected = _run(TORCH, cache, ["-c", _COLLECT, str(folder / "tests")], folder)
    snippets = json.loads(collected.splitlines()[-1])
    texts = {f"s{number}.py": text for number, (_, text, _) in enumerate(snippets)}
    _convert(texts, cache, folder, "theirs", convert=False)
    names = [names for _, _, names in snippets]
    torch = _executed(TORCH, cache, folder / "theirs.before", names)
    _convert(texts, cache, folder, "theirs")
    _convert({name: _ported(text) for name, text in texts.items()}, cache, folder, "ours")
    counts: dict[str, Counter[str]] = {"with optport port": Counter(), "alone": Counter()}
    for (way, verdicts), kept in zip(counts.items(), ("ours", "theirs"), strict=True):
        there = _executed(PADDLE, cache, folder / kept, names)
        for number, (one, other) in enumerate(zip(torch, there, strict=True)):
            if one.error is not None:
                continue
            # The converter drops comments, and has marks of its own.
            files = (folder / f"{kept}.before", folder / kept)
            before, text = ((at / f"s{number}.py").read_text(encoding="utf-8") for at in files)
            marked = MARK in before or ">>>>>>" in text
            verdict = "follows" if _near(one, other) else "says so" if marked else "silent"
            verdict = "crashes" if verdict == "silent" and other.error is not None else verdict
            verdicts[verdict] += 1
            if verdict != "follows":
                print(f"{way}: {verdict}: {snippets[number][0]}: {other.error or ''}")
    return counts


def _ported(text: str) -> str:
    return port_source(text, parse_target(str(PADDLE))).text


def _convert(
    texts: Mapping[str, str], cache: Path, folder: Path, name: str, convert: bool = True
) -> None:
    """Write scripts below `folder`, and have PaConvert convert them into the folder `name`."""
    before = folder / f"{name}.before"
    shutil.rmtree(before, ignore_errors=True)
    before.mkdir()
    for path, text in texts.items():
        (before / path).write_text(text, encoding="utf-8")
    if convert:  # by its module: the script beside it names where the environment was built
        where = ["-i", str(before), "-o", str(folder / name)]
        _run(CONVERTER, cache, ["-m", "paconvert.main", *where], folder)


def _executed(
    version: Version, cache: Path, folder: Path, names: Sequence[Sequence[str]]
) -> list[Ran]:
    """Run the scripts of a folder, and return what they leave under their names."""
    programs = [
        Program(
            str(number),
            version.framework,
            (folder / f"s{number}.py").read_text(encoding="utf-8") + _LEFT.format(", ".join(left)),
        )
        for number, left in enumerate(names)
    ]
    return list(run_programs(programs, str(version), cache).values())


def _near(theirs: Ran, mine: Ran) -> bool:
    apart = deviation(numbers(theirs.result), numbers(mine.result))
    return mine.error is None and apart is not None and apart <= FOLLOWS


def _run(version: Version, cache: Path, arguments: Sequence[str], folder: Path) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GLOG_v": "3", "PYTHONNOUSERSITE": "1"}
    done = subprocess.run(
        [str(interpreter(version, cache)), *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def run_examples(converter: str | None, cache: Path) -> int:
    """Print how far the ports are; 0 when they are where torch is, 1 when not.

    `converter` is None for the loop, empty for the scripts that PaConvert converts, and the clone
    of its repository for the snippets of its tests.
    """
    with tempfile.TemporaryDirectory(prefix="examples-") as directory:
        folder = Path(directory)
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
