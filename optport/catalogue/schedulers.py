"""The codes of learning-rate schedulers: OPT6xx."""

from __future__ import annotations

from optport.catalogue.model import HazardKind, Kind, Wording
from optport.catalogue.optimizers import BY_TARGET
from optport.signatures import ApiKind

_SCHEDULER = (ApiKind.SCHEDULER,)
_HEAD = "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"

SCHEDULERS = (
    Kind(
        code="OPT601",
        name="unsupported-scheduler",
        summary="The target has no counterpart of the learning-rate scheduler.",
        why="There is no class to port the call to. Most schedules can be written as a function "
        "of the step, which every target takes in some form.",
        wordings={
            HazardKind.UNSUPPORTED: Wording(
                "{subject} has no counterpart in {facts}",
                "this may be {subject}, which has no counterpart in {facts}",
            ),
        },
        bad=_HEAD + "torch.optim.lr_scheduler.ConstantLR(optimizer)",
        apis=_SCHEDULER,
    ),
    Kind(
        code="OPT602",
        name="unsupported-scheduler-argument",
        summary="A scheduler's argument, given or by torch's default, has no counterpart.",
        why="Without it the target trains differently (`cycle_momentum`, on by default), or "
        "raises on a name that it does not know (`verbose`).",
        wordings={
            HazardKind.LOST: Wording(
                "{subject} has no counterpart in {facts}",
                "{subject} may change training and has no counterpart in {facts}",
            ),
            HazardKind.INERT: Wording(
                "{subject} has no effect on training and is not accepted by {facts}",
                fact="{names}, which {clause}",
            ),
            HazardKind.NEEDLESS: Wording(
                "{subject} is not needed and not accepted by {facts}",
                fact="{names}, which {clause}",
            ),
        },
        bad=_HEAD + "torch.optim.lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, step_size_up=5)",
        apis=_SCHEDULER,
    ),
    Kind(
        code="OPT603",
        name="mismatched-scheduler-default",
        summary="A scheduler's argument is left out, and the defaults differ with effect.",
        why="The ported schedule ends at another rate, or the call raises because the target has "
        "no default. Writing the value out makes the code independent of it.",
        wordings={
            HazardKind.DEFAULT: Wording(
                "{subject} defaults to {mine} in torch, {facts}",
                "{subject} may default to {mine} in torch, {facts}",
                fact="{clause} in {names}",
            ),
            HazardKind.REQUIRED: Wording(
                "{subject} defaults to {mine} in torch and is required by {facts}",
                "{subject} may default to {mine} in torch and is required by {facts}",
            ),
            HazardKind.UNMATCHED: Wording(
                "{subject} is not matched by the defaults of {facts}",
                "this may be {subject}, which is not matched by the defaults of {facts}",
            ),
        },
        bad=_HEAD + "torch.optim.lr_scheduler.LinearLR(optimizer)",
        targets="paddle",
        apis=_SCHEDULER,
    ),
    Kind(
        code="OPT604",
        name="rejected-scheduler-value",
        summary="The counterpart does not take this value or type of a scheduler's argument.",
        why="Some counterparts require a gamma below 1, distinct milestones, ints where torch "
        "takes floats, or one function where torch takes a list.",
        wordings={
            HazardKind.REJECTED: Wording(
                "{subject} is invalid: {facts}", "{subject} may be invalid: {facts}", BY_TARGET
            ),
        },
        bad=_HEAD + "torch.optim.lr_scheduler.StepLR(optimizer, 10, gamma=1.5)",
        apis=_SCHEDULER,
    ),
    Kind(
        code="OPT605",
        name="different-schedule",
        summary="The same arguments give another sequence of learning rates.",
        why="Counterparts count other steps, cool down by another rule, or scale by a group's "
        "factor what torch takes as it is. The code runs and trains at other rates.",
        wordings={
            HazardKind.ALGORITHM: Wording(
                "{subject} gives other rates: {facts}",
                "{subject} may give other rates: {facts}",
                BY_TARGET,
            ),
            HazardKind.MEANING: Wording(
                "{subject} gives other rates: {facts}",
                "{subject} may give other rates: {facts}",
                BY_TARGET,
            ),
            HazardKind.IGNORED: Wording(
                "{subject} is silently ignored by {facts}",
                "{subject} may change training and is silently ignored by {facts}",
            ),
        },
        bad=_HEAD + "torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, cooldown=3)",
        apis=_SCHEDULER,
    ),
)
