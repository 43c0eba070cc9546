"""The names of `torch.optim`: which class a full name is of, and what star imports bring."""

from __future__ import annotations

from functools import cache

from optport.gate import exports_no_optimizer
from optport.reader.objects import NAMESPACE
from optport.signatures import ApiKind, family, known_names
from optport.table import api_names
from optport.values import NOTHING, UNKNOWN, Qualified, ValueSet, exactly

MODULES = frozenset({"lr_scheduler", "swa_utils"})
"""Modules below `torch.optim` that do not hold optimizers."""
_NO_OPTIMIZERS = MODULES | {"optimizer"}
_BASE_MODULE = "optimizer."


@cache
def known_classes() -> frozenset[str]:
    """The optimizers that any recorded torch has, and the schedulers that the table knows."""
    return frozenset([*known_names(ApiKind.OPTIMIZER), *api_names(ApiKind.SCHEDULER)])


@cache
def class_names() -> frozenset[str]:
    """The last names of the known classes: ``Adam``, ``StepLR``."""
    return frozenset(name.rpartition(".")[2] for name in known_classes())


@cache
def _bases() -> frozenset[str]:
    return frozenset(known_names(ApiKind.BASE))


def torch_class(qualified: str) -> str | None:
    """Return the optimizer or scheduler below `torch.optim` that a full name is of, or None.

    `torch.optim.adam.Adam` is the same class as `torch.optim.Adam`; of the namespaces below
    `torch.optim` only the optimizers' own modules hold optimizers.
    """
    if not qualified.startswith(NAMESPACE + "."):
        return None
    below = qualified[len(NAMESPACE) + 1 :]
    if below in known_classes():
        return below
    module, _, name = below.rpartition(".")
    elsewhere = "." in module or module.strip("_") in _NO_OPTIMIZERS
    return None if elsewhere or name not in known_classes() else name


def base_class(qualified: str) -> str | None:
    """Return the base class of optimizers or schedulers that a full name is of, or None."""
    if not qualified.startswith(NAMESPACE + "."):
        return None
    below = qualified[len(NAMESPACE) + 1 :].removeprefix(_BASE_MODULE)
    return below if below in _bases() else None


@cache
def kind_of(api: str) -> ApiKind:
    """Return whether a class or base class is of optimizers or of schedulers."""
    kind = family(NAMESPACE).kind(api)
    scheduler = kind is ApiKind.SCHEDULER or (kind is ApiKind.BASE and "." in api)
    return ApiKind.SCHEDULER if scheduler else ApiKind.OPTIMIZER


@cache
def owner_names() -> frozenset[str]:
    """Classes and modules, by their last names, that the table knows members of, but for these."""
    owners = {name.rpartition(".")[0] for name in api_names(ApiKind.METHOD)}
    return frozenset(owners - _bases() - known_classes())


def star_exports(module: str, name: str) -> ValueSet:
    """Return what ``from module import *`` is known to bind `name` to: `NOTHING`, too.

    Modules of the user's own may pass on `torch`, `optim` or a class: possibly.
    """
    if module == NAMESPACE and name in MODULES:
        return exactly(Qualified(f"{module}.{name}"))
    if module == NAMESPACE or module.startswith(f"{NAMESPACE}."):
        qualified = f"{module}.{name}"
        if torch_class(qualified):
            return exactly(Qualified(qualified))
        return NOTHING if name in class_names() else UNKNOWN
    if exports_no_optimizer(module):
        return NOTHING if name in class_names() else UNKNOWN
    if name in ("torch", "optim"):
        return ValueSet((Qualified("torch" if name == "torch" else NAMESPACE),))
    return ValueSet(tuple(Qualified(f"{NAMESPACE}.{api}") for api in _named(name)))


@cache
def _named(name: str) -> tuple[str, ...]:
    """The known classes of that last name."""
    if name not in class_names():
        return ()
    return tuple(api for api in sorted(known_classes()) if api.rpartition(".")[2] == name)
