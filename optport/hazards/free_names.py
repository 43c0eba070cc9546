"""Which names an expression takes from around it."""

from __future__ import annotations

import ast

from optport.parsing import parse_expression

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def free_names(text: str) -> frozenset[str]:
    """Return the names that an expression looks up outside of itself.

    Those of a function or comprehension within count by its own parameters and targets. Every name
    is free in a text that is no expression.
    """
    try:
        tree = parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(text.replace(".", " ").split())
    found: set[str] = set()
    pending: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]
    while pending:
        node, bound = pending.pop()
        if isinstance(node, ast.Name) and node.id not in bound:
            found.add(node.id)
        if isinstance(node, ast.Lambda):
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
            pending.append((node.body, bound | {one.arg for one in every}))
            defaults = [*arguments.defaults, *(one for one in arguments.kw_defaults if one)]
            pending += [(default, bound) for default in defaults]
            continue
        if isinstance(node, _COMPREHENSIONS):
            targets = (name for part in node.generators for name in ast.walk(part.target))
            bound |= {name.id for name in targets if isinstance(name, ast.Name)}
        pending += [(child, bound) for child in ast.iter_child_nodes(node)]
    return frozenset(found)
