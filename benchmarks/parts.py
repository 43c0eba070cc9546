"""Stage ``parts``: where optport's time goes, in files that are not ours and in those that are."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence

from benchmarks.corpus import Corpus, Sampled, Stratum, parse
from benchmarks.report import Section, table
from benchmarks.timing import cpu_seconds, quiet_collector, ratios, spread
from optport.check import check_tree
from optport.gate import concerns_us
from optport.mentions import named_in_code
from optport.options import default_options
from optport.reader.callee import CalleeResolver
from optport.reader.constructions import find_constructions
from optport.reader.evaluate import Evaluator
from optport.reader.index import Index
from optport.reader.source import SourceText
from optport.reader.torch_names import star_exports

PARSE = "`ast.parse`, to compare"
_TEXT = {
    "putting the lines together": "join",
    "looking for “optim”": "optim",
    "looking for “import *”": "star",
    "all of the gate": "gate",
}
_CODE = {
    "the second gate: is an optimizer named in code": "named",
    "statements outside of functions, and the words": "index",
    "names that lead to an optimizer, functions that hold them": "leads",
    "calls, values, groups, arguments": "values",
    "rules: hazards on two targets, messages": "rules",
    "all of the check": "check",
}
_Seconds = dict[str, float]


def run(corpus: Corpus, files: int, rounds: int) -> Section:
    """Measure on so many files that nothing is looked for in, and as many with constructions."""
    print(f"parts: {rounds} rounds", file=sys.stderr)
    plain = corpus.sample(Stratum.PLAIN, files)
    ours = [
        *corpus.sample(Stratum.CONSTRUCTS, files),
        *corpus.sample(Stratum.SCRIPTS, files),
    ]
    blocks = [
        "What takes how long, each part by itself, over the same files; the sum over all of them. "
        "Shares are multiples of `ast.parse`. Work is left out where it can be, so the rest is "
        "spread thin: no function takes a tenth of the whole.",
    ]
    if plain:
        head = f"### The gate, on {len(plain)} files without the word torch"
        blocks += [head, _shown(_TEXT, _measured(plain, _gate_parts, rounds), len(plain))]
    if ours:
        head = f"### The check, on {len(ours)} files with constructions"
        blocks += [head, _shown(_CODE, _measured(ours, _check_parts, rounds), len(ours))]
    return Section("Where the time goes", [], blocks)


def _gate_parts(file: Sampled) -> _Seconds:
    lines, text = file.lines, file.text
    return {
        "parse": cpu_seconds(lambda: parse(text)),
        "gate": cpu_seconds(lambda: concerns_us("".join(lines))),
        "join": cpu_seconds(lambda: "".join(lines)),
        "optim": cpu_seconds(lambda: "optim" in text),
        "star": cpu_seconds(lambda: "import *" in text),
    }


def _check_parts(file: Sampled) -> _Seconds:
    tree, text, options = file.tree, file.text, default_options()
    version = options.torch_version
    seconds = {
        "parse": cpu_seconds(lambda: parse(text)),
        "named": cpu_seconds(lambda: named_in_code(tree, text)),
        "index": cpu_seconds(lambda: Index(tree, text)),
        "find": cpu_seconds(lambda: list(find_constructions(tree, SourceText(text), version))),
        "check": cpu_seconds(lambda: check_tree(tree, text, options)),
    }
    evaluator = Evaluator(Index(tree, text), star_exports)
    seconds["leads"] = cpu_seconds(lambda: CalleeResolver(evaluator))
    seconds["values"] = seconds["find"] - seconds["index"] - seconds["leads"]
    seconds["rules"] = seconds["check"] - seconds["find"] - seconds["named"]
    return seconds


def _measured(
    files: Sequence[Sampled], parts: Callable[[Sampled], _Seconds], rounds: int
) -> list[_Seconds]:
    """The seconds of each part over all files, round by round; a first round does not count."""
    taken = []
    for _ in range(rounds + 1):
        sums: _Seconds = {}
        with quiet_collector():
            for file in files:
                for part, seconds in parts(file).items():
                    sums[part] = sums.get(part, 0.0) + seconds
                gc.collect()
        taken.append(sums)
    return taken[1:]


def _shown(names: dict[str, str], rounds: Sequence[_Seconds], files: int) -> str:
    parsed = [sums["parse"] for sums in rounds]
    rows = []
    for shown, part in (names | {PARSE: "parse"}).items():
        seconds = [sums[part] for sums in rounds]
        cost = spread(seconds).scaled(1000 / files)
        rows.append((shown, str(cost), str(spread(ratios(seconds, parsed)))))
    return table(("part", "ms a file", "× `ast.parse`"), rows)
