"""Optimizers that are built by a name in a text: configurations that some library instantiates.

A text is one only where it stands for a class: under a key or keyword that such libraries read,
or as an argument of a call that looks classes up.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from optport.reader.index import Index
from optport.reader.known_calls import CLASS_LOADERS
from optport.reader.objects import NAMESPACE
from optport.reader.torch_names import torch_class

_KEYS = frozenset(
    {"_target_", "target", "_class_", "class_name", "class_path", "classname", "class", "cls"}
    | {"type", "optimizer_class", "optimizer_cls", "optimizer_type", "optimizer_name"}
    | {"optim_class", "optim_cls", "optim_name", "import_path", "object_type"}
)
"""Keys of configurations under which libraries expect a class."""
_LOOKS_UP = re.compile(
    r"import|locate|resolve|instantiat|get_(?:class|cls|obj|method)|load_(?:class|obj)"
    r"|from_(?:str|name|path)|by_name|class_from"
    r"|(?:create|build|make|init)_(?:inst|obj|from|class)"
    r"|^(?:create|build|make|get|new)(?:_(?:an?_|the_|torch_)?optim(?:izers?)?)?$",
    re.IGNORECASE,
)
_PASSES = re.compile(r"patch|mock|mark|log|warn|print", re.IGNORECASE)
_TEXT = re.compile(rf"{re.escape(NAMESPACE)}[.:][\w.]*\w\Z")


def is_class(text: object) -> bool:
    """Whether a text is the full name of an optimizer, as `torch.optim.Adam`."""
    if not isinstance(text, str) or _TEXT.match(text) is None:
        return False
    return torch_class(text.replace(":", ".")) is not None


def texts_of_classes(index: Index) -> Iterator[ast.expr]:
    """Yield the texts in a file that an optimizer is built by."""
    lines = index.lines.none()
    for quote in "'\"":
        index.lines.add_text(f"{quote}{NAMESPACE}", lines)
    if 1 not in lines:
        return
    roots = index.expressions(lines)
    for flow in index.flows.on(lines):
        if flow.name in _KEYS and _names_class(flow.value):
            yield flow.value
    for target, value in index.stores.items():
        if isinstance(target, ast.Subscript) and _is_key(target.slice) and _names_class(value):
            yield value
    for root, _ in roots:
        for node in ast.walk(root):
            yield from _inside(node, index)


def _inside(node: ast.AST, index: Index) -> Iterator[ast.expr]:
    """Yield the texts right inside of a dict or call that stand for a class."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if _is_key(key) and _names_class(value):
                yield value
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in _KEYS and _names_class(keyword.value):
                yield keyword.value
        inner = node.func
        if isinstance(inner, ast.Call):
            known = _name(inner.func) in index.functions or _PASSES.search(_path(inner.func))
            yield from () if known else _first(inner)
        elif _LOOKS_UP.search(_name(inner)):
            yield from _first(node)


def _first(call: ast.Call) -> Iterator[ast.expr]:
    if _name(call.func) in CLASS_LOADERS:
        return  # what it gives is known
    for argument in call.args[:2]:
        if _names_class(argument):
            yield argument


def _names_class(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and is_class(node.value)


def _is_key(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value in _KEYS


def _name(node: ast.expr) -> str:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name if isinstance(name, str) else ""


def _path(node: ast.expr) -> str:
    """The names in a callee, as ``mock.patch.object``."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([_name(node), *reversed(names)])
