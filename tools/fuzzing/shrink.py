"""Making a source smaller that still fails in the same way."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator

Fails = Callable[[str], bool]


def shrunk(text: str, fails: Fails, seconds: float = 30.0) -> str:
    """Return a smaller source for which `fails` is still true, found within the time given."""
    until = time.monotonic() + seconds
    changed = True
    while changed and time.monotonic() < until:
        changed = False
        for attempt in (_without_lines, _without_parts):
            for smaller in attempt(text):
                if time.monotonic() >= until:
                    return text
                if len(smaller) < len(text) and fails(smaller):
                    text = smaller
                    changed = True
                    break
    return text


def _without_lines(text: str) -> Iterator[str]:
    """Yield the text without a run of lines, long runs first."""
    lines = text.splitlines(keepends=True)
    size = len(lines) // 2
    while size:
        for start in range(0, len(lines), size):
            yield "".join(lines[:start] + lines[start + size :])
        size //= 2


def _without_parts(text: str) -> Iterator[str]:
    """Yield the text with an expression replaced by a part of itself, by a name, or left out."""
    try:
        tree = ast.parse(text)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    data = text.encode("utf-8", "surrogatepass")
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)

    def span(node: ast.AST) -> tuple[int, int] | None:
        if not isinstance(node, (ast.expr, ast.stmt, ast.keyword)):
            return None
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return starts[node.lineno - 1] + node.col_offset, end

    for node in ast.walk(tree):
        whole = span(node)
        if whole is None:
            continue
        parts = [b"q"] if isinstance(node, ast.expr) else [b"pass"]
        for child in ast.iter_child_nodes(node):
            inner = span(child)
            if inner is not None and whole[0] <= inner[0] and inner[1] <= whole[1]:
                parts.append(data[inner[0] : inner[1]])
        for part in [b"", *parts]:
            made = data[: whole[0]] + part + data[whole[1] :]
            yield made.decode("utf-8", "surrogatepass")
