"""Record the optimizer and scheduler signatures of a framework release.

Usage::

    python tools/record_signatures.py SOURCE [SOURCE ...] [--check] [--version X.Y.Z] [--data DIR]

A SOURCE is a wheel file, a directory with an installed or unpacked framework (such as
``site-packages``) or a directory of wheels. Sources are only read and parsed, never imported, so a
release can be recorded on a machine that cannot run it. The signatures are merged into the data
files of ``optport/signatures``, one file per family of names.

Exit status: 0 recorded (with ``--check``: as recorded), 1 ``--check`` found a difference,
2 unusable input.
"""

from __future__ import annotations

import argparse
import ast
import email.parser
import json
import operator
import re
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

DATA_DIRECTORY = Path(__file__).resolve().parent.parent / "optport" / "signatures"

KINDS = (
    "positional_only",
    "positional_or_keyword",
    "var_positional",
    "keyword_only",
    "var_keyword",
)

Parameter = tuple[str, str, str | None]
"""Name, kind (one of ``KINDS``), and the default's source text or None if there is none."""

Signature = tuple[Parameter, ...]
Signatures = dict[str, Signature]
"""Signatures of one version by name; names are relative to the family (``lr_scheduler.StepLR``)."""


class RecordError(Exception):
    """Unusable input; the message is one line that says what was wrong and what is allowed."""


# --------------------------------------------------------------------------------------------------
# What is recorded
# --------------------------------------------------------------------------------------------------

# One list for all frameworks: a method that one framework adds because another has it (as Paddle
# added zero_grad) is then recorded without a change here. Methods count only where the base class
# itself defines them, as MindSpore's inherit a hundred unrelated ones from Cell.
OPTIMIZER_METHODS = (
    "add_param_group",
    "append_regularization_ops",
    "apply_gradients",
    "backward",
    "clear_grad",
    "construct",
    "get_lr",
    "load_state_dict",
    "minimize",
    "set_lr",
    "set_lr_scheduler",
    "set_state_dict",
    "state_dict",
    "step",
    "zero_grad",
)
SCHEDULER_METHODS = (
    "__call__",
    "get_last_lr",
    "get_lr",
    "load_state_dict",
    "set_state_dict",
    "state_dict",
    "step",
)


@dataclass(frozen=True)
class Part:
    """A module whose public names belong to a family.

    ``what`` selects among the public names: classes derived from a class called ``Optimizer``, all
    classes, or functions. ``also`` names classes to record although they are not public.
    ``base`` is the class whose ``methods`` are recorded, its former names following its present
    one (under which the methods are recorded in any version).
    """

    module: str
    prefix: str
    what: Literal["optimizers", "classes", "functions"]
    also: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """The names recorded together in ``<name>.json``."""

    name: str
    framework: str
    parts: tuple[Part, ...]


def _optimizers(module: str) -> Part:
    return Part(module, "", "optimizers", base=("Optimizer",), methods=OPTIMIZER_METHODS)


FAMILIES = (
    Family(
        "torch.optim",
        "torch",
        (
            _optimizers("torch.optim"),
            Part(
                "torch.optim.lr_scheduler",
                "lr_scheduler.",
                "classes",
                # What user-written schedulers derive from before torch 2.0; kept since for them.
                also=("_LRScheduler",),
                base=("LRScheduler", "_LRScheduler"),
                methods=SCHEDULER_METHODS,
            ),
            Part("torch.optim.swa_utils", "swa_utils.", "classes"),
        ),
    ),
    Family(
        "paddle.optimizer",
        "paddle",
        (
            _optimizers("paddle.optimizer"),
            Part(
                "paddle.optimizer.lr",
                "lr.",
                "classes",
                base=("LRScheduler",),
                methods=SCHEDULER_METHODS,
            ),
        ),
    ),
    Family(
        "mindspore.nn",
        "mindspore",
        (
            _optimizers("mindspore.nn.optim"),
            Part("mindspore.nn.learning_rate_schedule", "", "classes"),
            Part("mindspore.nn.dynamic_lr", "", "functions"),
        ),
    ),
    Family(
        "mindspore.experimental.optim",
        "mindspore",
        (
            _optimizers("mindspore.experimental.optim"),
            Part(
                "mindspore.experimental.optim.lr_scheduler",
                "lr_scheduler.",
                "classes",
                base=("LRScheduler",),
                methods=SCHEDULER_METHODS,
            ),
        ),
    ),
    Family("mindspore.mint.optim", "mindspore", (_optimizers("mindspore.mint.optim"),)),
)

# The spelling of the distributions that install each framework's package.
_DISTRIBUTIONS = {
    "torch": re.compile(r"torch"),
    "paddle": re.compile(r"paddlepaddle(-[a-z0-9]+)?"),
    "mindspore": re.compile(r"mindspore(-(gpu|ascend|cuda[a-z0-9-]*))?"),
}


# --------------------------------------------------------------------------------------------------
# Versions
# --------------------------------------------------------------------------------------------------

# A post-release or local label ("+cpu") marks another build of the same code.
_VERSION = re.compile(r"(\d+(?:\.\d+)*)(?:\.post\d+)?(?:\+[A-Za-z0-9.]+)?")


def parse_version(text: str) -> str:
    """Return the release number in ``text`` (str) with at least three components.

    Raises:
        RecordError: ``text`` is not a final release's version.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        raise RecordError(
            f"version {text!r} is not that of a final release, such as 2.10.0 or 2.10.0+cpu"
        )
    components = [str(int(component)) for component in match[1].split(".")]
    return ".".join(components + ["0"] * (3 - len(components)))


def version_key(version: str) -> tuple[int, ...]:
    """Return the sort key of ``version`` (str, as from ``parse_version``): its numbers."""
    return tuple(int(component) for component in version.split("."))


# --------------------------------------------------------------------------------------------------
# Sources: where the .py files come from
# --------------------------------------------------------------------------------------------------


class Source(Protocol):
    """A tree of files; paths are relative and use ``/``."""

    label: str

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str), None if there is no such file."""

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each installed distribution."""


class DirectorySource:
    """A directory with packages in it, such as ``site-packages``."""

    def __init__(self, root: Path) -> None:
        self.label = str(root)
        self._root = root

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str), None if there is no such file."""
        try:
            return (self._root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each installed distribution."""
        for path in sorted(self._root.glob("*.dist-info/METADATA")):
            yield path.read_bytes()


class WheelSource:
    """A wheel file.

    Raises:
        RecordError: the file is not a readable zip archive.
    """

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        try:
            self._archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise RecordError(f"{path}: not a wheel (a wheel is a zip archive)") from None
        self._names = frozenset(self._archive.namelist())

    def read(self, path: str) -> bytes | None:
        """Return the content of the file ``path`` (str), None if there is no such file.

        Raises:
            RecordError: the archive is damaged there.
        """
        if path not in self._names:
            return None
        try:
            return self._archive.read(path)
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise RecordError(f"{self.label}: cannot read {path}: {error}") from error

    def metadata(self) -> Iterator[bytes]:
        """Yield the content of the METADATA file of each distribution in the wheel."""
        for name in sorted(self._names):
            if re.fullmatch(r"[^/]+\.dist-info/METADATA", name):
                yield self._archive.read(name)


def open_sources(path: Path) -> list[Source]:
    """Return the sources that ``path`` (Path) stands for: itself or the wheels in a directory.

    Raises:
        RecordError: there is nothing at ``path`` that could hold a framework.
    """
    if path.is_file():
        if path.suffix != ".whl":
            raise RecordError(f"{path}: neither a wheel (*.whl) nor a directory")
        return [WheelSource(path)]
    if not path.is_dir():
        raise RecordError(f"{path}: no such file or directory")
    directory = DirectorySource(path)
    if frameworks_in(directory):
        return [directory]
    sources: list[Source] = [WheelSource(wheel) for wheel in sorted(path.glob("*.whl"))]
    sources = [source for source in sources if frameworks_in(source)]
    if not sources:
        raise RecordError(f"{path}: holds neither {_package_list()} nor a wheel with one of them")
    return sources


def frameworks_in(source: Source) -> list[str]:
    """Return the frameworks (list of str) of which ``source`` (Source) has an optimizer package."""
    present = {
        family.framework
        for family in FAMILIES
        if any(_module_file(source, part.module) for part in family.parts)
    }
    return sorted(present)


def _package_list() -> str:
    names = [family.name for family in FAMILIES]
    return ", ".join(names[:-1]) + " nor " + names[-1]


def framework_version(source: Source, framework: str) -> str:
    """Return the version of ``framework`` (str) that the dist-info in ``source`` (Source) states.

    Raises:
        RecordError: there is no dist-info of the framework, or several disagree.
    """
    versions = set()
    for content in source.metadata():
        headers = email.parser.BytesHeaderParser().parsebytes(content)
        name = re.sub(r"[-_.]+", "-", str(headers["Name"])).lower()
        if _DISTRIBUTIONS[framework].fullmatch(name):
            versions.add(parse_version(str(headers["Version"])))
    if len(versions) != 1:
        found = ", ".join(sorted(versions, key=version_key)) or "none"
        raise RecordError(
            f"{source.label}: one dist-info of {framework} is needed to tell its version "
            f"(found: {found}); otherwise give --version"
        )
    return versions.pop()


# --------------------------------------------------------------------------------------------------
# Modules: which definition a name stands for
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Import:
    """A name bound by an import: ``from module import attribute``, or the module itself."""

    module: str
    attribute: str | None


Node = ast.ClassDef | ast.FunctionDef | ast.expr
Binding = Node | Import


@dataclass
class Module:
    """The top level of a parsed module: what its names are bound to."""

    name: str
    is_package: bool
    names: dict[str, Binding] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    exported: list[str] | None = None

    def public_names(self) -> list[str]:
        """Return the names (list of str) that the module offers.

        Without ``__all__`` these are what a package imports, being there to collect names, and what
        any other module defines itself: its imports serve its own needs.
        """
        if self.exported is not None:
            return self.exported
        return [
            name
            for name, binding in self.names.items()
            if not name.startswith("_") and (self.is_package or not isinstance(binding, Import))
        ]


@dataclass(frozen=True)
class Definition:
    """A class, function or assigned expression together with the module it is written in."""

    module: Module
    node: Node


def _module_file(source: Source, name: str) -> tuple[str, bytes] | None:
    """Return path and content of module ``name``, None if ``source`` does not have it as .py."""
    path = name.replace(".", "/")
    for candidate in (f"{path}/__init__.py", f"{path}.py"):
        content = source.read(candidate)
        if content is not None:
            return candidate, content
    return None


class Modules:
    """The modules of a source, parsed when first asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._loaded: dict[str, Module | None] = {}

    def load(self, name: str) -> Module | None:
        """Return the module ``name`` (str, dotted), None if the source does not have it.

        Raises:
            RecordError: the file is not Python that this interpreter can parse.
        """
        if name not in self._loaded:
            self._loaded[name] = self._parse(name)
        return self._loaded[name]

    def _parse(self, name: str) -> Module | None:
        found = _module_file(self._source, name)
        if found is None:
            return None
        path, content = found
        try:
            with warnings.catch_warnings():
                # Old releases have invalid escape sequences in docstrings.
                warnings.simplefilter("ignore")
                tree = ast.parse(content, path)
        except (SyntaxError, ValueError) as error:
            raise RecordError(f"{self._source.label}: cannot parse {path}: {error}") from error
        module = Module(name, path.endswith("/__init__.py"))
        _bind(tree.body, module)
        return module

    def resolve(self, module: Module, name: str) -> Definition | Module | None:
        """Return what ``name`` (str) means at the top level of ``module`` (Module).

        Imports are followed through the source; None means that they lead out of it.
        """
        return self._resolve(module, name, frozenset())

    def _resolve(
        self, module: Module, name: str, seen: frozenset[tuple[str, str]]
    ) -> Definition | Module | None:
        if (module.name, name) in seen:
            # "from . import lr" in the package itself: the submodule.
            return self.load(f"{module.name}.{name}")
        seen |= {(module.name, name)}
        binding = module.names.get(name)
        if isinstance(binding, Import):
            return self._resolve_import(binding, seen)
        if isinstance(binding, ast.Name | ast.Attribute):
            aliased = self._resolve_reference(module, binding, seen)
            return aliased or Definition(module, binding)
        if binding is not None:
            return Definition(module, binding)
        return self._resolve_star(module, name, seen) or self.load(f"{module.name}.{name}")

    def _resolve_import(
        self, binding: Import, seen: frozenset[tuple[str, str]]
    ) -> Definition | Module | None:
        module = self.load(binding.module)
        if module is None or binding.attribute is None:
            return module
        return self._resolve(module, binding.attribute, seen)

    def _resolve_star(
        self, module: Module, name: str, seen: frozenset[tuple[str, str]]
    ) -> Definition | Module | None:
        for star in reversed(module.stars):
            target = self.load(star)
            if target is not None and name in target.public_names():
                return self._resolve(target, name, seen)
        return None

    def resolve_reference(self, module: Module, node: ast.expr) -> Definition | Module | None:
        """Return what ``node`` (an expression such as ``optimizer.Optimizer``) stands for."""
        return self._resolve_reference(module, node, frozenset())

    def _resolve_reference(
        self, module: Module, node: ast.expr, seen: frozenset[tuple[str, str]]
    ) -> Definition | Module | None:
        if isinstance(node, ast.Name):
            return self._resolve(module, node.id, seen)
        if isinstance(node, ast.Attribute):
            owner = self._resolve_reference(module, node.value, seen)
            if isinstance(owner, Module):
                return self._resolve(owner, node.attr, seen)
        return None


def _bind(body: Iterable[ast.stmt], module: Module) -> None:
    """Enter the names that the statements of ``body`` bind into ``module``."""
    for statement in body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef):
            module.names[statement.name] = statement
        elif isinstance(statement, ast.ImportFrom):
            _bind_import_from(statement, module)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                target = alias.name if alias.asname else alias.name.partition(".")[0]
                module.names[alias.asname or target] = Import(target, None)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            _bind_assignment(statement, module)
        elif isinstance(statement, ast.Expr):
            _extend_exported(statement.value, module)
        else:
            for branch in _branches(statement):
                _bind(branch, module)


def _branches(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks in ``statement`` that can bind top-level names, the decisive one last.

    That is the one that runs where everything is available, the body of ``if`` and ``try``, except
    with ``if TYPE_CHECKING``, the body of which never runs.
    """
    if isinstance(statement, ast.If):
        if ast.unparse(statement.test).rpartition(".")[2] == "TYPE_CHECKING":
            return [statement.body, statement.orelse]
        return [statement.orelse, statement.body]
    if isinstance(statement, ast.Try):
        handlers = [handler.body for handler in statement.handlers]
        return [*handlers, statement.body, statement.orelse, statement.finalbody]
    if isinstance(statement, ast.With):
        return [statement.body]
    return []


def _bind_import_from(statement: ast.ImportFrom, module: Module) -> None:
    target = statement.module or ""
    if statement.level:
        parents = module.name.split(".")
        kept = len(parents) - statement.level + module.is_package
        target = ".".join([*parents[:kept], *([target] if target else [])])
    for alias in statement.names:
        if alias.name == "*":
            module.stars.append(target)
        else:
            module.names[alias.asname or alias.name] = Import(target, alias.name)


def _bind_assignment(statement: ast.Assign | ast.AnnAssign | ast.AugAssign, module: Module) -> None:
    value = statement.value
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        if not isinstance(target, ast.Name) or value is None:
            continue
        if target.id == "__all__":
            kept = module.exported or [] if isinstance(statement, ast.AugAssign) else []
            module.exported = kept + _string_list(value, module)
        elif not isinstance(statement, ast.AugAssign):
            module.names[target.id] = value


def _extend_exported(call: ast.expr, module: Module) -> None:
    """Follow ``__all__.extend([...])`` and ``__all__.append(...)``."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
        return
    method = ast.unparse(call.func)
    if method == "__all__.extend":
        module.exported = (module.exported or []) + _string_list(call.args[0], module)
    elif method == "__all__.append":
        items = ast.copy_location(ast.List([call.args[0]], ast.Load()), call)
        module.exported = (module.exported or []) + _string_list(items, module)


def _string_list(node: ast.expr, module: Module) -> list[str]:
    """Return the strings of a list, tuple or sum of such.

    Raises:
        RecordError: the expression is anything else; guessing would lose names silently.
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _string_list(node.left, module) + _string_list(node.right, module)
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        value = None
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    raise RecordError(
        f"module {module.name}, line {node.lineno}: __all__ is not a list of string literals"
    )


# --------------------------------------------------------------------------------------------------
# Signatures
# --------------------------------------------------------------------------------------------------


class _NotConstant(Exception):
    """The expression has no value that its source text alone determines."""


_Number = int | float | complex

_OPERATORS: Mapping[type[ast.operator], Callable[[_Number, _Number], _Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Signer:
    """Derives signatures from the definitions of ``modules`` (Modules)."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def of_class(self, definition: Definition) -> Signature:
        """Return the signature that constructs an instance of the class ``definition``.

        Raises:
            RecordError: the class inherits ``__init__`` from a base that the source does not have.
        """
        init = self._find_init(definition)
        if init is None:
            return ()
        owner, function = init
        return self.of_function(Definition(owner, function), bound=True)

    def of_method(self, definition: Definition, name: str) -> Signature | None:
        """Return the signature of the method ``name`` (str) that the class itself defines."""
        if not isinstance(definition.node, ast.ClassDef):
            return None
        method = _find_method(definition.node, name)
        if method is None:
            return None
        return self.of_function(Definition(definition.module, method), bound=True)

    def of_function(self, definition: Definition, *, bound: bool) -> Signature:
        """Return the signature of a function, without its first parameter if ``bound`` (bool).

        Raises:
            RecordError: ``definition`` is not a function.
        """
        function = definition.node
        if not isinstance(function, ast.FunctionDef):
            raise RecordError(f"module {definition.module.name}: not a function definition")
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        defaults += arguments.defaults
        kinds = ["positional_only"] * len(arguments.posonlyargs)
        kinds += ["positional_or_keyword"] * len(arguments.args)
        rows = list(zip(positional, kinds, defaults, strict=True))
        if bound:
            del rows[:1]
        if arguments.vararg:
            rows.append((arguments.vararg, "var_positional", None))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            rows.append((argument, "keyword_only", default))
        if arguments.kwarg:
            rows.append((arguments.kwarg, "var_keyword", None))
        return tuple(
            (argument.arg, kind, self._default(definition.module, default))
            for argument, kind, default in rows
        )

    def _find_init(
        self, definition: Definition, seen: tuple[ast.ClassDef, ...] = ()
    ) -> tuple[Module, ast.FunctionDef] | None:
        """Return ``__init__`` and its module, of the class or else of its nearest base."""
        assert isinstance(definition.node, ast.ClassDef)
        own = _find_method(definition.node, "__init__")
        if own is not None:
            return definition.module, own
        missing = None
        seen += (definition.node,)
        for base in definition.node.bases:
            found = self._modules.resolve_reference(definition.module, base)
            # "class Adam(Adam)" replaces an imported class, which the name no longer leads to.
            if isinstance(found, Definition) and _is_other_class(found.node, seen):
                inherited = self._find_init(found, seen)
                if inherited is not None:
                    return inherited
            elif ast.unparse(base) != "object":
                missing = ast.unparse(base)
        if missing is not None:
            raise RecordError(
                f"module {definition.module.name}: class {definition.node.name} inherits __init__ "
                f"from {missing}, which the source does not define"
            )
        return None

    def _default(self, module: Module, node: ast.expr | None) -> str | None:
        """Return a default as its value's repr if that is certain, else as its source text."""
        if node is None or self._is_required_marker(module, node):
            return None
        try:
            return repr(self._evaluate(module, node, frozenset()))
        except _NotConstant:
            return ast.unparse(node)

    def _is_required_marker(self, module: Module, node: ast.expr) -> bool:
        """Tell whether the default is torch's ``required = _RequiredParameter()``."""
        found = self._modules.resolve_reference(module, node)
        if not isinstance(found, Definition) or not isinstance(found.node, ast.Call):
            return False
        return ast.unparse(found.node.func).endswith("_RequiredParameter")

    def _evaluate(self, module: Module, node: ast.expr, seen: frozenset[str]) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Tuple):
            return tuple(self._evaluate(module, item, seen) for item in node.elts)
        if isinstance(node, ast.List):
            return [self._evaluate(module, item, seen) for item in node.elts]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            number = self._number(module, node.operand, seen)
            return -number if isinstance(node.op, ast.USub) else number
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            left = self._number(module, node.left, seen)
            right = self._number(module, node.right, seen)
            try:
                return _OPERATORS[type(node.op)](left, right)
            except ArithmeticError:
                raise _NotConstant from None
        if isinstance(node, ast.Name):
            return self._evaluate_name(module, node, seen)
        raise _NotConstant

    def _number(self, module: Module, node: ast.expr, seen: frozenset[str]) -> _Number:
        value = self._evaluate(module, node, seen)
        if isinstance(value, int | float | complex):
            return value
        raise _NotConstant

    def _evaluate_name(self, module: Module, node: ast.Name, seen: frozenset[str]) -> object:
        """Evaluate a module-level constant, such as ``EPS = 1e-7``, that serves as a default."""
        found = self._modules.resolve(module, node.id)
        if not isinstance(found, Definition) or not isinstance(found.node, ast.expr):
            raise _NotConstant
        place = f"{found.module.name}:{ast.unparse(found.node)}"
        if place in seen:
            raise _NotConstant
        return self._evaluate(found.module, found.node, seen | {place})


def _is_other_class(node: Node, seen: tuple[ast.ClassDef, ...]) -> bool:
    return isinstance(node, ast.ClassDef) and node not in seen


def _find_method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """Return the last definition of ``name`` in the class body: ``@overload`` stubs precede it."""
    scope = Module(node.name, is_package=False)
    _bind(node.body, scope)
    method = scope.names.get(name)
    return method if isinstance(method, ast.FunctionDef) else None


# --------------------------------------------------------------------------------------------------
# Families
# --------------------------------------------------------------------------------------------------


def family_signatures(modules: Modules, family: Family) -> Signatures:
    """Return the signatures of ``family`` (Family) in a release; empty if it lacks the family.

    Raises:
        RecordError: a public name's definition or signature cannot be found.
    """
    signer = Signer(modules)
    signatures: Signatures = {}
    for part in family.parts:
        module = modules.load(part.module)
        if module is not None:
            signatures.update(_public_signatures(modules, signer, module, part))
            signatures.update(_method_signatures(modules, signer, module, part))
    return signatures


def _public_signatures(
    modules: Modules, signer: Signer, module: Module, part: Part
) -> Iterator[tuple[str, Signature]]:
    also = [name for name in part.also if name in module.names]
    for name in [*module.public_names(), *also]:
        found = modules.resolve(module, name)
        if found is None and module.exported is not None:
            raise RecordError(
                f"module {module.name}: __all__ has {name}, which the source does not define"
            )
        if not isinstance(found, Definition) or not _belongs(modules, found, part):
            continue
        if isinstance(found.node, ast.ClassDef):
            yield part.prefix + name, signer.of_class(found)
        else:
            yield part.prefix + name, signer.of_function(found, bound=False)


def _belongs(modules: Modules, definition: Definition, part: Part) -> bool:
    """Tell whether a public name's definition is of the sort that ``part`` records."""
    if part.what == "functions":
        return isinstance(definition.node, ast.FunctionDef)
    if part.what == "classes":
        return isinstance(definition.node, ast.ClassDef)
    return _is_optimizer(modules, definition)


def _is_optimizer(
    modules: Modules, definition: Definition, seen: frozenset[str] = frozenset()
) -> bool:
    """Tell whether a class is called ``Optimizer`` or derived from one that is."""
    node = definition.node
    place = f"{definition.module.name}.{getattr(node, 'name', '')}"
    if not isinstance(node, ast.ClassDef) or place in seen:
        return False
    if node.name == "Optimizer":
        return True
    bases = (modules.resolve_reference(definition.module, base) for base in node.bases)
    return any(
        isinstance(base, Definition) and _is_optimizer(modules, base, seen | {place})
        for base in bases
    )


def _method_signatures(
    modules: Modules, signer: Signer, module: Module, part: Part
) -> Iterator[tuple[str, Signature]]:
    for former in part.base:
        found = modules.resolve(module, former)
        if isinstance(found, Definition) and isinstance(found.node, ast.ClassDef):
            break
    else:
        return
    if former not in module.public_names() and former not in part.also:
        # mindspore.mint's optimizers import their base class from another family.
        return
    for method in part.methods:
        signature = signer.of_method(found, method)
        if signature is not None:
            yield f"{part.prefix}{part.base[0]}.{method}", signature


# --------------------------------------------------------------------------------------------------
# Data files
# --------------------------------------------------------------------------------------------------

Recorded = dict[str, Signatures]
"""Signatures by version."""


def read_family(path: Path, family: Family) -> Recorded:
    """Return what the data file ``path`` (Path) of ``family`` (Family) records for each version.

    A missing file is one without versions.

    Raises:
        RecordError: the file is not a data file of the family.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise RecordError(f"{path}: cannot be read as JSON: {error}") from error
    try:
        if (content["family"], content["framework"]) != (family.name, family.framework):
            raise ValueError(f"not the data of {family.name}")
        recorded: Recorded = {version: {} for version in content["versions"]}
        for name, entries in content["signatures"].items():
            for version in recorded:
                signature = _signature_at(entries, version)
                if signature is not None:
                    recorded[version][name] = signature
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"{path}: not a signature data file: {error!r}") from error
    return recorded


def _signature_at(entries: Sequence[Sequence[object]], version: str) -> Signature | None:
    """Return the signature of the last entry that is not newer than ``version``."""
    current: object = None
    for since, parameters in entries:
        if not isinstance(since, str):
            raise ValueError(f"version {since!r}")
        if version_key(since) <= version_key(version):
            current = parameters
    if current is None:
        return None
    if not isinstance(current, list):
        raise ValueError(f"parameters {current!r}")
    return tuple(_parameter(row) for row in current)


def _parameter(row: object) -> Parameter:
    match row:
        case [str(name), str(kind), (str() | None) as default] if kind in KINDS:
            return name, kind, default
    raise ValueError(f"parameter {row!r}")


def _entries(recorded: Recorded, name: str) -> list[tuple[str, Signature | None]]:
    """Return the changes of ``name`` over the versions: since when which signature, None: gone."""
    entries: list[tuple[str, Signature | None]] = []
    current: Signature | None = None
    for version in sorted(recorded, key=version_key):
        signature = recorded[version].get(name)
        if signature != current:
            entries.append((version, signature))
            current = signature
    return entries


def format_family(family: Family, recorded: Recorded) -> str:
    """Return the text (str) of the data file of ``family`` (Family): one entry a line."""
    versions = sorted(recorded, key=version_key)
    names = sorted({name for signatures in recorded.values() for name in signatures})
    blocks = []
    for name in names:
        lines = [f"   {json.dumps(entry)}" for entry in _entries(recorded, name)]
        blocks.append(f"  {json.dumps(name)}: [\n" + ",\n".join(lines) + "\n  ]")
    return (
        "{\n"
        f' "family": {json.dumps(family.name)},\n'
        f' "framework": {json.dumps(family.framework)},\n'
        f' "versions": {json.dumps(versions)},\n'
        ' "signatures": {\n' + ",\n".join(blocks) + "\n }\n}\n"
    )


# --------------------------------------------------------------------------------------------------
# Command line
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Release:
    """The signatures of one family in one release."""

    family: Family
    version: str
    signatures: Signatures
    label: str


def read_releases(source: Source, version: str | None) -> Iterator[Release]:
    """Yield the families of each framework in ``source`` (Source).

    ``version`` (str or None) overrides what the dist-info states.

    Raises:
        RecordError: the source has no framework, or one that cannot be read.
    """
    frameworks = frameworks_in(source)
    if not frameworks:
        raise RecordError(f"{source.label}: holds neither {_package_list()}")
    modules = Modules(source)
    for framework in frameworks:
        release = version or framework_version(source, framework)
        for family in FAMILIES:
            if family.framework != framework:
                continue
            try:
                signatures = family_signatures(modules, family)
            except RecordError as error:
                raise RecordError(f"{source.label}: {error}") from error
            yield Release(family, release, signatures, source.label)


def format_signature(signature: Signature | None) -> str:
    """Return a signature (Signature, or None: absent) the way Python code would spell it."""
    if signature is None:
        return "absent"
    parts: list[str] = []
    previous = ""
    for name, kind, default in signature:
        if previous == "positional_only" != kind:
            parts.append("/")
        if kind == "keyword_only" and previous not in ("keyword_only", "var_positional"):
            parts.append("*")
        stars = {"var_positional": "*", "var_keyword": "**"}.get(kind, "")
        parts.append(stars + name + ("" if default is None else f"={default}"))
        previous = kind
    if previous == "positional_only":
        parts.append("/")
    return f"({', '.join(parts)})"


def difference(recorded: Signatures, found: Signatures) -> list[str]:
    """Return lines (list of str) that tell how ``found`` differs from ``recorded`` (Signatures)."""
    lines = []
    for name in sorted(recorded.keys() | found.keys()):
        if recorded.get(name) != found.get(name):
            lines += [
                f"  {name}",
                f"    recorded: {format_signature(recorded.get(name))}",
                f"    source:   {format_signature(found.get(name))}",
            ]
    return lines


def _check(release: Release, recorded: Recorded) -> bool:
    """Print how a release compares with the record; return whether they agree."""
    title = f"{release.family.name} {release.version}"
    if release.version not in recorded:
        print(f"{title}: not recorded")
        return False
    lines = difference(recorded[release.version], release.signatures)
    if lines:
        print(f"{title}: the record differs from {release.label}", *lines, sep="\n")
        return False
    print(f"{title}: as recorded, {len(release.signatures)} signatures")
    return True


def _announce(release: Release, recorded: Recorded) -> None:
    """Print what a release brings, compared with the version before it."""
    title = f"{release.family.name} {release.version}: {len(release.signatures)} signatures"
    key = version_key(release.version)
    earlier = [version for version in recorded if version_key(version) < key]
    if not earlier:
        print(title)
        return
    previous = max(earlier, key=version_key)
    lines = difference(recorded[previous], release.signatures)
    changes = ", changed:" if lines else ", none changed"
    print(f"{title}; compared with {previous}{changes}")
    for line in lines:
        print(line.replace("recorded:", f"{previous}:").replace("source:  ", f"{release.version}:"))


def _reject_conflicts(releases: Sequence[Release]) -> None:
    """Refuse sources that claim the same version with different content."""
    first: dict[tuple[str, str], Release] = {}
    for release in releases:
        other = first.setdefault((release.family.name, release.version), release)
        if other.signatures != release.signatures:
            raise RecordError(
                f"{other.label} and {release.label} disagree about {release.family.name} "
                f"{release.version}; give only one of them"
            )


def run(sources: Sequence[Path], *, check: bool, version: str | None, data: Path) -> int:
    """Record (or with ``check``, bool, only compare) the ``sources`` (Paths) and return the status.

    Data files are written only after everything has been read.

    Raises:
        RecordError: a source or a data file is unusable.
    """
    opened = [source for path in sources for source in open_sources(path)]
    if version is not None:
        version = parse_version(version)
        if sum(len(frameworks_in(source)) for source in opened) > 1:
            raise RecordError("--version needs a single source with a single framework")
    releases = [release for source in opened for release in read_releases(source, version)]
    _reject_conflicts(releases)
    files: dict[str, Recorded] = {}
    agrees = True
    for release in releases:
        family = release.family
        if family.name not in files:
            files[family.name] = read_family(data / f"{family.name}.json", family)
        if check:
            agrees = _check(release, files[family.name]) and agrees
        else:
            _announce(release, files[family.name])
            files[family.name][release.version] = release.signatures
    if not check:
        _write(files, data)
    return 0 if agrees else 1


def _write(files: Mapping[str, Recorded], data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        for family in FAMILIES:
            if family.name in files:
                text = format_family(family, files[family.name])
                (data / f"{family.name}.json").write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise RecordError(f"cannot write the data files: {error}") from error


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (list of str; default: the process's) and return its status."""
    parser = argparse.ArgumentParser(
        prog="record_signatures",
        description="Record the optimizer and scheduler signatures of a framework release.",
    )
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        type=Path,
        help="a wheel, a directory with an installed framework, or a directory of wheels",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if the record differs from the source",
    )
    parser.add_argument("--version", help="the version to record instead of the source's own")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=DATA_DIRECTORY,
        help="the directory of the data files (default: %(default)s)",
    )
    options = parser.parse_args(argv)
    try:
        return run(options.sources, check=options.check, version=options.version, data=options.data)
    except (RecordError, OSError) as error:
        print(f"record_signatures: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
