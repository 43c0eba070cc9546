"""The notes, off unless asked for: OPT9xx."""

from __future__ import annotations

from optport.catalogue.model import HazardKind, Kind, Wording
from optport.signatures import ApiKind

_ANY = (ApiKind.OPTIMIZER, ApiKind.SCHEDULER, ApiKind.METHOD)

NOTES = (
    Kind(
        code="OPT901",
        name="unresolved-optimizer",
        summary="A torch optimizer is built here; which one is decided at run time (note).",
        why="Nothing can be said about the class or its arguments. Where the choice is among "
        "classes that the file names, each of them is checked instead.",
        wordings={HazardKind.UNRESOLVED: Wording("{subject} is chosen at run time")},
        bad="getattr(torch.optim, name)(model.parameters())",
        good='{"sgd": torch.optim.SGD}[name](model.parameters(), lr=0.1)',
        apis=_ANY,
    ),
    Kind(
        code="OPT902",
        name="unresolved-arguments",
        summary="`*args` or `**kwargs` hide arguments (note).",
        why="What can't be read can't be checked. The rest of the call is.",
        wordings={HazardKind.HIDDEN: Wording("{subject} hides arguments of {mine}")},
        bad="torch.optim.Adam(model.parameters(), **options)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3)",
        apis=_ANY,
    ),
    Kind(
        code="OPT903",
        name="port",
        summary="The port, written out (note).",
        why="The best counterpart call that is known, for each target.",
        wordings={
            HazardKind.PORT: Wording(
                "{subject} becomes {facts}",
                "this may be {subject}, which becomes {facts}",
                "{clause} ({names})",
                ("{names} too", "{names} too"),
            ),
            HazardKind.RAISES: Wording(
                "{subject} has no port: {mine}", "this may be {subject}, which has no port: {mine}"
            ),
        },
        bad="torch.optim.Adam(model.parameters(), lr=1e-3)",
        apis=_ANY,
    ),
    Kind(
        code="OPT904",
        name="equivalent-default",
        summary="Defaults are spelled differently and have the same effect (note).",
        why="The official tables ask to align them; there is nothing to align.",
        wordings={
            HazardKind.EQUIVALENT: Wording(
                "{subject} defaults to {mine} in torch, {facts}",
                "{subject} may default to {mine} in torch, {facts}",
                fact="{clause} in {names}",
            ),
        },
        bad="torch.optim.Adam(model.parameters(), lr=1e-3)",
        apis=_ANY,
    ),
    Kind(
        code="OPT905",
        name="scheduler-wiring",
        summary="The target's optimizer takes the scheduler, not the other way round (note).",
        why="torch makes the scheduler from the optimizer. There the scheduler comes first and is "
        "given to the optimizer as its learning rate.",
        wordings={HazardKind.WIRING: Wording("{subject} is made before the optimizer in {facts}")},
        bad="optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "torch.optim.lr_scheduler.StepLR(optimizer, 10)",
        apis=_ANY,
    ),
)
