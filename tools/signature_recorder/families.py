"""What is recorded: families of names, each the public names of a few modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


def package_list() -> str:
    """Return all families' names (str), to go after "neither"."""
    names = [family.name for family in FAMILIES]
    return ", ".join(names[:-1]) + " nor " + names[-1]
