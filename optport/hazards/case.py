"""One construction against one row of the table: what the rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from optport.catalogue import HazardKind
from optport.hazards.advice import Advice
from optport.hazards.hazard import Fidelity, Hazard
from optport.hazards.scene import Scene, bare_scene, in_force
from optport.hazards.spelling import shortened
from optport.reader.model import Argument, Construction, Group
from optport.signatures import Parameter, Signature
from optport.table import api_table
from optport.table.model import Correspondence, Difference, Fate, ParameterRow, Rejection
from optport.table.operands import Lookup
from optport.targets import Target
from optport.values import UNKNOWN, Certainty, ValueSet, literal, union
from optport.versions import parse_version

SCHEDULED = "scheduled"
"""What conditions call whether a scheduler sets the rate."""


@dataclass(frozen=True)
class Case:
    """A construction, a target, and the row that says what becomes of it there.

    `reported` is the target that findings name: the one asked for, also where the advice leads
    to a neighbouring family. `schedule` is the expression that stands for the rate, where the
    table knows one whose effect is that of other arguments; `shortfall` says how far that follows
    torch, and why no further.
    """

    construction: Construction
    target: Target
    row: Correspondence
    signature: Signature
    reported: str = field(default="")
    scene: Scene = field(default_factory=bare_scene)
    schedule: str | None = None
    shortfall: tuple[Fidelity, str | None] | None = None

    @property
    def where(self) -> str:
        """The counterpart's full name."""
        return self.target.qualified(self.signature.name)

    def lookup(self, parameter: str) -> ValueSet:
        """The value in force of a torch parameter, for the table's conditions.

        ``scheduled`` is whether a scheduler sets the rate; ``optimizer.momentum`` looks at what a
        scheduler is built with.
        """
        found = self._looked_up.get(parameter)
        if found is None:
            scheduled = parameter == SCHEDULED
            found = self._scheduled if scheduled else in_force(self.construction, parameter)
            self._looked_up[parameter] = found
        return found

    @cached_property
    def _looked_up(self) -> dict[str, ValueSet]:
        return {}

    @cached_property
    def _scheduled(self) -> ValueSet:
        over = self.scene.over(self.construction)
        sure = any(one.certainty is Certainty.CERTAIN and len(one.built_with) == 1 for one in over)
        return literal(sure) if sure or not over else UNKNOWN

    @cached_property
    def rows(self) -> dict[str, ParameterRow]:
        """The fates at this version: what the counterpart does not have yet is lost."""
        found = {}
        for name, row in self.row.parameters.items():
            missing = [to for to in row.to if to not in self.signature.by_name]
            found[name] = row if not missing else _not_yet(row, self, missing[0])
        return found

    def there(self, row: ParameterRow) -> Parameter | None:
        """The counterpart's parameter that the torch parameter goes to; None for none or two."""
        return self.signature.by_name.get(row.to[0]) if len(row.to) == 1 else None

    def at_version(self, rejections: Iterable[Rejection]) -> Iterator[Rejection]:
        """Yield those of some rejections that hold at the target's version."""
        for rejection in rejections:
            before = rejection.before
            if before is None or parse_version(self.target.version) < parse_version(before):
                yield rejection

    def differences(self, differences: Iterable[Difference]) -> Iterator[Difference]:
        """Yield those of some differences that hold at the versions of the target and of torch."""
        at, torch = parse_version(self.target.version), parse_version(self.scene.torch_version)
        for one in differences:
            if (
                (one.before is None or at < parse_version(one.before))
                and (one.torch_since is None or torch >= parse_version(one.torch_since))
                and (one.torch_before is None or torch < parse_version(one.torch_before))
            ):
                yield one

    def lookup_in(self, group: Group) -> Lookup:
        """The values in force in a group: its own, else the optimizer's."""

        def value(parameter: str) -> ValueSet:
            own = group.arguments.get(parameter)
            if own is None:
                return self.lookup(parameter)
            return own.value if own.sure else union([own.value, self.lookup(parameter)])

        return value

    def usual(self, lookup: Lookup, but: str) -> Lookup:
        """The values that `lookup` gives, torch's defaults for those that can't be read.

        No default is taken for the parameter `but`.
        """

        def value(parameter: str) -> ValueSet:
            known, mine = lookup(parameter), self.construction.signature.by_name.get(parameter)
            if known.known or parameter == but or mine is None or mine.required:
                return known
            return literal(mine.value)

        return value

    @property
    def otherwise(self) -> str | None:
        """What to do where a scheduler's class does not fit; None where nothing is known."""
        rules, table = self.target.info.schedulers, api_table(self.construction.api)
        curve = None if table is None else table.curve
        return None if rules is None or curve is None else rules.instead

    def given(self, parameter: str) -> Argument | None:
        """The argument that the call gives, if it does."""
        return self.construction.arguments.get(parameter)

    def subject(self, parameter: str) -> str:
        """An argument as a message names it: ``lr=1``, and torch's default where it is left out."""
        argument = self.given(parameter)
        if argument is not None:
            return spelled(argument)
        mine = self.construction.signature.by_name.get(parameter)
        return parameter if mine is None or mine.default is None else f"{parameter}={mine.default}"

    def hazard(
        self,
        kind: HazardKind,
        parameter: str | None,
        certainty: Certainty,
        *,
        subject: str,
        advice: Advice,
        clause: str = "",
        mine: str = "",
        argument: Argument | None = None,
        cured: bool = True,
        elsewhere: bool = False,
    ) -> Hazard:
        """Make a hazard of this case; it is no surer than the construction itself.

        It stands at `argument`, at the call without one.
        """
        return Hazard(
            kind=kind,
            target=self.reported or self.target.name,
            place=self.construction.place if argument is None else argument.place,
            certainty=min(certainty, self.construction.certainty),
            subject=subject,
            where=self.where,
            brief=self.target.info.short,
            clause=clause,
            advice=advice,
            mine=mine,
            argument=parameter,
            cured=cured,
            elsewhere=elsewhere,
        )


def spelled(argument: Argument) -> str:
    """An argument as a message names it: ``lr=1``."""
    return f"{argument.name}={shortened(argument.text)}"


def _not_yet(row: ParameterRow, case: Case, missing: str) -> ParameterRow:
    since = case.target.family.since(case.signature.name, missing)
    advice = f"move to {case.target.info.short} {since}, the first to have {missing}"
    return ParameterRow(
        row.name, Fate.LOST, row.evidence, neutral=row.neutral, advice=advice, note=row.note
    )


def find_case(
    construction: Construction, target: Target, reported: str = "", scene: Scene | None = None
) -> Case | None:
    """Return the case of a construction on a target; None where there is no counterpart."""
    row = _choose(construction, target)
    if row is None or row.counterpart is None:
        return None
    signature = target.signature(row.counterpart)
    if signature is None:
        return None
    return Case(construction, target, row, signature, reported, scene or bare_scene())


def _choose(construction: Construction, target: Target) -> Correspondence | None:
    table = api_table(construction.api, target.name)
    assert table is not None, construction.api
    for row in table.correspondences:
        if row.when is None:
            return row
        holds = row.when.holds(construction.in_force)
        given = row.when.names & construction.arguments.keys()
        possible = row.when_unread and given and row.when.may_hold(construction.in_force)
        if holds is Certainty.CERTAIN or possible:
            return row
    return None
