"""The names of `torch.optim`: which class a full name is of, and what star imports bring."""

from __future__ import annotations

from functools import cache

from optport.gate import exports_no_optimizer
from optport.reader.objects import NAMESPACE
from optport.signatures import ApiKind, known_names
from optport.values import UNKNOWN, Qualified, ValueSet, exactly

_SCHEDULERS = "lr_scheduler"
_OTHER_MODULES = {_SCHEDULERS, "swa_utils", "optimizer"}
OTHER_MODULES = frozenset({"lr_scheduler", "swa_utils"})


@cache
def known_optimizers() -> frozenset[str]:
    """The torch optimizers that any recorded version has."""
    return frozenset(known_names(ApiKind.OPTIMIZER))


def torch_optimizer(qualified: str) -> str | None:
    """Return the optimizer that a full name is of, or None.

    `torch.optim.adam.Adam` is the same class as `torch.optim.Adam`; of the namespaces below
    `torch.optim` only the optimizers' own modules hold optimizers.
    """
    if not qualified.startswith(NAMESPACE + "."):
        return None
    *modules, name = qualified[len(NAMESPACE) + 1 :].split(".")
    if name not in known_optimizers() or len(modules) > 1:
        return None
    return name if not modules or modules[0].strip("_") not in _OTHER_MODULES else None


def star_exports(module: str, name: str) -> ValueSet:
    """Return what ``from module import *`` is known to bind `name` to.

    Modules of the user's own may hand on `torch`, `optim` or an optimizer's class: possibly.
    """
    if module == NAMESPACE:
        known = name in known_optimizers() or name == _SCHEDULERS
        return exactly(Qualified(f"{module}.{name}")) if known else UNKNOWN
    if exports_no_optimizer(module):
        return UNKNOWN
    if name in ("torch", "optim"):
        return ValueSet((Qualified("torch" if name == "torch" else NAMESPACE),))
    return ValueSet((Qualified(f"{NAMESPACE}.{name}"),)) if name in known_optimizers() else UNKNOWN
