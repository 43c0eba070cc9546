"""Source text and places, between astroid's view of a module and the core's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from astroid import nodes

from optport.files import UnreadableFile, decode
from optport.places import Place


def source_text(module: nodes.Module) -> str:
    """Return the text that `module` was made from; empty where it can't be had."""
    if module.file_bytes is not None:  # handed over as text, whatever its coding line says
        data = module.file_bytes
        return (data if isinstance(data, str) else data.decode("utf-8")).removeprefix("\ufeff")
    try:
        stream = module.stream()
        if stream is None:
            return ""
        with stream:
            return decode(stream.read())
    except (OSError, UnreadableFile):
        return ""


def nodes_at(module: nodes.Module, places: Iterable[Place]) -> Mapping[Place, nodes.NodeNG]:
    """Return the innermost node around each place: what pylint tells the enclosing function by.

    The tree is gone through once for all of them.
    """
    ordered = sorted(places)
    found: dict[Place, nodes.NodeNG] = dict.fromkeys(ordered, module)
    pending: list[tuple[nodes.NodeNG, list[Place]]] = [(module, ordered)]
    while pending:
        node, within = pending.pop()
        for child in _children(node):
            if child.col_offset is None or child.end_col_offset is None:
                pending.append((child, within))  # no place of its own: a list of arguments
                continue
            inside = _within(child, within)
            if inside:
                found.update(dict.fromkeys(inside, child))
                pending.append((child, inside))
    return found


def _children(node: nodes.NodeNG) -> Iterator[nodes.NodeNG]:
    for child in node.get_children():
        yield child
        if isinstance(child, nodes.FunctionDef | nodes.ClassDef) and child.decorators:
            yield child.decorators  # those stand before the place of what they decorate


def _within(node: nodes.NodeNG, places: list[Place]) -> list[Place]:
    """Return those of the places, which are in order, that a node holds."""
    first = bisect_left(places, (node.lineno, node.col_offset), key=_begin)
    ends = node.end_lineno, node.end_col_offset
    last = bisect_left(places, ends, key=_begin)
    return [place for place in places[first:last] if (place.end_line, place.end_col) <= ends]


def _begin(place: Place) -> tuple[int, int]:
    return place.line, place.col
