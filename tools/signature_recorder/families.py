"""What is recorded: families of names, each the public names of a few modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optport.signatures import ApiKind

What = Literal["optimizers", "classes", "functions"]

# One list for all frameworks: a method that one framework adds because another has it (as Paddle
# added zero_grad) is then recorded without a change here. Methods count only where the base class
# itself defines them, as MindSpore's inherit a hundred unrelated ones from Cell.
OPTIMIZER_METHODS = (
    *("add_param_group", "append_regularization_ops", "apply_gradients", "backward", "clear_grad"),
    *("construct", "get_lr", "load_state_dict", "minimize", "set_lr", "set_lr_scheduler"),
    *("set_state_dict", "state_dict", "step", "zero_grad"),
)
SCHEDULER_METHODS = (
    *("__call__", "get_last_lr", "get_lr", "load_state_dict", "set_state_dict", "state_dict"),
    "step",
)


@dataclass(frozen=True)
class Part:
    """A module whose public names belong to a family.

    ``what`` selects among the public names: classes derived from a class called ``Optimizer``, all
    classes, or functions; ``kind`` is what they are. ``also`` names classes to record although they
    are not public. ``base`` is the class whose ``methods`` are recorded, its former names following
    its present one (under which the methods are recorded in any version). ``others`` are classes
    that are not of the kind.
    """

    module: str
    prefix: str
    what: What
    kind: ApiKind
    also: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    def kind_of(self, name: str) -> ApiKind:
        """Return what the class or function ``name`` (str) of the module is."""
        if name in self.base:
            return ApiKind.BASE
        return ApiKind.CLASS if name in self.others else self.kind


@dataclass(frozen=True)
class Family:
    """The names recorded together in ``<name>.json``."""

    name: str
    framework: str
    parts: tuple[Part, ...]


def _optimizers(module: str) -> Part:
    base, methods = ("Optimizer",), OPTIMIZER_METHODS
    return Part(module, "", "optimizers", ApiKind.OPTIMIZER, base=base, methods=methods)


def _schedulers(module: str, prefix: str, *former: str) -> Part:
    return Part(
        module,
        prefix,
        "classes",
        ApiKind.SCHEDULER,
        # What user-written schedulers derive from before torch 2.0; kept since for them.
        also=former,
        base=("LRScheduler", *former),
        methods=SCHEDULER_METHODS,
    )


def _others(module: str, what: What, prefix: str = "", *others: str) -> Part:
    return Part(module, prefix, what, ApiKind.SCHEDULER, others=others)


FAMILIES = (
    Family(
        "torch.optim",
        "torch",
        (
            _optimizers("torch.optim"),
            _schedulers("torch.optim.lr_scheduler", "lr_scheduler.", "_LRScheduler"),
            _others("torch.optim.swa_utils", "classes", "swa_utils.", "AveragedModel"),
        ),
    ),
    Family(
        "paddle.optimizer",
        "paddle",
        (_optimizers("paddle.optimizer"), _schedulers("paddle.optimizer.lr", "lr.")),
    ),
    Family(
        "mindspore.nn",
        "mindspore",
        (
            _optimizers("mindspore.nn.optim"),
            _others("mindspore.nn.learning_rate_schedule", "classes"),
            _others("mindspore.nn.dynamic_lr", "functions"),
        ),
    ),
    Family(
        "mindspore.experimental.optim",
        "mindspore",
        (
            _optimizers("mindspore.experimental.optim"),
            _schedulers("mindspore.experimental.optim.lr_scheduler", "lr_scheduler."),
        ),
    ),
    Family("mindspore.mint.optim", "mindspore", (_optimizers("mindspore.mint.optim"),)),
)


def package_list() -> str:
    """Return all families' names (str), to go after "neither"."""
    names = [family.name for family in FAMILIES]
    return ", ".join(names[:-1]) + " nor " + names[-1]
