"""Port and fix every file of a corpus, and say what is wrong: nothing is written.

``python tools/rewrite_corpus.py DIRECTORY…``. Each file is ported for three targets and fixed, with
unsafe fixes, for five sets of targets. What comes of it has to be Python and a second run has to
change nothing. A port loses no line that has nothing to do with it (`fuzzing.ports`); a fix changes
nothing but arguments, its finding is gone, and none is there that was not there before.
Prints counts by fidelity and by code, and exits with 1 when something is wrong.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from fuzzing.ports import wrong_port  # noqa: E402

from conformance.fixes import TARGETS as SETS  # noqa: E402
from optport.config import Configuration  # noqa: E402
from optport.files import UnreadableFile, read_text  # noqa: E402
from optport.finding import Finding  # noqa: E402
from optport.fixing import fix_text  # noqa: E402
from optport.gate import concerns_us  # noqa: E402
from optport.linting import lint_text  # noqa: E402
from optport.options import make_options  # noqa: E402
from optport.rewrite.source import port_source  # noqa: E402

sys.setrecursionlimit(20_000)  # of trees that are written out
PORTED = ("paddle", "mindspore", "mindspore.experimental")


def wrong_fix(text: str, targets: str, path: Path, counts: Counter[str]) -> str | None:
    """Return what is wrong with the fixes of a source; None where all is well."""
    settings = Configuration({"targets": targets}, isolated=True).settings_in(".")
    before = lint_text(text, settings, path).findings
    done = fix_text(text, settings, path, unsafe=True)
    counts.update(one.code for one in done.fixed)
    if done.endless or done.refused:
        return "can't be fixed to the end"
    if done.text == text:
        return None
    counts["files"] += 1
    if _without_arguments(text) != _without_arguments(done.text):
        return "changes more than arguments"
    after = done.report.findings
    made = Counter(map(_what, after)) - Counter(map(_what, before))
    messages = [Counter(one.message for one in found) for found in (after, before, done.fixed)]
    left = messages[0] - (messages[1] - messages[2])
    for new in (*sorted(made), *sorted(left & messages[2])):
        return f"makes or leaves {new}"
    again = fix_text(done.text, settings, path, unsafe=True).text
    return None if again == done.text else "changes more in a second run"


def _what(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.optimizer


def _without_arguments(text: str) -> str:
    """Return the tree of a source without arguments of calls, entries and items of dicts."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        match node:
            case ast.Call():
                node.args, node.keywords = [], []
            case ast.Dict():
                node.keys, node.values = [], []
            case ast.Assign(targets=[ast.Subscript(), *_]):
                node.targets, node.value = [], ast.Constant(None)
    return ast.dump(tree)


def _texts(directories: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for path in sorted(one for name in directories for one in Path(name).rglob("*.py")):
        try:
            text = read_text(path)
            ast.parse(text)
        except (UnreadableFile, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if concerns_us(text):
            yield path, text


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is wrong, and the counts; returns 1 if something is."""
    options = {name: make_options(name) for name in PORTED}
    counts: dict[str, Counter[str]] = {}
    wrong = files = 0
    for path, text in _texts(sys.argv[1:] if arguments is None else arguments):
        files += 1
        for name, one in options.items():
            ported = port_source(text, one.targets[0])
            count = counts.setdefault(f"port to {name}", Counter())
            count.update(done.fidelity.value for done in ported.done if not done.is_use)
            count["files"] += ported.text != text
            problem = wrong_port(text, one)
            if problem is not None:
                wrong += 1
                print(f"{path}: port to {name} {problem}")
        for name in SETS:
            problem = wrong_fix(text, name, path, counts.setdefault(f"fix for {name}", Counter()))
            if problem is not None:
                wrong += 1
                print(f"{path}: fix for {name} {problem}")
    for done, count in counts.items():
        print(f"{done}: {', '.join(f'{key} {number}' for key, number in sorted(count.items()))}")
    print(f"{files} files, {wrong} times something is wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
