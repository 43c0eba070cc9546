"""The catalogue of hazards: every code with its name and its texts.

Codes are never used again for another meaning. Messages follow from the templates here and from
the clauses that the rules fill in, one for each target; pages and front ends' help texts follow
from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PAGES = "docs/rules"
"""Where the codes' pages are, from the repository's root."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hazard or note.

    `template` makes the message's first half from ``{subject}`` and ``{clauses}``; `may` is the
    wording for a subject that is not certain. `bad` and `good` are one call each, without
    and with the advice followed, as seen for `targets`.
    """

    code: str
    name: str
    summary: str
    why: str
    template: str
    may: str
    bad: str
    good: str
    targets: str = "paddle,mindspore"

    @property
    def note(self) -> bool:
        """Whether it is information rather than a hazard, and off unless asked for."""
        return self.code.startswith("OPT9")

    @property
    def help(self) -> str:
        """The code's page, from the repository's root."""
        return f"{PAGES}/{self.code}.md"


_KINDS = (
    Kind(
        code="OPT101",
        name="unsupported-optimizer",
        summary="The target has no counterpart of the optimizer at the version asked for.",
        why="There is nothing to port the call to: the class is missing, or came in a later "
        "release. Where a neighbouring API of the same framework has one, the message names it.",
        template="{subject} has no counterpart in {clauses}",
        may="{subject} has no counterpart in {clauses}",
        bad="torch.optim.Muon(model.parameters(), lr=0.02)",
        good="torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.95, nesterov=True)",
    ),
    Kind(
        code="OPT102",
        name="unsupported-argument",
        summary="An argument that changes training has no counterpart.",
        why="Dropping the argument lets the code run and train something else. Some effects can "
        "be had in another way (a negated loss instead of `maximize`), others not at all; the "
        "message says which.",
        template="{subject} has no counterpart in {clauses}",
        may="{subject} may change training and has no counterpart in {clauses}",
        bad="torch.optim.SGD(model.parameters(), lr=0.1, maximize=True)",
        good="torch.optim.SGD(model.parameters(), lr=0.1)",
    ),
    Kind(
        code="OPT103",
        name="inert-argument",
        summary="An argument without counterpart and without effect on training.",
        why="The target raises on an argument that it does not know. This one can be dropped "
        "without a change in training: it chooses an implementation, or its value is neutral.",
        template="{subject} has no effect on training and no place in {clauses}",
        may="{subject} has no effect on training and no place in {clauses}",
        bad="torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3)",
    ),
    Kind(
        code="OPT104",
        name="rejected-value",
        summary="The counterpart does not take this value or type.",
        why="torch is lenient about numbers: an int learning rate, an eps of zero, a list for a "
        "pair. Some counterparts raise on them, at construction or at the first step. A value "
        "that can't be read from the file is taken to be of a type that is accepted.",
        template="{subject} is not accepted: {clauses}",
        may="{subject} may not be accepted: {clauses}",
        bad="torch.optim.Adam(model.parameters(), lr=1)",
        good="torch.optim.Adam(model.parameters(), lr=1.0)",
    ),
    Kind(
        code="OPT201",
        name="mismatched-default",
        summary="An argument is left out, and the two defaults train differently.",
        why="Nothing fails: the ported model trains with another learning rate, decay rate or "
        "epsilon than before. Writing the value out makes the code independent of the default.",
        template="{subject}, {clauses}",
        may="{subject}, {clauses}",
        bad="torch.optim.Adamax(model.parameters())",
        good="torch.optim.Adamax(model.parameters(), lr=0.002)",
    ),
    Kind(
        code="OPT202",
        name="asgd-lr-default",
        summary="ASGD's learning rate is left out, and every framework has another default.",
        why="The three defaults differ by factors of ten, and the official table for Paddle "
        "names a default that torch never had.",
        template="{subject}, {clauses}",
        may="{subject}, {clauses}",
        bad="torch.optim.ASGD(model.parameters())",
        good="torch.optim.ASGD(model.parameters(), lr=0.01)",
    ),
    Kind(
        code="OPT203",
        name="missing-default",
        summary="An argument is left out that the target requires.",
        why="torch has a default, the counterpart has none (or none that works), so the call "
        "raises there.",
        template="{subject} is left out: {clauses}",
        may="{subject} may be left out: {clauses}",
        bad="torch.optim.Adagrad(model.parameters(), initial_accumulator_value=0.1)",
        good="torch.optim.Adagrad(model.parameters(), lr=0.01, initial_accumulator_value=0.1)",
    ),
    Kind(
        code="OPT301",
        name="buggy-asgd",
        summary="torch's ASGD never hands its averaged weights to the parameters.",
        why="Averaged stochastic gradient descent is used for its averages. torch computes them "
        "and leaves them in the optimizer's state, so the model trains on plain gradient steps "
        "with a small decay. Each target's ASGD is something else again.",
        template="{subject}: {clauses}",
        may="{subject}: {clauses}",
        bad="torch.optim.ASGD(model.parameters(), lr=0.01)",
        good="torch.optim.SGD(model.parameters(), lr=0.01)",
    ),
    Kind(
        code="OPT302",
        name="different-algorithm",
        summary="The counterpart's update rule differs whatever the arguments are.",
        why="Classes of the same name, or the ones that the official tables pair, do not always "
        "compute the same update. No choice of arguments mends that; another class may.",
        template="{subject} trains differently there: {clauses}",
        may="{subject} trains differently there: {clauses}",
        bad="torch.optim.AdamW(model.parameters(), lr=1e-3)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3)",
    ),
    Kind(
        code="OPT303",
        name="different-epsilon",
        summary="eps stands elsewhere in the formula, and is large enough to matter.",
        why="Epsilon inside the square root or before the bias correction is another number than "
        "epsilon outside or behind it. At 1e-8 that seldom shows with ordinary gradients; at the "
        "values that some models need it does.",
        template="{subject} stands elsewhere in the formula: {clauses}",
        may="{subject} may be large enough to matter where it stands in the formula: {clauses}",
        bad="torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-3)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-8)",
    ),
    Kind(
        code="OPT304",
        name="ignored-argument",
        summary="The counterpart takes the argument and silently ignores it.",
        why="The call looks right and runs; the argument does nothing.",
        template="{subject} is taken and silently ignored by {clauses}",
        may="{subject} may be set, and is taken and silently ignored by {clauses}",
        bad="torch.optim.Adam(model.parameters(), lr=1e-3, amsgrad=True)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3, amsgrad=False)",
        targets="mindspore.experimental",
    ),
    Kind(
        code="OPT305",
        name="name-based-weight-decay",
        summary="`mindspore.nn` leaves parameters named beta or gamma out of the weight decay.",
        why="For a flat list of parameters the decay is skipped where `beta` or `gamma` is part "
        "of the parameter's name, as it is for every normalisation layer of MindSpore, and for "
        "a layer that happens to be called `gamma_proj`. torch decays them all. Parameters "
        "handed over in groups are all decayed.",
        template="{subject} does not reach every parameter: {clauses}",
        may="{subject} may not reach every parameter: {clauses}",
        bad="torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=5e-4)",
        good='torch.optim.SGD([{"params": list(model.parameters())}], lr=0.1, weight_decay=5e-4)',
    ),
    Kind(
        code="OPT401",
        name="group-lr-scale",
        summary="A group's learning rate is a factor on the optimizer's.",
        why="torch takes a group's `lr` as it is. Paddle multiplies its `learning_rate` by the "
        "optimizer's own: 0.01 in a group of an optimizer at 0.001 makes 0.00001. The factor "
        "also keeps scaling what a scheduler sets.",
        template="{subject} in a group is a factor there: {clauses}",
        may="{subject} may be in a group, where it is a factor: {clauses}",
        bad='torch.optim.Adam([{"params": head, "lr": 0.01}, {"params": body}], lr=0.001)',
        good='torch.optim.Adam([{"params": head}, {"params": body}], lr=0.001)',
    ),
    Kind(
        code="OPT402",
        name="ignored-group-option",
        summary="A group key that the target silently ignores.",
        why="The group then trains with the optimizer's own value, and nothing says so.",
        template="{subject} in a group is silently ignored by {clauses}",
        may="{subject} in a group may matter and is silently ignored by {clauses}",
        bad='torch.optim.Adam([{"params": head, "amsgrad": True}, {"params": body}], lr=0.001)',
        good='torch.optim.Adam([{"params": head}, {"params": body}], lr=0.001)',
    ),
    Kind(
        code="OPT403",
        name="rejected-group-option",
        summary="A group key or value that the target raises on.",
        why="Groups hold what a target's optimizer knows, or the call raises, at times as late as "
        "in the first step.",
        template="{subject} in a group is not accepted: {clauses}",
        may="{subject} in a group may not be accepted: {clauses}",
        bad='torch.optim.SGD([{"params": w, "weight_decay": 0}, {"params": b}], lr=0.1)',
        good='torch.optim.SGD([{"params": w, "weight_decay": 0.0}, {"params": b}], lr=0.1)',
    ),
    Kind(
        code="OPT404",
        name="rejected-params",
        summary="A container of parameters that the target does not take.",
        why="torch takes any iterable, also in a group, and named parameters. The counterparts "
        "index what they are given, or check its elements.",
        template="{subject} is not accepted: {clauses}",
        may="{subject} may not be accepted: {clauses}",
        bad='torch.optim.SGD([{"params": (p for p in weights)}], lr=0.1)',
        good='torch.optim.SGD([{"params": [p for p in weights]}], lr=0.1)',
    ),
    Kind(
        code="OPT901",
        name="unresolved-optimizer",
        summary="A torch optimizer is built here; which one is decided at run time (note).",
        why="Nothing can be said about the class or its arguments. Where the choice is among "
        "classes that the file names, each of them is checked instead.",
        template="{subject} is built here and decided at run time{clauses}",
        may="{subject} is built here and decided at run time{clauses}",
        bad="getattr(torch.optim, name)(model.parameters())",
        good='{"sgd": torch.optim.SGD}[name](model.parameters(), lr=0.1)',
    ),
    Kind(
        code="OPT902",
        name="unresolved-arguments",
        summary="`*args` or `**kwargs` hide arguments (note).",
        why="What can't be read can't be checked. The rest of the call is.",
        template="{subject} hides arguments of {clauses} from this check",
        may="{subject} hides arguments of {clauses} from this check",
        bad="torch.optim.Adam(model.parameters(), **options)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3)",
    ),
    Kind(
        code="OPT903",
        name="port",
        summary="The port, written out (note).",
        why="The best counterpart call that is known, for each target.",
        template="{subject} becomes {clauses}",
        may="{subject} may become {clauses}",
        bad="torch.optim.Adam(model.parameters(), lr=1e-3)",
        good="",
    ),
    Kind(
        code="OPT904",
        name="equivalent-default",
        summary="Defaults are spelled differently and have the same effect (note).",
        why="The official tables ask to align them; there is nothing to align.",
        template="{subject}, {clauses}",
        may="{subject}, {clauses}",
        bad="torch.optim.Adam(model.parameters(), lr=1e-3)",
        good="torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=0.0)",
    ),
)

CATALOGUE: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
"""All kinds by code, in order."""

CODES: Mapping[str, str] = MappingProxyType({kind.name: kind.code for kind in _KINDS})
"""The codes by name."""
