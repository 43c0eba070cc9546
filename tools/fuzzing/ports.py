"""What has to hold of every file that `optport port` rewrites."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from optport.check import Report, check_tree
from optport.gate import concerns_us
from optport.options import Options
from optport.parsing import parse_source
from optport.places import Place
from optport.reader.model import Argument
from optport.reader.torch_names import class_names
from optport.rewrite.source import port_source

_TORCH = re.compile(r"\btorch\b|\boptim\b|lr_scheduler|swa_utils")
"""Words of lines that may name a class of torch's."""
_LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line for Python; a form feed does not."""


def wrong_port(text: str, options: Options, again: bool = True) -> str | None:
    """Return what is wrong with a source's port to the first target; None where all is well.

    The port has to be Python, a second run changes nothing, and all other lines stay: those on
    which nothing that is ported or named by it stands. Without `again` there is no second run: in
    nonsense, what the first one leaves may be free to be ported once the rest is. Raises what
    porting raises.
    """
    target = options.targets[0]
    if not concerns_us(text):
        return None
    ported = port_source(text, target, options).text
    if ported == text:
        return None
    try:
        parse_source(ported)
    except (SyntaxError, ValueError) as error:
        return f"leaves no Python ({error})"
    report = check_tree(parse_source(text), text, options)
    nested = not again or _are_nested([one.construction.place for one in report.constructions])
    if not nested and port_source(ported, target, options).text != ported:
        return "changes more in a second run"
    for mine, there in target.info.methods.items():  # wherever parameters come from
        text, ported = (one.replace(f".{mine}()", f".{there}()") for one in (text, ported))
    lost = next(_lost(text, ported, report), None)
    return None if lost is None else f"loses the line {lost!r}"


def _are_nested(places: Iterable[Place]) -> bool:
    """Whether a call stands inside of another: what is written may hold its text once more."""
    ordered = sorted(set(places))
    return any(one.holds(other) for one, other in pairwise(ordered))


def _lost(text: str, ported: str, report: Report) -> Iterator[str]:
    """Yield the lines that ought to stay and are not in the port, in their order."""
    touched = _touched(parse_source(text), report)
    left = iter(_LINE_END.split(ported))
    for number, line in enumerate(_LINE_END.split(text), 1):
        if number in touched or _TORCH.search(line) or not line.strip():
            continue
        if not any(line == other for other in left):
            yield line
            return


def _touched(tree: ast.Module, report: Report) -> set[int]:
    """The lines of the statements on which something is ported, or is said about it."""
    lines: set[int] = set()
    for checked in report.constructions:
        construction = checked.construction
        lines |= _lines(construction.place.line, construction.place.end_line)
        lines |= _of_arguments(construction.arguments.values())
        for group in construction.parameters.groups:
            lines |= _of_arguments(group.arguments.values())
    for use in report.uses:
        lines |= _lines(use.place.line, use.place.end_line)
    names = _names_of_classes(tree)
    kinds = (ast.stmt, ast.ExceptHandler)
    statements = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    for statement in statements:
        own = _lines(statement.lineno, statement.end_lineno or statement.lineno)
        block = getattr(statement, "body", None)
        in_one = isinstance(statement, (ast.For, ast.AsyncFor)) and own & lines
        if block is None or in_one:  # a loop over groups may become one statement
            imports = isinstance(statement, (ast.Import, ast.ImportFrom))
            if own & lines or imports or _uses(statement, names):
                lines |= own
        elif any(_uses(node, names) for node in _header(statement)):
            decorators = getattr(statement, "decorator_list", [])
            first = min(node.lineno for node in (statement, *decorators))
            lines |= _lines(first, block[0].lineno)
    return lines


def _of_arguments(arguments: Iterable[Argument]) -> set[int]:
    found: set[int] = set()
    for one in arguments:
        found |= _lines(one.place.line, one.place.end_line)
    return found


def _lines(first: int, last: int) -> set[int]:
    return set(range(first, last + 1))


def _names_of_classes(tree: ast.Module) -> set[str]:
    """The names that the file's imports give torch, or something of it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                (one.asname or one.name).partition(".")[0]
                for one in node.names
                if one.name.partition(".")[0] == "torch"
            }
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("torch"):
            found |= {one.asname or one.name for one in node.names}
            found |= class_names() if _is_star(node) else set()
    return found


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names)


def _uses(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))


def _header(statement: ast.stmt | ast.ExceptHandler) -> Iterator[ast.AST]:
    """What stands in a compound statement before its blocks."""
    for name, value in ast.iter_fields(statement):
        if name not in ("body", "orelse", "finalbody", "handlers", "cases"):
            found = value if isinstance(value, list) else [value]
            yield from (one for one in found if isinstance(one, ast.AST))
