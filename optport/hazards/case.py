"""One construction against one row of the table: what the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from optport.catalogue import HazardKind
from optport.hazards.advice import Advice
from optport.hazards.hazard import Fidelity, Hazard
from optport.hazards.pairing import Pairing, pairing
from optport.hazards.scene import Scene, bare_scene, in_force
from optport.hazards.spelling import shortened
from optport.hazards.watched import original
from optport.lean import dataclass
from optport.reader.model import Argument, Construction, Group
from optport.signatures import Parameter, Signature
from optport.table import api_table
from optport.table.asked import derived
from optport.table.model import Correspondence, ParameterRow
from optport.table.operands import Lookup
from optport.targets import Target
from optport.values import UNKNOWN, Certainty, ValueSet, literal, union

SCHEDULED = "scheduled"
"""What conditions call whether a scheduler sets the rate."""


@dataclass(frozen=True, slots=True)
class Case:
    """A construction, a target, and the row that says what becomes of it there.

    `reported` is the target that findings name: the one asked for, also where the advice leads
    to a neighbouring family. `schedule` is a template that stands for the rate, where the table
    knows one whose effect is that of other arguments, and the case whose values it is over;
    `shortfall` says how far that follows torch, and why no further.
    """

    construction: Construction
    target: Target
    row: Correspondence
    signature: Signature
    pairing: Pairing
    reported: str = field(default="")
    scene: Scene = field(default_factory=bare_scene)
    schedule: tuple[Case, str] | None = None
    shortfall: tuple[Fidelity, str | None] | None = None
    _looked_up: dict[str, ValueSet] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def where(self) -> str:
        """The counterpart's full name."""
        return self.target.qualified(self.signature.name)

    @property
    def lookup(self) -> Lookup:
        """The values in force of torch parameters, for the table's conditions.

        ``scheduled`` is whether a scheduler sets the rate; ``optimizer.momentum`` looks at what a
        scheduler is built with.
        """
        return self.scene.values(self.construction, self._look_up, "case")

    def _look_up(self, parameter: str) -> ValueSet:
        found = self._looked_up.get(parameter)
        if found is None:
            scheduled = parameter == SCHEDULED
            found = self._scheduled if scheduled else in_force(self.construction, parameter)
            self._looked_up[parameter] = found
        return found

    @property
    def _scheduled(self) -> ValueSet:
        over = self.scene.over(self.construction)
        sure = any(one.certainty is Certainty.CERTAIN and len(one.built_with) == 1 for one in over)
        return literal(sure) if sure or not over else UNKNOWN

    @property
    def rows(self) -> Mapping[str, ParameterRow]:
        """The fates at this version: what the counterpart does not have yet is lost."""
        return self.pairing.rows

    def there(self, row: ParameterRow) -> Parameter | None:
        """The counterpart's parameter that the torch parameter goes to; None for none or two."""
        return self.signature.by_name.get(row.to[0]) if len(row.to) == 1 else None

    def lookup_in(self, group: Group) -> Lookup:
        """The values in force in a group: its own, else the optimizer's."""

        def in_group(lookup: Lookup) -> Lookup:
            def value(parameter: str) -> ValueSet:
                own = group.arguments.get(parameter)
                if own is None:
                    return lookup(parameter)
                return own.value if own.sure else union([own.value, lookup(parameter)])

            return value

        return derived(self.lookup, in_group, "group", id(group))

    def usual(self, lookup: Lookup, but: str) -> Lookup:
        """The values that `lookup` gives, torch's defaults for those that can't be read.

        No default is taken for the parameter `but`.
        """
        parameters = self.construction.signature.by_name

        def with_defaults(lookup: Lookup) -> Lookup:
            def value(parameter: str) -> ValueSet:
                known, mine = lookup(parameter), parameters.get(parameter)
                if known.known or parameter == but or mine is None or mine.required:
                    return known
                return literal(mine.value)

            return value

        return derived(lookup, with_defaults, "usual", but)

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
        again: Callable[[Argument], Advice] | None = None,
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
            again=again,
        )


def spelled(argument: Argument) -> str:
    """An argument as a message names it: ``lr=1``.

    That is not noted of one that is watched: it is the only thing that hazards repeat of it.
    """
    return f"{argument.name}={shortened(original(argument).text)}"


def find_case(
    construction: Construction, target: Target, reported: str = "", scene: Scene | None = None
) -> Case | None:
    """Return the case of a construction on a target; None where there is no counterpart."""
    scene = scene or bare_scene()
    row = _choose(construction, target, scene)
    if row is None or row.counterpart is None:
        return None
    signature = target.signature(row.counterpart)
    if signature is None:
        return None
    pair = pairing(
        *(construction.signature, construction.kind, row, signature, target, scene.torch_version)
    )
    return Case(construction, target, row, signature, pair, reported, scene)


def _choose(construction: Construction, target: Target, scene: Scene) -> Correspondence | None:
    table = api_table(construction.api, target.name)
    assert table is not None, construction.api
    lookup = scene.values(construction, construction.in_force, "read")
    for row in table.correspondences:
        if row.when is None:
            return row
        holds = row.when.holds(lookup)
        given = row.when.names & construction.arguments.keys()
        possible = row.when_unread and given and row.when.may_hold(lookup)
        if holds is Certainty.CERTAIN or possible:
            return row
    return None
