"""Source text and places, between astroid's view of a module and the core's."""

from __future__ import annotations

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


def node_at(module: nodes.Module, place: Place) -> nodes.NodeNG:
    """Return the innermost node around a place: what pylint tells the enclosing function by."""
    found: nodes.NodeNG = module
    pending = list(module.get_children())
    while pending:
        node = pending.pop()
        if node.col_offset is None or node.end_col_offset is None:
            # A node without a place of its own, such as a list of arguments.
            pending.extend(node.get_children())
        elif _holds(node, place):
            found = node
            pending = list(node.get_children())
        elif isinstance(node, nodes.FunctionDef | nodes.ClassDef) and node.decorators:
            pending.append(node.decorators)  # those stand before the place of what they decorate
    return found


def _holds(node: nodes.NodeNG, place: Place) -> bool:
    begins = (node.lineno, node.col_offset)
    ends = (node.end_lineno, node.end_col_offset)
    within = begins <= (place.line, place.col) and (place.end_line, place.end_col) <= ends
    return bool(within)
