"""Real files to measure on, by what they are to optport."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from optport.check import check_tree
from optport.files import UnreadableFile, read_text
from optport.gate import concerns_us
from optport.mentions import named_in_code
from optport.options import default_options
from optport.parsing import parse_source
from optport.reader.lines import LineIndex

PLAIN = "without torch"
TORCH = "torch, no optimizer"
NAMES = "names an optimizer, builds none"
BUILDS = "builds an optimizer"
KINDS = (PLAIN, TORCH, NAMES, BUILDS)


@dataclass(frozen=True, slots=True)
class Source:
    """One file that can be parsed."""

    path: Path
    text: str
    tree: ast.Module
    kind: str


def read(path: Path) -> Source | None:
    """Read and classify a file; None where it can't be decoded or parsed."""
    try:
        text = read_text(path)
        tree = parse_source(text)
    except (UnreadableFile, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return Source(path, text, tree, _kind(tree, text))


def _kind(tree: ast.Module, text: str) -> str:
    if "torch" not in text:
        return PLAIN
    if not concerns_us(text) or not named_in_code(tree, LineIndex(text)):
        return TORCH
    return BUILDS if check_tree(tree, text, default_options()).constructions else NAMES


def sample(directories: Iterable[Path], count: int, seed: int) -> dict[str, list[Source]]:
    """Draw up to `count` files of every kind from the directories, in an order set by `seed`."""
    paths = [
        path
        for directory in directories
        for path in sorted(directory.rglob("*.py"))
        if directory / "site-packages" not in path.parents
    ]
    random.Random(seed).shuffle(paths)
    chosen: dict[str, list[Source]] = {kind: [] for kind in KINDS}
    texts: set[str] = set()
    for path in paths:
        if all(len(files) >= count for files in chosen.values()):
            break
        source = read(path)
        if source and source.text not in texts and len(chosen[source.kind]) < count:
            texts.add(source.text)
            chosen[source.kind].append(source)
    return chosen
