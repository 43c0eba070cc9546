"""The codes of methods and attributes of optimizers and schedulers: OPT5xx."""

from __future__ import annotations

from optport.catalogue.model import HazardKind, Kind, Wording
from optport.catalogue.optimizers import BY_TARGET
from optport.signatures import ApiKind

_MEMBER = (ApiKind.METHOD,)

MEMBERS = (
    Kind(
        code="OPT501",
        name="missing-method",
        summary="A method or attribute of the optimizer that the target lacks.",
        why="The ported code raises AttributeError where the member is first used, or sets an "
        "attribute that nothing reads. It is reported once for each optimizer and member, and not "
        "where the advice about another one leaves no use for it: a loop that is written for "
        "MindSpore instead of `step()` has no `zero_grad()`.",
        wordings={HazardKind.UNSUPPORTED: Wording("{subject} is missing in {facts}")},
        bad="optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        'optimizer.add_param_group({"params": head})',
        apis=_MEMBER,
    ),
    Kind(
        code="OPT502",
        name="step-closure",
        summary="`step(closure)` where the target takes none.",
        why="The call raises TypeError. The closure's body can be run before `step()`; all but "
        "LBFGS call it only once.",
        wordings={
            HazardKind.LOST: Wording(
                "{subject} is not accepted by {facts}",
                "{subject} may pass a closure, which is not accepted by {facts}",
            ),
        },
        bad="optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\noptimizer.step(closure)",
        apis=_MEMBER,
    ),
    Kind(
        code="OPT503",
        name="different-method",
        summary="The method or attribute exists and does something else.",
        why="State dicts have other keys, a learning rate that is written is ignored, a value is "
        "of another type: the code runs, or fails far from here.",
        wordings={
            HazardKind.MEANING: Wording(
                "{subject} behaves differently: {facts}",
                "{subject} may behave differently: {facts}",
                BY_TARGET,
            ),
        },
        bad="optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "optimizer.load_state_dict(torch.load(path))",
        apis=_MEMBER,
    ),
)
