"""The codes of optimizers and their arguments: OPT1xx, OPT2xx, OPT3xx."""

from __future__ import annotations

from optport.catalogue.model import HazardKind, Kind, Wording

BY_TARGET = "{names} {clause}"
"""What each target does, behind its name."""

_DEFAULTS = Wording(
    "{subject} defaults to {mine} in torch, {facts}",
    "{subject} may default to {mine} in torch, {facts}",
    fact="{clause} in {names}",
)

OPTIMIZERS = (
    Kind(
        code="OPT101",
        name="unsupported-optimizer",
        summary="The target has no counterpart of the optimizer at the version asked for.",
        why="There is nothing to port the call to: the class is missing, or came in a later "
        "release. Where another API of the same framework has one, the message names it.",
        wordings={
            HazardKind.UNSUPPORTED: Wording(
                "{subject} has no counterpart in {facts}",
                "this may be {subject}, which has no counterpart in {facts}",
            ),
        },
        bad="torch.optim.Muon(model.parameters(), lr=0.02)",
    ),
    Kind(
        code="OPT102",
        name="unsupported-argument",
        summary="An argument that changes training has no counterpart.",
        why="Without the argument the code runs and trains something else. Some effects can be "
        "had in another way (minimise `-loss` instead of `maximize`), others not at all; the "
        "message says which.",
        wordings={
            HazardKind.LOST: Wording(
                "{subject} has no counterpart in {facts}",
                "{subject} may change training and has no counterpart in {facts}",
            ),
        },
        bad="torch.optim.SGD(model.parameters(), lr=0.1, maximize=True)",
    ),
    Kind(
        code="OPT103",
        name="inert-argument",
        summary="An argument without counterpart whose absence changes nothing.",
        why="The target raises on an argument that it does not know. This one is not needed "
        "there: it chooses an implementation, or its value does nothing. Where leaving it out "
        "changes nothing in torch either, the message says so, and it can go today.",
        wordings={
            HazardKind.INERT: Wording(
                "{subject} has no effect on training and is not accepted by {facts}",
                fact="{names}, which {clause}",
            ),
            HazardKind.NEEDLESS: Wording(
                "{subject} is not needed and not accepted by {facts}",
                fact="{names}, which {clause}",
            ),
        },
        bad="torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)",
    ),
    Kind(
        code="OPT104",
        name="rejected-value",
        summary="The counterpart does not take this value or type.",
        why="torch is lenient about numbers: an int learning rate, an eps of zero, a list for a "
        "pair. Some counterparts raise on them, at construction or at the first step, or never "
        "update a weight. A value that can't be read from the file is taken to be accepted.",
        wordings={
            HazardKind.REJECTED: Wording(
                "{subject} is invalid: {facts}", "{subject} may be invalid: {facts}", BY_TARGET
            ),
        },
        bad="torch.optim.Adam(model.parameters(), lr=1)",
    ),
    Kind(
        code="OPT201",
        name="mismatched-default",
        summary="An argument is left out, and the two defaults train differently.",
        why="Nothing fails: the ported model trains with another learning rate, decay rate or "
        "epsilon than before. Writing the value out makes the code independent of the default.",
        wordings={HazardKind.DEFAULT: _DEFAULTS},
        bad="torch.optim.Adamax(model.parameters())",
    ),
    Kind(
        code="OPT202",
        name="asgd-lr-default",
        summary="ASGD's learning rate is left out, and every framework has another default.",
        why="The three defaults differ by factors of ten, and the official table for Paddle "
        "names a default that torch never had.",
        wordings={HazardKind.ASGD_RATE: _DEFAULTS},
        bad="torch.optim.ASGD(model.parameters())",
    ),
    Kind(
        code="OPT203",
        name="missing-default",
        summary="An argument is left out that the target requires.",
        why="torch has a default, the counterpart has none (or none that works), so the call "
        "raises there, or does not train as torch does.",
        wordings={
            HazardKind.REQUIRED: Wording(
                "{subject} defaults to {mine} in torch and is required by {facts}",
                "{subject} may default to {mine} in torch and is required by {facts}",
            ),
            HazardKind.UNMATCHED: Wording(
                "{subject} is not matched by the defaults of {facts}",
                "this may be {subject}, which is not matched by the defaults of {facts}",
            ),
        },
        bad="torch.optim.Adagrad(model.parameters(), initial_accumulator_value=0.1)",
    ),
    Kind(
        code="OPT301",
        name="buggy-asgd",
        summary="torch's ASGD never applies its averages, and the target's ASGD differs from it.",
        why="Averaged stochastic gradient descent is used for its averages. torch computes them "
        "and leaves them in the optimizer's state, so the model trains on plain gradient steps "
        "with a small decay. The target's ASGD is something else again.",
        wordings={
            HazardKind.CAVEAT: Wording(
                "{subject} {mine}; {facts}",
                "this may be {subject}, which {mine}; {facts}",
                BY_TARGET,
            ),
        },
        bad="torch.optim.ASGD(model.parameters(), lr=0.01)",
    ),
    Kind(
        code="OPT302",
        name="different-algorithm",
        summary="The counterpart's update rule differs whatever the arguments are.",
        why="Classes of the same name, or the ones that the official tables pair, do not always "
        "compute the same update. No choice of arguments mends that; another class may.",
        wordings={
            HazardKind.ALGORITHM: Wording(
                "{subject} differs: {facts}", "{subject} may differ: {facts}", BY_TARGET
            ),
            HazardKind.MEANING: Wording(
                "{subject} differs: {facts}", "{subject} may differ: {facts}", BY_TARGET
            ),
        },
        bad="torch.optim.AdamW(model.parameters(), lr=1e-3)",
    ),
    Kind(
        code="OPT303",
        name="different-epsilon",
        summary="eps stands elsewhere in the formula, and is large enough to matter.",
        why="An epsilon inside the square root, or added before the bias correction, does not "
        "act like one outside or after it. The smaller the gradients, the more of it shows.",
        wordings={
            HazardKind.EPSILON: Wording(
                "{subject} acts differently: {facts}",
                "{subject} may act differently: {facts}",
                BY_TARGET,
            ),
        },
        bad="torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-3)",
    ),
    Kind(
        code="OPT304",
        name="ignored-argument",
        summary="The counterpart takes the argument and silently ignores it.",
        why="The call looks right and runs; the argument does nothing.",
        wordings={
            HazardKind.IGNORED: Wording(
                "{subject} is silently ignored by {facts}",
                "{subject} may change training and is silently ignored by {facts}",
            ),
        },
        bad="torch.optim.Adam(model.parameters(), lr=1e-3, amsgrad=True)",
        targets="mindspore.experimental",
    ),
    Kind(
        code="OPT305",
        name="name-based-weight-decay",
        summary="`mindspore.nn` leaves parameters named beta or gamma out of the weight decay.",
        why="For a flat list of parameters the decay is skipped where `beta` or `gamma` is part "
        "of the parameter's name, as it is in every normalisation layer of MindSpore, and in a "
        "layer that happens to be called `gamma_proj`. torch decays them all. Parameters in "
        "groups are all decayed.",
        wordings={
            HazardKind.NAMED_DECAY: Wording(
                "{subject} skips {mine} parameters in {facts}",
                "{subject} may skip {mine} parameters in {facts}",
            ),
        },
        bad="model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.LayerNorm(8))\n"
        "torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=5e-4)",
    ),
)
