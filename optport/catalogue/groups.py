"""The codes of parameter groups and containers: OPT4xx."""

from __future__ import annotations

from optport.catalogue.model import HazardKind, Kind, Wording
from optport.catalogue.optimizers import BY_TARGET

GROUPS = (
    Kind(
        code="OPT401",
        name="group-lr-scale",
        summary="A group's learning rate is a factor on the optimizer's.",
        why="torch takes a group's `lr` as it is. Paddle multiplies its `learning_rate` by the "
        "optimizer's own: 0.01 in a group of an optimizer at 0.001 makes 0.00001. The factor "
        "also keeps scaling what a scheduler sets.",
        wordings={
            HazardKind.GROUP_FACTOR: Wording(
                "group {subject} is a factor in {facts}",
                "group {subject} may be a factor in {facts}",
            ),
        },
        bad='torch.optim.Adam([{"params": head, "lr": 0.01}, {"params": body}], lr=0.001)',
    ),
    Kind(
        code="OPT402",
        name="ignored-group-option",
        summary="A group key that the target silently ignores.",
        why="The group then trains with the optimizer's own value, and nothing says so.",
        wordings={
            HazardKind.GROUP_IGNORED: Wording(
                "group {subject} is silently ignored by {facts}",
                "group {subject} may matter and is silently ignored by {facts}",
            ),
        },
        bad='torch.optim.Adam([{"params": head, "amsgrad": True}, {"params": body}], lr=0.001)',
    ),
    Kind(
        code="OPT403",
        name="rejected-group-option",
        summary="A group key or value that the target raises on.",
        why="Groups hold what a target's optimizer knows, or the call raises, at times as late as "
        "in the first step.",
        wordings={
            HazardKind.GROUP_REJECTED: Wording(
                "group {subject} is invalid: {facts}",
                "group {subject} may be invalid: {facts}",
                BY_TARGET,
            ),
        },
        bad='torch.optim.SGD([{"params": w, "weight_decay": 0}, {"params": b}], lr=0.1)',
    ),
    Kind(
        code="OPT404",
        name="rejected-params",
        summary="A container of parameters that the target does not take.",
        why="torch takes any iterable, also in a group, and named parameters. The counterparts "
        "index what they are given, check its elements, or train nothing of it.",
        wordings={
            HazardKind.PARAMS: Wording(
                "{subject} is invalid: {facts}", "{subject} may be invalid: {facts}", BY_TARGET
            ),
        },
        bad='torch.optim.SGD([{"params": (p for p in weights)}], lr=0.1)',
    ),
    Kind(
        code="OPT405",
        name="name-filter",
        summary="Groups are chosen by parameter names that the target spells otherwise.",
        why="MindSpore's norm layers call their parameters gamma and beta. A filter for "
        "`LayerNorm.weight` or a norm's `bias` finds none of them there, and they train in the "
        "other group; nothing fails.",
        wordings={
            HazardKind.NAME_FILTER: Wording(
                "{subject} selects other parameters: {facts}",
                "{subject} may select other parameters: {facts}",
                BY_TARGET,
            ),
        },
        bad='norms = [p for n, p in net.named_parameters() if "LayerNorm.weight" in n]\n'
        'torch.optim.AdamW([{"params": norms, "weight_decay": 0.0}], lr=1e-3)',
        targets="mindspore",
    ),
    Kind(
        code="OPT406",
        name="group-order",
        summary="Groups change the order in which `mindspore` wants the gradients.",
        why="MindSpore's optimizers take gradients in the order of `optimizer.parameters`, which "
        "is that of the groups. In the model's order they are swapped silently wherever two "
        "shapes are equal.",
        wordings={
            HazardKind.GROUP_ORDER: Wording(
                "groups reorder the parameters: {facts}",
                "groups may reorder the parameters: {facts}",
                BY_TARGET,
            ),
        },
        bad='groups = [{"params": layer.parameters()} for layer in reversed(net.layers)]\n'
        "torch.optim.SGD(groups, lr=0.1)",
        targets="mindspore",
    ),
)
